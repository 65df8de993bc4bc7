"""The workbook: opens as Excel would, feels native, and holds no formula, whatever stands in the exports (T1)."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook

from reports.render.xlsx import render
from tests.reports.hostile import WORDS, hostile
from tests.reports.sample import many, report

BOOK = load_workbook(io.BytesIO(render(report())))


@pytest.mark.parametrize("word", [*WORDS, "lang " * 9_000], ids=range(len(WORDS) + 1))
def test_no_text_becomes_a_formula_or_a_link(word: str) -> None:
    content = render(hostile(word))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode()
            if name.startswith("xl/worksheets/"):
                assert not re.search(r"<(f|hyperlink)\b", text)
            assert not re.search("[\u202a-\u202e\u200b\x00-\x08\x1b]", text)
            assert "TargetMode" not in text
    book = load_workbook(io.BytesIO(content))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_the_first_sheet_explains_and_each_school_has_a_list_of_work() -> None:
    assert BOOK.sheetnames[:2] == ["Uitleg", "Bevindingen"]
    assert {"Het Zevende Zeepaard", "Niet beoordeeld", "Gelezen bronnen"} <= set(BOOK.sheetnames)
    told = [cell.value for row in BOOK["Uitleg"].iter_rows() for cell in row if cell.value]
    assert any("Elke school heeft een eigen werkblad" in line for line in told)
    assert "Wat dit rapport niet ziet" in told


def test_tables_have_a_frozen_heading_filters_widths_and_real_dates() -> None:
    sheet = BOOK["Bevindingen"]
    heads = [cell.value for cell in sheet[1]]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.column_dimensions["E"].width > 30
    first = dict(zip(heads, sheet[2], strict=True))
    assert isinstance(first["Sinds"].value, datetime) and first["Sinds"].number_format == "dd-mm-yyyy"
    assert isinstance(first["Stond open"].value, int)
    assert first["Nummer"].data_type == "s" and first["Nummer"].number_format == "@"
    assert sheet.max_row == sum(one.state.value != "resolved" for one in report().findings) + 1


def test_a_list_of_work_lets_the_school_tell_how_far_it_is() -> None:
    sheet = BOOK["Het Zevende Zeepaard"]
    assert sheet["A1"].value == "Gedaan?"
    [choice] = sheet.data_validations.dataValidation
    assert choice.formula1 == '"nog doen,mee bezig,gedaan"'
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} <= {"nog doen", "mee bezig"}


def test_names_of_sheets_are_ones_that_excel_takes() -> None:
    data = report(schools=dict.fromkeys(report().schools, "De [lange]: school/van *iedereen* die er maar is"))
    names = load_workbook(io.BytesIO(render(data))).sheetnames
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    assert len({name.lower() for name in names}) == len(names)


def test_the_same_night_gives_the_same_cells_in_english_too() -> None:
    book = load_workbook(io.BytesIO(render(report("en"))))
    assert book.sheetnames[:2] == ["About", "Findings"]
    assert render(many(20)) == render(many(20))
