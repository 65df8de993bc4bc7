"""What `source preview` tells of a file before it is a source."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest

from auditor.app.cli import main
from auditor.model.errors import InputError
from connectors.files.drafting import draft
from connectors.files.preview import preview
from connectors.files.shelf import load_layouts

PUPILS = "Leerlingnummer;Roepnaam;BSN;BRIN6;Ingeschreven tot\n2600039;Fenna;111222333;99AA00;31-07-2027\n2600040;Jet;222333444;99AA00;\n"


def test_a_layout_is_proposed_and_every_column_explained(workspace: Any) -> None:
    found = preview(workspace.write("x.csv", PUPILS))
    assert (found.format, found.encoding, found.delimiter, found.layout, found.rows) == ("csv", "utf-8", ";", "pupils-generic", 2)
    assert [(column.header, column.state, column.targets, column.conversions, column.samples) for column in found.columns] == [
        ("Leerlingnummer", "mapped", ("pupils.person",), (), ("9999999",)),
        ("Roepnaam", "dropped", (), (), ("Xxxxx", "Xxx")),
        ("BSN", "private", (), (), ()),
        ("BRIN6", "mapped", ("pupils.school",), (), ("99XX99",)),
        ("Ingeschreven tot", "mapped", ("pupils.ends_on",), ("date",), ("99-99-9999",))]
    assert (dict(found.tables), found.faults) == ({"pupils": 2}, ())


def test_nothing_personal_is_in_the_answer(workspace: Any) -> None:
    told = json.dumps(preview(workspace.write("x.csv", PUPILS)).as_dict(), default=str)
    assert not [secret for secret in ("Fenna", "Jet", "111222333", "2600039") if secret in told]


def test_faults_of_the_file_are_in_the_answer(workspace: Any) -> None:
    found = preview(workspace.write("x.csv", PUPILS + "Totaal;;;;31-02-2027\n"))
    assert [(fault.code, fault.line) for fault in found.faults] == [("value_pattern", 4), ("value_not_date", 4)]
    assert [fault.code for fault in preview(workspace.write("x.csv", "a;b\n1\n")).faults] == ["csv_field_count"]


def test_a_layout_asked_for_says_what_is_missing(workspace: Any) -> None:
    found = preview(workspace.write("x.csv", PUPILS), "esis-overview")
    assert found.layout == "esis-overview"
    assert {fault.column for fault in found.faults} == {"Gebruikersnaam", "Rol"}
    with pytest.raises(InputError):
        preview(workspace.write("x.csv", PUPILS), "bestaat-niet")


def test_a_file_without_quotes_around_fields_is_read_as_its_layout_says(workspace: Any) -> None:
    workspace.write("Medewerker.csv", '[Dossiernummer_2]|[Personeelsnummer]|[Eigen naam]|[Tussenvoegsel]\n1|00017|Hart|"t \n')
    shown = preview(workspace.root / "Medewerker.csv")
    assert (shown.layout, shown.rows, shown.faults) == ("raet-education-employees", 1, ())
    workspace.write("ander.csv", 'kleur;maat\nrood;"t \n')
    assert [fault.code for fault in preview(workspace.root / "ander.csv").faults] == ["csv_quote_open"]


def test_a_file_that_is_not_there_is_not_called_unreadable(workspace: Any) -> None:
    with pytest.raises(InputError) as refused:
        preview(workspace.root / "weg.csv")
    assert [(fault.file, fault.code) for fault in refused.value.faults] == [("weg.csv", "file_missing")]


@pytest.mark.parametrize(("name", "content", "code"), [
    ("users.csv", "sourcedId,status,enabledUser,orgSourcedIds,role,username\nu1,,TRUE,s1,teacher,jet\n", "roster_file_oneroster"),
    ("roles.csv", "userSourcedId,orgSourcedId,role\nu1,s1,teacher\n", "roster_file_sds"),
    ("School.csv", "SIS ID,Name\ns1,De Kade\n", "roster_file_sds"),
])
def test_a_file_of_a_roster_names_the_connector_of_its_set(workspace: Any, name: str, content: str, code: str) -> None:
    workspace.write(name, content)
    shown = preview(workspace.root / name)
    assert (shown.layout, [note.code for note in shown.notes]) == (None, [code])


def test_a_file_that_fits_nothing_gets_no_layout(workspace: Any) -> None:
    found = preview(workspace.write("x.csv", "voer;kleur\nriet;groen\n"))
    assert (found.layout, [column.state for column in found.columns]) == (None, ["dropped", "dropped"])


def test_an_encoding_the_layout_does_not_accept_is_a_fault(workspace: Any) -> None:
    header = "userPrincipalName;displayName;id;accountEnabled\n"
    data = header.encode() + "j@x.example;Zoë;00000000-0000-0000-0000-000000000001;True\n".encode("cp1252")
    found = preview(workspace.write("x.csv", data))
    assert (found.encoding, found.layout, [fault.code for fault in found.faults]) == ("cp1252", "entra-users", ["text_undecodable"])


def test_a_workbook_and_an_ldif_are_known_by_what_they_are(workspace: Any) -> None:
    book = openpyxl.Workbook()
    for row in (("Leerlingnummer", "BRIN6", "Ingeschreven tot"), (2600039, "99AA00", None)):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    assert (preview(workspace.write("x.dat", out.getvalue())).format, preview(workspace.root / "x.dat").layout) == ("xlsx", "pupils-generic")
    ldif = ("dn: CN=Fuut,DC=x\nobjectClass: user\nsAMAccountName: fuut\nuserAccountControl: 512\n"
            "objectGUID:: AAAAAAAAAAAAAAAAAAAAAQ==\n\n")
    found = preview(workspace.write("x.txt", ldif))
    assert (found.format, found.layout, found.tables["accounts"]) == ("ldif", "ad-ldifde", 1)


def test_a_register_is_recognised(workspace: Any) -> None:
    assert preview(workspace.write("x.csv", "person;kind;signed_on\n1;conduct;\n")).layout == "register-declarations"


def test_an_interfaces_json_is_proposed_a_layout_and_shows_only_what_that_asks_for(workspace: Any) -> None:
    content = ('{"Resources": [{"id": "a1", "userName": "jet", "active": true, "name": {"familyName": "Kluut"}, "birthDate": "1980-01-01",'
               ' "nickName": "Jetje"}]}')
    found = preview(workspace.write("x.json", content))
    columns = {column.header: column for column in found.columns}
    assert (found.format, found.layout, found.tables["accounts"]) == ("json", "scim-users", 1)
    assert (columns["userName"].state, columns["userName"].samples) == ("mapped", ("xxx",))
    assert (columns["birthDate"].state, columns["birthDate"].samples) == ("private", ())
    assert (columns["nickName"].state, columns["nickName"].samples) == ("dropped", ())


def test_an_edexml_file_is_known_and_none_of_its_pupils_is_shown(workspace: Any) -> None:
    found = preview(workspace.write("x.xml", (
        "<EDEX><school><brincode>99AA</brincode><peildatum>2026-10-01</peildatum></school><leerlingen><leerling key='1'><achternaam>Puk</achternaam>"
        "</leerling></leerlingen><leerkrachten><leerkracht key='LK1'><roepnaam>Lia</roepnaam></leerkracht></leerkrachten></EDEX>")))
    assert (found.format, found.layout) == ("xml", "edexml-pupils")
    assert all(not column.samples for column in found.columns if column.header == "achternaam")
    staff = preview(workspace.root / "x.xml", "edexml-staff")
    assert {column.header: column.samples for column in staff.columns}["roepnaam"] == ("Xxx",)


def test_json_of_no_known_kind_gives_its_names_and_no_values(workspace: Any) -> None:
    found = preview(workspace.write("x.json", '{"vogels": [{"voer": "riet", "kleur": "groen"}]}'))
    assert (found.layout, {column.header: column.samples for column in found.columns}) == (None, {"voer": (), "kleur": ()})


@pytest.mark.parametrize(("content", "extends"), [
    ("Gebruikers naam;Mail adres;Rol naam;BSN;Kleur\njet;j@x.nl;Beheer;111222333;blauw\n", "accounts-generic"),
    (PUPILS, "pupils-generic"),
])
def test_a_draft_extends_the_layout_that_is_near_and_reads_the_file(workspace: Any, content: str, extends: str) -> None:
    path = workspace.write("x.csv", content)
    made = draft(preview(path), load_layouts())
    assert made.is_extension and f'extends = "{extends}"' in made.text and "BSN" not in made.text
    workspace.write("layouts/eigen.toml", made.text)
    again = preview(path, "eigen", load_layouts(workspace.root / "layouts"))
    assert not again.faults and again.tables


def test_a_draft_of_an_unknown_file_says_what_is_left_to_fill_in(workspace: Any) -> None:
    path = workspace.write("x.csv", 'voer;"kleur ""licht""";Rol\nriet;groen;Lezer\n')
    made = draft(preview(path), load_layouts())
    assert not made.is_extension and '"?"' in made.text
    filled = made.text.replace('"?" = { required = true, filled = true }\n', "").replace('header = "?"', 'header = "voer"').replace(
        'username = "?"', 'username = "voer"')
    workspace.write("layouts/eigen.toml", filled)
    assert preview(path, "eigen", load_layouts(workspace.root / "layouts")).tables == {"accounts": 1, "grants": 1, "rights": 1}


def test_the_command_writes_a_layout_and_never_over_another(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = workspace.write("x.csv", PUPILS), workspace.root / "eigen.toml"
    config = str(workspace.root / "auditor.toml")
    assert main(["source", "preview", str(path), "--write", str(out), "--lang", "en", "--config", config]) == 0
    assert str(out) in capsys.readouterr().out
    before = out.read_text(encoding="utf-8")
    assert main(["source", "preview", str(path), "--write", str(out), "--lang", "en", "--config", config]) == 1
    assert out.read_text(encoding="utf-8") == before
    assert main(["source", "preview", str(path), "--write", str(workspace.root / "x.txt"), "--lang", "en", "--config", config]) == 1
