"""Builds what a renderer needs from what the store holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from auditor import __version__
from auditor.app.elsewhere import elsewhere
from auditor.app.nights import between, skipped_nights
from auditor.app.quarters import quarter
from auditor.app.school_view import only_of
from auditor.app.wording import findings_in_words, rule_words
from auditor.config.load import Workspace
from auditor.model.errors import AuditorError, Reason
from auditor.model.finding import Change, Finding, NotAssessed
from auditor.model.report import Night, ReportData, folded
from auditor.rules.registry import SLUGS
from auditor.store import Store
from auditor.store.scans import StoredScan
from reports.render.listing import listing
from reports.texts import Words

TREND_DAYS = 365
AT_ONCE = 10_000
"""Findings of which the evidence is held at once when it may be folded: that of 75,000 is 750 MB."""
LIMITS = ("limit_matrix", "limit_use", "limit_pupils")
"""What this report cannot see beside what every report says, as keys of the catalogue."""


def report_data(
    workspace: Workspace, store: Store, language: str, scan: int | None = None, school: str | None = None, since: date | None = None,
    *, is_quarter: bool = False, may_fold: bool = False,
) -> ReportData:
    """Given an open store, return everything a report on one scan (the last when None) shows, for all schools or one, with what changed
    since the scan before it, or since the last scan of an earlier day; with the figures of the quarter when asked for.

    In the report of one school nobody and no school elsewhere is named (T33). may_fold: the evidence of more than AT_ONCE findings may be folded
    (`ReportData.whole`).

    Raise AuditorError if there is no scan yet, no such scan, no scan on or before `since`, or no such school.
    """
    scans = {stored.number: stored for stored in store.scans()}
    if not scans:
        raise AuditorError("no_scan_yet")
    number = scan or max(scans)
    if number not in scans:
        raise AuditorError("no_such_scan", scan=number)
    shown = scans[number]
    names = school_names(store, number)
    if school is not None and school not in names:
        raise AuditorError("no_such_school", school=school)
    systems = system_titles(workspace)
    before = _compared_with(scans, number, since)
    earlier = before.number if since and before else None
    in_words = partial(
        findings_in_words, board=shown.board, language=language, as_of=shown.as_of, started_at=shown.started_at, systems=systems, schools=names)
    bodies: dict[str, bytes] = {}
    if may_fold and school is None and shown.counts["open"] > AT_ONCE:
        findings = [_bare(one, bodies) for rows in _in_parts(store, number, earlier) for one in in_words(rows)]
    else:
        findings = [one for one in in_words(store.findings(number, since=earlier)) if school is None or one.school == school]
    counts = shown.counts if since is None else {**shown.counts, **_counted(findings)}
    data = ReportData(
        board=shown.board, board_name=workspace.config.board.name, language=language, as_of=shown.as_of, scan=number, kind=shown.kind,
        started_at=shown.started_at, seconds=shown.seconds, version=__version__, findings=findings, counts=counts,
        sources=store.coverage_at(number).sources, not_assessed=shown.not_assessed, schools=names, systems=systems,
        rules={slug: rule_words(slug, language) for slug in sorted(_mentioned(findings, shown.not_assessed))},
        matrices=store.matrices_at(number), trend=store.trend(TREND_DAYS, number), previous=before.as_of if before else None,
        checkpoint=store.checkpoint(), folded=bodies, limits=(*_skipped(scans, shown), *_renamed(shown), *(Reason(limit) for limit in LIMITS)),
    )
    data = _with_history(data, store, number)
    rows: list[dict[str, Any]] = []
    if school is not None or is_quarter:
        stored = store.findings(number, resolved="all", has_evidence=False, has_history=school is not None)
        rows = [row for row in stored if school is None or row["school"] == school]
    if school is not None:
        away = elsewhere(store, number, school, Words(language).text("report.elsewhere"))
        data = replace(only_of(data, school, away), trend=_trend_of(rows, data.trend))
    if is_quarter:
        first = min(scan.as_of for scan in scans.values())
        data = replace(data, quarter=quarter(rows, data.trend, data.as_of, first, data.schools))
    return data


def _in_parts(store: Store, scan: int, since: int | None) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The findings of a scan as the store returns them, not all at once."""
    keys = [row["key"] for row in store.findings(scan, has_evidence=False, since=since)]
    for n in range(0, len(keys), AT_ONCE):
        yield store.findings(scan, keys=keys[n:n + AT_ONCE], since=since)


