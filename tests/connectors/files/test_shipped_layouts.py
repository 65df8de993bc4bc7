"""Every shipped layout on a small export of its product: what comes out, and what never does."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from auditor.model.errors import InputError
from connectors.files.shelf import load_layouts


def records(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Rows as tuples, absent as None, days as text."""
    shown = []
    for name in columns:
        values = frame[name]
        if str(values.dtype).startswith("datetime"):
            values = values.dt.strftime("%Y-%m-%d")
        shown.append([None if pd.isna(value) else value for value in values.tolist()])
    return list(zip(*shown, strict=True))


PARNASSYS = ("Medewerker-id;Gebruikersnaam;Roepnaam;Tussenvoegsel;Achternaam;E-mailadres;Personeelsnummer;BRIN;Rol;Groepen;Status;"
             "Laatst ingelogd;Tweefactor\n")


def test_parnassys_gives_accounts_roles_and_groups_per_school(workspace: Any) -> None:
    tables = workspace.tables("parnassys-overview", PARNASSYS + (
        "41;f.fuut;Fenna;;Fuut;F.Fuut@waterlanden.example;00017;99AA00;Leerkracht;1/2A, 3;Actief;13-11-2026;J\n"
        "41;f.fuut;Fenna;;Fuut;F.Fuut@waterlanden.example;00017;99AA00;Intern begeleider;1/2A, 3;Actief;13-11-2026;J\n"
        "41;j.kluut;Jet;op de;Kluut;geen;00018;99AB00;;;Geblokkeerd;Nooit;\n"
        "42;n.null;Noé;;Null;n@waterlanden.example;00019;99AB00;Administratie;;vreemd;;N\n"), system="parnassys")
    columns = ("system", "account", "username", "display_name", "mail", "number", "status", "school", "last_used_on", "has_mfa")
    assert records(tables["accounts"], *columns) == [
        ("parnassys", "99AA00_41", "f.fuut", "Fenna Fuut", "f.fuut@waterlanden.example", "00017", "enabled", "99AA00", "2026-11-13", True),
        ("parnassys", "99AB00_41", "j.kluut", "Jet op de Kluut", None, "00018", "disabled", "99AB00", None, None),
        ("parnassys", "99AB00_42", "n.null", "Noé Null", "n@waterlanden.example", "00019", "unknown", "99AB00", None, False)]
    assert records(tables["grants"], "account", "right", "scope", "school", "row") == [
        ("99AA00_41", "Leerkracht", "school", "99AA00", 2), ("99AA00_41", "Intern begeleider", "school", "99AA00", 3),
        ("99AB00_42", "Administratie", "school", "99AB00", 5)]
    assert records(tables["group_links"], "account", "school", "group") == [("99AA00_41", "99AA00", "1/2A"), ("99AA00_41", "99AA00", "3")]
    assert set(tables["rights"]["right"]) == {"Leerkracht", "Intern begeleider", "Administratie"}


def test_a_total_at_the_end_is_an_error_and_no_person(workspace: Any) -> None:
    with pytest.raises(InputError) as refused:
        workspace.tables("parnassys-overview", PARNASSYS + "41;f.fuut;;;;;;99AA00;Leerkracht;;Actief;;\nTotaal;1;;;;;;;;;;;\n")
    assert [(fault.code, fault.line, fault.column) for fault in refused.value.faults] == [("value_pattern", 3, "Medewerker-id")]
    assert refused.value.faults[0].facts["shown"] == "Xxxxxx"


