"""The double, started, and a connector that reads it with the true msal and requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.model.secret import Secret
from connectors.entra import clouds, opening
from connectors.entra.settings import EntraSettings
from connectors.entra.source import EntraConnector
from tests.connectors.entra.certificates import make_authority, make_client_certificate
from tests.connectors.entra.double import CLIENT, SECRET, TENANT, Double, World
from tests.connectors.entra.tenants import small

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def client_certificate() -> str:
    return make_client_certificate()


@pytest.fixture
def start(authority: tuple[Path, Path], client_certificate: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Double]]:
    """Starts a double and makes it the global cloud."""
    with ExitStack() as stack:
        def started(world: World | None = None, **given: Any) -> Double:
            double = stack.enter_context(Double(world or small(), authority[1], client_certificate, **given))
            monkeypatch.setitem(clouds.CLOUDS, "global", clouds.Cloud(double.login, double.graph))
            return double
        yield started


@pytest.fixture
def double(start: Callable[..., Double]) -> Double:
    return start()


class Passing:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.time, self.slept = 0.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def clock(self) -> opening.Clock:
        return opening.Clock(lambda: self.time, self.sleep)


@pytest.fixture
def passing() -> Passing:
    return Passing()


@pytest.fixture
def connector(authority: tuple[Path, Path], passing: Passing, client_certificate: str) -> Callable[..., EntraConnector]:
    """Makes a connector; settings given by name."""
    def made(**given: Any) -> EntraConnector:
        proof = {} if "certificate" in given else {"secret": "env:SECRET"}
        settings = EntraSettings(**{"tenant": TENANT, "client_id": CLIENT, "ca_file": str(authority[0]), **proof, **given})
        secrets = {"env:SECRET": SECRET, "env:WRONG": "not-it", "env:CERTIFICATE": client_certificate}
        return EntraConnector("m365", "entra", settings, lambda one: Secret(secrets[one]), Path("/"), NOW, passing.clock())
    return made
