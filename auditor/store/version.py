"""The number of the schema this program knows, and the refusal of a newer one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from auditor.model.errors import StoreError

SCHEMA = 6
"""Number of migrations in auditor.store.schema, kept as user_version so that light readers can check it too."""


def refuse_newer(connection: sqlite3.Connection, path: Path) -> int:
    """Given a connection, return its schema number. Raise StoreError if a newer version of this program made it."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > SCHEMA:
        raise StoreError("store_newer", file=path.name, found=found, known=SCHEMA)
    return found
