"""The evidence of a period as JSON for machines, and for people as one HTML page or the same as tagged PDF. Nothing from outside, no script."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from html import escape

from auditor.model.evidence import EvidencePackage
from reports.render.html import page_policy
from reports.render.labels import on_clock
from reports.render.paper import PRINTED
from reports.render.pdf import printed
from reports.texts import Words
from reports.visible import visible

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}caption{text-align:left;color:#444;padding:.25rem 0}"
    "th,td{border-bottom:1px solid #bbb;padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{overflow-wrap:normal}"
    "h2{margin-top:2rem}.answer{font-weight:700}@page{size:A4 landscape;margin:12mm}"
    "@media print{body{margin:0;padding:0;max-width:none;font-size:8pt}thead{display:table-header-group}tr{break-inside:avoid}}"
)


def as_json(package: EvidencePackage) -> str:
    """Given the evidence, return it as JSON: the names of the fields are the contract."""
    return json.dumps(dataclasses.asdict(package), ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def as_pdf(package: EvidencePackage, words: Words) -> bytes:
    """Given the evidence and the words of a language, return the page as PDF. Raise AuditorError if Pango, which lays out the text, is not there."""
    return printed(as_html(package, words, PRINTED))


def as_html(package: EvidencePackage, words: Words, most: int | None = None) -> str:
    """Given the evidence, the words of a language and how many rows of a table at most, return the page."""
    page = _Page(words, most)
    period = page.say("period", since=words.day(package.since), until=words.day(package.until))
    title = f"{page.say('title')}: {package.board_name}"
    page.lines([period, page.say("made", at=on_clock(package.made_at), version=package.version), page.say("no_names")])
    page.head("how")
    page.bullets(words.lines("evidence_package.how"))
    _items(package, page)
    _scans(package, page)
    _findings(package, page)
    page.table("decisions", ("key", "rule", "decision", "on", "by", "reason", "until", "owner"), (
        (one.key, one.rule, page.word(f"decision.{one.decision}"), one.on, one.by, one.reason, one.until, one.owner) for one in package.decisions))
    page.table("reviews", ("system", "folder", "school", "on", "by", "seen", "sealed"), (
        (package.systems.get(one.system, one.system), one.folder, package.schools.get(one.school, one.school) or page.say("everywhere"),
         one.reviewed_on, one.reviewed_by, one.seen, page.word("sealed.yes" if one.is_sealed else "sealed.no")) for one in package.reviews))
    page.table("norms", ("norm", "parts"), (
        (one.control, ", ".join(page.word(f"part.{part}") for part in one.parts)) for one in package.norms))
    page.head("checkpoint")
    page.lines([package.checkpoint, page.say("verify"), *(package.differs or [page.say("verified")])])
    return page.html(title)


def _items(package: EvidencePackage, page: _Page) -> None:
    page.head("items")
    for item in package.items:
        page.lines([f"{page.word(f'item.{item.item}')}"])
        page.answer(page.word(f"answer.{item.answer}"))
        page.bullets(item.shown_by)
    heads = ("school", *(f"item_{item.item}" for item in package.items))
    page.table("by_school", heads, (
        (package.schools[school], *(page.word(f"answer.{item.schools[school]}") for item in package.items)) for school in sorted(package.schools)))
    page.table("editions", ("system", "matrix", "edition", "owner", "adopted_on", "adopted_by", "since", "until", "digest"), (
        (one.system, one.name, one.edition, one.owner, one.adopted_on or page.word("not_adopted"), one.adopted_by, one.since, one.until,
         one.digest[:16]) for one in package.editions))


def _scans(package: EvidencePackage, page: _Page) -> None:
    whole = sum(not scan.not_ok for scan in package.scans)
    page.table("scans", ("scan", "day", "sources", "not_ok", "new", "resolved", "open", "not_assessed"), (
        (one.number, one.as_of, one.sources, ", ".join(f"{name} ({page.state(state)})" for name, state in one.not_ok.items()), one.new, one.resolved,
         one.open, one.not_assessed) for one in package.scans),
        page.say("scans_lead", n=len(package.scans), whole=whole, missed=len(package.missed)))
    page.table("files", ("source", "file", "day", "rows", "sha256"), (
        (one.source, one.name, one.as_of, one.rows, one.sha256) for one in package.files), page.say("files_lead"))
    if package.missed:
        page.lines([page.say("missed", days=", ".join(page.words.short_day(day) for day in package.missed))])


def _findings(package: EvidencePackage, page: _Page) -> None:
    page.table("rules", ("rule", "new", "open", "repaired", "median", "most", "reopened"), (
        (one.title, one.new, one.open, one.repaired, one.median_days, one.most_days, one.reopened) for one in package.rules), page.say("repair"))
    titles = {one.rule: one.title for one in package.rules}
    page.table("findings", ("key", "rule", "severity", "state", "system", "school", "first_seen", "deadline", "resolved_on", "days", "reopened"), (
        (one.key, titles.get(one.rule, one.rule), page.words.text(f"report.severity.{one.severity}"), page.words.text(f"report.state.{one.state}"),
         package.systems.get(one.system or "", one.system), package.schools.get(one.school or "", one.school), one.first_seen_on, one.deadline_on,
         one.resolved_on, ", ".join(map(str, one.days_to_repair)), one.reopened) for one in package.findings))


class _Page:
    """One HTML page in the making."""

    def __init__(self, words: Words, most: int | None = None) -> None:
        self.words, self.most = words, most
        self._parts: list[str] = []

    def say(self, key: str, **facts: object) -> str:
        """A sentence of this page."""
        return self.words.text(f"evidence_package.{key}", **facts)  # type: ignore[arg-type]

    def word(self, key: str) -> str:
        """A word of this page."""
        return self.words.text(f"evidence_package.{key}")

    def state(self, state: str) -> str:
        """How a source was read."""
        return self.words.text(f"report.source_state.{state}")

    def head(self, key: str) -> None:
        """A heading."""
        self._parts.append(f"<h2>{escape(self.say(f'head.{key}'))}</h2>")

    def lines(self, lines: Iterable[str]) -> None:
        """Paragraphs."""
        self._parts += [f"<p>{escape(visible(line))}</p>" for line in lines]

    def answer(self, text: str) -> None:
        """The answer to an item."""
        self._parts.append(f'<p class="answer">{escape(text)}</p>')

    def bullets(self, lines: Iterable[str]) -> None:
        """A list."""
        self._parts.append("<ul>" + "".join(f"<li>{escape(visible(line))}</li>" for line in lines) + "</ul>")

    def table(self, key: str, heads: Sequence[str], rows: Iterable[Sequence[object]], lead: str = "") -> None:
        """A table under its heading, or one line when it is empty."""
        self.head(key)
        body = ["<tr>" + "".join(f"<td>{escape(self._cell(cell))}</td>" for cell in row) + "</tr>" for row in rows]
        if not body:
            self.lines([self.say("none")])
            return
        if self.most is not None and len(body) > self.most:
            self.lines([self.say("cut", shown=self.most, n=len(body))])
            body = body[:self.most]
        top = "".join(f'<th scope="col">{escape(self.say(f"column.{head}"))}</th>' for head in heads)
        caption = f"<caption>{escape(lead)}</caption>" if lead else ""
        self._parts.append(f"<table>{caption}<thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table>")

    def html(self, title: str) -> str:
        """The whole page under its title."""
        return (
            f'<!doctype html>\n<html lang="{self.words.language}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{page_policy(STYLE)}"><meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>{''.join(self._parts)}</main></body></html>\n")

    def _cell(self, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, float):
            return f"{value:g}".replace(".", "," if self.words.language == "nl" else ".")
        return self.words.short_day(value) if isinstance(value, date) else visible(str(value))


