"""Opening the database: private, in WAL, durable, wiping what it deletes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.store.faults import sqlite_faults
from auditor.store.files import SIDE_FILES, create_private, refuse_emptied, refuse_when_open_to_others
from auditor.store.schema import migrate
from auditor.store.version import refuse_newer

BUSY_MILLISECONDS = 30_000


def open_database(path: Path) -> sqlite3.Connection:
    """Given a path, return a connection to the database there, made and migrated if need be. Raise StoreError if others may read it,
    if it was emptied, if it is no database of ours, or if a newer version made it."""
    with sqlite_faults(path):
        if not path.exists():
            _make(path)
        refuse_when_open_to_others(path)
        refuse_emptied(path)
        connection = _connect(path)
        try:
            refuse_when_open_to_others(path)
        except BaseException:
            connection.close()
            raise
    return connection


def _make(path: Path) -> None:
    """Put a new database at a path, whole: whoever finds an empty file there need not ask whether a scan was killed at its start."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        create_private(half)
        _connect(half).close()
        try:
            os.link(half, path)
        except FileExistsError:
            return  # another process was first
        except OSError:  # this file system gives a file one name only; whoever looks first, puts it there
            if not path.exists():
                half.replace(path)
    finally:
        for suffix in SIDE_FILES:
            half.with_name(half.name + suffix).unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MILLISECONDS / 1000)
    try:
        refuse_newer(connection, path)
        # FULL: a scan that was reported as stored survives a power cut. Wiping deleted data is off in some builds of SQLite.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "cache_size = -8192",
                       "journal_size_limit = 8388608"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the block as one transaction that has the right to write from the start: a deferred one that reads first is thrown out
    when another process writes in between, whatever the timeout."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
