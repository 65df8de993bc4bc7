"""Members and links of declared folders, read from the double."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.model.errors import ConnectorError
from auditor.model.reading import Page
from auditor.model.secret import Secret
from auditor.model.tables import TABLES
from connectors.entra import clouds
from connectors.sharepoint.settings import Folder, SharePointSettings
from connectors.sharepoint.source import SharePointConnector
from tests.connectors.entra.certificates import make_authority
from tests.connectors.entra.double import CLIENT, SECRET, TENANT, Double, World
from tests.connectors.entra.tenants import FENNA, GUEST, JORRIT, LOTTE, NESTED, small

SITE = "https://waterlanden.sharepoint.com/sites/obs rietkraag"
AT = "waterlanden.sharepoint.com,11,22"
PATH = "Gedeelde map/Beeldmateriaal 100%"
NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
OWNER = {"id": "o", "roles": ["owner"], "grantedToV2": {"user": {"id": FENNA, "displayName": "Fenna", "email": "f@waterlanden.example"}}}


def tenant(*permissions: dict[str, Any], **given: Any) -> World:
    world = small()
    world.granted = ("Sites.Selected", "GroupMember.Read.All", "User.Read.All")
    world.sites = {"waterlanden.sharepoint.com/sites/obs rietkraag": AT}
    world.folders = {(AT, PATH): list(permissions)}
    for name, value in given.items():
        setattr(world, name, value)
    return world


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def read(authority: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Page, Double]]]:
    with ExitStack() as stack:
        def done(world: World, **given: Any) -> tuple[Page, Double]:
            double = stack.enter_context(Double(world, authority[1]))
            monkeypatch.setitem(clouds.CLOUDS, "global", clouds.Cloud(double.login, double.graph))
            folders = (Folder("Beeldmateriaal", "99AA00", SITE, PATH),)
            settings = SharePointSettings(**{
                "tenant": TENANT, "client_id": CLIENT, "secret": "env:X", "ca_file": str(authority[0]), "folders": folders, **given})
            connector = SharePointConnector("mappen", "sharepoint", settings, lambda _: Secret(SECRET), Path("/"), NOW)
            pages = list(connector.pages())
            assert [page.is_last for page in pages] == [True]
            for name, frame in pages[0].tables.items():
                TABLES[name].check(frame)
            return pages[0], double
        yield done


def held(page: Page) -> set[tuple[Any, ...]]:
    frame = page.tables["grants"][["account", "right", "level", "scope", "school", "group", "via"]].astype("object")
    return {tuple(None if pd.isna(cell) else cell for cell in line) for line in frame.itertuples(index=False)}


def test_members_come_directly_by_group_and_by_link(read: Callable[..., tuple[Page, Double]]) -> None:
    page, double = read(tenant(
        OWNER, {"id": "g", "roles": ["write"], "grantedToV2": {"group": {"id": NESTED, "displayName": "Team"}}},
        {"id": "l", "roles": ["read"], "link": {"scope": "users", "webUrl": "https://x"}, "expirationDateTime": "2026-12-31T23:30:00Z",
         "grantedToIdentitiesV2": [{"user": {"id": GUEST}}, {"siteUser": {"email": "Oma@elders.example", "displayName": "Oma"}}]}))
    about = ("Beeldmateriaal", "folder", "99AA00", "Beeldmateriaal")
    assert held(page) == {
        (FENNA, about[0], "owner", *about[1:], None), (JORRIT, about[0], "write", *about[1:], '["Team"]'),
        (LOTTE, about[0], "write", *about[1:], '["Team"]'), (FENNA, about[0], "write", *about[1:], '["Team"]'),
        (GUEST, about[0], "read", *about[1:], '["link"]'), ("oma@elders.example", about[0], "read", *about[1:], '["link"]')}
    grants = page.tables["grants"]
    assert set(grants.loc[grants["account"] == GUEST, "ends_on"]) == {pd.Timestamp("2027-01-01")}
    accounts = page.tables["accounts"].set_index("account")
    assert accounts.loc[GUEST, "kind"] == accounts.loc["oma@elders.example", "kind"] == "external"
    assert accounts.loc[FENNA, "number"] == "100001" and accounts.loc[FENNA, "status"] == "enabled"
    assert not page.partial_rights and "link" not in {name for frame in page.tables.values() for name in frame.columns}
    assert len(double.asked("")) == 5, "site, permissions, group, its members, and people named one by one"
    assert {one.verb for one in double.requests} == {"GET", "POST"} and len([one for one in double.requests if one.verb == "POST"]) == 1


def test_links_that_anyone_can_open_are_grants_of_the_link(read: Callable[..., tuple[Page, Double]]) -> None:
    page, _ = read(tenant(OWNER, {"id": "a", "roles": ["read"], "link": {"scope": "anonymous", "webUrl": "https://secret.example/x"}},
                          {"id": "b", "roles": ["write"], "link": {"scope": "organization"}}))
    assert {one[:3] for one in held(page)} == {
        (FENNA, "Beeldmateriaal", "owner"), ("link:a", "Beeldmateriaal", "anyone-link"), ("link:b", "Beeldmateriaal", "organisation-link")}
    assert set(page.tables["accounts"]["account"]) == {FENNA}, "a link is nobody's account"
    assert "secret.example" not in "".join(frame.to_csv() for frame in page.tables.values())


@pytest.mark.parametrize(("permissions", "given", "code"), [
    ([{"id": "x", "roles": ["read"], "grantedToV2": {"user": {"id": FENNA}}}], {}, "sharepoint_not_whole"),
    ([OWNER, {"id": "s", "roles": ["write"], "grantedToV2": {"siteGroup": {"id": "5", "displayName": "Leden"}}}], {}, "sharepoint_site_group"),
    ([OWNER, {"id": "s", "roles": ["write"], "grantedToV2": {"group": {"id": "gone", "displayName": "Weg"}}}], {}, "sharepoint_group"),
    ([OWNER, {"id": "s", "roles": ["write"], "grantedToV2": {"device": {"id": "5"}}}], {}, "sharepoint_unknown_member"),
    ([OWNER, {"id": "s", "roles": ["write"], "invitation": {"email": "oma@elders.example"}}], {}, "sharepoint_unknown_member"),
])
def test_a_folder_that_is_not_seen_wholly_proves_no_absence(
    read: Callable[..., tuple[Page, Double]], permissions: list[dict[str, Any]], given: dict[str, Any], code: str,
) -> None:
    page, _ = read(tenant(*permissions), **given)
    assert page.partial_rights == {"Beeldmateriaal"} and [one.code for one in page.warnings] == [code]


def test_a_sharepoint_group_can_be_named_by_the_entra_group_it_is_made_of(read: Callable[..., tuple[Page, Double]]) -> None:
    page, _ = read(tenant(OWNER, {"id": "s", "roles": ["write"], "grantedToV2": {"siteGroup": {"id": "5", "displayName": "Leden"}}}),
                   site_groups={"Leden": NESTED})
    assert not page.partial_rights and (JORRIT, "write", '["Leden"]') in {(one[0], one[2], one[6]) for one in held(page)}


def test_without_the_site_nothing_is_read_and_without_users_their_status_is_unknown(read: Callable[..., tuple[Page, Double]]) -> None:
    with pytest.raises(ConnectorError) as error:
        read(tenant(OWNER, granted=("GroupMember.Read.All",)))
    assert error.value.reason.code == "sharepoint_nothing" and "sharepoint_no_permission" in str(error.value)
    page, _ = read(tenant(OWNER, granted=("Sites.Selected", "GroupMember.Read.All")))
    accounts = page.tables["accounts"].set_index("account")
    assert accounts.loc[FENNA, "status"] == "unknown" and accounts.loc[FENNA, "mail"] == "f@waterlanden.example"
    assert "accounts.status" not in page.delivers
    page, _ = read(tenant(OWNER, granted=("Sites.Selected", "GroupMember.Read.All", "User.ReadBasic.All")))
    assert not {"accounts.status", "accounts.number"} & page.delivers, "they would come as null"


def test_one_folder_that_is_gone_leaves_the_others(read: Callable[..., tuple[Page, Double]]) -> None:
    folders = (Folder("Beeldmateriaal", "99AA00", SITE, PATH), Folder("Groeidocumenten", None, SITE, "Groei"))
    page, _ = read(tenant(OWNER), folders=folders)
    assert page.partial_rights == {"Groeidocumenten"} and [one.code for one in page.warnings] == ["sharepoint_no_folder"]
