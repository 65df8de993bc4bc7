"""The scans themselves: one row each, numbered without gaps, complete because committed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from auditor.model.errors import Reason, StoreError
from auditor.model.finding import NotAssessed
from auditor.store.chain import canonical
from auditor.store.instants import instant
from auditor.store.record import ScanRecord

_COLUMNS = "number, kind, as_of, started_at, seconds, version, board, counts, not_assessed"


@dataclass(frozen=True)
class StoredScan:
    """One stored scan. kind: nightly or manual-n (n counts within its date); counts: by Change name, and `open`, `waived`,
    `not_assessed` (findings so flagged)."""

    number: int
    kind: str
    as_of: date
    started_at: datetime
    seconds: float
    version: str
    board: str
    counts: Mapping[str, int]
    not_assessed: tuple[NotAssessed, ...]


def load_scans(connection: sqlite3.Connection) -> list[StoredScan]:
    """Return all scans, oldest first."""
    return [_scan(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM scans ORDER BY number")]


def load_last_scan(connection: sqlite3.Connection, until: date | None = None) -> StoredScan | None:
    """Return the last scan (of those that judged a day not later than `until`), None if there is none."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM scans WHERE as_of <= ? ORDER BY number DESC LIMIT 1", ((until or date.max).isoformat(),)).fetchone()
    return _scan(row) if row else None


def load_days(connection: sqlite3.Connection) -> dict[int, date]:
    """Return the day judged by each scan, by number."""
    return {number: date.fromisoformat(day) for number, day in connection.execute("SELECT number, as_of FROM scans ORDER BY number")}


def save_scan(connection: sqlite3.Connection, record: ScanRecord, counts: Mapping[str, int]) -> int:
    """Write the row of a scan. Return its number. Raise StoreError if another scan was stored since this one read the past, if this one
    judges an earlier day than the last, or if this date has its nightly scan."""
    last = load_last_scan(connection)
    if (last.number if last else None) != record.past.scan:
        raise StoreError("store_moved_on", last=last.number if last else 0, compared=record.past.scan or 0)
    if last and record.as_of < last.as_of:
        raise StoreError("scan_before_last", as_of=record.as_of.isoformat(), last=last.as_of.isoformat())
    number = last.number + 1 if last else 1
    day = record.as_of.isoformat()
    kind = "nightly" if record.kind == "nightly" else f"manual-{_manual_scans(connection, day) + 1}"
    try:
        connection.execute(
            f"INSERT INTO scans ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, kind, day, instant(record.started_at), round(record.seconds, 3), record.version, record.board, canonical(dict(counts)),
             canonical([_plain(item) for item in record.assessment.not_assessed])))
    except sqlite3.IntegrityError as error:
        raise StoreError("night_taken", as_of=day) from error
    return number


def scan_digest(connection: sqlite3.Connection, number: int) -> str:
    """Given a scan's number, return the digest of its row."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM scans WHERE number = ?", (number,)).fetchone()
    return hashlib.sha256(canonical(row).encode()).hexdigest()


def _manual_scans(connection: sqlite3.Connection, day: str) -> int:
    return int(connection.execute("SELECT count(*) FROM scans WHERE as_of = ? AND kind LIKE 'manual-%'", (day,)).fetchone()[0])


def _scan(row: tuple[Any, ...]) -> StoredScan:
    number, kind, day, started_at, seconds, version, board, counts, not_assessed = row
    return StoredScan(
        number, kind, date.fromisoformat(day), datetime.fromisoformat(started_at), seconds, version, board, json.loads(counts),
        tuple(_not_assessed(item) for item in json.loads(not_assessed)))


def _plain(item: NotAssessed) -> dict[str, object]:
    return {
        "rule": item.rule, "code": item.reason.code, "facts": dict(item.reason.facts), "system": item.system, "source": item.source,
        "schools": sorted(item.schools), "count": item.count,
    }


def _not_assessed(held: Mapping[str, Any]) -> NotAssessed:
    reason = Reason(held["code"], held["facts"])
    return NotAssessed(held["rule"], reason, held["system"], held["source"], frozenset(held["schools"]), held["count"])
