"""Spreadsheets as boards have them become drafts; what is not understood is said by row and column."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.errors import AuditorError
from auditor.model.matrix import Matrix
from connectors.files.xlsx_reader import read_grid
from matrices.draft import write_draft
from matrices.importing import Imported, import_grid
from matrices.load import load_matrix
from matrices.sheet import Grid, read_csv


def grid_of(*rows: tuple[str, ...]) -> Grid:
    return list(enumerate(rows, 1))


def imported(grid: Grid, functions: tuple[str, ...] = ()) -> Imported:
    return import_grid(grid, "matrix.xlsx", "parnassys", "ParnasSys", "concept", functions)


def rows_of(found: Imported) -> list[tuple[str, str, str, str, str]]:
    assert found.draft is not None
    return [(row["function"], row["right"], row["level"], row["scope"], row["conditions"]) for row in found.draft.rows]


def loaded(found: Imported, folder: Path) -> Matrix:
    assert found.draft is not None
    write_draft(found.draft, folder)
    return load_matrix(folder)


CROSSED = grid_of(
    ("Autorisatiematrix ParnasSys", "", "", "", ""),
    ("Functie", "Leerkracht", "Applicatiebeheerder", "Administratie", "Opmerking"),
    ("Leerkracht", "x**", "", "-", ""),
    ("Directeur / adjunct", "", "school", "nee", "beslist zelf"),
    ("Administratief medewerker*", "", "", "ja", ""),
    ("Invalleerkracht, korter dan 4 weken", "inkijk, eigen groep", "", "", ""),
    ("Conciërge", "", "", "", ""),
    ("* geheimhoudingsverklaring getekend",),
    ("** alleen de eigen groep",),
)


def test_functions_down_and_rights_across_with_crosses_levels_scopes_and_asterisks(tmp_path: Path) -> None:
    found = imported(CROSSED)
    assert not found.faults
    assert rows_of(found) == [
        ("Leerkracht", "Leerkracht", "", "group", ""),
        ("Directeur", "Applicatiebeheerder", "", "school", ""),
        ("adjunct", "Applicatiebeheerder", "", "school", ""),
        ("Administratief medewerker", "Administratie", "", "", "declaration=confidentiality"),
        ("Invalleerkracht", "Leerkracht", "inkijk", "group", "weeks<4"),
    ]
    matrix = loaded(found, tmp_path)
    assert {row.mode for row in matrix.rows} == {"draft"} and not matrix.is_norm
    assert matrix.functions == {"Conciërge"} and matrix.rows[1].note == "beslist zelf, matrix.xlsx:4"


def test_merged_headings_make_levels_of_one_right_where_they_return() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Functie", "Financieel", None, "Personeel", None])
    sheet.append([None, "Inkijk", "Volledig", "Inkijk", "Volledig"])
    sheet.append(["controller", None, "x", "x", None])
    sheet.append(["directeur", "x", None, None, None])
    for area in ("A1:A2", "B1:C1", "D1:E1"):
        sheet.merge_cells(area)
    data = io.BytesIO()
    book.save(data)
    found = imported(read_grid(data.getvalue(), "matrix.xlsx"))
    assert not found.faults
    assert rows_of(found) == [
        ("controller", "Financieel", "volledig", "", ""), ("controller", "Personeel", "inkijk", "", ""),
        ("directeur", "Financieel", "inkijk", "", "")]
    assert found.draft is not None and found.draft.levels["Financieel"] == ["inkijk", "volledig"]


def test_a_list_with_the_right_in_a_column_is_read_as_opor_prints_it() -> None:
    found = imported(grid_of(
        ("functie", "ParnasSys rol", "niveau", "voorwaarde"),
        ("beleidsmedewerker", "Monitororganisatie, Stafmedewerker plus", "stichting", ""),
        ("invalleerkracht, langer dan 4 weken", "Leerkracht", "groep", "**"),
        ("(extra taak) beheerder ParnasSys", "Applicatiebeheerder", "school", "*"),
        ("* een getekende geheimhoudingsverklaring",), ("** eigen groep",)))
    assert not found.faults
    assert rows_of(found) == [
        ("beleidsmedewerker", "Monitororganisatie", "", "board", ""), ("beleidsmedewerker", "Stafmedewerker plus", "", "board", ""),
        ("invalleerkracht", "Leerkracht", "", "group", "weeks>=4"),
        ("*", "Applicatiebeheerder", "", "school", "task=beheerder ParnasSys & declaration=confidentiality")]


def test_a_function_merged_over_rows_continues_below() -> None:
    found = imported(grid_of(("functie", "rol"), ("orthopedagoog", "Intern begeleider"), ("", "Applicatiebeheerder")))
    assert [row[:2] for row in rows_of(found)] == [("orthopedagoog", "Intern begeleider"), ("orthopedagoog", "Applicatiebeheerder")]


def test_what_is_not_understood_names_row_column_and_the_nearest_word() -> None:
    found = imported(grid_of(("Functie", "Leerkracht"), ("leerkracht", "voledig"), ("direkteur", "x***")), ("leerkracht", "directeur"))
    told = {fault.code: fault for fault in found.faults}
    cell = told["matrix_import_cell_unclear"]
    assert (cell.line, cell.column, dict(cell.facts)) == (2, "B (Leerkracht)", {"value": "voledig", "did_you_mean": "volledig"})
    assert told["matrix_import_function_unknown"].facts["did_you_mean"] == "directeur"
    assert (told["matrix_import_star_unexplained"].line, told["matrix_import_star_unexplained"].facts["value"]) == (3, "***")
    assert rows_of(found) == [("direkteur", "Leerkracht", "", "", "")]


@pytest.mark.parametrize("grid", [[], grid_of(("alleen een titel",)), grid_of(("Functie", "Recht"), ("leerkracht", ""))])
def test_a_sheet_without_a_table_gives_no_draft_and_says_so(grid: Grid) -> None:
    found = imported(grid)
    assert found.draft is None and found.faults


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_csv_is_read_whatever_excel_made_of_it(delimiter: str, encoding: str) -> None:
    text = f"Functie{delimiter}Conciërge\r\n\r\nconciërge{delimiter}x\r\n"
    assert [(line, list(cells)) for line, cells in read_csv(text.encode(encoding))] == [(1, ["Functie", "Conciërge"]), (3, ["conciërge", "x"])]


def test_a_draft_never_overwrites_what_somebody_edited(tmp_path: Path) -> None:
    loaded(imported(CROSSED), tmp_path)
    with pytest.raises(AuditorError):
        loaded(imported(CROSSED), tmp_path)


WORDS = st.sampled_from([
    "", "x", "X*", "**", "groep", "stichting", "volledig", "lezen, eigen groepen", "Functie", "rol", "niveau", "leerkracht", "directeur / IB",
    "* geheimhouding", "voorwaarde", "langer dan 4 weken", "(extra taak) beheer", "?!", 'met "haken"', "regel\nop regel"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(WORDS | st.text(max_size=8), max_size=5), max_size=7))
def test_any_sheet_gives_a_draft_that_loads_or_says_why_not(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    found = imported(list(enumerate(rows, 1)))
    if found.draft is None:
        assert found.faults
    else:
        assert len(loaded(found, tmp_path_factory.mktemp("draft") / "m").rows) == len(found.draft.rows)
