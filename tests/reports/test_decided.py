"""A waiver is told in every format with its owner, its reason and its end: whoever reads only one of them must not miss it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime

import pytest
from openpyxl import load_workbook

from auditor.model.finding import State
from auditor.model.report import ReportData
from reports.render import DOCUMENTS
from tests.reports.sample import report

DECISION = {"change": "waived", "until": "2027-01-31", "on": "2026-11-01", "owner": "Directeur Zeepaard", "by": "ict", "reason": "tot de fusie"}


@pytest.fixture(scope="module")
def waived() -> ReportData:
    """The sample night with its first finding waived."""
    data = report()
    first, *others = data.findings
    return replace(data, findings=(replace(first, state=State.WAIVED, change=None, decision=DECISION), *others))


def _made(data: ReportData, form: str) -> bytes:
    _, content = next(iter(DOCUMENTS["daily", form].render(data, "r")))
    return content.encode() if isinstance(content, str) else content


def test_the_workbook_has_it_among_the_decisions_with_the_day_as_a_day(waived: ReportData) -> None:
    book = load_workbook(io.BytesIO(_made(waived, "xlsx")))
    [row] = [row for row in book["Besluiten"].iter_rows(values_only=True) if waived.findings[0].key in row]
    assert {"uitgezonderd", "Directeur Zeepaard", "tot de fusie", datetime(2027, 1, 31)} <= set(row)
    [state] = [row[3] for row in book["Bevindingen"].iter_rows(values_only=True) if waived.findings[0].key in row]
    assert state == "uitgezonderd"


def test_the_line_for_a_siem_has_owner_reason_and_end(waived: ReportData) -> None:
    [line] = [line for line in _made(waived, "cef").decode().splitlines() if f"externalId={waived.findings[0].key}" in line]
    for part in ("act=waived outcome=waived", "cs5=Directeur Zeepaard cs5Label=decisionOwner", "cs6=tot de fusie", "deviceCustomDate2=2027-01-31"):
        assert part in line


def test_the_json_has_it_and_null_where_nobody_decided(waived: ReportData) -> None:
    first, second, *_ = json.loads(_made(waived, "json"))["findings"]
    assert (first["decision"], second["decision"]) == (DECISION, None)


def test_the_csv_has_its_state(waived: ReportData) -> None:
    rows = list(csv.DictReader(io.StringIO(_made(waived, "csv").decode("utf-8-sig")), delimiter=";"))
    assert next(row["state"] for row in rows if row["key"] == waived.findings[0].key) == "waived"


def test_the_printed_list_has_it(waived: ReportData) -> None:
    pypdf = pytest.importorskip("pypdf")
    text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(_made(waived, "pdf"))).pages).split())
    for part in ("Directeur Zeepaard", "tot de fusie", "31-01-2027"):
        assert part in text
