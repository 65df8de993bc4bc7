"""Learning platforms, clouds and the boards' other systems, each by a small export of its own shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.errors import InputError


def test_canvas_gives_users_course_roles_and_admins(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("users.csv", (
        "canvas_user_id,user_id,integration_id,authentication_provider_id,login_id,first_name,last_name,full_name,sortable_name,short_name,"
        "email,status,"
        "created_by_sis\n7,00017,,,jet,Jet,Kluut,Jet Kluut,\"Kluut, Jet\",Jet,J@w.example,active,false\n"
        "8,,,,oud,O,O,O O,\"O, O\",O,,suspended,true\n"))
    workspace.write("enrollments.csv", (
        "canvas_course_id,course_id,canvas_user_id,user_id,role,role_id,canvas_section_id,section_id,status,canvas_associated_user_id,"
        "associated_user_id,created_by_sis\n1,REK3,7,00017,teacher,4,2,,active,,,true\n1,REK3,8,,teacher,4,2,,completed,,,true\n"))
    workspace.write("admins.csv", (
        "canvas_user_id,user_id,canvas_account_id,account_id,role_id,role,status\n7,00017,1,,2,AccountAdmin,active\n"
        "7,00017,3,99AA00,3,Beheer,active\n"))
    pages = workspace.read(*({"layout": f"canvas-{name}", "path": f"{name}.csv"} for name in ("users", "enrollments", "admins")), system="canvas")
    assert rows(together(pages, "accounts"), "account", "username", "number", "status") == [("7", "jet", "00017", "enabled"), ("8", "oud", None,
        "disabled")]
    assert rows(together(pages, "grants"), "account", "right", "scope", "school", "group") == [
        ("7", "teacher", "group", None, "REK3"), ("7", "AccountAdmin", "board", None, None), ("7", "Beheer", "school", "99AA00", None)]


def test_moodle_knows_two_kinds_of_suspended_and_a_last_use_in_seconds(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("users.csv", (
        "username,firstname,lastname,email,idnumber,institution,suspended,deleted,sysrole1,cohort1,lastaccess\n"
        "jet,Jet,Kluut,J@w.example,00017,99AA00,0,0,manager,team,1763625600\nex,E,X,e@w.example,,99AA00,1,0,,,0\nweg,W,G,w@w.example,,,0,1,,,\n"))
    workspace.write("course.json", json.dumps({"course": "REK3", "users": [
        {"id": 3, "username": "Jet", "lastaccess": 1763625600, "roles": [{"roleid": 3, "shortname": "editingteacher"}, {"roleid": 9,
            "shortname": "manager"}]},
        {"id": 4, "username": "ex", "lastaccess": 0, "roles": []}]}))
    pages = workspace.read({"layout": "moodle-users", "path": "users.csv"}, {"layout": "moodle-enrolments", "path": "course.json"}, system="moodle")
    assert rows(together(pages, "accounts"), "account", "status", "last_used_on", "never_used") == [
        ("jet", "enabled", "2025-11-20", None), ("ex", "disabled", None, True), ("weg", "deleted", None, None)]
    assert rows(together(pages, "grants"), "account", "right", "scope", "group") == [
        ("jet", "manager", "board", None), ("jet", "team", "unknown", None), ("jet", "editingteacher", "group", "REK3"), ("jet", "manager", "group",
            "REK3")]


def test_googles_never_is_a_text_and_its_groups_are_a_file_of_their_own(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("users.csv", (
        "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required],Status [READ ONLY],Last Sign In [READ ONLY],"
        "Employee ID,2sv Enrolled [READ ONLY],Home Address\n"
        "Jet,Kluut,J.Kluut@w.example,/Medewerkers/99AA00,Active,2026/11/13 08:12:00,00017,TRUE,Dijk 1\n"
        "Piet,Puk,2600039@ll.w.example,/Leerlingen/99AA00,Suspended,Never logged in,2600039,FALSE,\n"))
    workspace.write("groups.csv", "Group Email,Group Name,Member Email,Member Role\nteam@w.example,Team,j.kluut@w.example,OWNER\n"
                                  "team@w.example,Team,gast@elders.example,MEMBER\n")
    pages = workspace.read({"layout": "google-users", "path": "users.csv"}, {"layout": "google-groups", "path": "groups.csv"}, system="google")
    assert rows(together(pages, "accounts"), "account", "kind", "school", "status", "last_used_on", "never_used", "has_mfa") == [
        ("j.kluut@w.example", "unknown", "99AA00", "enabled", "2026-11-13", None, True),
        ("2600039@ll.w.example", "pupil", "99AA00", "disabled", None, True, False)]
    assert rows(together(pages, "grants"), "account", "right", "level") == [
        ("j.kluut@w.example", "team@w.example", "owner"), ("gast@elders.example", "team@w.example", None)]
    assert pages[0].receipts[0].dropped_private == 1


def test_googles_interface_calls_never_1970(workspace: Any, rows: Any) -> None:
    content = json.dumps({"kind": "admin#directory#users", "users": [
        {"id": "1", "primaryEmail": "J@w.example", "name": {"fullName": "Jet Kluut"}, "orgUnitPath": "/99AA00", "suspended": False, "archived": False,
         "isAdmin": True, "isDelegatedAdmin": False, "lastLoginTime": "1970-01-01T00:00:00.000Z", "externalIds": [{"value": "00017",
             "type": "organization"}]},
        {"id": "2", "primaryEmail": "b@w.example", "name": {}, "orgUnitPath": "/", "suspended": False, "archived": True, "isAdmin": False,
         "isDelegatedAdmin": True, "lastLoginTime": "2026-11-13T23:30:00.000Z"}]})
    tables = workspace.tables("google-users-api", content, "users.json", system="google")
    assert rows(tables["accounts"], "account", "number", "school", "status", "last_used_on", "never_used") == [
        ("1", "00017", "99AA00", "enabled", None, True), ("2", None, None, "disabled", "2026-11-14", None)]
    assert rows(tables["grants"], "account", "right", "scope") == [("1", "super admin", "board"), ("2", "delegated admin", "board")]


ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def test_scim_without_active_is_unknown_and_attribute_names_have_no_case(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("users.json", json.dumps({"totalResults": 3, "startIndex": 1, "Resources": [
        {"id": "a", "UserName": "Jet@w.example", "active": "True", "displayName": "Jet", "emails": [{"value": "J@w.example", "primary": True}],
         "roles": [{"value": "beheer"}, {"value": "lezer"}], ENTERPRISE: {"employeeNumber": "00017", "organization": "99AA00"},
         "meta": {"created": "2026-01-01T00:00:00Z"}},
        {"id": "b", "UserName": "x", "active": False}, {"id": "c", "UserName": "y", "userType": "Student"}]}))
    workspace.write("groups.json", json.dumps({"totalResults": 2, "Resources": [
        {"id": "g", "displayName": "Team", "members": [{"value": "a", "type": "User"}, {"value": "b"}]}, {"id": "h", "displayName": "Leeg"}]}))
    pages = workspace.read({"layout": "scim-users", "path": "users.json"}, {"layout": "scim-groups", "path": "groups.json"}, system="scim")
    assert rows(together(pages, "accounts"), "account", "upn", "mail", "number", "school", "kind", "status") == [
        ("a", "jet@w.example", "j@w.example", "00017", "99AA00", "unknown", "enabled"), ("b", None, None, None, None, "unknown", "disabled"),
        ("c", None, None, None, None, "pupil", "unknown")]
    assert rows(together(pages, "grants"), "account", "right") == [("a", "beheer"), ("a", "lezer"), ("a", "Team"), ("b", "Team")]
    assert set(rows(together(pages, "rights"), "right", "kind")) == {("beheer", "role"), ("lezer", "role"), ("Team", "group"), ("Leeg", "group")}


def test_one_page_of_a_longer_scim_list_is_refused(workspace: Any) -> None:
    with pytest.raises(InputError) as refused:
        workspace.tables("scim-users", json.dumps({"totalResults": 2, "Resources": [{"id": "a", "userName": "x", "active": True}]}), "users.json")
    assert [(fault.code, fault.facts) for fault in refused.value.faults] == [("records_not_all", {"found": 1, "told": 2})]


LOGINS = "Gebruikersnaam;Naam;E-mail;Personeelsnummer;School;Rol;Status;Laatst ingelogd"


def test_a_group_in_a_scim_group_is_told_since_its_members_are_not_seen(workspace: Any, together: Any, rows: Any) -> None:
    workspace.write("users.json", json.dumps({"Resources": [{"id": "u1", "userName": "jet"}]}))
    workspace.write("groups.json", json.dumps({"Resources": [{"id": "g1", "displayName": "Team", "members": [
        {"value": "u1", "type": "User"}, {"value": "g2", "type": "Group"}]}]}))
    pages = workspace.read({"layout": "scim-users", "path": "users.json"}, {"layout": "scim-groups", "path": "groups.json"})
    assert rows(together(pages, "grants"), "account", "right") == [("u1", "Team"), ("g2", "Team")]
    assert [(note.code, note.facts["count"]) for page in pages for note in page.receipts[0].notes] == [("account_not_in_export", 1)]


def test_mijn_mercedes_is_ones_own_data_and_the_rest_a_schools(workspace: Any, rows: Any) -> None:
    tables = workspace.tables("mijn-mercedes", LOGINS + (
        "\njkl;Jet Kluut;j@w.example;17;;Mijn Mercedes;Actief;Nooit\njkl;Jet Kluut;j@w.example;17;99AA00;Raadplegen;Actief;Nooit\n"
        "adm;A;;;;Beheer;Actief;13-11-2026\n"))
    assert rows(tables["grants"], "account", "right", "scope", "school") == [
        ("jkl", "Mijn Mercedes", "own", None), ("jkl", "Raadplegen", "school", "99AA00"), ("adm", "Beheer", "board", None)]
    assert rows(tables["accounts"], "account", "number", "last_used_on", "never_used") == [("jkl", "17", None, True), ("adm", None, "2026-11-13",
        None)]


def test_the_windows_client_of_moo_is_a_right_of_its_own(workspace: Any, rows: Any) -> None:
    tables = workspace.tables("moo-cool-accounts", LOGINS + ";Cloudopslag;Windows-client\njkl;Jet;;17;99AA00;;Actief;;ja;ja\n"
                                                            "fut;Fut;;18;99AA00;;Actief;;ja;nee\n")
    assert sorted(rows(tables["grants"], "account", "right")) == [("fut", "Cloudopslag"), ("jkl", "Cloudopslag"), ("jkl", "Windows-client")]
    assert set(rows(tables["rights"], "right", "kind")) == {("Cloudopslag", "licence"), ("Windows-client", "door")}


def test_edugrip_has_an_id_that_survives_a_rename(workspace: Any, rows: Any) -> None:
    tables = workspace.tables("edugrip-export", f"EDUgrip-id;{LOGINS};Einddatum\nE1;jkl;Jet;;17;99AA00;Leraar;Actief;;\n"
                                                f"E1;jkl;Jet;;17;99AB00;IB;Actief;;31-07-2027\n")
    assert rows(tables["accounts"], "account", "id_is_stable", "school") == [("E1", True, None)]
    assert rows(tables["grants"], "account", "right", "school", "ends_on") == [("E1", "Leraar", "99AA00", None), ("E1", "IB", "99AB00", "2027-07-31")]


def test_sharepoints_levels_have_one_name_in_both_languages(workspace: Any, rows: Any) -> None:
    tables = workspace.tables("sharepoint-permissions", (
        "Map;Lid;Naam lid;Niveau;School;Soort;Geldig tot\nBeeldmateriaal;J@w.example;Jet;Volledig beheer;99AA00;Gebruiker;\n"
        "Beeldmateriaal;gast@elders.example;G;Read;99AA00;Guest;31-12-2026\nBeeldmateriaal;Team Rietkraag;Team;Bewerken;99AA00;Groep;\n"))
    assert rows(tables["grants"], "account", "right", "level", "scope", "school", "group", "ends_on") == [
        ("j@w.example", "Beeldmateriaal", "owner", "folder", "99AA00", "Beeldmateriaal", None),
        ("gast@elders.example", "Beeldmateriaal", "read", "folder", "99AA00", "Beeldmateriaal", "2026-12-31"),
        ("team rietkraag", "Beeldmateriaal", "write", "folder", "99AA00", "Beeldmateriaal", None)]
    assert rows(tables["accounts"], "account", "mail", "kind") == [
        ("j@w.example", "j@w.example", "unknown"), ("gast@elders.example", "gast@elders.example", "external"), ("team rietkraag", None, "shared")]


def test_a_role_in_zermelo_is_heavy_and_its_couplings_are_service_accounts(workspace: Any, rows: Any) -> None:
    tables = workspace.tables("zermelo-users", (
        "Gebruikerscode;Personeelsnummer;Voornaam;Achternaam;Gearchiveerd;Schoolfunctie;Rol;Vestiging\n"
        "KLU;00017;Jet;Kluut;nee;Docent;beheerder;99AA00\nmagister;;;;nee;;koppeling;\n"))
    assert rows(tables["accounts"], "account", "number", "kind", "status") == [
        ("klu", "00017", "person", "enabled"), ("magister", None, "service", "enabled")]
    assert rows(tables["grants"], "account", "right", "scope", "school") == [
        ("klu", "Docent", "school", "99AA00"), ("klu", "beheerder", "unknown", None), ("magister", "koppeling", "unknown", None)]
    assert rows(tables["rights"], "right", "is_privileged") == [("Docent", None), ("beheerder", True), ("koppeling", True)]
    content = json.dumps({"response": {"status": 200, "data": [
        {"userCode": "klu", "archived": True, "schoolFunctions": [{"name": "docent"}, {"name": "roostermaker"}], "roles": []}]}})
    tables = workspace.tables("zermelo-users", content, "users.json")
    assert rows(tables["accounts"], "account", "status") == [("klu", "disabled")]
    assert rows(tables["grants"], "right", "scope") == [("docent", "unknown"), ("roostermaker", "unknown")]


def test_a_group_stands_once_however_many_contracts_its_member_has(workspace: Any, rows: Any) -> None:
    head = "externalId;departmentCode;titleCode;contractIsPrimary;startDate;endDate;isActive;UPN;SamAccountName;isEnabled;permission;isNested"
    line = "00017;{};LB;True;2019-08-01;2199-01-01;True;J@w.example;JKluut;True;GG-Docenten;False"
    tables = workspace.tables("helloid-permissions", f"{head}\n{line.format(101)}\n{line.format(102)}\n", system="ad:kade")
    assert rows(tables["accounts"], "system", "account", "upn", "number", "status") == [("ad:kade", "jkluut", "j@w.example", "00017", "enabled")]
    assert rows(tables["grants"], "account", "right") == [("jkluut", "GG-Docenten")]


def test_any_system_with_accounts_and_roles_has_a_way_in(workspace: Any, rows: Any) -> None:
    tables = workspace.tables("accounts-generic", LOGINS + "\njkl;Jet;j@w.example;17;99AA00;Lezer;Actief;\n", system="kassa")
    assert rows(tables["grants"], "system", "account", "right", "scope") == [("kassa", "jkl", "Lezer", "school")]


@pytest.mark.parametrize("layout", ["accounts-generic", "edugrip-export", "magister-staff", "mijn-mercedes"])
def test_without_a_column_for_the_school_nobody_knows_how_far_a_role_reaches(workspace: Any, rows: Any, layout: str) -> None:
    head, one = "EDUgrip-id;login_naam;Gebruikersnaam;PersoneelsNummer;Rol", "7;jet;jet;00017;beheerder"
    assert rows(workspace.tables(layout, f"{head}\n{one}\n")["grants"], "right", "scope", "school") == [("beheerder", "unknown", None)]
    told = workspace.tables(layout, f"{head};BRIN6\n{one};\n{one};99AA00\n")["grants"]
    assert rows(told, "scope", "school") == [("board", None), ("school", "99AA00")]


def test_every_door_of_afas_is_a_right_also_from_its_interface(workspace: Any, rows: Any) -> None:
    content = json.dumps({"skip": 0, "take": -1, "rows": [
        {"Gebruiker": "20418.100", "Medewerker": "100", "Geblokkeerd": False, "Groep": "iedereen", "InSite": True, "OutSite": True,
         "Profit_Windows": False, "Connector": True, "Commandline": False,
         "Reservekopieen_via_commandline": True}]})
    tables = workspace.tables("afas-users", content, "users.json", system="afas")
    assert sorted(rows(tables["grants"], "right", "scope")) == [
        ("Connector", "unknown"), ("InSite", "own"), ("OutSite", "own"), ("Reservekopieen via commandline", "unknown")]
    assert rows(tables["accounts"], "account", "status") == [("20418.100", "enabled")]
