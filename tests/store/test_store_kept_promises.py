"""Backups restore, upgrades are whole or absent, deleted is gone everywhere (promises P14, P16, P17)."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from auditor.model.errors import StoreError
from auditor.store import Store
from auditor.store.copies import checked, put_back
from auditor.store.open_rows import load_open, open_names
from auditor.store.version import SCHEMA
from tests.proofs import write_promise
from tests.store.nights import Board
from tests.store.test_store_purge import night, text_of

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
COLUMNS_OF_FIVE = ("never_used", "owner_leaves_on", "synced_from")
STEPS = ("0001_history_findings_chain", "0002_finding_decisions", "0003_reviews", "0004_outbox", "0005_columns_of_accounts",
         "0006_open_rows_in_parts")


def older(path: Path, version: int) -> None:
    """Take a database of today back to an earlier version of the schema, as that version made it."""
    connection = sqlite3.connect(path, isolation_level=None)
    if version < 6:
        _sort_open_rows(connection)
    if version < 5:
        for column in COLUMNS_OF_FIVE:
            connection.execute(f"ALTER TABLE accounts DROP COLUMN {column}")
    if version < 4:
        for table in ("outbox", "notices", "mail_settings"):
            connection.execute(f"DROP TABLE {table}")
    if version < 3:
        connection.execute("DROP TABLE review_log")
        connection.execute("DROP TABLE reviews")
    if version < 2:
        connection.execute("DROP TABLE finding_decisions")
    for name in STEPS[version:]:
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (name,))
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


def _sort_open_rows(connection: sqlite3.Connection) -> None:
    """Keep the open rows as schemas up to 5 did: a table's whole, in the order of their hashes."""
    held = {name: load_open(connection, name) for name in open_names(connection)}
    connection.execute("DROP TABLE open_parts")
    connection.execute("DROP TABLE open_rows")
    connection.execute(
        "CREATE TABLE open_rows (name TEXT PRIMARY KEY, next_id INTEGER NOT NULL, slices TEXT NOT NULL, hashes BLOB NOT NULL,"
        " ids BLOB NOT NULL, slice_codes BLOB NOT NULL)")
    for name, rows in held.items():
        order = np.argsort(rows.hashes)
        connection.execute("INSERT INTO open_rows VALUES (?, ?, ?, ?, ?, ?)", (
            name, rows.next_id, json.dumps(rows.slices), rows.hashes[order].tobytes(), rows.ids[order].tobytes(),
            zlib.compress(rows.codes[order].tobytes(), 1)))


def shape(path: Path) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Version, tables and the columns of accounts, as they lie on disk."""
    connection = sqlite3.connect(path, isolation_level=None)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    names = tuple(sorted(name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")))
    columns = tuple(sorted(row[1] for row in connection.execute("PRAGMA table_info(accounts)")))
    connection.close()
    return version, names, columns


def filled(path: Path, count: int = 40) -> Path:
    """A database with two nights."""
    with Store(path) as store:
        board = Board(store, path)
        night(board, range(count))
        night(board, range(count - 5))
    return path


@pytest.mark.parametrize("version", range(1, SCHEMA))
def test_every_earlier_schema_is_brought_up_to_date_whole(tmp_path: Path, version: int) -> None:
    path = filled(tmp_path / "auditor.db")
    today = shape(path)
    with Store(path) as store:
        before = store.spans("accounts", {"account": "a7"})
    older(path, version)
    assert shape(path) != today
    with Store(path) as store:
        assert (len(store.scans()), len(store.findings(resolved="all"))) == (2, 40)
        assert store.check() == []
        assert store.verify() == []
        night(Board(store, path, store.scans()[-1].as_of + timedelta(days=1)), range(35))
        assert {row["change"] for row in store.findings()} == {"persisting"}
        assert store.spans("accounts", {"account": "a7"}) == before, "a row that is as it was is no other row"
    assert shape(path) == today


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = filled(tmp_path / "auditor.db")
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        Store(path)
    assert caught.value.reason.code == "store_newer"
    assert path.read_bytes() == before


UPGRADE = """
import os, signal, sqlite3, sys
import sqlite_utils
from auditor.store import Store

at, count, made = int(sys.argv[2]), 0, sqlite3.connect

def step():
    global count
    count += 1
    if count == at:
        os.kill(os.getpid(), signal.SIGKILL)

def connect(*words, **more):
    connection = made(*words, **more)
    connection.set_progress_handler(step, 1)
    return connection

