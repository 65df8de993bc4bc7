"""Findings: what a rule yields (hits), what the engine makes of it (findings), and what changed since last time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from auditor.model.columns import Columns
from auditor.model.errors import Reason

SUBJECT = ("system", "account", "person", "right", "level", "scope", "school", "group")
"""The columns that say what a finding is about; absent values are NaN."""

Cluster = Literal["owner", "grant", "rule"]
OWNER_RULES = ("disputed-account", "leaver-active", "vanished-from-hr", "orphan-account")
CLOSEST_MISS = (
    "forbidden-right", "temporary-right-expired", "mover-keeps-right", "declaration-unsigned", "replacement-too-short",
    "level-too-high", "scope-too-wide", "scope-elsewhere", "right-outside-matrix",
)
"""In the order of rules 1 ("The closest miss"): one uncovered grant, one finding, the first that fits."""


class Severity(StrEnum):
    """critical 9, high 6, medium 3-4, low 1-2, info 0 (KERO 14.15: likelihood x impact)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


def severity_of(score: int) -> Severity:
    """Given a score of 0 to 9, return its severity."""
    if score >= 9:
        return Severity.CRITICAL
    if score >= 6:
        return Severity.HIGH
    if score >= 3:
        return Severity.MEDIUM
    return Severity.LOW if score >= 1 else Severity.INFO


class State(StrEnum):
    """Where a finding stands. RESOLVED is set by scans only."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    WAIVED = "waived"
    FALSE_POSITIVE = "false_positive"
    RESOLVED = "resolved"


class Change(StrEnum):
    """A finding's step since the last scan that could judge it."""

    NEW = "new"
    PERSISTING = "persisting"
    REASON_CHANGED = "reason_changed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True)
class Hits:
    """What a rule's check returns.

    rows: one row per hit with any of the SUBJECT columns, plus one column per fact; facts: names of the fact columns (dates as
    datetime64, else text or numbers; never a figure that moves by itself from night to night, such as days overdue: give the
    date instead); unsure: rows (SUBJECT columns + `reason` = a catalogue key under `reason.`; absent: another
    finding already speaks for it, and nothing is said) this rule could not judge;
    use_facts: facts about use that are shown but kept out of the fingerprint.
    """

    rows: Columns
    facts: tuple[str, ...] = ()
    unsure: Columns | None = None
    use_facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotAssessed:
    """A rule that could not be judged for a system (or at all: system None), wholly or for some schools or persons."""

    rule: str
    reason: Reason
    system: str | None = None
    source: str | None = None
    schools: frozenset[str] = frozenset()
    count: int = 0


@dataclass(frozen=True)
class NormReference:
    """framework: id of a file in auditor/norms; control: id within it."""

    framework: str
    control: str


def finding_key(cluster: str, fields: Iterable[str]) -> str:
    """Given the identity of a finding, return its key: ten letters and digits in two groups, the same every night, easy to type.

    50 bits: among 100,000 findings the chance of any clash is 4 in a million.
    """
    digest = hashlib.blake2b("\x1f".join((cluster, *fields)).encode(), digest_size=8).digest()
    bits = int.from_bytes(digest[:7], "big")
    word = _PAIRS[bits >> 46] + _PAIRS[bits >> 36 & 1023] + _PAIRS[bits >> 26 & 1023] + _PAIRS[bits >> 16 & 1023] + _PAIRS[bits >> 6 & 1023]
    return f"{word[:5]}-{word[5:]}"


_LETTERS = "ABCDEFGH8JKLMN9PQRSTUVWXYZ234567"
"""Base32, which has no 0, 1, 8 or 9: the two letters people misread, I and O, get two of them."""
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)  # two letters at a time: findings come by the hundred thousand

FINDING_KEYS = (
    "key", "rule", "family", "state", "severity", "score", "board", "school", "system", "account", "username", "person", "display_name",
    "right", "level", "scope", "group", "first_seen_on", "last_confirmed_on", "days_open", "reopened", "deadline_on", "deadline_at",
    "not_assessed_since", "resolved_by", "cause", "acts", "summary", "advice", "evidence", "norms", "sources",
)
"""Keys of a finding as JSON, in this order; they never disappear (contract)."""


@dataclass(frozen=True)
class Finding:
    """A finding as users see it, in one language. Dates are dates, absent is None; `evidence` is JSON-able facts frozen at the
    last confirmation; `change` is its step in the scan shown, None outside a scan."""

    key: str
    rule: str
    family: str
    state: State
    severity: Severity
    score: int
    board: str
    school: str | None
    system: str | None
    account: str | None
    username: str | None
    person: str | None
    display_name: str | None
    right: str | None
    level: str | None
    scope: str | None
    group: str | None
    first_seen_on: date
    last_confirmed_on: date
    days_open: int
    reopened: int
    deadline_on: date | None
    deadline_at: str | None
    not_assessed_since: date | None
    resolved_by: str | None
    cause: str | None
    acts: str | None
    summary: str
    advice: Sequence[str]
    evidence: Mapping[str, object]
    norms: Sequence[str]
    sources: Sequence[Mapping[str, object]]
    change: Change | None = None
    previous_rule: str | None = None
    title: str = ""
    history: Sequence[Mapping[str, object]] = field(default_factory=tuple)
    decision: Mapping[str, object] | None = None

    def as_json(self) -> dict[str, object]:
        """Return the finding with exactly the contract's keys; dates as ISO text."""
        data: dict[str, object] = {}
        for name in FINDING_KEYS:
            value = getattr(self, name)
            data[name] = value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        return data
