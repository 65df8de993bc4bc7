"""Pupil administrations and the systems around them, each by a small export of its own shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.errors import InputError

PARNASSYS = ("Medewerker-id;Gebruikersnaam;E-mailadres;BRIN;Rol;Status\n"
             "41;f.fuut;f.fuut@w.example;99AA00;Leerkracht;Actief\n42;j.kluut;j.kluut@w.example;99AA00;Directie;Actief\n")


def test_of_an_override_only_whether_a_reason_was_given_is_kept(workspace: Any, rows: Any) -> None:
    workspace.write("p.csv", PARNASSYS)
    workspace.write("o.csv", (
        "Gebruiker;Brincode;Datum en tijd;Reden;Beoordeeld op;Beoordeeld door\n"
        "f.fuut;99AA00;13-11-2026 08:12;gesprek over Pietje Puk;20-11-2026;J. Kluut\n"
        "j.kluut;99AA00;14-11-2026 21:03;;;\nj.kluut;99AA00;15-11-2026 21:03;n.v.t.;;\n"))
    pages = workspace.read({"layout": "parnassys-overview", "path": "p.csv"}, {"layout": "parnassys-overrides", "path": "o.csv"}, system="parnassys")
    overrides = pages[1].tables["overrides"]
    assert rows(overrides, "system", "account", "school", "used_on", "has_reason", "reviewed_on", "reviewed_by") == [
        ("parnassys", "99AA00_41", "99AA00", "2026-11-13", True, "2026-11-20", "J. Kluut"),
        ("parnassys", "99AA00_42", "99AA00", "2026-11-14", False, None, None),
        ("parnassys", "99AA00_42", "99AA00", "2026-11-15", False, None, None)]
    assert "Pietje" not in repr([page.receipts for page in pages]) + overrides.to_csv()


def test_a_login_in_the_log_is_that_of_the_school_where_it_was_used(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("overzicht.csv", "Medewerker-id;Gebruikersnaam;BRIN;Rol\n5;jet;99AA;Leerkracht\n7;jet;99AB;Leerkracht\n8;Ans;99AB;Leerkracht\n")
    workspace.write("log.csv", "Gebruikersnaam;BRIN;Datum;Reden\nJet;99AA;01-11-2026;x\n"
                               "jet;99AB;02-11-2026;\njet;99AC;03-11-2026;\nANS;99AA;04-11-2026;\n")
    pages = workspace.read({"layout": "parnassys-overview", "path": "overzicht.csv"}, {"layout": "parnassys-overrides", "path": "log.csv"})
    assert rows(together(pages, "overrides"), "account", "used_on") == [
        ("99AA_5", "2026-11-01"), ("99AB_7", "2026-11-02"), ("jet", "2026-11-03"), ("99AB_8", "2026-11-04")]


def test_a_month_without_overrides_is_a_whole_file(workspace: Any) -> None:
    tables = workspace.tables("parnassys-overrides", "Gebruikersnaam;BRIN;Datum;Reden\n")
    assert len(tables["overrides"]) == 0


def test_esis_users_and_employees_are_two_lists_that_meet_by_address(workspace: Any, rows: Any) -> None:
    workspace.write("gebruikers.json", json.dumps({"correlationId": "1", "gebruikersLijst": {
        "gebruikers": [
            {"gebruikersNaam": "Sanne.Fuut", "emailAdres": "S.Fuut@w.example", "roepnaam": "Sanne", "tussenvoegsel": None, "achternaam": "Fuut"},
            {"gebruikersNaam": "d.lis", "emailAdres": "d.lis@w.example", "roepnaam": "Daan", "tussenvoegsel": "van der", "achternaam": "Lis"}],
        "medewerkers": [{"medewerkerID": 1, "emailadres": "s.fuut@w.example"}]}}))
    workspace.write("medewerkers.csv", (
        "medewerkerID;emailadres;brin6;functie;groepen\n1;S.Fuut@w.example;99AA00;Leraar;3A,3B\n1;s.fuut@w.example;99AB00;Director;\n"
        "2;weg@w.example;99AA00;Support;\n"))
    pages = workspace.read({"layout": "esis-users", "path": "gebruikers.json"}, {"layout": "esis-employees", "path": "medewerkers.csv"},
        system="esis")
    assert rows(pages[0].tables["accounts"], "account", "display_name", "status") == [
        ("sanne.fuut", "Sanne Fuut", "unknown"), ("d.lis", "Daan van der Lis", "unknown")]
    assert rows(pages[1].tables["grants"], "account", "right", "school") == [
        ("sanne.fuut", "Leraar", "99AA00"), ("sanne.fuut", "Director", "99AB00"), ("weg@w.example", "Support", "99AA00")]
    assert rows(pages[1].tables["group_links"], "account", "group") == [("sanne.fuut", "3A"), ("sanne.fuut", "3B")]
    assert "account_not_in_export" in [note.code for note in pages[1].receipts[0].notes]
    assert "accounts.status" in pages[0].delivers


def test_basispoort_roles_end_and_a_merged_school_keeps_its_code(workspace: Any, rows: Any) -> None:
    content = json.dumps({"id": 5, "brincode": "99AA", "dependancecode": "00", "actief": True, "medewerkers": [
        {"id": 81, "lasKey": "LK1", "emailadres": "f@w.example", "einddatum": None, "rollen": ["Leerkracht", "ICTCoordinator"],
         "persoonsgegevens": {"roepnaam": "Fenna", "achternaam": "Fuut", "geboortedatum": "1990-01-01"}, "groepen": [{"naam": "3A"}]},
        {"id": 82, "emailadres": "inval@w.example", "einddatum": "2026-07-31", "rollen": ["Inval"], "persoonsgegevens": {}, "groepen": []}]})
    tables = workspace.tables("basispoort-staff", content, "basispoort.json", system="basispoort")
    assert rows(tables["accounts"], "account", "display_name", "school", "owner_leaves_on") == [
        ("81", "Fenna Fuut", "99AA00", None), ("82", None, "99AA00", "2026-07-31")]
    assert rows(tables["grants"], "account", "right", "school", "ends_on") == [
        ("81", "Leerkracht", "99AA00", None), ("81", "ICTCoordinator", "99AA00", None), ("82", "Inval", "99AA00", "2026-07-31")]
    assert rows(tables["group_links"], "account", "school", "group") == [("81", "99AA00", "3A")]


def test_somtoday_tells_staff_pupils_and_carers_apart_and_what_is_missing_is_unknown(workspace: Any, rows: Any) -> None:
    content = json.dumps({"items": [
        {"uuid": "p1", "account-uuid": "A1", "usertype": "MEDEWERKER", "gebruikersnaam": "fut", "emailadres": "f@w.example", "rollen": ["Docent",
            "Mentor"],
         "medewerker": {"externnummer": "00017", "datum_uit_dienst": "2027-07-31"}, "vestiging": "99AA00"},
        {"uuid": "p2", "account-uuid": "A2", "usertype": "LEERLING", "gebruikersnaam": "2600039", "rollen": []},
        {"uuid": "p3", "account-uuid": "A3", "usertype": "VERZORGER", "gebruikersnaam": "ouder1", "rollen": ["Ouder"]}]})
    tables = workspace.tables("somtoday-accounts", content, "accounts.json", system="somtoday")
    assert rows(tables["accounts"], "account", "kind", "number", "status", "school", "owner_leaves_on") == [
        ("a1", "person", "00017", "unknown", "99AA00", "2027-07-31"), ("a2", "pupil", None, "unknown", None, None),
        ("a3", "external", None, "unknown", None, None)]
    assert rows(tables["grants"], "account", "right", "scope", "school") == [
        ("a1", "Docent", "school", "99AA00"), ("a1", "Mentor", "school", "99AA00"), ("a3", "Ouder", "unknown", None)]
    assert set(tables["rights"]["right"]) == {"Docent", "Mentor", "Ouder"}


def test_magister_repeats_its_header_among_the_rows(workspace: Any, rows: Any) -> None:
    header = "login_naam;PersoneelsNummer;Roepnaam;Achternaam;E-mail;Functie;Rol;Locatie;DatumInDienst;DatumUitDienst\n"
    tables = workspace.tables("magister-staff", header + "fut;00017;Fenna;Fuut, van der;f@w.example;docent;Docent;99AA00;01-08-2019;31-12-2099\n"
                              + header + "klt;00018;Jet;Kluut;;OOP;Administratie;99AA00;01-08-2019;31-07-2026\n", system="magister")
    assert rows(tables["accounts"], "account", "number", "created_on", "owner_leaves_on", "row") == [
        ("fut", "00017", "2019-08-01", None, 2), ("klt", "00018", "2019-08-01", "2026-07-31", 4)]
    pupils = workspace.tables(
        "magister-pupils", "stamnr;dBegin;dEinde;dVertrek;doc_code;login_naam\n2600039;2018-08-01;2099-12-31;2026-10-31;x;y\n"
                           "2600040;2018-08-01;;;x;y\n",
        "ll.csv", school="99AA00")
    assert rows(pupils["pupils"], "person", "school", "ends_on") == [("2600039", "99AA00", "2026-10-31"), ("2600040", "99AA00", None)]


EDEX = """<?xml version="1.0" encoding="UTF-8"?>
<EDEX xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <school><schooljaar>2026-2027</schooljaar><peildatum>2026-10-01</peildatum><brincode>99AA</brincode>{dependance}<xsdversie>{version}</xsdversie></school>
 <groepen>
  <groep key="3A"><naam>Groep 3A</naam><jaargroep>3</jaargroep></groep>
  <samengestelde_groep key="plus"><naam>Plusklas</naam></samengestelde_groep>
 </groepen>
 <leerlingen>
  <leerling key="2600039"><achternaam>Puk</achternaam><geboortedatum>2018-02-01</geboortedatum><bsn>111222333</bsn><groep key="3A"/>
   <uitstroomdatum>2027-07-31</uitstroomdatum></leerling>
 </leerlingen>
 <leerkrachten>
  <leerkracht key="LK1"><achternaam>Fuut</achternaam><voorvoegsel>van der</voorvoegsel><roepnaam>Fenna</roepnaam>{more}
   <groepen><groep key="3A"/><samengestelde_groep key="plus"/></groepen></leerkracht>
  <leerkracht key="#2"><roepnaam>Lia</roepnaam><groepen/></leerkracht>
 </leerkrachten>
