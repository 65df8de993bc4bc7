"""What `auditor status` asks, with nothing heavy loaded: the last scan, its counts, and how its sources stood."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from auditor.store.faults import sqlite_faults
from auditor.store.files import refuse_when_open_to_others
from auditor.store.version import refuse_newer


@dataclass(frozen=True)
class SourceLine:
    """How one source stood. reasons: (code, facts) for the catalogue; missing_schools: expected and not ok."""

    source: str
    role: str
    system: str | None
    state: str
    as_of: date | None
    rows: int
    reasons: tuple[tuple[str, Mapping[str, Any]], ...]
    missing_schools: tuple[str, ...]


@dataclass(frozen=True)
class Status:
    """The last stored scan; counts as in StoredScan."""

    number: int
    kind: str
    as_of: date
    started_at: datetime
    seconds: float
    version: str
    board: str
    counts: Mapping[str, int]
    sources: tuple[SourceLine, ...]


def last_status(path: str | Path) -> Status | None:
    """Given the database's path, return how the last scan left things, None if there is no database or no scan yet. Raise StoreError if
    the database cannot be read."""
    file = Path(path)
    if not file.exists():
        return None
    refuse_when_open_to_others(file)
    with sqlite_faults(file):
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5)
        try:
            return _last(connection, file)
        finally:
            connection.close()


def _last(connection: sqlite3.Connection, file: Path) -> Status | None:
    if not refuse_newer(connection, file):
        return None
    connection.execute("BEGIN")
    row = connection.execute(
        "SELECT number, kind, as_of, started_at, seconds, version, board, counts FROM scans ORDER BY number DESC LIMIT 1").fetchone()
    if row is None:
        return None
    number, kind, day, started_at, seconds, version, board, counts = row
    found = connection.execute(
        "SELECT source, role, system, state, as_of, rows, details FROM coverage WHERE scan = ? ORDER BY place", (number,))
    return Status(
        number, kind, date.fromisoformat(day), datetime.fromisoformat(started_at), seconds, version, board, json.loads(counts),
        tuple(_line(*line) for line in found))


def _line(source: str, role: str, system: str | None, state: str, day: str | None, rows: int, details: bytes) -> SourceLine:
    held = json.loads(zlib.decompress(details))
    return SourceLine(
        source, role, system, state, date.fromisoformat(day) if day else None, rows,
        tuple((reason["code"], reason["facts"]) for reason in held["reasons"]),
        tuple(sorted(school for school, standing in held["schools"].items() if standing != "ok")),
    )
