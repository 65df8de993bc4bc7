"""A directory that keeps to its limits: what is not asked for page by page, or in too large pages, is no whole read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from auditor.model.errors import ConnectorError
from auditor.model.secret import Secret
from connectors.active_directory import client
from connectors.active_directory.asking import USERS
from connectors.active_directory.settings import Controller, DirectorySettings
from connectors.active_directory.stream import Deadline
from tests.connectors.active_directory.conftest import tables
from tests.servers import slapd


@pytest.fixture
def reading(openldap: slapd.Slapd) -> DirectorySettings:
    return DirectorySettings(
        "ldap", "ad:waterland", (Controller("127.0.0.1", openldap.port + 1),), slapd.READER, lambda: Secret(slapd.PASSWORD), authorities=openldap.ca,
        base=slapd.BASE)


@pytest.mark.parametrize("security", ["ldaps", "starttls"])
def test_everything_is_read_page_by_page(reading: DirectorySettings, openldap: slapd.Slapd, security: Any) -> None:
    port = openldap.port + (security == "ldaps")
    found = tables(replace(reading, security=security, controllers=(Controller("127.0.0.1", port),), page=400))
    assert len(found["accounts"]) == 1500
    assert set(found["accounts"]["number"]) == {f"{number:05d}" for number in range(1500)}
    assert (found["grants"]["right"] == "Alle medewerkers").sum() == 1500


def test_a_search_without_pages_meets_the_limit_and_is_no_whole_read(reading: DirectorySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    def entries() -> Iterator[int]:
        session = client.connect(reading, Deadline(30))
        try:
            for page in session.search(slapd.BASE, USERS, ["sAMAccountName"]):
                yield len(page)
        finally:
            session.close()

    assert sum(entries()) == 1500
    monkeypatch.setattr(client, "paged_search_control", lambda *_: ("1.2.840.113556.1.4.1413", False, None))
    with pytest.raises(ConnectorError, match="ldap_size_limit"):
        list(entries())


def test_a_page_that_is_too_large_is_refused_and_told(reading: DirectorySettings) -> None:
    with pytest.raises(ConnectorError) as refused:
        tables(replace(reading, page=1400))
    assert refused.value.reason.code in ("ldap_size_limit", "ldap_admin_limit", "ldap_unwilling", "ldap_refused")
