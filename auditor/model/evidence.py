"""The evidence of a period as data: what an auditor of the board gets to see, without the name of anybody who holds a right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from auditor.model.report import MatrixEdition

Answer = Literal["yes", "no", "unknown"]
"""unknown: not all that the answer needs was read; that is not yes (rules 1, Not assessed)."""


@dataclass(frozen=True)
class ScanLine:
    """One scan of the period. not_ok: sources that were not read, or not wholly, with their state."""

    number: int
    as_of: date
    started_at: datetime
    sources: int
    not_ok: Mapping[str, str]
    new: int
    resolved: int
    open: int
    not_assessed: int


@dataclass(frozen=True)
class FileLine:
    """One file (or answer of a live source) that the last scan of the period read."""

    source: str
    name: str
    as_of: date
    rows: int
    sha256: str


@dataclass(frozen=True)
class FindingLine:
    """One finding that was open in the period. days_to_repair: of each time it was repaired within the period, from when it was (re)opened."""

    key: str
    rule: str
    severity: str
    state: str
    system: str | None
    school: str | None
    first_seen_on: date
    resolved_on: date | None
    resolved_by: str | None
    deadline_on: date | None
    reopened: int
    days_to_repair: Sequence[int]


@dataclass(frozen=True)
class RuleLine:
    """One rule over the period. median_days: of all repairs, None when there was none."""

    rule: str
    title: str
    new: int
    open: int
    repaired: int
    median_days: float | None
    most_days: int | None
    reopened: int


@dataclass(frozen=True)
class DecisionLine:
    """A decision about a finding, made in the period or running in it. until: its last day."""

    key: str
    rule: str
    decision: str
    on: date
    by: str
    reason: str
    until: date | None
    owner: str | None


@dataclass(frozen=True)
class ReviewLine:
    """A periodic check. is_sealed: entered with `auditor review`, so that the chain holds it; otherwise only the register says so."""

    system: str
    folder: str
    school: str
    reviewed_on: date
    reviewed_by: str
    seen: str
    is_sealed: bool


@dataclass(frozen=True)
class ItemAnswer:
    """One item of the yearly list (OPOR: 6 and 9): the answer of the board as a whole, of each school, and what shows it."""

    item: str
    answer: Answer
    shown_by: Sequence[str]
    schools: Mapping[str, Answer]


@dataclass(frozen=True)
class NormLine:
    """One control that this package speaks to, and the parts of the package that do."""

    control: str
    is_verified: bool
    parts: Sequence[str]


@dataclass(frozen=True)
class EvidencePackage:
    """since, until: the period, both days counted; files: read by its last scan; missed: dates in it, from the first scan on, without a scan;
    checkpoint: the chain's head; differs: what no longer agrees with what was sealed, in words, empty when all does."""

    board: str
    board_name: str
    since: date
    until: date
    made_at: datetime
    version: str
    editions: Sequence[MatrixEdition]
    scans: Sequence[ScanLine]
    files: Sequence[FileLine]
    missed: Sequence[date]
    rules: Sequence[RuleLine]
    findings: Sequence[FindingLine]
    decisions: Sequence[DecisionLine]
    reviews: Sequence[ReviewLine]
    items: Sequence[ItemAnswer]
    norms: Sequence[NormLine]
    schools: Mapping[str, str]
    systems: Mapping[str, str]
    checkpoint: str
    differs: Sequence[str]
