"""Renders the report as a workbook that feels at home in Excel: filters, dates that are dates, ids that stay text, and no formula at all."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditor.model.coverage import SourceState
from auditor.model.finding import Finding
from auditor.model.report import ReportData
from reports.render import overview
from reports.render.labels import ABSENT, ORDER, Labels, instant, on_clock, step, worst_first
from reports.render.unassessed import unassessed
from reports.texts import Words
from reports.visible import visible

MOST = 32_000
"""Characters in a cell at most; Excel holds 32,767, and a longer text would be lost without a word."""
SHEET = 31
"""Characters in the name of a sheet at most."""
_REFUSED = re.compile(r"[\[\]:*?/\\]")
FILLS = {"critical": ("#A3142F", "#FFFFFF"), "high": ("#FFE0C7", "#772B00"), "medium": ("#FBEFC4", "#5A4500"), "low": ("#DCEBF5", "#17496A"),
         "info": ("#EBEBE8", "#474E54")}
Value = str | int | date | None


@dataclass(frozen=True)
class Column:
    """One column of a sheet about findings: its heading, its width in characters, and what stands in it."""

    head: str
    width: float
    value: Callable[[Finding], Value]
    wraps: bool = False


def render(data: ReportData) -> bytes:
    """Given a report's data, return it as an XLSX workbook: what it is, all findings, a list of work per school, decisions, sources."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "default_date_format": "dd-mm-yyyy",
        "remove_timezone": True,
    })
    made = on_clock(data.started_at).replace(tzinfo=None)
    words = Words(data.language)
    labels = Labels.of(data, words)
    book.set_properties({"title": words.text("report.title", board=data.board_name, day=data.as_of), "author": words.text("report.brand"),
                         "created": made, "comments": words.text("report.footer.version", version=data.version)})
    _Sheets(book, data, words, labels).write()
    book.close()
    return out.getvalue()


