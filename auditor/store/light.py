"""What `auditor status` asks, with nothing heavy loaded: the last scan, its counts, and how its sources stood."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from auditor.store.faults import sqlite_faults
from auditor.store.files import refuse_emptied, refuse_when_open_to_others
from auditor.store.instants import instant
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
    """The last stored scan; counts as in StoredScan. complete_at: when the last scan began that could read one source at least, None if
    there was none; scans: how many are stored; mails: in the outbox by state."""

    number: int
    kind: str
    as_of: date
    started_at: datetime
    seconds: float
    version: str
    board: str
    counts: Mapping[str, int]
    sources: tuple[SourceLine, ...]
    complete_at: datetime | None
    scans: int
    mails: Mapping[str, int]


def last_status(path: str | Path) -> Status | None:
    """Given the database's path, return how the last scan left things, None if there is no database or no scan yet. Raise StoreError if
    the database cannot be read."""
    file = Path(path)
    if not file.exists():
        return None
    refuse_when_open_to_others(file)
    refuse_emptied(file)
    with sqlite_faults(file), _opened(file) as connection:
        return _last(connection, file)


def _opened(file: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5))


def last_day(path: str | Path) -> date | None:
    """Given the database's path, return the day that the last stored scan judged, None if there is none. Raise StoreError as `last_status`
    does."""
    file = Path(path)
    if not file.exists():
        return None
    refuse_when_open_to_others(file)
    refuse_emptied(file)
    with sqlite_faults(file), _opened(file) as connection:
        row = connection.execute("SELECT as_of FROM scans ORDER BY number DESC LIMIT 1").fetchone() if refuse_newer(connection, file) else None
    return date.fromisoformat(row[0]) if row else None


def mail_is_due(path: str | Path, now: datetime) -> bool:
    """Given the database's path and this instant, return whether a mail may be handed over. Raise StoreError as `last_status` does."""
    file = Path(path)
    if not file.exists():
        return False
    with sqlite_faults(file), _opened(file) as connection:
        due = "SELECT 1 FROM outbox WHERE state IN ('sending', 'queued') AND coalesce(next_at, '') <= ? LIMIT 1"
        return _has_outbox(connection) and connection.execute(due, (instant(now),)).fetchone() is not None


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
    complete, scans = connection.execute(
        "SELECT (SELECT started_at FROM scans WHERE EXISTS (SELECT 1 FROM coverage WHERE coverage.scan = number AND role <> 'register'"
        " AND state = 'ok') ORDER BY number DESC LIMIT 1), (SELECT count(*) FROM scans)").fetchone()
    mails = dict(connection.execute("SELECT state, count(*) FROM outbox GROUP BY state")) if _has_outbox(connection) else {}
    return Status(
        number, kind, date.fromisoformat(day), datetime.fromisoformat(started_at), seconds, version, board, json.loads(counts),
        tuple(_line(*line) for line in found), datetime.fromisoformat(complete) if complete else None, scans, mails)


def _has_outbox(connection: sqlite3.Connection) -> bool:
    """A database of an older version has none until its next scan."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'outbox'").fetchone() is not None


def _line(source: str, role: str, system: str | None, state: str, day: str | None, rows: int, details: bytes) -> SourceLine:
    held = json.loads(zlib.decompress(details))
    return SourceLine(
        source, role, system, state, date.fromisoformat(day) if day else None, rows,
        tuple((reason["code"], reason["facts"]) for reason in held["reasons"]),
        tuple(sorted(school for school, standing in held["schools"].items() if standing != "ok")),
    )
