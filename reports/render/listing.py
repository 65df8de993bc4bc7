"""Chooses which findings a report shows in full and which in one line, so that 5,000 findings stay under one megabyte (promises P22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model.finding import Change, Finding, Severity, State
from reports.render.labels import step, worst_first

FULL = 500
LINES = 10_000
"""At most so many findings in full, and so many more in one line; what is left is in the CSV, and the report says so."""


@dataclass(frozen=True)
class Group:
    """Findings in one line each, under what they share."""

    rule: str
    severity: Severity
    step: str
    system: str | None
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Listing:
    """full: shown with sentence and evidence, worst first; detailed: keys of `full` in the order in which evidence is given while there is
    room; groups: the rest in one line; left: how many are in neither; open: how many there are in all."""

    full: Sequence[Finding]
    detailed: Sequence[str]
    groups: Sequence[Group]
    left: int
    open: int


def listing(findings: Sequence[Finding], lines: int | None = None) -> Listing:
    """Given all findings, return how the open ones are shown: new, reopened and critical ones in full, then the longest open, up to FULL.
    lines: how many more in one line each, LINES when None."""
    still_open = [one for one in findings if one.state is not State.RESOLVED and one.change is not Change.RESOLVED]
    chosen = sorted(still_open, key=_importance)
    full, rest = chosen[:FULL], sorted(chosen[FULL:], key=worst_first)
    most = LINES if lines is None else lines
    groups: dict[tuple[str, Severity, str, str | None], list[Finding]] = {}
    for one in rest[:most]:
        groups.setdefault((one.rule, one.severity, step(one), one.system), []).append(one)
    return Listing(
        full=sorted(full, key=worst_first),
        detailed=[one.key for one in full],
        groups=[Group(*shared, members) for shared, members in groups.items()],
        left=max(0, len(rest) - most),
        open=len(still_open),
    )


def _importance(finding: Finding) -> tuple[bool, int, int, str]:
    comes_first = finding.change in (Change.NEW, Change.REOPENED) or finding.severity is Severity.CRITICAL
    return (not comes_first, -finding.score if comes_first else 0, -finding.days_open, finding.key)
