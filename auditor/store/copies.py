"""Whole copies of the database: made through SQLite's backup, compared after they are made, put back in one step."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.model.errors import StoreError
from auditor.store import chain
from auditor.store.faults import sqlite_faults
from auditor.store.files import SIDE_FILES, create_private, refuse_when_open_to_others
from auditor.store.lock import scan_lock
from auditor.store.version import refuse_newer


@dataclass(frozen=True)
class Contents:
    """What a database holds, to compare two. rows: number of rows by table; checkpoint: head of its chain."""

    rows: dict[str, int]
    checkpoint: str


def contents(connection: sqlite3.Connection) -> Contents:
    """Given a connection, return what the database holds."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
    rows = {name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}
    return Contents(rows, chain.checkpoint(connection))


def make_copy(connection: sqlite3.Connection, target: Path) -> Contents:
    """Given a connection and a path where nothing is yet, write a whole copy there, private as the original, read it back and return
    what it holds. Raise StoreError if something is there, or if the copy differs from what was copied."""
    if target.exists():
        raise StoreError("backup_exists", file=target.name)
    half = target.with_name(f".{target.name}.{os.getpid()}")
    with sqlite_faults(target):
        try:
            create_private(half)
            connection.execute("BEGIN")  # one view of the original for the copy and the count
            try:
                expected = contents(connection)
                copy = sqlite3.connect(half, isolation_level=None)
                try:
                    connection.backup(copy)
                    copy.execute("PRAGMA journal_mode = DELETE").fetchall()
                finally:
                    copy.close()
            finally:
                connection.execute("ROLLBACK")
            if checked(half) != expected:
                raise StoreError("backup_differs", file=target.name)
            half.replace(target)
        finally:
            for suffix in (*SIDE_FILES, "-journal"):
                half.with_name(half.name + suffix).unlink(missing_ok=True)
        refuse_when_open_to_others(target)
    return expected


def checked(path: Path) -> Contents:
    """Given the path of a copy, return what it holds, after SQLite looked through all of it. Raise StoreError if it is damaged, no
    database of ours, or made by a newer version."""
    if not path.is_file():
        raise StoreError("backup_missing", file=path.name)
    with sqlite_faults(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            if not refuse_newer(connection, path):
                raise StoreError("store_damaged", file=path.name, detail="user_version 0")
            found = [text for (text,) in connection.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                raise StoreError("store_damaged", file=path.name, detail=found[0])
            return contents(connection)
        finally:
            connection.close()


def put_back(backup: Path, database: Path, now: datetime) -> tuple[Contents, Path | None]:
    """Given a copy and the database's path, put the copy in its place. Return what it holds and where the replaced database lies.

    The copy is checked first, and the old database is kept beside it: a wrong restore can be undone. Raise ScanRunning while a scan runs,
    StoreError if the copy cannot be used.
    """
    held = checked(backup)
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with scan_lock(database), sqlite_faults(database):
        fresh = database.with_name(f".{database.name}.{os.getpid()}")
        create_private(fresh)
        source, copy = sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True), sqlite3.connect(fresh, isolation_level=None)
        try:
            source.backup(copy)
        finally:
            source.close()
            copy.close()
        aside = _set_aside(database, now) if database.exists() else None
        fresh.replace(database)
    return held, aside


def _set_aside(database: Path, now: datetime) -> Path:
    aside = database.with_name(f"{database.name}.before-restore-{now:%Y%m%dT%H%M%S}")
    try:
        # what lies in the WAL belongs to it
        connection = sqlite3.connect(database, isolation_level=None)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.close()
    except sqlite3.DatabaseError:
        pass  # a damaged database is why one restores; it is kept as it is
    database.replace(aside)
    for suffix in SIDE_FILES[1:]:
        side = database.with_name(database.name + suffix)
        if side.exists():
            side.replace(aside.with_name(aside.name + suffix))
    return aside