class _Sheets:
    """The sheets of one workbook."""

    def __init__(self, book: Any, data: ReportData, words: Words, labels: Labels) -> None:
        self._book, self._data, self._words, self._labels = book, data, words, labels
        self._names: set[str] = {"history"}  # Excel keeps this name for itself
        self._text = book.add_format({"num_format": "@", "valign": "top"})
        self._wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self._day = book.add_format({"num_format": "dd-mm-yyyy" if words.language == "nl" else "d mmm yyyy", "valign": "top", "align": "left"})
        self._number = book.add_format({"num_format": "0", "valign": "top"})
        self._head = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#123F46", "valign": "vcenter", "text_wrap": True})
        self._title = book.add_format({"bold": True, "font_size": 16, "font_color": "#123F46"})
        self._bold = book.add_format({"bold": True, "valign": "top"})
        self._fills = {name: book.add_format({"bg_color": back, "font_color": front, "bold": True}) for name, (back, front) in FILLS.items()}

    def write(self) -> None:
        """Write every sheet, the explanation first."""
        found = sorted((one for one in self._data.findings if step(one) != "resolved"), key=worst_first)
        resolved = sorted((one for one in self._data.findings if step(one) == "resolved"), key=worst_first)
        self._explain(found)
        self._findings(self._say("sheet.findings"), found, self._columns())
        if resolved:
            self._findings(self._say("sheet.resolved"), resolved, self._columns())
        decided = overview.decided(found)
        if decided:
            self._findings(self._say("sheet.decided"), decided, self._decided_columns())
        self._unassessed()
        self._sources()
        by_school: dict[str | None, list[Finding]] = {}
        for one in found:
            if step(one) not in ("waived", "not_assessed"):
                by_school.setdefault(one.school, []).append(one)
        for school in sorted(by_school, key=lambda code: (code is None, self._labels.school(code))):
            self._findings(self._labels.school(school), by_school[school], self._work_columns(), has_done=True)

    def _say(self, name: str) -> str:
        return self._words.text(f"papers.{name}")

    def _sheet(self, title: str) -> Any:
        """A sheet whose name Excel accepts and no other sheet has."""
        clean = _REFUSED.sub("_", visible(title)).strip("' ")[:SHEET] or "-"
        name, n = clean, 1
        while name.lower() in self._names:
            n += 1
            name = f"{clean[:SHEET - len(str(n)) - 1]} {n}"
        self._names.add(name.lower())
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def _put(self, sheet: Any, row: int, column: int, value: Value, style: Any = None) -> None:
        """One cell, by its type: text is written as text and never looked at."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, style or self._text)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, style or self._day)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, style or self._number)
        else:
            text = visible(value.replace("\n", " "))
            sheet.write_string(row, column, text if len(text) <= MOST else text[:MOST] + "…", style or self._text)

    def _table(self, sheet: Any, heads: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[Value]], wrapped: Sequence[bool] = ()) -> int:
        """A table with a frozen heading and filters; return how many rows it has."""
        for n, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(n, n, width)
            self._put(sheet, 0, n, head, self._head)
        sheet.set_row(0, 24)
        count = 0
        for count, row in enumerate(rows, 1):
            for n, value in enumerate(row):
                self._put(sheet, count, n, value, self._wrapped if wrapped and wrapped[n] and isinstance(value, str) else None)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(count, 1), len(heads) - 1)
        sheet.repeat_rows(0)
        return count

    def _findings(self, title: str, found: Sequence[Finding], columns: Sequence[Column], has_done: bool = False) -> None:
        sheet = self._sheet(title)
        heads = [one.head for one in columns]
        count = self._table(sheet, heads, [one.width for one in columns], ([one.value(finding) for one in columns] for finding in found),
                            [one.wraps for one in columns])
        severity = self._words.text("report.column.severity")
        if severity in heads:
            at = heads.index(severity)
            for level in ORDER:
                sheet.conditional_format(1, at, count, at, {
                    "type": "cell", "criteria": "==", "value": f'"{self._labels.severity(level)}"', "format": self._fills[level.value]})
        if has_done and count:
            choices = [self._say(f"done.{name}") for name in ("open", "busy", "done")]
            sheet.data_validation(1, 0, count, 0, {"validate": "list", "source": choices})

    def _column(self, name: str, width: float, value: Callable[[Finding], Value], wraps: bool = False) -> Column:
        return Column(self._words.text(f"report.column.{name}"), width, value, wraps)

    def _columns(self) -> list[Column]:
        labels, column = self._labels, self._column
        return [
            column("key", 13, lambda one: one.key), column("severity", 11, lambda one: labels.severity(one.severity)),
            column("change", 16, lambda one: labels.code("change", step(one))), column("state", 15, lambda one: labels.state(one.state)),
            column("rule", 34, labels.title), column("person", 26, lambda one: one.display_name), column("number", 12, lambda one: one.person),
            column("account", 28, lambda one: one.username or one.account), column("system", 20, lambda one: _known(labels.system(one.system))),
            column("school", 24, lambda one: labels.school(one.school)), column("school_code", 10, lambda one: one.school),
            column("right", 26, lambda one: labels.right(one)), column("since", 12, lambda one: one.first_seen_on),
            column("days_open", 9, lambda one: one.days_open), column("deadline", 12, _deadline),
            column("acts", 20, lambda one: _known(labels.code("acts", one.acts))), column("summary", 70, lambda one: one.summary, True),
            column("steps", 70, lambda one: " ".join(f"{n}. {line}" for n, line in enumerate(one.advice, 1)), True),
            column("norms", 24, lambda one: ", ".join(one.norms), True),
        ]

    def _work_columns(self) -> list[Column]:
        labels, column = self._labels, self._column
        return [
            Column(self._say("done.head"), 14, lambda one: self._say("done.busy" if one.state.value == "acknowledged" else "done.open")),
            column("deadline", 12, _deadline), column("severity", 11, lambda one: labels.severity(one.severity)), column("rule", 34, labels.title),
            column("person", 26, lambda one: one.display_name or one.person), column("account", 28, lambda one: one.username or one.account),
            column("system", 20, lambda one: _known(labels.system(one.system))), column("right", 24, lambda one: labels.right(one)),
            column("since", 12, lambda one: one.first_seen_on), column("acts", 20, lambda one: _known(labels.code("acts", one.acts))),
            column("steps", 80, lambda one: " ".join(f"{n}. {line}" for n, line in enumerate(one.advice, 1)), True),
            column("key", 13, lambda one: one.key), Column(self._say("done.note"), 30, lambda one: None),
        ]

    def _decided_columns(self) -> list[Column]:
        labels, column, day = self._labels, self._column, self._data.as_of
        return [
            column("state", 15, lambda one: labels.state(one.state)), column("rule", 34, labels.title),
            column("person", 26, lambda one: one.display_name or one.person), column("account", 28, lambda one: one.username or one.account),
            column("school", 24, lambda one: labels.school(one.school)), column("decided_owner", 22, lambda one: _decided(one, "owner")),
            column("decided_reason", 50, lambda one: _decided(one, "reason"), True), column("by", 18, lambda one: _decided(one, "by")),
            column("until", 12, overview.until_of), column("left", 9, lambda one: overview.days_left(one, day)),
            column("key", 13, lambda one: one.key),
        ]

    def _explain(self, found: Sequence[Finding]) -> None:
        data, words = self._data, self._words
        sheet = self._sheet(self._say("sheet.explain"))
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 100)
        sheet.hide_gridlines(2)
        self._put(sheet, 0, 0, words.text("report.title", board=data.board_name, day=data.as_of), self._title)
        sheet.set_row(0, 26)
        dark = unassessed(data, self._labels)
        lines: list[tuple[str, str]] = [(self._say("explain.verdict"), overview.verdict(data, found, dark, self._labels))]
        if data.school:
            lines.append((words.text("report.column.school"), self._labels.school(data.school)))
        lines += [(self._say("explain.counts"), ", ".join(f"{words.number(n)} {self._labels.code('change', name)}"
                                                            for name, n in overview.step_counts(data)))]
        lines += [(self._say("explain.about"), line) if not n else ("", line) for n, line in enumerate(words.lines("papers.explain.lines"))]
        lines += [(words.text(f"report.glossary.{name}.word"), words.text(f"report.glossary.{name}.means"))
                  for name in words.names("report.glossary")]
        limits = [*words.lines("report.limits"), *(words.say(reason) for reason in data.limits)]
        lines += [(words.text("report.section.limits") if not n else "", line) for n, line in enumerate(limits)]
        lines += [(self._say("explain.scan"), f"{data.scan} · {words.day(data.as_of)} · {words.text('report.footer.version', version=data.version)}"
                   f" · {data.checkpoint or words.text('report.footer.no_checkpoint')}")]
        for n, (name, line) in enumerate(lines, 2):
            self._put(sheet, n, 0, name, self._bold)
            self._put(sheet, n, 1, line, self._wrapped)

    def _unassessed(self) -> None:
        dark = unassessed(self._data, self._labels)
        words = self._words
        rows: list[list[Value]] = [[one.source, one.system, one.state, " ".join(one.why), one.since, " ".join(one.remedy)] for one in dark.sources]
        rows += [[one.rule, ", ".join(one.systems), "", one.why, one.part, ""] for one in dark.questions]
        heads = [self._say("unassessed.what"), words.text("report.column.system"), words.text("report.column.state"),
                 words.text("report.unassessed.why"), words.text("report.unassessed.since"), words.text("report.unassessed.todo")]
        self._table(self._sheet(words.text("report.section.unassessed")), heads, [32, 30, 14, 70, 28, 60], rows,
                    [False, True, False, True, True, True])

    def _sources(self) -> None:
        words, labels = self._words, self._labels
        rows: list[list[Value]] = []
        for one in self._data.sources:
            state = SourceState.PARTIAL if one.state is SourceState.OK and one.missing_schools else one.state
            shared: list[Value] = [one.source, _known(labels.system(one.system)), labels.code("source_state", state.value)]
            files: list[tuple[str | None, date | None, int, str | None]] = [(file.name, file.as_of, file.rows, file.sha256) for file in one.receipts]
            rows += [[*shared, name, day, (self._data.as_of - day).days if day else None, count, digest]
                     for name, day, count, digest in files or [(None, one.as_of, one.rows, None)]]
        heads = [words.text(f"report.column.{name}") for name in ("source", "system", "state", "file", "day", "age", "rows", "hash")]
        self._table(self._sheet(words.text("report.section.sources")), heads, [24, 22, 16, 36, 12, 11, 10, 68], rows)


def _known(text: str) -> str | None:
    return None if text == ABSENT else text


def _deadline(one: Finding) -> date | None:
    at = instant(one)
    return at.date() if at else one.deadline_on


def _decided(one: Finding, name: str) -> str | None:
    value = one.decision.get(name) if one.decision else None
    return None if value is None else str(value)
