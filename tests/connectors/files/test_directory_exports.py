"""Active Directory as csvde and as ldifde export it: the same accounts and grants from both."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any
from uuid import UUID

import pandas as pd
import pytest

from auditor.model.errors import InputError

BASE = "DC=waterland,DC=example"
HEADERS = ("DN", "objectClass", "sAMAccountName", "userPrincipalName", "displayName", "mail", "employeeID", "userAccountControl", "accountExpires",
           "pwdLastSet", "lastLogonTimestamp", "whenCreated", "memberOf", "primaryGroupID", "objectGUID")
MULTIPLE = ("memberOf", "objectClass")
SCHOOL = r"(?i)OU=Medewerkers,OU=(?P<value>[^,]+)"


def user(name: str, number: int, groups: tuple[str, ...] = (), **more: str) -> dict[str, Any]:
    return {
        "DN": f"CN={name}\\, Jet,OU=Medewerkers,OU=99AA00,{BASE}", "objectClass": ("user",), "sAMAccountName": f"j.{name.lower()}",
        "userPrincipalName": f"J.{name}@waterlanden.example", "displayName": f"{name}, Jet", "employeeID": f"{number:05d}",
        "userAccountControl": "512", "accountExpires": "9223372036854775807", "pwdLastSet": "134346213000000000",
        "whenCreated": "20240812073011.0Z", "memberOf": tuple(f"CN={group},OU=Groepen,{BASE}" for group in groups), "primaryGroupID": "513",
        "objectGUID": f"00000000-0000-0000-0000-{number:012d}", **more}


def group(name: str, groups: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "DN": f"CN={name},OU=Groepen,{BASE}", "objectClass": ("group",), "sAMAccountName": name,
        "memberOf": tuple(f"CN={above},OU=Groepen,{BASE}" for above in groups), "objectGUID": f"11111111-0000-0000-0000-{len(name):012d}"}


ENTRIES = [
    user("Fuut", 17, ("Leerkrachten", "Domain Admins")),
    user("Kluut", 18, ("Leerkrachten", "Medewerkers"), userAccountControl="66050", accountExpires="134405532000000000", pwdLastSet="0"),
    {**user("Lis", 19), "userAccountControl": "4096", "objectClass": ("user",), "sAMAccountName": "PC01$"},
    group("Leerkrachten", ("Medewerkers",)),
    group("Medewerkers", ("Iedereen",)),
    group("Iedereen", ("Leerkrachten",)),
    {"DN": f"CN=Contact,{BASE}", "objectClass": ("contact",), "sAMAccountName": "", "memberOf": (), "objectGUID": str(UUID(int=9))},
]


def csvde(entries: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    for entry in entries:
        cells = dict(entry)
        cells["objectGUID"] = f"X'{UUID(entry['objectGUID']).bytes_le.hex()}'"
        writer.writerow([";".join(value) if isinstance(value := cells.get(name, ""), tuple) else value for name in HEADERS])
    return out.getvalue()


def ldifde(entries: list[dict[str, Any]]) -> str:
    records = []
    for entry in entries:
        lines = [f"dn: {entry['DN']}", "changetype: add"]
        for name in HEADERS[1:]:
            values = entry.get(name, ())
            for value in values if isinstance(values, tuple) else (values,):
                if name == "objectGUID":
                    lines.append(f"{name}:: {base64.b64encode(UUID(value).bytes_le).decode()}")
                elif value:
                    lines.append(f"{name}: {value}")
        records.append("\r\n".join(lines) + "\r\n\r\n")
    return "".join(records)


def both(workspace: Any, entries: list[dict[str, Any]], **options: str) -> list[dict[str, pd.DataFrame]]:
    return [workspace.tables("ad-csvde", csvde(entries), "ad.csv", system="ad:waterland", **options),
            workspace.tables("ad-ldifde", ldifde(entries), "ad.ldf", system="ad:waterland", **options)]


def test_both_exports_give_the_same_accounts(workspace: Any) -> None:
    for tables in both(workspace, ENTRIES, school=SCHOOL):
        accounts = tables["accounts"]
        assert accounts["account"].tolist() == ["00000000-0000-0000-0000-000000000017", "00000000-0000-0000-0000-000000000018"]
        assert accounts["username"].tolist() == ["j.fuut", "j.kluut"]
        assert accounts["upn"].tolist() == ["j.fuut@waterlanden.example", "j.kluut@waterlanden.example"]
        assert accounts["number"].tolist() == ["00017", "00018"]
        assert accounts["status"].tolist() == ["enabled", "disabled"]
        assert accounts["password_rule"].tolist() == ["expires", "never_expires"]
        assert accounts["school"].tolist() == ["99AA00", "99AA00"]
        assert [str(day)[:10] for day in accounts["password_set_on"]] == ["2026-09-23", "NaT"]
        assert [str(day)[:10] for day in accounts["expires_on"]] == ["NaT", "2026-11-30"]
        assert accounts["last_used_on"].isna().all()
        assert accounts["kind"].tolist() == ["unknown", "unknown"]


def test_groups_are_followed_upwards_and_circles_end(workspace: Any) -> None:
    for tables in both(workspace, ENTRIES):
        grants = tables["grants"]
        held = {(account[-2:], right): None if pd.isna(via) else json.loads(via)
                for account, right, via in zip(grants["account"], grants["right"], grants["via"], strict=True)}
        assert held == {
            ("17", "Leerkrachten"): None, ("17", "Domain Admins"): None, ("17", "Domain Users"): None,
            ("17", "Medewerkers"): ["Leerkrachten"], ("17", "Iedereen"): ["Leerkrachten > Medewerkers"],
            ("18", "Leerkrachten"): ["direct", "Medewerkers > Iedereen"], ("18", "Medewerkers"): ["direct", "Leerkrachten"],
            ("18", "Iedereen"): ["Leerkrachten > Medewerkers", "Medewerkers"], ("18", "Domain Users"): None}


def test_privileged_groups_are_marked_and_strangers_noted(workspace: Any) -> None:
    workspace.write("ad.csv", csvde(ENTRIES))
    page = workspace.read({"layout": "ad-csvde", "path": "ad.csv"}, system="ad:waterland")[0]
    rights = page.tables["rights"]
    assert set(rights.loc[rights["is_privileged"].fillna(False), "right"]) == {"Domain Admins"}
    assert {note.code: dict(note.facts) for note in page.receipts[0].notes} == {
        "computers_left_out": {"count": 1}, "groups_not_in_export": {"count": 1},
        "groups_in_circle": {"groups": "Iedereen, Leerkrachten, Medewerkers"}}
    assert {"accounts.number", "grants.right"} <= page.delivers
    assert not {"accounts.school", "accounts.has_mfa"} & page.delivers


def test_a_domain_admin_by_primary_group_is_seen(workspace: Any) -> None:
    for tables in both(workspace, [user("Fuut", 17, primaryGroupID="512")]):
        assert tables["grants"]["right"].tolist() == ["Domain Admins"]


def test_the_number_may_stand_in_another_attribute(workspace: Any) -> None:
    data = csvde([user("Fuut", 17)]).replace("employeeID", "extensionAttribute1")
    assert workspace.tables("ad-csvde", data, system="ad:x", number="extensionAttribute1")["accounts"]["number"].tolist() == ["00017"]


def test_an_export_without_the_attribute_that_holds_the_number_is_refused(workspace: Any) -> None:
    with pytest.raises(InputError) as refused:
        workspace.tables("ad-csvde", csvde(ENTRIES), system="ad:x", number="extensionAttribute3")
    assert [(fault.code, fault.line, fault.column) for fault in refused.value.faults] == [("header_missing", 1, "extensionAttribute3")]


def test_a_pattern_for_the_school_that_extracts_nothing_is_told(workspace: Any) -> None:
    for pattern in ("OU=([^,]+)", "(?P<value>"):
        with pytest.raises(InputError) as refused:
            workspace.tables("ad-csvde", csvde(ENTRIES), system="ad:x", school=pattern)
        assert [(fault.code, fault.facts["option"]) for fault in refused.value.faults] == [("option_bad", "school")]


@pytest.mark.parametrize(("changes", "code", "column"), [
    ({"lastLogonTimestamp": "9" * 20}, "value_not_instant", "lastLogonTimestamp"),
    ({"objectGUID": "X'00'"}, "value_not_guid", "objectGUID"),
    ({"objectGUID": ""}, "cell_empty", "objectGUID"),
    ({"userAccountControl": "aan"}, "value_not_number", "userAccountControl"),
    ({"pwdLastSet": "gisteren"}, "value_not_instant", "pwdLastSet"),
    ({"accountExpires": "-5"}, "value_not_instant", "accountExpires"),
    ({"whenCreated": "12-08-2024"}, "value_not_instant", "whenCreated"),
])
def test_a_value_the_directory_would_never_write_is_refused(workspace: Any, changes: dict[str, str], code: str, column: str) -> None:
    row = next(csv.DictReader(io.StringIO(csvde([user("Fuut", 17)]))))
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADERS)
    writer.writeheader()
    writer.writerow({**row, **changes})
    with pytest.raises(InputError) as refused:
        workspace.tables("ad-csvde", out.getvalue(), system="ad:x")
    assert {(fault.code, fault.line, fault.column) for fault in refused.value.faults} == {(code, 2, column)}
