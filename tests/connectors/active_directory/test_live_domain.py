"""A real domain is read as it is: accounts, groups in groups, who may do what, and nothing is written to it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.collect.delivery import Read, delivered
from auditor.model.coverage import SourceState
from auditor.model.errors import ConnectorError
from auditor.model.policy import SourceSettings
from auditor.model.reading import Page
from auditor.model.secret import Secret
from auditor.model.tables import PROVENANCE
from connectors.active_directory.asking import GROUPS, PLAIN
from connectors.active_directory.attributes import sid_of
from connectors.active_directory.client import connect
from connectors.active_directory.instants import AMSTERDAM
from connectors.active_directory.settings import Controller, DirectorySettings, UnderKind
from connectors.active_directory.stream import Deadline
from connectors.files import open_connector
from tests.connectors.active_directory.conftest import USERS, connector, tables
from tests.servers import directory_seed as seed
from tests.servers import ldap_wire as wire
from tests.servers import samba

SCHOOL = r"(?i)OU=(?P<value>[^,]+),OU=Scholen"
TLS = tuple[Path, tuple[Path, Path]]


@pytest.fixture(scope="module")
def read(domain: samba.Samba) -> Any:
    """The last page of a read with schools and kinds."""
    settings = DirectorySettings(
        "ad-waterland", "ad:waterland", (Controller(domain.address, 636),), f"{seed.READER}@waterland.test", lambda: Secret(seed.PASSWORD),
        authorities=domain.ca, school=SCHOOL, kind="person", kinds=(UnderKind("OU=Dienstaccounts", "service"),), privileged=("Lezers leerlingen",))
    return list(connector(settings).pages())[-1]


def account_of(page: Any, username: str) -> Any:
    accounts = page.tables["accounts"]
    return accounts[accounts["username"] == username].iloc[0]


def held(page: Any, username: str) -> dict[str, str | None]:
    grants = page.tables["grants"]
    found = grants[grants["account"] == account_of(page, username)["account"]]
    return {str(right): None if pd.isna(via) else via for right, via in zip(found["right"], found["via"], strict=True)}


def test_accounts_have_what_the_directory_says_of_them(read: Any) -> None:
    accounts = read.tables["accounts"]
    staff = accounts[accounts["username"].str.match(r"m\d{5}$")]
    assert len(staff) == USERS
    assert set(staff["school"]) == set(seed.SCHOOLS)
    assert staff["status"].astype("str").value_counts().to_dict() == {"enabled": USERS - 23, "disabled": 23}
    one = account_of(read, "m00001")
    assert (one["number"], one["mail"], one["upn"], one["display_name"]) == (
        "00001", "m00001@waterland.test", "m00001@waterland.test", "Bram Fuut")
    assert one["expires_on"] == pd.Timestamp("2027-01-02")
    assert one["password_set_on"] == pd.Timestamp("2025-03-02")
    assert one["last_used_on"] == pd.Timestamp("2026-02-02")
    assert one["created_on"] == pd.Timestamp(datetime.now(AMSTERDAM).date())
    assert pd.isna(account_of(read, "m00007")["last_used_on"]), "never used is unknown, not a day"
    assert account_of(read, "m00003")["password_rule"] == "never_expires"
    assert account_of(read, "m00007")["password_rule"] == "not_required"
    assert account_of(read, "m00005")["status"] == "disabled"
    assert account_of(read, "svc-backup")["kind"] == "service"
    assert one["kind"] == "person"


def test_nested_groups_are_held_with_the_path_and_circles_end_and_are_told(read: Any) -> None:
    paths = held(read, "m00000")
    assert paths["Team 99AA00"] is None
    assert json.loads(str(paths["Lezers leerlingen"])) == ["Team 99AA00"]
    assert json.loads(str(paths["Keten 9"]))[0].startswith("Team 99AA00 > Lezers leerlingen > Keten 0 > ")
    assert set(paths) >= {"Ring A", "Ring B", "Ring C"}
    notes = {note.code: note.facts for note in read.warnings}
    assert notes["groups_in_circle"]["groups"] == "Ring A, Ring B, Ring C"
    assert notes["ldap_logon_lag"]["days"] == 14
    assert "Users" in str(notes["ldap_everybody"]["groups"])


def test_a_privileged_group_is_known_by_its_sid_and_never_by_its_name(read: Any) -> None:
    rights = read.tables["rights"].set_index("right")["is_privileged"]
    assert rights["Domeinbeheer"] is True or bool(rights["Domeinbeheer"])
    assert pd.isna(rights["Domain Admins"]), "an ordinary group took the name"
    assert bool(rights["Lezers leerlingen"]), "the board said so"
    assert "Domeinbeheer" in held(read, "p.primair"), "by primary group, which no list of members tells"
    assert json.loads(str(held(read, "p.primair")["Administrators"])) == ["Domeinbeheer"]


def test_a_member_from_another_domain_is_kept_by_its_sid_with_what_it_holds(read: Any) -> None:
    foreign = account_of(read, seed.FOREIGN_SID)
    assert (foreign["account"], foreign["kind"], foreign["status"]) == (seed.FOREIGN_SID, "external", "unknown")
    assert "Keten 9" in held(read, seed.FOREIGN_SID)
    assert "Keten 2" not in held(read, seed.FOREIGN_SID)


def test_an_export_of_the_same_domain_gives_the_same_tables(domain: samba.Samba, settings: DirectorySettings, tmp_path: Path) -> None:
    names = [*PLAIN, "employeeID", "objectClass", "memberOf", "objectSid", "sAMAccountType"]
    export = subprocess.run(
        ["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", f"ldaps://{domain.address}", "-D", settings.user, "-w", seed.PASSWORD,
         "-b", seed.BASE, "(|(sAMAccountType=805306368)(objectClass=group))", *names],
        check=True, capture_output=True, env={**os.environ, "LDAPTLS_CACERT": str(domain.ca)})
    (tmp_path / "ad.ldf").write_bytes(export.stdout)
    part = {"layout": "ad-ldifde", "path": "ad.ldf", "options": {"school": SCHOOL}}
    files = open_connector("ad", "files", {"parts": [part], "system": "ad:waterland", "settle_seconds": 0}, tmp_path, datetime.now(UTC))
    exported = dict(list(files.pages())[-1].tables)
    live = tables(replace(settings, school=SCHOOL))
    for name, keys in (("accounts", ["account"]), ("rights", ["right"]), ("grants", ["account", "right"])):
        one, other = (
            found[name].drop(columns=list(PROVENANCE)).astype("object").sort_values(keys, ignore_index=True) for found in (live, exported))
        if "account" in keys:
            one = one[one["account"] != seed.FOREIGN_SID].reset_index(drop=True)  # an export of accounts and groups has no such entry
        pd.testing.assert_frame_equal(one, other)
    assert len(live["grants"]) > 2 * USERS


def test_deleted_accounts_are_kept_apart_for_who_may_see_them(settings: DirectorySettings) -> None:
    admin = replace(settings, user=samba.ADMIN, password=lambda: Secret(samba.ADMIN_PASSWORD), deleted=True)
    accounts = tables(admin)["accounts"]
    assert accounts.loc[accounts["username"] == "weg", "status"].tolist() == ["deleted"]
    assert not (tables(settings)["accounts"]["username"] == "weg").any()
    page = list(connector(replace(settings, deleted=True)).pages())[-1]
    assert "ldap_deleted_unseen" in {note.code for note in page.warnings}


@pytest.mark.parametrize("user", [f"{seed.READER}@waterland.test", f"WATERLAND\\{seed.READER}",
                                  f"CN={seed.READER},OU=Dienstaccounts,{seed.BASE}"])
def test_doctor_finds_an_ordinary_reading_account_just_right(settings: DirectorySettings, user: str) -> None:
    items = connector(replace(settings, user=user)).check().items
    assert {item.reason.code for item in items} == {"ldap_reached", "ldap_certificate_good", "ldap_may_read", "ldap_reads_only"}
    assert all(item.is_fine for item in items)


def test_doctor_complains_of_an_account_that_may_do_more_than_read(settings: DirectorySettings) -> None:
    items = connector(replace(settings, user=samba.ADMIN, password=lambda: Secret(samba.ADMIN_PASSWORD))).check().items
    assert {item.reason.code for item in items if not item.is_fine} == {"ldap_privileged_account", "ldap_may_write"}


def test_doctor_complains_of_a_domain_whose_last_logon_lags_more_than_the_rule_reckons_with(settings: DirectorySettings, domain: samba.Samba) -> None:
    lag = f"dn: {seed.BASE}\nchangetype: modify\nreplace: msDS-LogonTimeSyncInterval\n"
    domain.load(f"{lag}msDS-LogonTimeSyncInterval: 30\n", "ldbmodify")
    try:
        items = connector(settings).check().items
    finally:
        domain.load(lag, "ldbmodify")
    assert [item.reason.facts for item in items if not item.is_fine] == [{"days": 30, "system": "ad:waterland"}]


def test_doctor_complains_of_a_number_that_no_account_shows(settings: DirectorySettings) -> None:
    items = connector(replace(settings, number="employeeNumber", school=SCHOOL, school_attribute="division")).check().items
    told = [item.reason.facts["attribute"] for item in items if item.reason.code == "ldap_never_filled" and not item.is_fine]
    assert told == ["employeeNumber", "division"]


def test_doctor_complains_of_an_account_that_may_change_members_of_a_group(settings: DirectorySettings, domain: samba.Samba) -> None:
    session = connect(settings, Deadline(30))
    reader = sid_of(session.one(f"CN={seed.READER},OU=Dienstaccounts,{seed.BASE}", ["objectSid"])["objectSid"][0])
    session.close()
    group = f"CN=Beheerd,OU=Groepen,{seed.BASE}"
    domain.load(seed.written([seed.Entry(group, {"objectClass": "group", "sAMAccountName": "Beheerd"})]))
    domain.allow(group, f"(A;;WP;;;{reader})")
    try:
        items = connector(replace(settings, group_bases=(group,))).check().items
    finally:
        domain.delete(group)
    assert [item.reason.facts["place"] for item in items if item.reason.code == "ldap_may_write"] == [group]


@pytest.mark.parametrize(("login", "password", "code"), [
    (seed.READER, "verkeerd", "ldap_bind_password"), ("uit", seed.PASSWORD, "ldap_bind_disabled"),
    ("voorbij", seed.PASSWORD, "ldap_bind_account_expired"), ("wijzig", seed.PASSWORD, "ldap_bind_must_change"),
])
def test_a_refused_account_is_told_why_and_tried_at_one_controller_only(
    settings: DirectorySettings, trusted: TLS, domain: samba.Samba, login: str, password: str, code: str,
) -> None:
    second = wire.Recorder(trusted[1], (domain.address, 636), domain.ca)
    both = (*settings.controllers, Controller("127.0.0.1", second.port))
    with pytest.raises(ConnectorError) as refused:
        list(connector(replace(settings, controllers=both, user=f"{login}@waterland.test", password=lambda: Secret(password))).pages())
    assert refused.value.reason.code == code
    assert password not in str(refused.value)
    assert second.connections == 0
    second.close()


@pytest.mark.parametrize("security", ["ldaps", "starttls"])
def test_only_bind_search_and_unbind_pass_over_the_line(settings: DirectorySettings, trusted: TLS, domain: samba.Samba, security: Any) -> None:
    ca, cert = trusted
    recorder = wire.Recorder(cert, (domain.address, 636), domain.ca, starttls=security == "starttls")
    through = replace(settings, controllers=(Controller("127.0.0.1", recorder.port),), security=security, authorities=ca, deleted=True, page=50)
    assert len(tables(through)["accounts"]) > USERS
    assert connector(through).check().items
    recorder.settle(wire.UNBIND, 2)
    recorder.close()
    verbs = [tag for tag in recorder.verbs if tag != wire.EXTENDED]
    assert set(verbs) == {wire.BIND, wire.SEARCH, wire.UNBIND}
    assert (verbs.count(wire.BIND), verbs.count(wire.UNBIND)) == (2, 2)
    upgrades = [body for tag, body in recorder.requests if tag == wire.EXTENDED]
    assert len(upgrades) == (2 if security == "starttls" else 0)
    assert all(b"1.3.6.1.4.1.1466.20037" in body for body in upgrades), "StartTLS is the only extended operation"


def test_a_connection_that_dies_on_the_second_page_makes_the_read_partial(settings: DirectorySettings, trusted: TLS, domain: samba.Samba) -> None:
    ca, cert = trusted
    for after in range(3, 8):  # within the groups, and within the users
        recorder = wire.Recorder(cert, (domain.address, 636), domain.ca, break_after=after)
        through = replace(settings, controllers=(Controller("127.0.0.1", recorder.port),), authorities=ca, page=50)
        pages: list[Page] = []
        with pytest.raises(ConnectorError, match="ldap_cut") as cut:
            pages.extend(connector(through).pages())  # what came before the end stays
        recorder.close()
        assert not any(page.is_last for page in pages)
        delivery = delivered(Read(SourceSettings("ad", "system", "ad:waterland"), tuple(pages), cut.value))
        assert delivery.state is SourceState.PARTIAL
        assert not delivery.frames


def test_the_next_controller_is_read_when_the_first_cannot_be_and_that_is_told(settings: DirectorySettings) -> None:
    both = (Controller("127.0.0.1", 9), *settings.controllers)
    page = list(connector(replace(settings, controllers=both)).pages())[-1]
    failed = [note.facts for note in page.warnings if note.code == "ldap_controller_failed"]
    assert failed == [{"server": "127.0.0.1:9", "why": "ldap_unreachable"}]


def test_a_range_is_gone_on_with_until_its_end(settings: DirectorySettings) -> None:
    session = connect(settings, Deadline(30))
    group = f"CN=Alle medewerkers,OU=Groepen,{seed.BASE}"
    [[(_, values)]] = list(session.search(group, GROUPS, ["member;range=0-99"]))
    assert len(set(values["member"])) == USERS
    session.close()


def test_schools_and_numbers_may_stand_in_other_attributes(settings: DirectorySettings) -> None:
    accounts = tables(replace(settings, school=r"School (?P<value>\w+)", school_attribute="company", number="employeeNumber"))["accounts"]
    staff = accounts[accounts["username"].str.match(r"m\d{5}$", na=False)]
    assert set(staff["school"]) == set(seed.SCHOOLS)
    assert staff["number"].isna().all()


def test_only_the_chosen_places_are_read_and_what_lies_outside_is_counted(settings: DirectorySettings) -> None:
    place = f"OU=99BB00,OU=Scholen,{seed.BASE}"
    page = list(connector(replace(settings, user_bases=(place,), user_filter="(!(sAMAccountName=m00001))")).pages())[-1]
    accounts = page.tables["accounts"]
    assert set(accounts.loc[accounts["kind"] != "external", "username"]) == {f"m{number:05d}" for number in range(4, USERS, 3)}
    assert {note.code for note in page.warnings} >= {"ldap_members_not_read"}
    with pytest.raises(ConnectorError, match="ldap_base_missing"):
        list(connector(replace(settings, user_bases=(f"OU=nergens,{seed.BASE}",))).pages())
    with pytest.raises(ConnectorError, match="ldap_filter"):
        list(connector(replace(settings, user_filter="(!(sAMAccountName")).pages())
