"""The portal's exports and Graph give the same tables of the same tenant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.model.tables import TABLES, combine
from connectors.entra.source import EntraConnector
from connectors.files import open_connector
from tests.connectors.entra.conftest import NOW
from tests.connectors.entra.double import Double
from tests.connectors.entra.exported import exported

EXPORTS = Path(__file__).resolve().parents[3] / "auditor" / "demo" / "board" / "nights" / "2026-11-23" / "exports"
NOT_HERE = {
    "accounts": {"last_attempt_on", "has_mfa", "owner_leaves_on", "never_used", "password_set_on"},
    "rights": set(), "grants": set(),
}
"""What the portal's export of the bundled board has no column for."""


def tables(pages: Any) -> dict[str, pd.DataFrame]:
    kept = list(pages)
    return {name: combine(TABLES[name], [page.tables[name] for page in kept if name in page.tables]) for name in ("accounts", "rights", "grants")}


def plain(frame: pd.DataFrame, name: str) -> list[tuple[Any, ...]]:
    columns = [column for column in TABLES[name].names if column not in NOT_HERE[name]]
    told = frame[columns].astype("object").where(frame[columns].notna(), None)
    return sorted(told.itertuples(index=False, name=None), key=lambda line: tuple(str(cell) for cell in line))


def test_both_ways_in_give_the_same_tables(start: Callable[..., Double], connector: Callable[..., EntraConnector]) -> None:
    start(exported(EXPORTS))
    parts = [{"layout": "entra-users", "path": "entra-users.csv"}, {"layout": "entra-role-assignments", "path": "entra-role-assignments.csv"}]
    files = open_connector("m365", "files", {"system": "entra", "parts": parts, "settle_seconds": 0, "folders": [str(EXPORTS)]}, EXPORTS, NOW)
    by_file, live = tables(files.pages()), tables(connector(reads=("sign_in", "roles")).pages())
    assert len(live["accounts"]) > 150 and len(live["grants"]) > 1
    for name in by_file:
        assert plain(live[name], name) == plain(by_file[name], name), name
