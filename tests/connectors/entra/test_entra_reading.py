"""A whole tenant, read with the true msal and requests from the double."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from auditor.model.reading import Page
from auditor.model.tables import TABLES, combine
from connectors.entra.source import EntraConnector
from tests.connectors.entra.double import Double, World, truncated
from tests.connectors.entra.tenants import AD_GUID, FENNA, GLOBAL_ADMIN, GUEST, JORRIT, LOTTE, NOBODY, PUPIL, STAFF, guid, small

Connector = Callable[..., EntraConnector]


def tables(pages: Sequence[Page]) -> dict[str, pd.DataFrame]:
    names = {name for page in pages for name in page.tables}
    return {name: combine(TABLES[name], [TABLES[name].check(page.tables[name]) for page in pages if name in page.tables]) for name in names}


def read(connector: EntraConnector) -> tuple[dict[str, pd.DataFrame], list[Page]]:
    pages = list(connector.pages())
    return tables(pages), pages


def row(frame: pd.DataFrame, account: str) -> dict[str, Any]:
    found = frame[frame["account"] == account].iloc[0]
    return {name: None if pd.isna(value) else value for name, value in found.items()}


def grants(frame: pd.DataFrame) -> set[tuple[Any, ...]]:
    told = frame[["account", "right", "level", "scope", "school", "via"]].astype("object")
    return {tuple(None if pd.isna(value) else value for value in line) for line in told.itertuples(index=False)}


def test_users_become_accounts_with_what_is_unknown_left_unknown(double: Double, connector: Connector) -> None:
    accounts = read(connector())[0]["accounts"]
    assert len(accounts) == 6
    fenna, jorrit, lotte, noor = (row(accounts, one) for one in (FENNA, JORRIT, LOTTE, NOBODY))
    assert (fenna["number"], fenna["school"], fenna["status"], fenna["kind"], fenna["has_mfa"]) == ("100001", "99AA00", "enabled", "unknown", True)
    assert fenna["last_used_on"] == pd.Timestamp("2026-11-03")
    assert fenna["last_attempt_on"] == pd.Timestamp("2026-11-22"), "attempts are kept apart from use"
    assert fenna["password_set_on"] == pd.Timestamp("2026-09-02"), "22:30Z is the next day in the Netherlands"
    assert jorrit["owner_leaves_on"] == pd.Timestamp("2027-01-01")
    assert jorrit["synced_from"] == str(AD_GUID) and fenna["synced_from"] is None
    assert (lotte["status"], lotte["last_used_on"], lotte["last_attempt_on"], lotte["has_mfa"]) == ("unknown", None, None, None)
    assert (noor["status"], noor["last_attempt_on"], noor["has_mfa"]) == ("disabled", None, None), "a disabled user is not in the MFA report"
    assert row(accounts, GUEST)["kind"] == "external" and row(accounts, PUPIL)["kind"] == "pupil"


def test_groups_in_groups_are_held_with_their_paths_and_a_circle_ends(double: Double, connector: Connector) -> None:
    held = {one for one in grants(read(connector())[0]["grants"]) if one[1] in ("Medewerkers", "Team Rietkraag", "Kring")}
    assert held == {
        (FENNA, "Medewerkers", None, "unknown", None, None),
        (FENNA, "Kring", None, "unknown", None, '["Medewerkers"]'),
        (FENNA, "Team Rietkraag", None, "unknown", None, '["Medewerkers > Kring"]'),
        (JORRIT, "Team Rietkraag", None, "unknown", None, None),
        (JORRIT, "Medewerkers", None, "unknown", None, '["Team Rietkraag"]'),
        (JORRIT, "Kring", None, "unknown", None, '["Team Rietkraag > Medewerkers"]'),
        (LOTTE, "Kring", None, "unknown", None, None),
        (LOTTE, "Team Rietkraag", None, "unknown", None, '["Kring"]'),
        (LOTTE, "Medewerkers", None, "unknown", None, '["Kring > Team Rietkraag"]'),
    }


def test_roles_are_held_directly_by_groups_with_an_end_and_as_eligible(double: Double, connector: Connector) -> None:
    found = read(connector())[0]
    roles = {one for one in grants(found["grants"]) if "Administrator" in one[1]}
    assert (FENNA, "Global Administrator", "eligible", "board", None, None) in roles
    assert (JORRIT, "User Administrator", None, "school", "99AA00", None) in roles, "an administrative unit by its name"
    fenna = next(one for one in roles if one[:2] == (FENNA, "User Administrator"))
    assert json.loads(fenna[5]) == ["direct", "Medewerkers > Kring"]
    assert (LOTTE, "User Administrator", None, "board", None, '["Kring"]') in roles
    frame = found["grants"]
    ends = {(one.account, one.right): one.ends_on for one in frame.itertuples() if not pd.isna(one.ends_on)}
    assert ends == {(JORRIT, "User Administrator"): pd.Timestamp("2026-12-01"), (FENNA, "Global Administrator"): pd.Timestamp("2027-08-31")}
    rights = found["rights"].set_index("right")
    assert rights.loc["User Administrator", "kind"] == "directory role" and rights.loc["Kring", "is_privileged"]
    assert pd.isna(rights.loc["Medewerkers", "is_privileged"])


def test_an_application_reaches_direct_members_of_a_group_only(double: Double, connector: Connector) -> None:
    apps = {one for one in grants(read(connector())[0]["grants"]) if one[1] == "Cool"}
    assert apps == {(FENNA, "Cool", "Beheer", "unknown", None, None), (JORRIT, "Cool", None, "unknown", None, '["Team Rietkraag"]')}


def test_a_group_that_bears_a_roles_name_does_not_become_that_role(start: Callable[..., Double], connector: Connector) -> None:
    world = small()
    world.groups[0]["displayName"] = "global administrator"
    start(world)
    found = read(connector())[0]
    assert f"global administrator ({STAFF})" in set(found["rights"]["right"])
    assert {one[0] for one in grants(found["grants"]) if one[1] == "Global Administrator"} == {FENNA}


def test_a_group_left_out_still_carries_what_it_was_given(double: Double, connector: Connector) -> None:
    found = read(connector(leave_out_groups=("kring",), synced_groups=False))[0]
    assert set(found["rights"].loc[found["rights"]["kind"] == "group", "right"]) == {"Medewerkers"}
    held = grants(found["grants"])
    assert (LOTTE, "User Administrator", None, "board", None, '["Kring"]') in held
    assert (LOTTE, "Medewerkers", None, "unknown", None, '["Kring > Team Rietkraag"]') in held, "read because it stands in a group that counts"


def test_a_group_left_out_is_named_so_that_nothing_about_it_counts_as_repaired(double: Double, connector: Connector) -> None:
    *_, page = connector(leave_out_groups=("kring",)).pages()
    assert "Kring" in page.left_out_rights and "Medewerkers" not in page.left_out_rights
    assert "Kring" not in set(page.tables["rights"]["right"])
    *_, page = connector().pages()
    assert not page.left_out_rights


def test_only_what_the_settings_want_is_asked_for(double: Double, connector: Connector) -> None:
    pages = list(connector(reads=(), school=("department",), number="extensionAttribute3").pages())
    paths = [one.path for one in double.asked("")]
    wanted = ("id,userPrincipalName,displayName,mail,accountEnabled,userType,ageGroup,createdDateTime,onPremisesSyncEnabled,"
              "onPremisesImmutableId,lastPasswordChangeDateTime,onPremisesExtensionAttributes,department")
    assert paths == [f"/v1.0/users?$select={wanted}&$top=999"]
    assert not any(name.startswith(("grants", "rights")) for name in pages[-1].delivers)


def test_the_school_may_come_from_the_administrative_unit(double: Double, connector: Connector) -> None:
    accounts = read(connector(school=("administrativeUnit",)))[0]["accounts"]
    assert row(accounts, FENNA)["school"] == "99AA00" and row(accounts, JORRIT)["school"] is None


def test_a_user_on_two_pages_is_one_account(start: Callable[..., Double], connector: Connector) -> None:
    world = small()
    world.users = [*world.users, *world.users[:2]]
    start(world)
    found, pages = read(connector())
    assert len(found["accounts"]) == 6
    assert "graph_repeated" in {note.code for receipt in pages[-1].receipts for note in receipt.notes}


def test_nothing_is_asked_twice_and_nothing_but_get_follows_the_token(double: Double, connector: Connector) -> None:
    pages = list(connector().pages())
    verbs = [(one.verb, one.path.split("/")[-1]) for one in double.requests if one.verb != "GET"]
    assert verbs == [("POST", "token")]
    paths = [one.path for one in double.asked("")]
    assert len(paths) == len(set(paths)) == 13, paths
    assert pages[-1].is_last and not any(page.is_last for page in pages[:-1])
    assert all(one.token is None for one in double.requests if one.host.startswith("localhost")), "the login never gets the token"


def test_receipts_name_the_endpoints_and_count_what_was_read(double: Double, connector: Connector) -> None:
    receipts = {one.name: one for page in connector().pages() for one in page.receipts}
    assert receipts["users"].rows == 6 and receipts["groups"].rows == 3 and len(receipts["users"].sha256) == 64
    assert receipts["users"].as_of.isoformat() == "2026-11-24"


def test_a_certificate_signs_in_as_well(double: Double, connector: Connector) -> None:
    assert len(read(connector(certificate="env:CERTIFICATE"))[0]["accounts"]) == 6
    assert double.issued == 1


def test_without_privileged_identity_management_roles_are_permanent(start: Callable[..., Double], connector: Connector) -> None:
    world = small()
    world.has_p2 = False
    start(world)
    found, pages = read(connector())
    assert (FENNA, "User Administrator") in {one[:2] for one in grants(found["grants"])}
    assert "directory role" not in pages[-1].missing_kinds, "a tenant without it has no eligible roles to miss"


def test_a_list_that_is_cut_once_is_read_again(double: Double, connector: Connector) -> None:
    from tests.connectors.entra.double import Fault
    double.faults = [Fault(r"^/v1.0/users", truncated)]
    assert len(read(connector())[0]["accounts"]) == 6


def test_an_account_in_no_group_and_a_group_without_anybody_are_fine(start: Callable[..., Double], connector: Connector) -> None:
    start(World(users=small().users[:1], groups=[{"id": guid(77), "displayName": "Leeg"}]))
    found = read(connector())[0]
    assert len(found["accounts"]) == 1 and not len(found["grants"]) and list(found["rights"]["right"]) == ["Leeg"]


def test_an_id_that_is_no_id_stays_one_step_of_the_path_and_asks_nothing_more(start: Callable[..., Double], connector: Connector) -> None:
    world = small()
    world.groups.append({"id": "../users/x?$expand=manager#", "displayName": "Vreemd"})
    world.active += [{"principalId": None, "roleDefinitionId": GLOBAL_ADMIN, "directoryScopeId": "/"},
                     {"principalId": "../me", "roleDefinitionId": GLOBAL_ADMIN, "directoryScopeId": "/"}]
    double = start(world)
    assert len(read(connector())[0]["accounts"]) == 6
    assert [one.path for one in double.asked(r"manager")] == ["/v1.0/groups/..%2Fusers%2Fx%3F%24expand%3Dmanager%23/members?$select=id&$top=999"]
    assert not double.asked(r"/me(\?|/|$)")