def test_esis_users_at_two_schools_are_one_account(workspace: Any) -> None:
    tables = workspace.tables("esis-overview", (
        "Gebruikersnaam;E-mailadres;Roepnaam;Tussenvoegsel;Achternaam;Medewerkernummer;BRIN6;Rol;Groepen;Actief;Laatste inlog;Wachtwoord gewijzigd\n"
        "Sanne.Fuut;s.fuut@waterlanden.example;Sanne;;Fuut;100;99AA00;Groepsleerkracht;3;Ja;13-11-2026;1-9-2026\n"
        "sanne.fuut;s.fuut@waterlanden.example;Sanne;;Fuut;100;99AB00;Interne begeleider;;Ja;13-11-2026;1-9-2026\n"
        "d.lis;;Daan;;Lis;101;99AB00;Directie;;Nee;;\n"), system="esis")
    assert records(tables["accounts"], "account", "id_is_stable", "status", "school", "password_set_on") == [
        ("sanne.fuut", False, "enabled", None, "2026-09-01"), ("d.lis", False, "disabled", "99AB00", None)]
    assert records(tables["grants"], "account", "right", "school") == [
        ("sanne.fuut", "Groepsleerkracht", "99AA00"), ("sanne.fuut", "Interne begeleider", "99AB00"), ("d.lis", "Directie", "99AB00")]


def test_afas_groups_and_doors_are_rights_and_everyone_is_none(workspace: Any) -> None:
    tables = workspace.tables("afas-users", (
        "Gebruiker;Medewerker;Naam;Email_werk_gebruiker;Geblokkeerd;Groep;InSite;OutSite;Profit_Windows;Laatste aanmelding\n"
        "20418.100;100;Sanne Fuut;s@waterlanden.example;N;iedereen;J;N;N;15-11-2026\n"
        "20418.100;100;Sanne Fuut;s@waterlanden.example;N;Beperkt Fin;J;N;N;15-11-2026\n"
        "20418.101;101;Daan Lis;d@waterlanden.example;J;Volledig PZ;J;N;J;15-11-2026\n"), system="afas")
    assert records(tables["accounts"], "account", "number", "status") == [("20418.100", "100", "enabled"), ("20418.101", "101", "disabled")]
    assert sorted(records(tables["grants"], "account", "right", "scope")) == [
        ("20418.100", "Beperkt Fin", "unknown"), ("20418.100", "InSite", "own"),
        ("20418.101", "InSite", "own"), ("20418.101", "Profit Windows", "unknown"), ("20418.101", "Volledig PZ", "unknown")]
    assert set(records(tables["rights"], "right", "kind")) == {
        ("Beperkt Fin", "group"), ("Volledig PZ", "group"), ("InSite", "door"), ("Profit Windows", "door")}


ENTRA = ("userPrincipalName,displayName,surname,mail,givenName,{id},userType,department,accountEnabled,streetAddress,ageGroup,"
         "createdDateTime,employeeId\n")
GUIDS = ("00000000-0000-0000-0000-00000000000A", "00000000-0000-0000-0000-00000000000b", "00000000-0000-0000-0000-00000000000c")


@pytest.mark.parametrize("header", ["id", "objectId", "Object ID"])
def test_entra_guests_are_external_and_minors_pupils(workspace: Any, header: str) -> None:
    workspace.write("users.csv", ENTRA.format(id=header) + (
        f"S.Fuut@waterlanden.example,Sanne Fuut,Fuut,,Sanne,{GUIDS[0]},Member,99AA00,True,Dijkweg 1,,2025-12-31T23:30:00Z,100\n"
        f"g#ext#@waterlanden.example,Gast,,,,{GUIDS[1]},Guest,,True,,,,\n"
        f"ll@leerling.waterlanden.example,Leerling,,,,{GUIDS[2]},Member,,False,,MinorWithParentalConsent,,\n"))
    workspace.write("roles.csv", (
        "Role Name,Principal Name,User Principal Name,Type,Scope,Assignment State,Start time,End time\n"
        "User Administrator,Sanne,s.fuut@waterlanden.example,User,/,Eligible,2026-01-01T00:00:00Z,2026-12-31T22:59:59Z\n"
        "Global Administrator,Script,00000000-0000-0000-0000-0000000000ff,ServicePrincipal,Directory,Active,,\n"))
    pages = workspace.read({"layout": "entra-users", "path": "users.csv"}, {"layout": "entra-role-assignments", "path": "roles.csv"}, system="entra")
    accounts, grants = pages[0].tables["accounts"], pages[1].tables["grants"]
    assert records(accounts, "account", "upn", "kind", "status", "school", "number", "created_on") == [
        (GUIDS[0].lower(), "s.fuut@waterlanden.example", "unknown", "enabled", "99AA00", "100", "2026-01-01"),
        (GUIDS[1], "g#ext#@waterlanden.example", "external", "enabled", None, None, None),
        (GUIDS[2], "ll@leerling.waterlanden.example", "pupil", "disabled", None, None, None)]
    assert records(grants, "account", "right", "level", "scope", "starts_on", "ends_on") == [
        (GUIDS[0].lower(), "User Administrator", "eligible", "board", "2026-01-01", "2026-12-31"),
        ("00000000-0000-0000-0000-0000000000ff", "Global Administrator", None, "board", None, None)]
    assert pages[0].receipts[0].dropped_private == 1
    assert "accounts.last_used_on" not in pages[0].delivers
    assert [note.code for note in pages[1].receipts[0].notes] == ["account_not_in_export"]