def _bare(one: Finding, bodies: dict[str, bytes]) -> Finding:
    bare, bodies[one.key] = folded(one)
    return bare


def _with_history(data: ReportData, store: Store, scan: int) -> ReportData:
    """History for the findings that are told in full; thousands of others would not show theirs."""
    keys = set(listing(data.findings).detailed)
    if not keys:
        return data
    rows = {row["key"]: row["history"] for row in store.findings(scan, keys=keys, has_evidence=False, has_history=True)}
    return replace(data, findings=[replace(one, history=rows[one.key]) if one.key in rows else one for one in data.findings])


def _trend_of(rows: Sequence[Mapping[str, Any]], nights: Sequence[Night]) -> list[Night]:
    """The nights as they were for some findings, told from their events."""
    opened = Counter(event["on"] for row in rows for event in row["history"] if event["change"] in (Change.NEW, Change.REOPENED))
    new = Counter(event["on"] for row in rows for event in row["history"] if event["change"] == Change.NEW)
    closed = Counter(event["on"] for row in rows for event in row["history"] if event["change"] == Change.RESOLVED)
    flagged = Counter(row["not_assessed_since"] for row in rows if row["not_assessed_since"])
    return [
        Night(night.as_of, _until(opened, night.as_of) - _until(closed, night.as_of), new[night.as_of], closed[night.as_of],
              _until(flagged, night.as_of))
        for night in nights
    ]


def _until(counts: Mapping[date, int], day: date) -> int:
    return sum(number for on, number in counts.items() if on <= day)


def _skipped(scans: Mapping[int, StoredScan], shown: StoredScan) -> Sequence[Reason]:
    """The nights without a scan since the scan before, said on the report (promise P2)."""
    before = max((scan.as_of for scan in scans.values() if scan.number < shown.number), default=None)
    days = between(before, shown.as_of)
    return [skipped_nights(days)] if days else []


def _renamed(shown: StoredScan) -> Sequence[Reason]:
    """That findings go on although their account got another id (rules 1, Identity)."""
    count = shown.counts.get("renamed", 0)
    return [Reason("limit_renamed", {"n": count})] if count else []


def _compared_with(scans: Mapping[int, StoredScan], number: int, since: date | None) -> StoredScan | None:
    if since is None:
        return scans.get(number - 1)
    earlier = [stored for stored in scans.values() if stored.as_of <= since and stored.number < number]
    if not earlier:
        raise AuditorError("no_scan_on_or_before", day=since.isoformat())
    return max(earlier, key=lambda stored: stored.number)


def _mentioned(findings: Sequence[Finding], not_assessed: Sequence[NotAssessed]) -> set[str]:
    """Every rule that the report names: of its findings, of what they were before, and of what could not be judged."""
    named = {finding.rule for finding in findings} | {finding.previous_rule for finding in findings} | {one.rule for one in not_assessed}
    return {slug for slug in named if slug in SLUGS}


def _counted(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings took each step over the time looked at."""
    steps = Counter(finding.change.value for finding in findings if finding.change)
    return {change.value: steps[change.value] for change in Change}


def school_names(store: Store, scan: int) -> dict[str, str]:
    """Given a scan, return the name of each school it knew, by code."""
    table = store.table_at("schools", scan)
    return {str(row.school): (row.name if isinstance(row.name, str) else str(row.school)) for row in table.itertuples()}


def system_titles(workspace: Workspace) -> dict[str, str]:
    """Given a workspace, return how each system is shown, by its name."""
    return {source.system: source.title or source.system for source in workspace.config.sources.values() if source.system}


def stored_findings(workspace: Workspace, store: Store, language: str, *, key: str | None = None, with_resolved: bool = False) -> list[Finding]:
    """Given an open store, return the findings of the last scan in words, or the one with this key, with its history.

    Raise AuditorError if there is no scan yet.
    """
    last = store.last_scan()
    if last is None:
        raise AuditorError("no_scan_yet")
    stored = store.findings(keys=[key] if key else None, resolved="all" if key or with_resolved else "tonight", has_history=bool(key))
    return findings_in_words(
        stored, board=last.board, language=language, as_of=last.as_of, started_at=last.started_at, systems=system_titles(workspace),
        schools=school_names(store, last.number))
