"""Whose account is it: the outcome of correlation, one row per account (midPoint's situations)."""

from __future__ import annotations

from enum import StrEnum

from auditor.model.tables import Column, Table


class Situation(StrEnum):
    """LINKED: one owner; UNMATCHED: nobody fits (an orphan, when it is a person's account); DISPUTED: two or more fit equally
    well, or a running person shares number, mail or UPN with a leaver; SET_ASIDE: a person decided it has no owner to look for."""

    LINKED = "linked"
    UNMATCHED = "unmatched"
    DISPUTED = "disputed"
    SET_ASIDE = "set_aside"


class Tier(StrEnum):
    """The evidence that decided, strongest first (rules 3)."""

    DECIDED = "decided"
    NUMBER = "number"
    MAIL = "mail"
    ALIAS = "alias"
    NONE = "none"


LINKS = Table("links", "outcome of correlation, aligned row by row with the accounts table", ("system", "account"), (
    Column("system", "category", "as in accounts", True),
    Column("account", "text", "as in accounts", True),
    Column("situation", "category", "a Situation", True),
    Column("person", "category", "personnel or pupil number of the owner; absent unless linked"),
    Column("is_pupil", "flag", "the owner is in pupils, not in persons"),
    Column("tier", "category", "a Tier", True),
    Column("contradicts", "text", "personnel number a lower tier names instead: data-quality; absent: none"),
    Column("candidates", "text", "JSON list of {person, name, confidence, evidence}; for disputed and proposals; absent: none"),
))

LINK_DECISIONS = Table("link_decisions", "links decided by a person, by native id", ("system", "account"), (
    Column("system", "category", "as in accounts", True),
    Column("account", "text", "native id", True),
    Column("person", "category", "personnel number; absent: set aside"),
    Column("reason", "text", "why", True),
    Column("decided_by", "text", "who", True),
    Column("decided_on", "date", "when", True),
))
