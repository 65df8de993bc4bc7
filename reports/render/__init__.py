"""Renderers: each takes a ReportData and returns the content of a file. Pure: no clock, disk (but for templates) or network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from auditor.model.report import ReportData

DAILY, QUARTER = "daily", "quarter"
"""The morning report and the page for the board. The proof for an auditor is made by `auditor evidence`."""


@dataclass(frozen=True)
class Document:
    """suffix: of the (first) file, with its dot; render: given the data and the file's name without suffix, name and content of each file, one
    by one: text (UTF-8) or bytes. One file, but for a morning report with thousands of findings, of which no two need be held at once."""

    suffix: str
    render: Callable[[ReportData, str], Iterable[tuple[str, str | bytes]]]


def _html(data: ReportData, name: str) -> Iterable[tuple[str, str]]:
    from reports.render.split import files  # jinja2 is imported by who writes HTML only

    return files(data, name)


def _csv(data: ReportData, name: str, is_raw: bool = False) -> Iterable[tuple[str, str]]:
    from reports.render.csv import render

    return [(f"{name}.csv", render(data, is_raw))]


def _json(data: ReportData, name: str) -> Iterable[tuple[str, str]]:
    from reports.render.json import render

    return [(f"{name}.json", render(data))]


def _xlsx(data: ReportData, name: str) -> Iterable[tuple[str, bytes]]:
    from reports.render.xlsx import render

    return [(f"{name}.xlsx", render(data))]


def _cef(data: ReportData, name: str) -> Iterable[tuple[str, str]]:
    from reports.render.cef import render

    return [(f"{name}.cef", render(data))]


def _paper(kind: str, data: ReportData, name: str) -> Iterable[tuple[str, str]]:
    from reports.render.paper import render

    return [(f"{name}.html", render(data, kind))]


def _pdf(kind: str, data: ReportData, name: str) -> Iterable[tuple[str, bytes]]:
    from reports.render.pdf import render

    return [(f"{name}.pdf", render(data, kind))]


DOCUMENTS: Mapping[tuple[str, str], Document] = {
    (DAILY, "html"): Document(".html", _html),
    (DAILY, "xlsx"): Document(".xlsx", _xlsx),
    (DAILY, "csv"): Document(".csv", _csv),
    (DAILY, "csv-raw"): Document(".csv", partial(_csv, is_raw=True)),
    (DAILY, "json"): Document(".json", _json),
    (DAILY, "cef"): Document(".cef", _cef),
    (DAILY, "pdf"): Document(".pdf", partial(_pdf, DAILY)),
    (QUARTER, "html"): Document(".html", partial(_paper, QUARTER)),
    (QUARTER, "pdf"): Document(".pdf", partial(_pdf, QUARTER)),
}
"""What `auditor report --kind --format` can make."""
FORMATS = ("html", "xlsx", "csv", "json", "pdf", "cef")
