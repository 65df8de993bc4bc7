"""What a renderer is given: everything a report shows, already decided and worded. Renderers compute no finding."""

from __future__ import annotations

import marshal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from auditor.model.coverage import SourceReport
from auditor.model.errors import Reason
from auditor.model.finding import Finding, NotAssessed


@dataclass(frozen=True)
class RuleWords:
    """What a reader needs to know of a rule, in the report's language. advice: steps per system, "" for any system."""

    rule: str
    title: str
    why: str
    family: str
    advice: Mapping[str, Sequence[str]] = field(default_factory=dict)
    norms: Sequence[str] = ()
    false_positives: Sequence[str] = ()


@dataclass(frozen=True)
class MatrixLine:
    """One matrix as the report's footer shows it."""

    system: str
    name: str
    edition: str
    adopted_on: date | None
    is_norm: bool
    digest: str


@dataclass(frozen=True)
class MatrixEdition:
    """One edition of a matrix that scans judged by. owner, adopted_on, adopted_by: None while it was not adopted; since: day of the first
    scan that judged by it; until: day of the first scan that no longer did, None: it still counts."""

    system: str
    name: str
    edition: str
    owner: str | None
    adopted_on: date | None
    adopted_by: str | None
    is_norm: bool
    digest: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Night:
    """One earlier scan, for the trend."""

    as_of: date
    open: int
    new: int
    resolved: int
    not_assessed: int


@dataclass(frozen=True)
class Figures:
    """Findings of one kind, of one school or all, over a period. new, resolved: within it; open, overdue: on its last day, overdue: past their
    deadline; days_to_repair: median of those repaired within it, None when none was; oldest: days that the longest open one stands."""

    new: int
    resolved: int
    open: int
    overdue: int
    days_to_repair: int | None
    oldest: int


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter until the day of the report. first_scan_on: when that day lies within the quarter: what it found is no news, and not
    counted as new; families: by letter of the family; schools: by code, None: about no school; nights: of the quarter, oldest first."""

    starts_on: date
    ends_on: date
    total: Figures
    families: Mapping[str, Figures]
    schools: Mapping[str | None, Figures]
    nights: Sequence[Night]
    first_scan_on: date | None = None


@dataclass(frozen=True)
class ReportData:
    """findings: every finding not resolved, and those resolved tonight; each with its `change`. trend: of the last 365 days. previous: day of
    the scan compared with, None on the first night. checkpoint: the chain's head, "" when there is none. limits: what this report cannot see.
    quarter: only in a report on one. folded: by key, the evidence and sources of findings that are given without them (`folded`): among many
    findings those of one at a time are wanted, and all of them would take more memory than the scan."""

    board: str
    board_name: str
    language: str
    as_of: date
    scan: int
    kind: str
    started_at: datetime
    seconds: float
    version: str
    findings: Sequence[Finding]
    counts: Mapping[str, int]
    sources: Sequence[SourceReport]
    not_assessed: Sequence[NotAssessed]
    schools: Mapping[str, str]
    systems: Mapping[str, str]
    rules: Mapping[str, RuleWords]
    matrices: Sequence[MatrixLine] = ()
    trend: Sequence[Night] = ()
    previous: date | None = None
    checkpoint: str = ""
    limits: Sequence[Reason] = ()
    school: str | None = None
    quarter: Quarter | None = None
    folded: Mapping[str, bytes] = field(default_factory=dict)

    def whole(self, one: Finding) -> Finding:
        """Given one of the findings, return it with its evidence and sources."""
        held = self.folded.get(one.key)
        if held is None:
            return one
        evidence, sources = marshal.loads(held)  # noqa: S302 (made by `folded` in this very process)
        return replace(one, evidence=evidence, sources=sources)


_NO_EVIDENCE: Mapping[str, object] = {}


def folded(one: Finding) -> tuple[Finding, bytes]:
    """Given a finding, return it without evidence and sources, and these in few bytes."""
    return replace(one, evidence=_NO_EVIDENCE, sources=()), marshal.dumps((one.evidence, one.sources))  # type: ignore[arg-type]
