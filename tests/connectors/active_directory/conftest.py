"""One Samba domain and one OpenLDAP for all tests of a session; every worker starts a copy of the same domain."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.model.secret import Secret
from connectors.active_directory.settings import Controller, DirectorySettings
from connectors.active_directory.source import DirectoryConnector
from tests.servers import directory_seed as seed
from tests.servers import samba, slapd
from tests.servers.certificates import authority, certificate

USERS = 300


@pytest.fixture(scope="session")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[samba.Samba]:
    """A running domain with a fictional board in it."""
    if why := samba.missing():
        pytest.skip(why)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    address = f"127.77.{os.getpid() % 250 + 1}.{int(worker.removeprefix('gw')) + 1}"
    made = shared / "domain"
    with (shared / "domain.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "ready").exists():
            _provision(made)
    running = samba.Samba(made, address).copy(shared / f"domain-{worker}", address)
    running.start()
    yield running
    running.stop()


def _provision(folder: Path) -> None:
    folder.mkdir()
    new = samba.Samba(folder, "127.0.0.1")
    new.provision()
    added, changed, by_hand = seed.for_samba(USERS)
    new.load(added)
    new.load(changed, "ldbmodify")
    new.load(by_hand, "ldbmodify", relax=False)
    new.delete(f"CN=weg,OU=Medewerkers,OU=99AA00,OU=Scholen,{seed.BASE}")
    (folder / "ready").touch()


@pytest.fixture(scope="session")
def openldap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[slapd.Slapd]:
    """A running OpenLDAP with more users than it gives in one search."""
    if why := slapd.missing():
        pytest.skip(why)
    server = slapd.Slapd(tmp_path_factory.mktemp("slapd"))
    server.start(seed.for_slapd(1500))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Path, Path]]:
    """An authority, and a certificate with its key for a controller on 127.0.0.1."""
    ca = authority(tmp_path_factory.mktemp("tls"))
    return ca, certificate(ca, "controller", ("DNS:localhost", "IP:127.0.0.1"))


@pytest.fixture
def settings(domain: samba.Samba) -> DirectorySettings:
    """How the domain is read with the reading account."""
    return DirectorySettings(
        "ad-waterland", "ad:waterland", (Controller(domain.address, 636),), f"{seed.READER}@waterland.test", lambda: Secret(seed.PASSWORD),
        authorities=domain.ca)


def connector(settings: DirectorySettings) -> DirectoryConnector:
    """Given settings, return the connector, today."""
    return DirectoryConnector(settings, datetime.now(UTC))


def tables(settings: DirectorySettings) -> dict[str, Any]:
    """Given settings, return the tables of a whole read."""
    pages = list(connector(settings).pages())
    assert [page.is_last for page in pages] == [False, True]
    return dict(pages[-1].tables)
