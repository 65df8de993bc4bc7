"""Use dates, apart from history: overwritten every night, so that a login changes nothing and six months later nothing is left."""

from __future__ import annotations

import sqlite3
import zlib
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.store.encoding import ABSENT, Ints, encode_days
from auditor.store.history import SavedTable
from auditor.store.layouts import Layout

_NEVER = np.iinfo(np.int32).min


def save_seen(connection: sqlite3.Connection, layout: Layout, frame: pd.DataFrame, scan: int, saved: SavedTable) -> None:
    """Given tonight's frame, write its use dates by row of history; rows that were not observed tonight keep what was last known."""
    columns = [encode_days(frame[name]) for name in layout.unversioned]
    days = np.stack([np.where(column == ABSENT, _NEVER, column).astype(np.int32) for column in columns], axis=1)
    old_ids, old_days = _load(connection, layout)
    by_id = np.full((saved.open_rows.next_id, len(columns)), _NEVER, dtype=np.int32)
    by_id[old_ids] = old_days
    by_id[saved.ids] = days
    open_days = by_id[saved.open_rows.ids]
    is_worth = (open_days != _NEVER).any(axis=1)
    connection.execute("DELETE FROM seen WHERE name = ?", (layout.name,))
    connection.execute(
        "INSERT INTO seen (name, scan, ids, days) VALUES (?, ?, ?, ?)",
        (layout.name, scan, zlib.compress(np.diff(saved.open_rows.ids[is_worth], prepend=np.uint32(0)).astype("<u4", copy=False).tobytes(), 1),
         zlib.compress(np.ascontiguousarray(open_days[is_worth].T).astype("<i4", copy=False).tobytes(), 1)),
    )


def seen_days(connection: sqlite3.Connection, layout: Layout, ids: Ints) -> dict[str, pd.Series[Any]]:
    """Given ids of rows of history, return their last known use dates by column, absent where none is known."""
    known, days = _load(connection, layout)
    at = np.minimum(np.searchsorted(known, ids), max(len(known) - 1, 0))
    is_known = known[at] == ids if len(known) else np.zeros(len(ids), dtype=np.bool_)
    found = {}
    for place, name in enumerate(layout.unversioned):
        column = np.full(len(ids), ABSENT, dtype=np.int64)
        column[is_known] = days[at[is_known], place]
        column[column == _NEVER] = ABSENT
        found[name] = pd.Series(column.view("datetime64[D]").astype("datetime64[s]"))
    return found


def drop_seen(connection: sqlite3.Connection, before: date) -> int:
    """Given a day, let go of the use dates from before it. Return how many there were."""
    limit = (before - date(1970, 1, 1)).days
    dropped = 0
    for name, ids, packed in connection.execute("SELECT name, ids, days FROM seen").fetchall():
        days = np.frombuffer(zlib.decompress(packed), dtype="<i4").copy()
        is_old = (days != _NEVER) & (days < limit)
        if is_old.any():
            dropped += int(is_old.sum())
            days[is_old] = _NEVER
            connection.execute("DELETE FROM seen WHERE name = ?", (name,))
            connection.execute("INSERT INTO seen (name, scan, ids, days) SELECT ?, max(number), ?, ? FROM scans", (
                name, ids, zlib.compress(days.tobytes(), 1)))
    return dropped


def _load(connection: sqlite3.Connection, layout: Layout) -> tuple[Ints, npt.NDArray[Any]]:
    found = connection.execute("SELECT ids, days FROM seen WHERE name = ?", (layout.name,)).fetchone()
    width = len(layout.unversioned)
    if found is None:
        return np.empty(0, dtype=np.int64), np.empty((0, width), dtype=np.int32)
    ids = np.cumsum(np.frombuffer(zlib.decompress(found[0]), dtype="<u4").astype(np.int64))
    return ids, np.frombuffer(zlib.decompress(found[1]), dtype="<i4").reshape(width, -1).T
