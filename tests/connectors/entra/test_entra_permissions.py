"""A permission or licence that is missing takes away what needs it, by name, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from auditor.model.errors import Reason
from auditor.model.reading import Page
from connectors.entra.source import EntraConnector
from reports.texts import Words
from tests.connectors.entra.double import ALL, Double, Fault, World, refused
from tests.connectors.entra.tenants import CIRCLE, FENNA, STAFF, small

Connector = Callable[..., EntraConnector]


def without(*permissions: str, **given: object) -> World:
    world = small()
    world.granted = tuple(one for one in ALL if one not in permissions)
    for name, value in given.items():
        setattr(world, name, value)
    return world


def last(connector: EntraConnector) -> Page:
    return list(connector.pages())[-1]


DATES = {"accounts.last_used_on", "accounts.last_attempt_on"}


@pytest.mark.parametrize(("world", "columns", "kinds", "warnings"), [
    (without(), set(), set(), set()),
    (without("AuditLog.Read.All"), {*DATES, "accounts.has_mfa"}, set(), {"graph_missing_sign_in", "graph_missing_mfa"}),
    (without(has_p1=False), {*DATES, "accounts.has_mfa"}, set(), {"graph_unlicensed_sign_in", "graph_unlicensed_mfa"}),
    (without("User-LifeCycleInfo.Read.All"), {"accounts.owner_leaves_on"}, set(), {"graph_missing_leave_date"}),
    (without("GroupMember.Read.All"), set(), {"group"}, {"graph_missing_groups"}),
    (without("RoleManagement.Read.Directory"), {"rights.is_privileged"}, {"directory role"}, {"graph_missing_roles"}),
    (without("Application.Read.All"), set(), {"app role"}, {"graph_missing_apps"}),
    (without("AdministrativeUnit.Read.All"), set(), set(), {"graph_missing_units"}),
    (without(has_p2=False), set(), set(), set()),
], ids=["all", "sign-in and MFA", "no P1", "leave date", "groups", "roles", "apps", "units", "no P2"])
def test_what_is_missing_is_not_delivered_and_named(
    start: Callable[..., Double], connector: Connector, world: World, columns: set[str], kinds: set[str], warnings: set[str],
) -> None:
    start(small())
    whole = last(connector()).delivers
    start(world)
    page = last(connector())
    assert whole - page.delivers == columns
    assert page.missing_kinds == kinds
    assert {one.code for one in page.warnings} == warnings


def test_a_permission_lost_in_the_middle_of_a_part_loses_the_part_and_not_the_read(double: Double, connector: Connector) -> None:
    double.faults = [Fault(r"/members", refused(403, "Authorization_RequestDenied"), times=9, after=1)]
    page = last(connector())
    assert page.is_last and page.missing_kinds == {"group"}
    held = page.tables["grants"]
    assert set(held["right"]) == {"Global Administrator", "User Administrator", "Cool"}
    assert "User Administrator" in page.partial_rights, "a group holds it, and who is in that group is not known"


def test_members_of_a_hidden_group_are_not_taken_for_nobody(start: Callable[..., Double], connector: Connector) -> None:
    world = small()
    world.groups[2]["visibility"] = "HiddenMembership"
    start(world)
    page = last(connector())
    assert page.missing_kinds == {"group"} and {one.code for one in page.warnings} == {"graph_missing_hidden_groups"}
    assert page.partial_rights >= {"User Administrator", "Team Rietkraag", "Medewerkers"}
    world.granted = (*ALL, "Member.Read.Hidden")
    page = last(connector())
    assert not page.missing_kinds and not page.partial_rights


def test_without_users_nothing_is_read(start: Callable[..., Double], connector: Connector) -> None:
    from tests.connectors.entra.test_entra_faults import code, ending

    start(without("User.Read.All"))
    pages, error = ending(connector())
    assert code(error) == "graph_missing_users" and not pages


def test_users_that_come_without_status_and_number_are_not_taken_for_accounts(start: Callable[..., Double], connector: Connector) -> None:
    from tests.connectors.entra.test_entra_faults import code, ending

    world = without("User.Read.All")
    world.granted = (*world.granted, "User.ReadBasic.All")
    start(world)
    pages, error = ending(connector())
    assert code(error) == "graph_missing_users" and not pages


def test_a_lost_leave_date_is_unknown_and_not_never(start: Callable[..., Double], connector: Connector) -> None:
    start(without("User-LifeCycleInfo.Read.All"))
    double = start(without("User-LifeCycleInfo.Read.All"))
    pages = list(connector().pages())
    assert pages[0].tables["accounts"]["owner_leaves_on"].isna().all()
    assert not double.asked("employeeLeaveDateTime"), "what would come back as null is not asked for"


@pytest.mark.parametrize(("granted", "settings", "expected"), [
    (ALL, {}, []),
    (ALL[1:], {}, [("graph_permission_missing", "User.Read.All")]),
    ((*ALL, "Mail.Send"), {}, [("graph_permission_writes", "Mail.Send")]),
    ((*ALL, "Directory.ReadWrite.All"), {}, [("graph_permission_writes", "Directory.ReadWrite.All")]),
    ((*ALL, "Calendars.Read", "Member.Read.Hidden"), {}, [("graph_permission_unneeded", "Calendars.Read")]),
    (("Directory.Read.All",), {"reads": ("groups",)}, [("graph_permission_unneeded", "Directory.Read.All")]),
    (("User.Read.All", "GroupMember.Read.All"), {"reads": ("groups",)}, []),
    (("User.Read.All", "AuditLog.Read.All"), {"reads": ()}, [("graph_permission_unneeded", "AuditLog.Read.All")]),
])
def test_doctor_complains_of_too_little_and_of_too_much(
    start: Callable[..., Double], connector: Connector, granted: tuple[str, ...], settings: dict[str, object], expected: list[tuple[str, str]],
) -> None:
    world = small()
    world.granted = granted
    double = start(world)
    found = [(item.reason.code, item.reason.facts["permission"]) for item in connector(**settings).check().items if not item.is_fine]
    assert found == expected
    assert not double.asked(""), "the token itself tells"


@pytest.mark.parametrize("is_fine", [False, True])
def test_doctor_tells_when_our_own_certificate_ends(
    double: Double, connector: Connector, is_fine: bool, client_certificate: str,
) -> None:
    until = x509.load_pem_x509_certificate(client_certificate.encode()).not_valid_after_utc
    now = until - (timedelta(days=10) if not is_fine else timedelta(days=100))
    items = replace(connector(certificate="env:CERTIFICATE"), now=now).check().items
    (told,) = [item for item in items if item.reason.code == "graph_own_certificate"]
    assert told.is_fine is is_fine and told.reason.facts["day"] == until.date().isoformat()


CODES = [
    "graph_deadline", "graph_refused", "graph_endless", "graph_no_list", "graph_foreign_link", "graph_certificate", "graph_unreachable", "graph_cut",
    "graph_busy", "graph_token_refused", "graph_status", "graph_flood", "graph_no_users", "graph_ca_missing", "login_elsewhere",
    "login_certificate", "login_unreachable", "login_broken", "login_settings", "login_refused", "graph_missing_sign_in",
    "graph_missing_leave_date", "graph_missing_mfa", "graph_missing_groups", "graph_missing_hidden_groups", "graph_missing_roles",
    "graph_missing_apps", "graph_missing_units", "graph_unlicensed_sign_in", "graph_unlicensed_mfa", "graph_repeated",
    "graph_groups_left_out", "graph_groups_synced", "graph_gone_meanwhile", "graph_without_pim", "graph_permission", "graph_permission_wider",
    "graph_permission_missing", "graph_permission_writes", "graph_permission_unneeded", "graph_own_certificate",
    "graph_own_certificate_unreadable", "sharepoint_no_folder", "sharepoint_no_permission",
    "sharepoint_not_whole", "sharepoint_site_group", "sharepoint_group", "sharepoint_unknown_member", "sharepoint_nothing",
    "original_not_read", "right_not_read", "rights_not_read", "rights_partly_read",
]
FACTS: dict[str, str | int] = dict.fromkeys((
    "seconds", "endpoint", "status", "answer", "pages", "host", "attempts", "megabytes", "file", "tenant", "permission", "licence", "count", "wider",
    "folder", "school", "site", "group", "reason", "kinds", "rights", "day"), "x")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_words(code: str, language: str) -> None:
    assert Words(language, strict=True).say(Reason(code, FACTS)).endswith(".")


def test_a_role_given_to_staff_by_a_group_of_which_one_part_is_closed_is_partial(start: Callable[..., Double], connector: Connector) -> None:
    world = small()
    world.members[STAFF] = [("user", FENNA)]
    world.groups[2]["visibility"] = "HiddenMembership"
    world.members[CIRCLE] = []
    world.members[world.groups[1]["id"]] = []
    start(world)
    assert last(connector()).partial_rights == {"User Administrator"}
