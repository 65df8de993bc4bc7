"""What SQLite and the file system say, as StoreError codes that users can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.model.errors import StoreError

_CODES = {
    sqlite3.SQLITE_BUSY: "store_busy",
    sqlite3.SQLITE_LOCKED: "store_busy",
    sqlite3.SQLITE_FULL: "store_full",
    sqlite3.SQLITE_IOERR: "store_io",
    sqlite3.SQLITE_READONLY: "store_read_only",
    sqlite3.SQLITE_CANTOPEN: "store_unusable",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_NOTADB: "store_damaged",
}


@contextmanager
def sqlite_faults(path: Path) -> Iterator[None]:
    """Given the database, run the block. Raise StoreError with a code of its own if SQLite fails in it."""
    try:
        yield
    except sqlite3.Error as error:
        primary = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
        raise StoreError(_CODES.get(primary, "store_failed"), file=path.name, detail=str(error)) from error
    except OSError as error:
        raise StoreError("store_unusable", file=path.name, detail=error.strerror or str(error)) from error
