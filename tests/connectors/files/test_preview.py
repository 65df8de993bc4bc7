"""What `source preview` tells of a file before it is a source."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest

from auditor.model.errors import InputError
from connectors.files.preview import preview

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