def test_of_pupils_only_number_school_and_end_are_taken_in(workspace: Any) -> None:
    workspace.write("leerlingen.csv", (
        "Leerlingnummer;Achternaam;BSN;Geboortedatum;Postcode;BRIN6;Ingeschreven tot\n2600039;Fuut;111222333;01-02-2018;1234 AB;99AA00;31-07-2027\n"))
    page = workspace.read({"layout": "pupils-generic", "path": "leerlingen.csv"})[0]
    assert records(page.tables["pupils"], "person", "school", "ends_on") == [("2600039", "99AA00", "2027-07-31")]
    assert (set(page.receipts[0].dropped), page.receipts[0].dropped_private) == ({"Achternaam", "BSN", "Geboortedatum", "Postcode"}, 3)
    assert page.delivers == {"pupils.person", "pupils.school", "pupils.ends_on"}


def test_the_generic_staff_list_gives_persons_and_positions(workspace: Any) -> None:
    tables = workspace.tables("hr-generic", (
        "Personeelsnummer;Naam;Roepnaam;Voorletters;Tussenvoegsel;Achternaam;Partnernaam;E-mail;Dienstverband;Soort;Functie;School;Begindatum;Einddatum;WTF\n"
        "100;Jet op de Kluut;Jet;J. P.;op de;Kluut;;J@waterlanden.example;1;Vast;leerkracht;99AA00;1-8-2019;31-12-9999;60,00\n"
        "100;Jet op de Kluut;Jet;J. P.;op de;Kluut;;J@waterlanden.example;1;Vast;intern begeleider;99AB00;1-8-2019;;40,00\n"
        "101;Noé NA;Noé;N.;;NA;;;1;Vervanging;leerkracht;99AA00;2026-09-01;2026-10-31;100\n").encode("cp1252"))
    assert records(tables["persons"], "person", "display_name", "initials", "prefix", "surname", "mail") == [
        ("100", "Jet op de Kluut", "JP", "op de", "Kluut", "j@waterlanden.example"), ("101", "Noé NA", "N", None, "NA", None)]
    assert records(tables["employments"], "employment", "function", "school", "kind", "starts_on", "ends_on", "share") == [
        ("100-1/20190801/99AA00", "leerkracht", "99AA00", "permanent", "2019-08-01", None, 0.6),
        ("100-1/20190801/99AB00", "intern begeleider", "99AB00", "permanent", "2019-08-01", None, 0.4),
        ("101-1", "leerkracht", "99AA00", "replacement", "2026-09-01", "2026-10-31", 1.0)]


CONTRACTS = ("Medewerker;Persoonsnummer;Naam;Volgnummer_contract;Dienstverband;Type_contract;Soort_medewerker;Begindatum_contract;"
             "Einddatum_contract;Functie_omschrijving;Organisatorische_eenheid_code\n")
POSITIONS = "Medewerker;Volgnummer_contract;Begindatum_functie;Einddatum_functie;Functie_omschrijving;Organisatorische_eenheid_code;FTE\n"


