"""Layouts as data: a renamed header needs no code, and a layout that is wrong says everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.errors import Fault, InputError
from auditor.model.tables import REGISTERS, TABLES
from connectors.files.headings import match, plain
from connectors.files.private import is_private, may_be_mapped
from connectors.files.shelf import load_layouts
from reports.texts import Words

MINIMAL = """
product = "Eigen"
title = { nl = "Eigen", en = "Own" }
role = "pupils"
formats = ["csv"]
[headers]
Nummer = { required = true, filled = true }
[[tables]]
table = "pupils"
[tables.columns]
person = "Nummer"
"""


def own(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as refused:
        load_layouts(folder)
    return refused.value.faults


def test_a_renamed_header_needs_an_alias_and_no_code(workspace: Any) -> None:
    (workspace.root / "layouts").mkdir()
    own(workspace.root / "layouts", ons_las='extends = "pupils-generic"\ndelimiters = [","]\n[aliases]\nLeerlingnummer = ["Lln"]\nBRIN6 = "Plek"\n')
    workspace.write("x.csv", "Lln,Plek,Einddatum\n1,99AA00,\n")
    page = workspace.read({"layout": "ons-las", "path": "x.csv"}, layouts="layouts")[0]
    assert page.tables["pupils"]["person"].tolist() == ["1"]


def test_an_own_layout_may_replace_a_shipped_one_and_change_its_parts(tmp_path: Path) -> None:
    own(tmp_path, pupils_generic='extends = "pupils-generic"\nminimum_rows = 900\n[headers.Leerlingnummer]\npad = 8\n', eigen=MINIMAL)
    layouts = load_layouts(tmp_path)
    assert layouts["pupils-generic"].minimum_rows == 900
    assert (layouts["pupils-generic"].headers["Leerlingnummer"].pad, layouts["pupils-generic"].headers["Leerlingnummer"].required) == (8, True)
    assert layouts["eigen"].name == "eigen"


def test_a_folder_of_own_layouts_need_not_exist(tmp_path: Path) -> None:
    assert "afas-users" in load_layouts(tmp_path / "weg")


def test_every_error_in_every_layout_is_told_with_file_and_key(tmp_path: Path) -> None:
    own(tmp_path,
        a='product = "x"\n', b='extends = "weg"\n', c="niet = geldig =\n", d='extends = "pupils-generic"\n[aliases]\nLeerling = ["x"]\n',
        e=MINIMAL + 'school = "Plek"\n', f=MINIMAL.replace("person = ", "naam = "),
        g=MINIMAL.replace('"Nummer"', '"BSN"').replace("Nummer = {", "BSN = {"),
        h=MINIMAL.replace("filled = true", "pattern = '(?=x)'"), i=MINIMAL + "ends_on = { header = 'Nummer', constant = 'x' }\n",
        j=MINIMAL.replace('formats = ["csv"]', 'formats = ["docx"]\nencodings = ["utf-7"]\nvreemd = 1'))
    told: dict[str, list[tuple[str, str | None]]] = {}
    for fault in faults_of(tmp_path):
        told.setdefault(fault.file, []).append((fault.code, fault.column))
    assert {key for _, key in told.pop("a.toml")} == {"title", "role", "formats", "headers"}
    assert told.pop("b.toml") == [("layout_extends_unknown", "extends")]
    assert told.pop("c.toml") == [("toml_value", None)]
    assert told.pop("d.toml") == [("layout_alias_unknown", "aliases.Leerling")]
    assert {key for _, key in told.pop("j.toml")} == {"formats.1", "encodings.1", "vreemd"}
    assert {file: [code for code, _ in faults] for file, faults in told.items()} == {
        "e.toml": ["config_layout_headers"], "f.toml": ["config_layout_column"], "g.toml": ["config_layout_private"],
        "h.toml": ["config_layout_pattern"], "i.toml": ["config_layout_origin"]}


@pytest.mark.parametrize(("line", "place", "said"), [
    ('formts = ["csv"]', (2, "formts"), "Bedoelde u 'formats'?"), ('formats = ["cvs"]', (2, "formats.1"), "Kies uit: csv, xlsx"),
    ('minimum_rows = "veel"', (2, "minimum_rows"), "hier hoort een heel getal"),
    ('[headers.Extra]\nrequird = true', (3, "headers.Extra.requird"), "Bedoelde u 'required'?"),
    ('[headers.Extra]\npattern = "((("', (3, "headers.Extra.pattern"), "dit is geen patroon"),
    ('[[tables]]\ntable = "accounts"\n[tables.columns]\nacount = "BRIN6"', (2, "tables.1"), "tabel accounts heeft geen kolom acount"),
])
def test_what_is_wrong_in_a_layout_of_the_board_is_told_by_line_and_in_its_own_words(
    tmp_path: Path, line: str, place: tuple[int, str], said: str,
) -> None:
    own(tmp_path, eigen=f'extends = "pupils-generic"\n{line}\n')
    (fault,) = faults_of(tmp_path)
    assert (fault.file, fault.line, fault.column) == ("eigen.toml", *place)
    assert said in Words("nl").fault(fault)


@pytest.mark.parametrize(("column", "words"), [
    ('status = { header = "Status", values = { "in dienst" = "actief" }, otherwise = "unknown" }', "actief"), ('status = "Status"', "*"),
    ('kind = { constant = "leerling" }', "leerling"), ('kind = { header = "Soort", values = { ll = "pupil" }, empty = "persoon" }', "persoon"),
])
def test_a_word_that_no_rule_knows_is_refused_with_the_layout(tmp_path: Path, column: str, words: str) -> None:
    own(tmp_path, eigen=f'extends = "accounts-generic"\n[[tables]]\ntable = "accounts"\n[tables.columns]\n{column}\n')
    (fault,) = faults_of(tmp_path)
    assert (fault.code, fault.facts["words"]) == ("config_layout_words", words)


def test_a_layout_can_never_take_in_what_is_private(tmp_path: Path) -> None:
    own(tmp_path, g=MINIMAL.replace('"Nummer"', '"BSN"').replace("Nummer = {", "BSN = {"))
    assert faults_of(tmp_path)[0].facts == {"names": "BSN"}


@pytest.mark.parametrize("header", [
    "BSN", "bsn", "Burgerservicenummer", "Geboortedatum", "Geboorte datum partner BSN", "Straat", "Adres", "Adres (woon)", "Huisnummer", "Postcode",
    "Woonplaats", "Telefoon privé", "Mobiel", "E-mail privé", "IBAN", "streetAddress", "postalCode", "city", "telephoneNumber", "Date of birth",
    "Nationaliteit", "Onderwijsnummer", "PGN", "Wachtwoord", "Salaris",
])
def test_private_headers_are_known(header: str) -> None:
    assert is_private(header)


@pytest.mark.parametrize("header", [
    "E-mailadres", "Emailadres", "Mailadres", "IP-adres", "Geboortenaam", "Naam", "Wachtwoord gewijzigd", "Assignment State", "Personeelsnummer",
    "Leerlingnummer", "Einddatum", "Roepnaam", "Groepen", "lastPasswordChangeDateTime", "Functie",
])
def test_ordinary_headers_are_not_private(header: str) -> None:
    assert not is_private(header)


def test_no_shipped_layout_declares_a_private_header() -> None:
    for layout in load_layouts().values():
        assert all(may_be_mapped(name) for name in layout.used), layout.name


def test_headers_match_whatever_their_case_space_and_brackets() -> None:
    layout = load_layouts()["pupils-generic"]
    found = match((" [LEERLINGNUMMER]", "brin", "Ingeschreven  tot", "x"), layout)
    assert found.found == {"Leerlingnummer": " [LEERLINGNUMMER]", "BRIN6": "brin", "Ingeschreven tot": "Ingeschreven  tot"}
    assert found.dropped == ("x",)


def test_a_headers_own_name_goes_before_its_aliases() -> None:
    layout = load_layouts()["entra-users"]
    assert match(("objectId", "id"), layout).found["id"] == "id"


@given(st.text(max_size=20))
def test_comparing_headers_twice_changes_nothing(header: str) -> None:
    assert plain(plain(header).upper()) == plain(header.upper()) or header != header.upper().lower()


def test_the_nearest_header_is_named_when_one_is_missing(workspace: Any) -> None:
    workspace.write("x.csv", "Leerlingnumer;BRIN6;Ingeschreven tot\n1;99AA00;\n")
    with pytest.raises(InputError) as refused:
        workspace.read({"layout": "pupils-generic", "path": "x.csv"})
    fault = refused.value.faults[0]
    assert (fault.code, fault.column, fault.facts["meant"], fault.line) == ("header_missing_meant", "Leerlingnummer", "Leerlingnumer", 1)


@pytest.mark.parametrize("table", REGISTERS)
def test_every_register_can_be_empty_and_complete(workspace: Any, table: str) -> None:
    workspace.write("r.csv", ";".join(TABLES[table].names) + "\n")
    page = workspace.read({"layout": f"register-{table}", "path": "r.csv"})[0]
    assert (len(page.tables[table]), page.is_last) == (0, True)
    assert page.delivers == {f"{table}.{name}" for name in TABLES[table].names}


def test_a_register_is_read_with_days_and_yes_and_no_as_people_write_them(workspace: Any) -> None:
    tables = workspace.tables("register-schools", (
        "school;kind;name;codes;domain;opened_on;closed_on;works_across_groups\n"
        "99AA00;school;De Rietkraag;101,99AA;ad:waterland;1-8-2010;;ja\n99AB00;school;Het Baken;;;2010-08-01;31-07-2026;0\n"))
    assert tables["schools"]["works_across_groups"].tolist() == [True, False]
    assert [str(day)[:10] for day in tables["schools"]["opened_on"]] == ["2010-08-01", "2010-08-01"]


@pytest.mark.parametrize(("content", "code", "line"), [
    ("person;kind;signedon\n1;conduct;\n", "header_unknown_meant", 1),
    ("person;signed_on\n1;\n", "header_missing", 1),
    ("person;kind;signed_on\n;conduct;\n", "cell_empty", 2),
    ("person;kind;signed_on\n1;conduct;31-02-2026\n", "value_not_date", 2),
    ("person;kind;signed_on\n1;conduct;\n1;conduct;2026-01-01\n", "row_twice", 3),
])
def test_a_register_is_exact(workspace: Any, content: str, code: str, line: int) -> None:
    with pytest.raises(InputError) as refused:
        workspace.tables("register-declarations", content)
    assert (refused.value.faults[0].code, refused.value.faults[0].line) == (code, line)


def test_functions_may_name_the_source_their_label_comes_from(workspace: Any) -> None:
    tables = workspace.tables("register-functions", "source;label;function\nafas-hr;LKR;leerkracht\n;DIR;directeur\n")
    assert tables["functions"]["source"].tolist() == ["afas-hr", "bron"]


def test_numbers_that_excel_shortened_are_filled_up(workspace: Any) -> None:
    (workspace.root / "layouts").mkdir()
    own(workspace.root / "layouts", eigen=MINIMAL.replace("filled = true", "pad = 6"))
    workspace.write("x.csv", "Nummer\n17\nA17\n1234567\n")
    page = workspace.read({"layout": "eigen", "path": "x.csv"}, layouts="layouts")[0]
    assert page.tables["pupils"]["person"].tolist() == ["000017", "A17", "1234567"]


@pytest.mark.parametrize(("policy", "people"), [("drop", ["1", "2"]), ("refuse", None)])
def test_the_header_among_the_rows_is_dropped_or_refused(workspace: Any, policy: str, people: list[str] | None) -> None:
    (workspace.root / "layouts").mkdir()
    text = MINIMAL.replace("filled = true", r"pattern = '\d+'").replace("[headers]", f'repeated_header = "{policy}"\n[headers]')
    own(workspace.root / "layouts", eigen=text)
    workspace.write("x.csv", "Nummer;x\n1;a\nNummer;x\n2;b\n")
    part = {"layout": "eigen", "path": "x.csv"}
    if people is None:
        with pytest.raises(InputError) as refused:
            workspace.read(part, layouts="layouts")
        assert [(fault.code, fault.line) for fault in refused.value.faults] == [("header_again", 3)]
    else:
        assert workspace.read(part, layouts="layouts")[0].tables["pupils"]["person"].tolist() == people


def test_the_day_inside_a_file_is_its_own_day(workspace: Any) -> None:
    (workspace.root / "layouts").mkdir()
    own(workspace.root / "layouts", eigen=MINIMAL.replace("[headers]", 'day = "Peildatum"\n[headers]\nPeildatum = {}'))
    workspace.write("x_2026-11-20.csv", "Nummer;Peildatum\n1;19-11-2026\n2;18-11-2026\n")
    receipt = workspace.read({"layout": "eigen", "path": ".", "pattern": "x_{date}.csv"}, layouts="layouts")[0].receipts[0]
    assert (receipt.as_of.isoformat(), receipt.is_dated_inside) == ("2026-11-18", True)
