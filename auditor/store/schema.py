"""The database's schema, as named migrations: each is applied whole or not at all, and an unknown one is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from auditor.store.layouts import LAYOUTS, SQL_TYPES
from auditor.store.version import SCHEMA, refuse_newer


def _migrations() -> Any:
    from sqlite_utils import Migrations

    migrations = Migrations("auditor")

    @migrations(name="0001_history_findings_chain")
    def _(db: Any) -> None:
        for layout in LAYOUTS.values():
            columns = "".join(f', "{column.name}" {SQL_TYPES[column.encoding]}' for column in layout.columns)
            db.execute(
                f'CREATE TABLE "{layout.name}" (version_id INTEGER PRIMARY KEY, valid_from_scan INTEGER NOT NULL,'
                f" valid_until_scan INTEGER, source INTEGER{columns})"
            )
        for statement in _BESIDE_HISTORY:
            db.execute(statement)
        db.execute("PRAGMA user_version = 1")

    @migrations(name="0002_finding_decisions")
    def _(db: Any) -> None:
        db.execute(
            "CREATE TABLE finding_decisions (id INTEGER PRIMARY KEY, key TEXT NOT NULL, step TEXT NOT NULL, reason TEXT NOT NULL,"
            " decided_by TEXT NOT NULL, decided_at TEXT NOT NULL, until TEXT, owner TEXT, score INTEGER NOT NULL, taken_by_scan INTEGER)")
        db.execute("CREATE INDEX finding_decisions_key ON finding_decisions (key)")
        db.execute("PRAGMA user_version = 2")

    @migrations(name="0003_reviews")
    def _(db: Any) -> None:
        # The register came with this step; a database made since has its table from the first.
        columns = "".join(f', "{column.name}" {SQL_TYPES[column.encoding]}' for column in LAYOUTS["reviews"].columns)
        db.execute(
            "CREATE TABLE IF NOT EXISTS reviews (version_id INTEGER PRIMARY KEY, valid_from_scan INTEGER NOT NULL,"
            f" valid_until_scan INTEGER, source INTEGER{columns})")
        db.execute(
            "CREATE TABLE review_log (id INTEGER PRIMARY KEY, system TEXT NOT NULL, folder TEXT NOT NULL, school TEXT NOT NULL,"
            " reviewed_on TEXT NOT NULL, reviewed_by TEXT NOT NULL, seen TEXT NOT NULL, written_by TEXT NOT NULL, written_at TEXT NOT NULL)")
        db.execute("PRAGMA user_version = 3")

    @migrations(name="0004_outbox")
    def _(db: Any) -> None:
        for statement in _OUTBOX:
            db.execute(statement)
        db.execute("PRAGMA user_version = 4")

    @migrations(name="0005_columns_of_accounts")
    def _(db: Any) -> None:
        # These columns came with the live sources; a database made since has them from the first.
        known = {row[1] for row in db.execute('PRAGMA table_info("accounts")')}
        for column in LAYOUTS["accounts"].columns:
            if column.name not in known:
                db.execute(f'ALTER TABLE "accounts" ADD COLUMN "{column.name}" {SQL_TYPES[column.encoding]}')
        db.execute("PRAGMA user_version = 5")

    @migrations(name="0006_open_rows_in_parts")
    def _(db: Any) -> None:
        from auditor.store.open_rows import load_sorted, save_open

        found = load_sorted(db.conn)
        db.execute("DROP TABLE open_rows")
        db.execute("CREATE TABLE open_rows (name TEXT PRIMARY KEY, next_id INTEGER NOT NULL, slices TEXT NOT NULL, is_open BLOB NOT NULL)")
        db.execute(
            "CREATE TABLE open_parts (name TEXT NOT NULL, first_id INTEGER NOT NULL, ids BLOB NOT NULL, hashes BLOB NOT NULL,"
            " slice_codes BLOB NOT NULL, PRIMARY KEY (name, first_id))")
        for name, rows in found.items():
            save_open(db.conn, name, rows)
        db.execute("PRAGMA user_version = 6")

    return migrations


_BESIDE_HISTORY = (
    "CREATE TABLE scans (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, as_of TEXT NOT NULL, started_at TEXT NOT NULL,"
    " seconds REAL NOT NULL, version TEXT NOT NULL, board TEXT NOT NULL, counts TEXT NOT NULL, not_assessed TEXT NOT NULL,"
    " UNIQUE (as_of, kind))",
    "CREATE TABLE coverage (scan INTEGER NOT NULL, place INTEGER NOT NULL, source TEXT NOT NULL, role TEXT NOT NULL, system TEXT,"
    " state TEXT NOT NULL, as_of TEXT, rows INTEGER NOT NULL, details BLOB NOT NULL, PRIMARY KEY (scan, source)) WITHOUT ROWID",
    "CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, since_scan INTEGER NOT NULL)",
    "CREATE TABLE open_rows (name TEXT PRIMARY KEY, next_id INTEGER NOT NULL, slices TEXT NOT NULL, hashes BLOB NOT NULL,"
    " ids BLOB NOT NULL, slice_codes BLOB NOT NULL)",
    "CREATE TABLE unobserved (scan INTEGER NOT NULL, name TEXT NOT NULL, ids BLOB NOT NULL, PRIMARY KEY (scan, name)) WITHOUT ROWID",
    "CREATE TABLE seen (name TEXT PRIMARY KEY, scan INTEGER NOT NULL, ids BLOB NOT NULL, days BLOB NOT NULL)",
    "CREATE TABLE kept_frames (name TEXT PRIMARY KEY, body BLOB NOT NULL)",
    "CREATE TABLE events (id INTEGER PRIMARY KEY, scan INTEGER NOT NULL, key TEXT NOT NULL, change TEXT NOT NULL, rule TEXT NOT NULL,"
    " previous_rule TEXT, score INTEGER NOT NULL, reason TEXT)",
    "CREATE INDEX events_key ON events (key)",
    "CREATE INDEX events_scan ON events (scan)",
    "CREATE TABLE evidence (id INTEGER PRIMARY KEY, scan INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE INDEX evidence_key ON evidence (key)",
    "CREATE TABLE reads (id INTEGER PRIMARY KEY, source TEXT NOT NULL, scan INTEGER NOT NULL, as_of TEXT, rows INTEGER NOT NULL,"
    " size INTEGER NOT NULL, back BLOB)",
    "CREATE TABLE read_heads (source TEXT PRIMARY KEY, reads INTEGER NOT NULL, school_names TEXT NOT NULL, ids BLOB NOT NULL,"
    " schools BLOB NOT NULL)",
    "CREATE TABLE file_memory (source TEXT PRIMARY KEY, sha256 TEXT NOT NULL, repeats INTEGER NOT NULL, last_as_of TEXT)",
    "CREATE TABLE link_decisions (id INTEGER PRIMARY KEY, system TEXT NOT NULL, account TEXT NOT NULL, person TEXT,"
    " reason TEXT NOT NULL, decided_by TEXT NOT NULL, decided_on TEXT NOT NULL)",
    "CREATE TABLE releases (id INTEGER PRIMARY KEY, source TEXT NOT NULL, reason TEXT NOT NULL, released_by TEXT NOT NULL,"
    " released_at TEXT NOT NULL, used_by_scan INTEGER)",
    "CREATE TABLE chain (n INTEGER PRIMARY KEY, what TEXT NOT NULL, payload TEXT NOT NULL, head TEXT NOT NULL)",
)

_OUTBOX = (
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, school TEXT, recipients TEXT NOT NULL,"
    " subject TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL, thread TEXT, facts TEXT NOT NULL, scan INTEGER NOT NULL,"
    " state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at TEXT, changed_at TEXT NOT NULL, reason TEXT)",
    "CREATE INDEX outbox_state ON outbox (state)",
    "CREATE TABLE notices (key TEXT PRIMARY KEY, rung TEXT NOT NULL, counted INTEGER NOT NULL, first_on TEXT NOT NULL, last_on TEXT NOT NULL,"
    " school TEXT) WITHOUT ROWID",
    "CREATE TABLE mail_settings (id INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL, set_by TEXT NOT NULL, set_at TEXT NOT NULL)",
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Given a connection without a transaction, bring its schema up to date: all pending migrations, or none. Raise StoreError if
    the schema is newer than this program knows."""
    if refuse_newer(connection, path) == SCHEMA:
        return
    from sqlite_utils import Database

    connection.execute("BEGIN IMMEDIATE")
    try:
        if refuse_newer(connection, path) < SCHEMA:
            _migrations().apply(Database(connection))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
