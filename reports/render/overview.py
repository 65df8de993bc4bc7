"""The overviews of the report: verdict, numbers, changes, leavers, schools and rules. Counts what it is given, decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from auditor.model.finding import Finding, Severity
from auditor.model.report import ReportData, RuleWords
from reports.render.labels import CHANGED, ORDER, STEPS, Labels, instant, is_late, step, worst_first
from reports.render.unassessed import Unassessed

CHANGES_SHOWN = 50
PEOPLE_SHOWN = 100
ACCOUNTS_SHOWN = 12
FIRST = 5
LEAVER_RULES = ("used-after-leaving", "leaver-active", "vanished-from-hr", "leaver-soon")


@dataclass(frozen=True)
class Leaver:
    """One person with all accounts that stand open: severity of the worst, first deadline, system and key of each."""

    name: str
    schools: Sequence[str]
    severity: Severity
    titles: Sequence[str]
    accounts: Sequence[tuple[str, str, str]]
    deadline_on: date | None


@dataclass(frozen=True)
class Cell:
    """Number of open findings of one family at one school, and the worst severity among them."""

    count: int
    worst: Severity | None


@dataclass(frozen=True)
class RuleSection:
    """One rule with what a reader needs to know once; steps: (names of systems, their lines)."""

    rule: str
    words: RuleWords
    severity: Severity
    count: int
    steps: Sequence[tuple[str, Sequence[str]]]


def verdict(data: ReportData, found: Sequence[Finding], dark: Unassessed, labels: Labels) -> str:
    """Given the open findings and what is dark, return the night in one line: what is unknown goes before what is known."""
    words = labels.words
    critical = sum(one.severity is Severity.CRITICAL for one in found)
    if not found:
        known = words.text("report.verdict.fine_partly" if dark.sources else "report.verdict.fine")
    elif critical:
        known = words.plural("report.verdict.critical", critical)
    elif data.previous and (new := dict(step_counts(data))["new"]):
        known = words.plural("report.verdict.new", new)
    else:
        known = words.plural("report.verdict.quiet", len(found))
    return f"{words.plural('report.verdict.unassessed', len(dark.sources))} {known}" if dark.sources else known


def step_counts(data: ReportData) -> list[tuple[str, int]]:
    """Given a report's data, return the numbers of the diff in its fixed words. Those of the scan where it is about the whole board;
    waived, and everything in a report on one school, is counted from the findings shown."""
    shown = Counter(step(one) for one in data.findings)
    counts = shown if data.school is not None else {"waived": shown["waived"], **data.counts}
    return [(name, counts.get(name, 0)) for name in STEPS]


def changed(data: ReportData) -> list[Finding]:
    """Given a report's data, return the findings that are new, reopened, changed of reason or resolved, in that order."""
    rank = {change.value: n for n, change in enumerate(CHANGED)} | {"resolved": len(CHANGED)}
    return sorted((one for one in data.findings if one.change and one.change.value in rank),
                  key=lambda one: (rank[one.change.value if one.change else "resolved"], worst_first(one)))


def leavers(found: Sequence[Finding], labels: Labels) -> list[Leaver]:
    """Given open findings, return one item per person who leaves or left, across all systems; worst first."""
    people: dict[str, list[Finding]] = {}
    for one in found:
        if one.rule in LEAVER_RULES and (one.person or one.display_name):
            people.setdefault(one.person or one.display_name or "", []).append(one)
    items = []
    for ones in sorted(people.values(), key=lambda ones: min(map(worst_first, ones))):
        ones = sorted(ones, key=worst_first)
        items.append(Leaver(
            name=labels.person(ones[0]),
            schools=list(dict.fromkeys(labels.school(one.school) for one in ones)),
            severity=ones[0].severity,
            titles=list(dict.fromkeys(labels.title(one) for one in ones)),
            accounts=list(dict.fromkeys((labels.system(one.system), labels.account(one), one.key) for one in ones)),
            deadline_on=min(filter(None, map(_deadline_day, ones)), default=None),
        ))
    return items


def first(found: Sequence[Finding], as_of: date, now: datetime) -> list[Finding]:
    """Given open findings, the day and the instant of the scan, return those to begin with: the riskiest, of those what is late, and of those
    the longest open; not what is waived or only information."""
    asked = [one for one in found if step(one) not in ("waived", "not_assessed") and one.severity is not Severity.INFO]
    return sorted(asked, key=lambda one: (-one.score, not is_late(one, as_of, now), -one.days_open, one.key))[:FIRST]


def decided(found: Sequence[Finding]) -> list[Finding]:
    """Given open findings, return those about which a person decided, the first to end first."""
    ones = [one for one in found if one.decision]
    return sorted(ones, key=lambda one: (until_of(one) or date.max, worst_first(one)))


def until_of(finding: Finding) -> date | None:
    """Given a finding, return the last day on which the decision about it holds, None when it has no end."""
    until = finding.decision.get("until") if finding.decision else None
    return until if isinstance(until, date) else date.fromisoformat(until) if isinstance(until, str) and until else None


def days_left(finding: Finding, as_of: date) -> int | None:
    """Given a finding and the day of the report, return how many days the decision about it still holds, None when it has no end."""
    until = until_of(finding)
    return None if until is None else max(0, (until - as_of).days)


def _deadline_day(finding: Finding) -> date | None:
    at = instant(finding)
    return at.date() if at else finding.deadline_on


def families(found: Sequence[Finding]) -> list[str]:
    """Given open findings, return the families among them, in order."""
    return sorted({one.family for one in found})


def heat(found: Sequence[Finding], schools: Sequence[str | None], kinds: Sequence[str]) -> Mapping[str | None, Sequence[Cell]]:
    """Given open findings, return per school a cell per family and one in all."""
    cells: dict[tuple[str | None, str], list[int]] = {}
    for one in found:
        for kind in (one.family, ""):
            cells.setdefault((one.school, kind), []).append(one.score)
    severity = {one.score: one.severity for one in found}

    def cell(school: str | None, kind: str) -> Cell:
        scores = cells.get((school, kind), [])
        return Cell(len(scores), severity[max(scores)] if scores else None)

    return {school: [cell(school, kind) for kind in (*kinds, "")] for school in schools}


def schools_of(data: ReportData, found: Sequence[Finding]) -> list[str | None]:
    """Given the open findings, return the schools to list: those of the report and those found, board-wide (None) last."""
    counted = Counter(one.school for one in found)
    named = list(data.schools) if data.school is None else [data.school] if data.school else []
    unnamed = sorted(school for school in counted if school and school not in named)
    return [*named, *unnamed, *([None] if counted[None] else [])]


def rule_sections(data: ReportData, found: Sequence[Finding], labels: Labels) -> list[RuleSection]:
    """Given open findings, return their rules, worst first, each with the steps for the systems concerned."""
    by_rule: dict[str, list[Finding]] = {}
    for one in sorted(found, key=worst_first):
        by_rule.setdefault(one.rule, []).append(one)
    sections = []
    for rule, ones in by_rule.items():
        words = data.rules.get(rule) or RuleWords(rule, labels.title(ones[0]), "", ones[0].family)
        here: dict[tuple[str, ...], dict[str, None]] = {}
        for one in ones:
            here.setdefault(tuple(one.advice), {})[labels.system(one.system) if one.system else ""] = None
        steps = tuple((", ".join(filter(None, systems)), lines) for lines, systems in here.items() if lines)
        worst = min((one.severity for one in ones), key=ORDER.index)
        sections.append(RuleSection(rule, words, worst, len(ones), steps))
    return sections