</EDEX>
"""
NEWER = "<gebruikersnaam>f.fuut</gebruikersnaam><emailadres>F@w.example</emailadres><rol>LRK</rol>"


@pytest.mark.parametrize(("version", "dependance", "more", "username", "mail"), [
    ("1.03", "", "", "LK1", None), ("2.0", "<dependancecode>00</dependancecode>", NEWER, "f.fuut", "f@w.example"),
    ("2.1", "<dependancecode></dependancecode>", NEWER, "f.fuut", "f@w.example")])
def test_edexml_gives_staff_and_their_groups_in_every_version(
    workspace: Any, rows: Any, version: str, dependance: str, more: str, username: str, mail: str | None,
) -> None:
    workspace.write("edex.xml", EDEX.format(version=version, dependance=dependance, more=more))
    pages = workspace.read({"layout": "edexml-staff", "path": "edex.xml"}, {"layout": "edexml-groups", "path": "edex.xml"}, system="las")
    staff, groups = pages[0].tables, pages[1].tables
    assert rows(staff["accounts"], "account", "id_is_stable", "username", "display_name", "mail", "school") == [
        ("99AA_00_LK1", True, username, "Fenna van der Fuut", mail, "99AA00"), ("99AA_00_#2", False, "#2", "Lia", None, "99AA00")]
    assert sorted(rows(staff["group_links"], "account", "school", "group")) == [("99AA_00_LK1", "99AA00", "3A"), ("99AA_00_LK1", "99AA00", "plus")]
    assert rows(groups["groups"], "school", "group", "name", "school_year", "kind") == [
        ("99AA00", "3A", "Groep 3A", "2026-2027", "class"), ("99AA00", "plus", "Plusklas", "2026-2027", "subgroup")]
    assert "grants" not in staff, "the handbook of EDEXML advises against rights from its roles"
    assert (pages[0].receipts[0].as_of.isoformat(), pages[0].receipts[0].is_dated_inside) == ("2026-10-01", True)
    assert "Puk" not in "".join(frame.to_csv() for page in pages for frame in page.tables.values())


def test_of_edexmls_pupils_only_number_school_and_end_are_taken_in(workspace: Any, rows: Any) -> None:
    workspace.write("edex.xml", EDEX.format(version="2.1", dependance="", more=""))
    page = workspace.read({"layout": "edexml-pupils", "path": "edex.xml"})[0]
    assert rows(page.tables["pupils"], "person", "school", "ends_on") == [("2600039", "99AA00", "2027-07-31")]
    assert page.receipts[0].dropped_private == 2, "BSN and birth date are counted, not read"


def test_uwlr_carries_the_same_staff_in_soap(workspace: Any, rows: Any) -> None:
    inner = EDEX.format(version="2.1", dependance="", more=NEWER).partition("?>\n")[2]
    soap = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{inner}</s:Body></s:Envelope>'
    tables = workspace.tables("edexml-staff", soap, "uwlr.xml", system="las")
    assert rows(tables["accounts"], "account", "mail")[0] == ("99AA_00_LK1", "f@w.example")


def test_an_edexml_of_another_version_is_refused_with_its_line(workspace: Any) -> None:
    with pytest.raises(InputError) as refused:
        workspace.tables("edexml-staff", EDEX.format(version="3.0", dependance="", more=""), "edex.xml")
    assert [(fault.code, fault.line, fault.column) for fault in refused.value.faults] == [("value_pattern", 13, "school/xsdversie")]
