"""Gathers the evidence of a period from what the store holds: nothing is judged anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from auditor import __version__
from auditor.app.evidence_items import ITEMS, answered
from auditor.app.reporting import school_names, system_titles
from auditor.config.load import Workspace
from auditor.model.errors import AuditorError
from auditor.model.evidence import DecisionLine, EvidencePackage, FileLine, FindingLine, NormLine, ReviewLine, RuleLine, ScanLine
from auditor.model.finding import Change, State, severity_of
from auditor.norms import controls_of
from auditor.rules.registry import SLUGS, spec_of
from auditor.store import Store
from auditor.store.scans import StoredScan
from reports.texts import Words

REPAIRED = (None, "repaired")
"""Resolved by repair; what a changed norm or a declaration resolved took nobody's time to repair."""
DECIDED = ("acknowledged", "waived", "false_positive", "withdrawn")
NORMS: Mapping[tuple[str, str], Sequence[str]] = {
    ("normenkader-ibp", "ID.01"): ("editions", "items", "findings"), ("normenkader-ibp", "ID.02"): ("findings", "scans"),
    ("normenkader-ibp", "ID.03"): ("findings",), ("normenkader-ibp", "ID.04"): ("findings",), ("normenkader-ibp", "ID.05"): ("reviews", "scans"),
    ("iso27001", "5.15"): ("editions", "items"), ("iso27001", "5.16"): ("findings", "scans"), ("iso27001", "5.17"): ("findings",),
    ("iso27001", "5.18"): ("reviews", "findings", "decisions"), ("iso27001", "8.2"): ("findings", "decisions"),
    ("avg", "5(2)"): ("editions", "scans", "decisions", "checkpoint"), ("avg", "32(1)(b)"): ("findings", "items"),
    ("avg", "32(1)(d)"): ("scans", "reviews"), ("avg", "32(4)"): ("editions", "items"),
    ("opor", "6"): ("items",), ("opor", "9"): ("items",),
}
"""Which control each part of the package speaks to."""
Row = Mapping[str, Any]


def evidence_package(workspace: Workspace, store: Store, since: date, until: date, words: Words, made_at: datetime) -> EvidencePackage:
    """Given an open store, a period (both days counted), the words of a language and the time, return the evidence of that period.

    Raise AuditorError if no scan judged a day in it.
    """
    scans = store.scans()
    within = [scan for scan in scans if since <= scan.as_of <= until]
    if not within:
        raise AuditorError("no_scan_in_period", since=since.isoformat(), until=until.isoformat())
    last = within[-1]
    lines = [_scan(store, scan) for scan in within]
    rows = [row for row in store.findings(last.number, resolved="all", has_evidence=False, has_history=True) if _was_open(row, since)]
    rows.sort(key=lambda row: (row["state"] == State.RESOLVED, -row["score"], row["first_seen_on"], row["key"]))  # on paper a long list is cut
    names = school_names(store, last.number)
    editions = [one for one in store.matrix_editions() if one.since <= until and (one.until is None or one.until >= since)]
    counted = [_finding(row, since, until) for row in rows]
    return EvidencePackage(
        board=last.board, board_name=workspace.config.board.name, since=since, until=until, made_at=made_at, version=__version__,
        editions=editions, scans=lines, files=_files(store, last.number), missed=_missed(scans, within, since, until),
        rules=_rules(rows, counted, since, words.language), findings=counted, decisions=_decisions(rows, since, until),
        reviews=_reviews(store, last.number, since, until), items=[answered(item, rows, lines[-1], editions, names, words) for item in ITEMS],
        norms=[_norm(framework, control, parts, words.language) for (framework, control), parts in NORMS.items()],
        schools=names, systems=system_titles(workspace), checkpoint=store.checkpoint(), differs=[words.say(reason) for reason in store.verify()],
    )


def _scan(store: Store, scan: StoredScan) -> ScanLine:
    coverage = store.coverage_at(scan.number)
    not_ok = {report.source: str(report.state) if not report.missing_schools else "partial" for report in coverage.not_ok}
    counts = scan.counts
    return ScanLine(
        scan.number, scan.as_of, scan.started_at, len(coverage.sources), not_ok, counts[Change.NEW], counts[Change.RESOLVED], counts["open"],
        counts[Change.NOT_ASSESSED])


