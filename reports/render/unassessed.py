"""What could not be judged tonight, as the report's first block: per source, then per question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.finding import NotAssessed
from auditor.model.report import ReportData
from reports.render.labels import Labels

FAULTS_SHOWN = 5


@dataclass(frozen=True)
class DarkSource:
    """A source about which nothing is known tonight, or not of all schools."""

    source: str
    system: str
    state: str
    why: Sequence[str]
    since: str
    remedy: Sequence[str]
    rules: Sequence[str]
    examples: Sequence[str]


@dataclass(frozen=True)
class DarkQuestion:
    """A rule that lacked something other than a source that failed."""

    rule: str
    systems: Sequence[str]
    why: str
    part: str


@dataclass(frozen=True)
class Unassessed:
    """sources: what failed, to be shown loud; questions: what was never there to judge by, to be shown calm."""

    sources: Sequence[DarkSource]
    questions: Sequence[DarkQuestion]


def unassessed(data: ReportData, labels: Labels) -> Unassessed:
    """Given a report's data, return what was not assessed: sources that failed with the rules they darken, then the other questions."""
    dark = [source for source in data.sources if source.state is not SourceState.OK or source.missing_schools]
    by_source: dict[str, list[NotAssessed]] = {source.source: [] for source in dark}
    others: list[NotAssessed] = []
    for item in data.not_assessed:
        owner = next((source for source in dark if _darkens(source, item)), None)
        (by_source[owner.source] if owner else others).append(item)
    return Unassessed(
        sources=tuple(_dark(source, by_source[source.source], data, labels) for source in dark),
        questions=_questions(others, labels),
    )


def _darkens(source: SourceReport, item: NotAssessed) -> bool:
    if item.source:
        return item.source == source.source
    if source.state is SourceState.OK:
        return False
    return source.role == "hr" or (source.system is not None and source.system == item.system)


def _dark(source: SourceReport, items: Sequence[NotAssessed], data: ReportData, labels: Labels) -> DarkSource:
    words = labels.words
    why = [words.say(reason) for reason in source.reasons]
    why += [words.fault(fault) for fault in source.faults[:FAULTS_SHOWN]]
    if len(source.faults) > FAULTS_SHOWN:
        why.append(words.plural("report.unassessed.more_faults", len(source.faults) - FAULTS_SHOWN))
    if source.missing_schools and source.state is SourceState.OK:
        why.append(words.text("report.unassessed.missing_schools", schools=", ".join(map(labels.school, sorted(source.missing_schools)))))
    remedies = [words.remedy(reason) for reason in source.reasons] + [words.text(f"report.remedy.{source.state.value}", source=source.source)]
    state = SourceState.PARTIAL if source.state is SourceState.OK else source.state
    return DarkSource(
        source=source.source,
        system=labels.system(source.system) if source.system else "",
        state=labels.code("source_state", state.value),
        why=tuple(why),
        since=_since(source, data, labels),
        remedy=tuple(line for line in dict.fromkeys(remedies) if line),
        rules=tuple(dict.fromkeys(labels.rule(item.rule) for item in items)),
        examples=tuple(source.examples[:FAULTS_SHOWN]),
    )


def _since(source: SourceReport, data: ReportData, labels: Labels) -> str:
    """Since when its findings could not be judged, when any is flagged so; else the day of the last data."""
    words = labels.words
    days = [one.not_assessed_since for one in data.findings if source.system and one.system == source.system and one.not_assessed_since]
    if days:
        return words.text("report.unassessed.since_day", day=min(days))
    return words.text("report.unassessed.last_day", day=source.as_of) if source.as_of else words.text("report.unassessed.never")


def _questions(items: Sequence[NotAssessed], labels: Labels) -> tuple[DarkQuestion, ...]:
    words = labels.words
    found: dict[tuple[str, str, str], list[str]] = {}
    for item in items:
        parts = [words.plural("report.unassessed.schools", len(item.schools), schools=", ".join(map(labels.school, sorted(item.schools))))
                 if item.schools else "", words.plural("report.unassessed.count", item.count) if item.count else ""]
        system = labels.system(item.system) if item.system else words.text("report.unassessed.everywhere")
        key = (labels.rule(item.rule), words.say(item.reason), "; ".join(part for part in parts if part))
        found.setdefault(key, []).append(system)
    return tuple(DarkQuestion(rule, tuple(dict.fromkeys(systems)), why, part) for (rule, why, part), systems in found.items())
