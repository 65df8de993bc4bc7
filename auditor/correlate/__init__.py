"""Whose account is it: who is known and how they stand, and which account is whose."""

from auditor.correlate.linking import link
from auditor.correlate.people import known_people
from auditor.correlate.reasons import link_reasons

__all__ = ["known_people", "link", "link_reasons"]
