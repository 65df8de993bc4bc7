"""A database of before the live sources goes on: its accounts get the columns they lack."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

from auditor.app.commands.demo import at_night
from auditor.app.nightly import run_scan
from auditor.app.workspaces import load_workspace
from auditor.store import Store
from tests.store.test_store_kept_promises import older

ADDED = ("never_used", "owner_leaves_on", "synced_from")


def test_the_columns_that_came_later_are_added_and_the_next_night_goes_on(workspace: Path) -> None:
    database = workspace / "var" / "auditor.db"
    older(database, 4)
    outcome = run_scan(load_workspace(workspace / "auditor.toml"), date(2026, 11, 25), now=at_night(date(2026, 11, 25)), kind="nightly")
    assert outcome.counts["persisting"] > 0 and outcome.counts["new"] < outcome.counts["persisting"]
    with Store(database) as store:
        assert store.last_scan() is not None
    with sqlite3.connect(database) as connection:
        assert set(ADDED) <= {row[1] for row in connection.execute("PRAGMA table_info(accounts)")}
    connection.close()
