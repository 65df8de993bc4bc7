"""The open rows of one table as three arrays, kept as one record: tonight's rows are compared with it without reading the table."""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from auditor.store.encoding import Ints
from auditor.store.hashing import Hashes, apart

_FIRST_BITS = 20
_OTHER_BITS = np.uint64(64 - _FIRST_BITS)
Slice = tuple[str, str | None]
"""Name of a source, and the school of the row, None when it has none."""


@dataclass(frozen=True)
class OpenRows:
    """hashes: sorted; ids: of the same rows; codes: position of each row's slice in `slices`; next_id: for the next new row."""

    hashes: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    ids: npt.NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, dtype=np.uint32))
    codes: npt.NDArray[np.uint16] = field(default_factory=lambda: np.empty(0, dtype=np.uint16))
    slices: tuple[Slice, ...] = ()
    next_id: int = 1


@dataclass(frozen=True)
class Difference:
    """new: positions in tonight's table of rows that are not open; gone: positions in the open rows of those not in tonight's table."""

    hashes: Hashes
    new: Ints
    gone: Ints


def load_open(connection: sqlite3.Connection, name: str) -> OpenRows:
    """Given the name of a table, return its open rows (none before the first scan)."""
    found = connection.execute("SELECT next_id, slices, hashes, ids, slice_codes FROM open_rows WHERE name = ?", (name,)).fetchone()
    if found is None:
        return OpenRows()
    next_id, slices, hashes, ids, codes = found
    return OpenRows(
        np.frombuffer(hashes, dtype="<u8"), np.frombuffer(ids, dtype="<u4"), np.frombuffer(zlib.decompress(codes), dtype="<u2"),
        tuple((source, school) for source, school in json.loads(slices)), next_id,
    )


def open_names(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the names of the tables that ever held a row."""
    return frozenset(name for (name,) in connection.execute("SELECT name FROM open_rows"))


def save_open(connection: sqlite3.Connection, name: str, rows: OpenRows) -> None:
    """Write the open rows of a table in place of the earlier ones."""
    # first out, then in: the pages that come free hold the new record, and the file does not grow by its size
    connection.execute("DELETE FROM open_rows WHERE name = ?", (name,))
    connection.execute(
        "INSERT INTO open_rows (name, next_id, slices, hashes, ids, slice_codes) VALUES (?, ?, ?, ?, ?, ?)",
        (name, rows.next_id, json.dumps(rows.slices, ensure_ascii=False), rows.hashes.astype("<u8", copy=False).tobytes(),
         rows.ids.astype("<u4", copy=False).tobytes(), zlib.compress(rows.codes.astype("<u2", copy=False).tobytes(), 1)),
    )


def difference(rows: OpenRows, tonight: Hashes) -> Difference:
    """Given the open rows and the hashes of tonight's table, return what is new and what is gone."""
    ordered = np.sort(tonight)
    if (ordered[1:] == ordered[:-1]).any():
        tonight = apart(tonight, ordered)
        ordered = np.sort(tonight)
    if np.array_equal(ordered, rows.hashes):
        return Difference(tonight, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    # both are sorted and hold a hash once: what stands alone once they are sorted together is on one side only
    both = np.sort(np.concatenate([ordered, rows.hashes]))
    differs = np.r_[True, both[1:] != both[:-1], True]
    alone = both[differs[1:] & differs[:-1]]
    gone = _found(rows.hashes, alone)
    return Difference(tonight, _among(tonight, ordered[_found(ordered, alone)]), gone)


def _found(ordered: Hashes, some: Hashes) -> Ints:
    """Positions in the ordered hashes of those of `some` that are there."""
    if not len(ordered):
        return np.empty(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(ordered, some), len(ordered) - 1)
    found: Ints = at[ordered[at] == some].astype(np.int64)
    return found


def _among(hashes: Hashes, fresh: Hashes) -> Ints:
    """Positions of the hashes that are among the (ordered, fewer) fresh ones. Their first bits rule out most without a search."""
    if len(fresh) == len(hashes):
        return np.arange(len(hashes), dtype=np.int64)
    is_possible = np.zeros(1 << _FIRST_BITS, dtype=np.bool_)
    is_possible[fresh >> _OTHER_BITS] = True
    possible = np.flatnonzero(is_possible[hashes >> _OTHER_BITS])
    at = np.minimum(np.searchsorted(fresh, hashes[possible]), max(len(fresh) - 1, 0))
    return possible[fresh[at] == hashes[possible]].astype(np.int64) if len(fresh) else np.empty(0, dtype=np.int64)


def places_of(rows: OpenRows, tonight: Hashes) -> Ints:
    """Given the open rows and some hashes, return the position of each hash in the open rows, -1 if it is not open."""
    if not len(rows.hashes):
        return np.full(len(tonight), -1, dtype=np.int64)
    order = np.argsort(tonight)
    at = np.minimum(np.searchsorted(rows.hashes, tonight[order]), len(rows.hashes) - 1)
    found = np.empty(len(tonight), dtype=np.int64)
    found[order] = np.where(rows.hashes[at] == tonight[order], at, -1)
    return found


def advance(rows: OpenRows, closed: Ints, hashes: Hashes, codes: npt.NDArray[np.uint16], slices: tuple[Slice, ...]) -> OpenRows:
    """Given the open rows, positions that close, and the hashes and slices of new rows in the order of their ids, return the open rows
    after tonight."""
    kept = np.ones(len(rows.hashes), dtype=np.bool_)
    kept[closed] = False
    kept_hashes = rows.hashes[kept]
    order = np.argsort(hashes)
    at = np.searchsorted(kept_hashes, hashes[order])
    ids = (rows.next_id + order).astype(np.uint32)
    return OpenRows(
        np.insert(kept_hashes, at, hashes[order]), np.insert(rows.ids[kept], at, ids), np.insert(rows.codes[kept], at, codes[order]),
        slices, rows.next_id + len(hashes),
    )