def _files(store: Store, scan: int) -> list[FileLine]:
    return [
        FileLine(report.source, receipt.name, receipt.as_of, receipt.rows, receipt.sha256)
        for report in store.coverage_at(scan).sources for receipt in report.receipts]


def _missed(scans: Sequence[StoredScan], within: Sequence[StoredScan], since: date, until: date) -> list[date]:
    begun, had = max(since, scans[0].as_of), {scan.as_of for scan in within}
    ends = min(until, max(scan.as_of for scan in scans))
    return [day for day in (begun + timedelta(days=n) for n in range((ends - begun).days + 1)) if day not in had]


def _was_open(row: Row, since: date) -> bool:
    return row["state"] != State.RESOLVED or (row["resolved_on"] or date.max) >= since


def _finding(row: Row, since: date, until: date) -> FindingLine:
    return FindingLine(
        row["key"], row["rule"], str(severity_of(row["score"])), row["state"], row["system"], row["school"], row["first_seen_on"],
        row["resolved_on"] if row["state"] == State.RESOLVED else None, row["resolved_by"] if row["state"] == State.RESOLVED else None,
        row["deadline_on"], row["reopened"], list(_repairs(row["history"], since, until)))


def _repairs(history: Iterable[Row], since: date, until: date) -> Iterable[int]:
    opened: date | None = None
    for event in history:
        if event["change"] in (Change.NEW, Change.REOPENED):
            opened = event["on"]
        elif event["change"] == Change.RESOLVED and opened is not None:
            if event["reason"] in REPAIRED and since <= event["on"] <= until:
                yield (event["on"] - opened).days
            opened = None


def _rules(rows: Sequence[Row], counted: Sequence[FindingLine], since: date, language: str) -> list[RuleLine]:
    found = []
    for slug in SLUGS:
        of_rule = [line for line in counted if line.rule == slug]
        if of_rule:
            days = [day for line in of_rule for day in line.days_to_repair]
            back = sum(
                event["change"] == Change.REOPENED and event["on"] >= since for row in rows if row["rule"] == slug for event in row["history"])
            found.append(RuleLine(
                slug, spec_of(slug).words[language].title, sum(line.first_seen_on >= since for line in of_rule),
                sum(line.state != State.RESOLVED for line in of_rule), len(days), float(median(days)) if days else None, max(days, default=None),
                back))
    return found


def _decisions(rows: Sequence[Row], since: date, until: date) -> list[DecisionLine]:
    return [
        DecisionLine(row["key"], row["rule"], event["change"], event["on"], event["by"], event["reason"], event["until"], event["owner"])
        for row in rows for event in row["history"]
        if event["change"] in DECIDED and "by" in event and event["on"] <= until and (event["on"] >= since or (event["until"] or since) >= since)]


def _reviews(store: Store, scan: int, since: date, until: date) -> list[ReviewLine]:
    logged = [_review(row, is_sealed=True) for row in store.reviews_logged()]
    known = {(one.system, one.folder, one.school, one.reviewed_on) for one in logged}
    table = store.table_at("reviews", scan)
    entered = [_review(row, is_sealed=False) for row in table.astype("object").where(table.notna(), "").to_dict("records")]
    both = [*logged, *(one for one in entered if (one.system, one.folder, one.school, one.reviewed_on) not in known)]
    return sorted((one for one in both if since <= one.reviewed_on <= until), key=lambda one: (one.reviewed_on, one.system, one.school))


def _review(row: Mapping[Any, Any], is_sealed: bool) -> ReviewLine:
    day = date.fromisoformat(str(row["reviewed_on"])[:10])
    return ReviewLine(row["system"], row["folder"], row["school"], day, row["reviewed_by"], row["seen"], is_sealed)


def _norm(framework: str, control: str, parts: Sequence[str], language: str) -> NormLine:
    found = controls_of(framework)[control]
    return NormLine(found.shown(language), found.is_verified, parts)
