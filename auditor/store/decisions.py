"""What people decided between scans: whose an account is, and that a blocked read may count after all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import pandas as pd

from auditor.model.links import LINK_DECISIONS
from auditor.store.instants import instant
from auditor.store.sealed_rows import seal_row


def save_link_decision(connection: sqlite3.Connection, system: str, account: str, person: str | None, reason: str, by: str, on: date) -> None:
    """Write that an account is this person's, or (person None) that it has no owner to look for. The last decision counts."""
    cursor = connection.execute(
        "INSERT INTO link_decisions (system, account, person, reason, decided_by, decided_on) VALUES (?, ?, ?, ?, ?, ?)",
        (system, account, person, reason, by, on.isoformat()))
    seal_row(connection, "link", cursor.lastrowid or 0)



def load_link_decisions(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return the decisions that count (LINK_DECISIONS): the last one of each account."""
    names = LINK_DECISIONS.names
    rows = connection.execute(
        f"SELECT {', '.join(names)} FROM link_decisions WHERE id IN (SELECT max(id) FROM link_decisions GROUP BY system, account)"
        " ORDER BY id").fetchall()
    columns: dict[str, object] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    columns["person"] = pd.Series(columns["person"], dtype="str").astype("category")
    columns["decided_on"] = pd.to_datetime(pd.Series(columns["decided_on"], dtype="str")).astype("datetime64[s]")
    return LINK_DECISIONS.frame(columns)


def save_release(connection: sqlite3.Connection, source: str, reason: str, by: str, at: datetime) -> None:
    """Write that the next read of a source counts although a guard blocks it."""
    cursor = connection.execute(
        "INSERT INTO releases (source, reason, released_by, released_at) VALUES (?, ?, ?, ?)", (source, reason, by, instant(at)))
    seal_row(connection, "release", cursor.lastrowid or 0)



def save_review(connection: sqlite3.Connection, review: Mapping[str, str], by: str, at: datetime) -> None:
    """Given a periodic check (columns of the register reviews, as text), who enters it and when, write and seal it."""
    names = ("system", "folder", "school", "reviewed_on", "reviewed_by", "seen")
    cursor = connection.execute(
        f"INSERT INTO review_log ({', '.join(names)}, written_by, written_at) VALUES ({', '.join('?' * len(names))}, ?, ?)",
        (*(review.get(name, "") for name in names), by, instant(at)))
    seal_row(connection, "review", cursor.lastrowid or 0)


def load_reviews(connection: sqlite3.Connection) -> list[dict[str, str]]:
    """Return every check that was entered, oldest first."""
    names = ("system", "folder", "school", "reviewed_on", "reviewed_by", "seen", "written_by", "written_at")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(f"SELECT {', '.join(names)} FROM review_log ORDER BY id")]


def pending_releases(connection: sqlite3.Connection) -> dict[int, tuple[str, str]]:
    """Return source and reason of each release that no scan has used, by its number."""
    found = connection.execute("SELECT id, source, reason FROM releases WHERE used_by_scan IS NULL ORDER BY id")
    return {number: (source, reason) for number, source, reason in found}


def use_releases(connection: sqlite3.Connection, scan: int, numbers: Iterable[int]) -> frozenset[str]:
    """Given the releases that a scan read under, mark them as used by it. Return their sources."""
    used = []
    for number in numbers:
        connection.execute("UPDATE releases SET used_by_scan = ? WHERE id = ?", (scan, number))
        used += connection.execute("SELECT source FROM releases WHERE id = ?", (number,)).fetchall()
    return frozenset(source for (source,) in used)
