"""The boards' matrices as templates: every row of the policy documents, and nothing that lint would call an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.model.matrix import Matrix
from matrices.lint import lint
from matrices.load import load_matrices, load_matrix
from matrices.show import describe

FOLDER = Path(__file__).parents[2] / "matrices"


def said(matrix: Matrix) -> list[tuple[str, ...]]:
    return [
        (row.function, row.right, row.level or "", row.scope or "", row.stance, " & ".join(map(str, row.conditions))) for row in matrix.rows
    ]


def test_parnassys_says_what_opor_declares() -> None:
    assert said(load_matrix(FOLDER / "opor/parnassys")) == [
        ("College van Bestuur", "Monitororganisatie beheerder", "", "board", "allowed", ""),
        ("algemeen directeur", "Monitororganisatie beheerder", "", "board", "allowed", ""),
        ("controller", "Monitororganisatie beheerder", "", "board", "allowed", ""),
        ("beleidsmedewerker", "Monitororganisatie", "", "board", "allowed", ""),
        ("beleidsmedewerker", "Stafmedewerker plus", "", "board", "allowed", ""),
        ("leerkracht", "Leerkracht", "volledig", "group", "allowed", ""),
        ("invalleerkracht", "Leerkracht", "volledig", "group", "allowed", "weeks>=4"),
        ("invalleerkracht", "Leerkracht", "beperkt", "group", "allowed", "weeks<4"),
        ("LIO-stagiair", "Leerkracht", "volledig", "group", "allowed", ""),
        ("onderwijsassistent", "Leerkracht", "beperkt", "group", "allowed", ""),
        ("directeur", "Applicatiebeheerder", "", "school", "allowed", ""),
        ("intern begeleider", "Intern begeleider", "", "school", "allowed", ""),
        ("intern begeleider", "Applicatiebeheerder", "", "school", "allowed", ""),
        ("orthopedagoog", "Intern begeleider", "", "school", "allowed", ""),
        ("orthopedagoog", "Applicatiebeheerder", "", "school", "allowed", ""),
        ("administratief medewerker", "Administratie", "", "school", "allowed", "declaration=confidentiality"),
        ("*", "Applicatiebeheerder", "", "school", "allowed", "task=beheerder ParnasSys & declaration=confidentiality"),
        ("*", "*", "", "", "forbidden", "kind=external & task!=toegang leerlingadministratie"),
    ]


def test_afas_says_what_opor_declares() -> None:
    assert said(load_matrix(FOLDER / "opor/afas")) == [
        ("beleidsmedewerker financiën", "financieel", "Volledig", "board", "allowed", ""),
        ("administratie", "financieel", "Beperkt", "board", "allowed", ""),
        ("algemeen directeur", "financieel", "Volledig", "board", "allowed", ""),
        ("controller", "financieel", "Volledig", "board", "allowed", ""),
        ("voorzitter CvB", "financieel", "Inkijk", "board", "allowed", ""),
        ("beleidsmedewerker personeelszaken", "personeel", "Volledig", "board", "allowed", ""),
        ("administratie", "personeel", "Beperkt", "board", "allowed", ""),
        ("algemeen directeur", "personeel", "Volledig", "board", "allowed", ""),
        ("controller", "personeel", "Volledig", "board", "allowed", ""),
        ("voorzitter CvB", "personeel", "Inkijk", "board", "allowed", ""),
        ("*", "crm", "Volledig", "board", "allowed", "school=office"),
        ("algemeen directeur", "beheer", "Volledig", "board", "allowed", ""),
        ("controller", "beheer", "Volledig", "board", "allowed", ""),
        ("facilitair medewerker", "beheer", "Volledig", "board", "allowed", ""),
        ("facilitair medewerker", "projecten", "Volledig", "board", "allowed", ""),
        ("directeur", "financieel", "Beperkt", "school", "allowed", ""),
        ("directeur", "personeel", "", "school", "allowed", ""),
        ("administratief medewerker", "crm", "Beperkt", "school", "allowed", "school=school"),
        ("*", "insite", "", "own", "allowed", ""),
        ("*", "outsite", "", "own", "allowed", ""),
        ("*", "Profit Windows", "", "", "allowed", "school=office"),
    ]


def test_esis_says_what_kind_declares() -> None:
    matrix = load_matrix(FOLDER / "kindante/esis")
    assert said(matrix) == [
        ("directeur", "Directie", "", "school", "allowed", ""),
        ("directeur", "*", "", "school", "allowed", ""),
        ("intern begeleider", "Interne begeleider", "", "school", "allowed", ""),
        ("ICT-er", "Applicatie beheerder", "", "school", "allowed", ""),
        ("leerkracht", "Groepsleerkracht", "", "group", "allowed", ""),
        ("invalleerkracht", "Groepsleerkracht", "", "group", "allowed", "weeks>=4"),
        ("managementassistent", "Administrateur", "", "school", "allowed", ""),
        ("conciërge", "Conciërge", "", "school", "allowed", ""),
        ("applicatiebeheerder BURO", "Supervisor", "", "board", "allowed", ""),
        ("medewerker Onderwijs BURO", "Supervisor", "", "board", "allowed", ""),
        ("medewerker financiën BURO", "Financiën", "", "board", "allowed", ""),
        ("*", "*", "", "", "forbidden", "kind=external & task!=toegang leerlingadministratie"),
    ]
    assert {row.max_holders for row in matrix.rows if row.right == "Supervisor"} == {3}
    assert matrix.modules["Conciërge"] == {"leerlingadministratie": "lezen, namen en adressen", "leerlingdossier": "geen", "Medewerker": "geen"}
    assert set(matrix.modules) == set(matrix.natives)


BOARDS = ("opor", "kindante", "kerobei", "uniek", "procon")
SHIPPED = [matrix for board in BOARDS for matrix in load_matrices(FOLDER / board)]


@pytest.mark.parametrize("matrix", SHIPPED, ids=lambda matrix: f"{matrix.edition}-{matrix.system}")
def test_a_template_names_its_source_in_each_row_and_waits_for_the_board(matrix: Matrix) -> None:
    assert all(row.note.startswith(("OPOR", "KIND", "UNIEK", "KERO", "PROC")) for row in matrix.rows)
    assert not matrix.is_norm
    assert {fault.code for fault in lint([matrix])} <= {"matrix_not_adopted", "matrix_holders_unnamed"}


@pytest.mark.parametrize("rows", sorted(FOLDER.rglob("rows.csv")), ids=lambda rows: rows.parent.name)
def test_excel_opens_a_template_as_it_is(rows: Path) -> None:
    assert rows.read_bytes().startswith(b"\xef\xbb\xbf")


def test_every_folder_of_templates_is_one_of_the_five_boards() -> None:
    assert {head.parent.parent.name for head in FOLDER.glob("*/*/matrix.toml")} == set(BOARDS)


def test_a_matrix_is_described_as_plain_data() -> None:
    described = describe(load_matrix(FOLDER / "opor/parnassys"))
    json.dumps(described)
    teacher = next(right for right in described["rights"] if right["right"] == "Leerkracht")
    assert (teacher["levels"], teacher["rows"]) == (["beperkt", "volledig"], 5)
    assert teacher["natives"] == [
        {"name": "Leerkracht", "level": "volledig", "scope": "group_links"},
        {"name": "Leerkracht beperkt", "level": "beperkt", "scope": "group_links"}]
    assert described["rows"][7] == {
        "line": 9, "function": "invalleerkracht", "right": "Leerkracht", "level": "beperkt", "scope": "group", "stance": "allowed",
        "conditions": "weeks<4", "mode": "alert", "holders": "", "max_holders": "", "note": described["rows"][7]["note"]}
    assert "conciërge" in described["functions"]