def test_positions_hang_under_contracts_and_keep_an_end_of_their_own(workspace: Any, together: Any) -> None:
    workspace.write("c.csv", CONTRACTS + (
        "100;1;Jet Kluut;1;Vast;Onbepaalde tijd;Personeel;01-08-2019;;leerkracht;101\n"
        "101;2;Noé Null;1;Tijdelijk;Bepaalde tijd;Personeel;01-08-2025;31-07-2026;leerkracht;101\n"
        "102;3;Daan Lis;1;Vervanging;Bepaalde tijd;Personeel;01-09-2026;31-12-2099;leerkracht;101\n"))
    workspace.write("p.csv", POSITIONS + (
        "100;1;01-08-2019;31-07-2025;leerkracht;101;0,5\n"
        "100;1;01-08-2025;;intern begeleider;102;0,5\n"
        "101;1;;31-12-2026;leerkracht;101;1\n"
        "999;1;01-08-2019;;leerkracht;101;1\n"))
    pages = workspace.read({"layout": "afas-employments", "path": "c.csv"}, {"layout": "afas-positions", "path": "p.csv"})
    columns = ("person", "employment", "function", "school", "kind", "starts_on", "ends_on", "contract_ends_on")
    assert records(together(pages, "employments"), *columns) == [
        ("102", "102-1", None, None, "replacement", "2026-09-01", None, None),
        ("100", "100-1/20190801/101", "leerkracht", "101", "permanent", "2019-08-01", "2025-07-31", None),
        ("100", "100-1/20250801/102", "intern begeleider", "102", "permanent", "2025-08-01", None, None),
        ("101", "101-1/20250801/101", "leerkracht", "101", "temporary", "2025-08-01", "2026-12-31", "2026-07-31"),
        ("999", "999-1/20190801/101", "leerkracht", "101", "permanent", "2019-08-01", None, None)]
    assert {note.code: note.facts["count"] for note in pages[1].receipts[0].notes} == {
        "position_without_contract": 1, "position_ends_after_contract": 1}


def test_contracts_alone_keep_their_own_function(workspace: Any) -> None:
    tables = workspace.tables("afas-employments", CONTRACTS + "100;1;Jet Kluut;1;Vast;Onbepaalde tijd;Stagiair;01-08-2019;;leerkracht;101\n")
    assert records(tables["employments"], "employment", "function", "school", "kind") == [("100-1", "leerkracht", "101", "trainee")]


def test_two_personnel_numbers_of_one_human_become_one_person(workspace: Any, together: Any) -> None:
    workspace.write("c.csv", CONTRACTS + (
        "1000;7;Jet Kluut;1;Vast;;Personeel;01-08-2019;31-07-2024;leerkracht;101\n"
        "200;7;Jet Kluut;1;Vast;;Personeel;01-08-2025;;leerkracht;101\n"
        "300;8;Noé Null;1;Vast;;Personeel;01-08-2025;;leerkracht;101\n"))
    workspace.write("p.csv", POSITIONS + "1000;1;01-08-2019;;leerkracht;101;1\n300;1;01-08-2025;;leerkracht;101;1\n")
    pages = workspace.read({"layout": "afas-employments", "path": "c.csv"}, {"layout": "afas-positions", "path": "p.csv"})
    assert records(together(pages, "persons"), "person", "numbers") == [("200", "1000"), ("300", None)]
    assert records(together(pages, "employments"), "person", "employment") == [
        ("200", "200-1"), ("200", "1000-1/20190801/101"), ("300", "300-1/20250801/101")]


def test_an_unknown_kind_of_contract_is_said(workspace: Any) -> None:
    workspace.write("c.csv", CONTRACTS + "100;1;Jet Kluut;1;Zij-instroom;;;01-08-2019;;leerkracht;101\n")
    page = workspace.read({"layout": "afas-employments", "path": "c.csv"})[0]
    assert [(note.code, note.facts["word"]) for note in page.receipts[0].notes] == [("value_taken_as", "permanent")]


@pytest.mark.parametrize("name", [name for name in load_layouts() if not name.startswith("register-")])
def test_every_shipped_layout_says_what_it_is(name: str) -> None:
    layout = load_layouts()[name]
    assert layout.title.nl and layout.title.en and layout.title.nl != layout.title.en
    assert any(header.required for header in layout.headers.values())
    if layout.role == "system" and layout.reader == "table":
        assert all("system" in rule.columns for rule in layout.tables if rule.table != "groups")
