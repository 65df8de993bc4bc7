"""Renders the findings as CSV that a Dutch Excel opens by double click, and in which no cell can be a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date

from auditor.model.finding import FINDING_KEYS
from auditor.model.report import ReportData
from reports.visible import visible

COLUMNS = (*FINDING_KEYS, "change", "previous_rule")
"""The contract's keys in the contract's order, then the step of tonight; columns are added at the end only."""

BOM = "\ufeff"
_STARTS_FORMULA = re.compile(r"\s*[=+\-@\t\r\0\uff1d\uff0b\uff0d\uff20]")
_IS_PHONE = re.compile(r"\+\d[\d ]+")


def render(data: ReportData, raw: bool = False) -> str:
    """Given a report's data, return its findings as CSV: `;`, CRLF (RFC 4180), with a byte order mark so that Excel sees UTF-8.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it, and hidden characters are made visible. When raw,
    values stay as they are and there is no byte order mark: for programs, never for a spreadsheet.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in data.findings:
        values = {**finding.as_json(), "change": finding.change, "previous_rule": finding.previous_rule}
        cells = [_plain(values[name]) for name in COLUMNS]
        writer.writerow(cells if raw else [guarded(visible(cell)) for cell in cells])
    return out.getvalue() if raw else BOM + out.getvalue()


def guarded(cell: str) -> str:
    """Given a cell, return it with an apostrophe before it if a spreadsheet would calculate it; phone numbers stay as they are."""
    return f"'{cell}" if _STARTS_FORMULA.match(cell) and not _IS_PHONE.fullmatch(cell) else cell


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
        return " | ".join(value)
    if isinstance(value, Mapping | Sequence):
        return json.dumps(value, ensure_ascii=False, default=_iso, separators=(",", ":"))
    return str(value)


def _iso(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return value.isoformat() if isinstance(value, date) else str(value)
