"""Runs every rule over one day and says what may be concluded: findings, what was not assessed, and what absence means."""

from auditor.assess.engine import assess
from auditor.assess.evidence import freeze
from auditor.assess.explain import explain_account, explain_finding
from auditor.rules.view import AuditView

__all__ = ["AuditView", "assess", "explain_account", "explain_finding", "freeze"]