sqlite3.connect = connect
print("ready", flush=True)
Store(sys.argv[1]).close()
print(count, flush=True)
"""
"""Opens a database, and kills itself at the given instruction of SQLite (0: never); prints how many there were."""


def upgrade(path: Path, at: int, seconds: float | None = None) -> tuple[str, float]:
    """Open a database in a process of its own that kills itself at an instruction, or is killed after so many seconds; return what it said
    and how long it took."""
    run = subprocess.Popen(
        [sys.executable, "-c", UPGRADE, str(path), str(at)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert run.stdout is not None and run.stdout.readline() == "ready\n"
    began = time.monotonic()
    if seconds is not None:
        time.sleep(seconds)
        run.kill()
    return run.communicate()[0], time.monotonic() - began


def migrations_killed(tmp_path: Path, times: int) -> dict[str, int]:
    """Kill the opening of an older database, by turns at instructions spread evenly over the upgrade and at random moments of it (for in one
    instruction, the commit, most is written), and say how often it was found old and how often new."""
    whole = filled(tmp_path / "whole.db")
    new, dice, seen = shape(whole), random.Random(17), {"old": 0, "new": 0}
    lengths, spans = {}, {}
    for version in range(1, SCHEMA):
        shutil.copy(whole, tmp_path / "measured.db")
        older(tmp_path / "measured.db", version)
        said, spans[version] = upgrade(tmp_path / "measured.db", 0)
        lengths[version] = int(said)
    for turn in range(times):
        path, version = tmp_path / f"{turn}.db", 1 + turn % (SCHEMA - 1)
        shutil.copy(whole, path)
        older(path, version)
        old = shape(path)
        if turn // (SCHEMA - 1) % 2:
            upgrade(path, 0, dice.uniform(0, spans[version]))
        else:
            said, _ = upgrade(path, 1 + lengths[version] * turn // times)
            assert not said, "it was killed on its way"
        now = shape(path)
        assert now in (old, new), "between two versions"
        seen["new" if now == new else "old"] += 1
        with Store(path) as store:
            assert len(store.scans()) == 2
        assert shape(path) == new
    return seen


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_killed_upgrade_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    migrations_killed(tmp_path, 4)


@pytest.mark.proof
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_fifty_killed_upgrades_of_every_version_leave_the_old_or_the_new(tmp_path: Path) -> None:
    seen = migrations_killed(tmp_path, 50 * (SCHEMA - 1))
    write_promise("P17", "killed mid-migration 50 times from every schema: old or new, never between; a newer one refused",
                  f"{50 * (SCHEMA - 1)} kills from {SCHEMA - 1} versions, half spread over SQLite's instructions, half over time: "
                  f"{seen['old']} old, {seen['new']} new, 0 between; newer refused")
    assert seen["old"] and seen["new"]


def test_a_copy_made_while_another_writes_restores_equal(tmp_path: Path) -> None:
    path = filled(tmp_path / "auditor.db")
    with Store(path) as store, Store(path) as other:
        made = store.backup(tmp_path / "copy.db")
        other.release("esis", "klopt", "ict", NOW)
        assert store.checkpoint() != made.checkpoint
    assert checked(tmp_path / "copy.db") == made
    held, aside = put_back(tmp_path / "copy.db", path, NOW)
    assert held == made and aside is not None
    with Store(path) as store:
        assert (store.checkpoint(), store.verify(made.checkpoint), store.check()) == (made.checkpoint, [], [])


@pytest.mark.proof
def test_a_hundred_backups_of_a_growing_database_restore_equal(tmp_path: Path) -> None:
    dice, equal = random.Random(14), 0
    with Store(tmp_path / "auditor.db") as store:
        board = Board(store, tmp_path / "auditor.db")
        for turn in range(100):
            night(board, range(dice.randint(20, 60)))
            made = store.backup(tmp_path / f"{turn}.copy")
            put_back(tmp_path / f"{turn}.copy", tmp_path / f"{turn}.db", NOW)
            with Store(tmp_path / f"{turn}.db") as back:
                equal += back.verify(made.checkpoint) == [] and back.check() == [] and len(back.scans()) == turn + 1
    write_promise("P14", "a backup restores: counts, chain head, integrity; compared each night", f"{equal} of 100 restored equal and verified")
    assert equal == 100


@pytest.mark.proof
def test_of_four_thousand_purged_people_no_file_holds_a_byte(tmp_path: Path) -> None:
    from auditor.app.care import keep_terms
    from auditor.config.load import load

    demo = Path(__file__).parents[2] / "auditor" / "demo" / "board"
    shutil.copytree(demo, tmp_path / "board")
    workspace = load(tmp_path / "board" / "auditor.toml")
    database = workspace.path(workspace.config.folders.database)
    reports, backups = (workspace.path(folder) for folder in (workspace.config.folders.reports, workspace.config.folders.backups))
    for folder in (database.parent, reports, backups):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Store(database) as store:
        board = Board(store, database)
        night(board, range(5_000))
        day, short = board.day, workspace.config.board.short
        store.backup(backups / f"{short}-{day:%Y%m%d}T043000.auditor-backup.db")
        (reports / f"auditor-{short}-{day.isoformat()}.html").write_bytes(text_of(board)[:1_000_000] + b"wegmens02000")
        night(board, range(1_000))
        board.day += timedelta(days=800)
        night(board, range(1_000))
        keep_terms(workspace, store, board.day)
        left = b"".join(file.read_bytes() for file in sorted((tmp_path / "board").rglob("*")) if file.is_file())
        hits = sum(f"wegmens{n:05d}".encode() in left or f"Vergeetbaar Mens {n:05d}".encode() in left for n in range(1_000, 5_000))
        assert store.verify() == [] and b"wegmens00500" in left
    write_promise("P16", "4,000 purged people: 0 hits in database, WAL, reports and backups past their term", f"{hits} hits")
    assert hits == 0
