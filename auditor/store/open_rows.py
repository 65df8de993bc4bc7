"""The open rows of one table as three arrays, kept apart from history: tonight's rows are compared with it without reading the table.

They are written in parts, one a night that opened rows, and no part is written again: a night of few changes writes few hashes, however large
the table. Which of those rows are open still is one bit a row. Once there are many parts, they become one.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.store.encoding import Ints
from auditor.store.hashing import Hashes, apart

_MOST_PARTS = 16
"""More than these become one: reading many costs more than writing all once."""
_AT_ONCE = 65_536
"""Hashes looked up at a time: what is worked on then stays in the processor's cache."""
_ODD = 0x9E3779B97F4A7C15
Slice = tuple[str, str | None]
"""Name of a source, and the school of the row, None when it has none."""


@dataclass(frozen=True)
class OpenRows:
    """ids: ascending; hashes: of the same rows; codes: position of each row's slice in `slices`; next_id: for the next new row; parts: lowest
    id that each part on disk may hold, ascending, none before the first scan."""

    hashes: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    ids: npt.NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, dtype=np.uint32))
    codes: npt.NDArray[np.uint16] = field(default_factory=lambda: np.empty(0, dtype=np.uint16))
    slices: tuple[Slice, ...] = ()
    next_id: int = 1
    parts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Difference:
    """hashes: of tonight's rows, each once; places: position of each of them in the open rows, -1 when it is not open; new: positions in
    tonight's table of those; gone: positions in the open rows of those not in tonight's table."""

    hashes: Hashes
    places: npt.NDArray[np.int32]
    new: Ints
    gone: Ints

    def ids(self, rows: OpenRows) -> Ints:
        """Given the open rows from which this differs, return the id in history of each of tonight's rows."""
        found = np.append(rows.ids, np.uint32(0))[self.places].astype(np.int64)
        found[self.new] = rows.next_id + np.arange(len(self.new))
        return found


class RowsLost(LookupError):
    """The parts of a table lack a row that is open: the database was changed or damaged."""


def load_open(connection: sqlite3.Connection, name: str) -> OpenRows:
    """Given the name of a table, return its open rows (none before the first scan). Raise RowsLost if the parts lack one of them."""
    found = connection.execute("SELECT next_id, slices, is_open FROM open_rows WHERE name = ?", (name,)).fetchone()
    if found is None:
        return OpenRows()
    next_id, slices, packed = found
    is_open = _unpacked(packed, next_id)
    found = connection.execute("SELECT first_id, ids, hashes, slice_codes FROM open_parts WHERE name = ? ORDER BY first_id", (name,)).fetchall()
    columns: tuple[list[npt.NDArray[Any]], ...] = ([], [], [])
    for first, held, own_hashes, own_codes in found:
        own_ids = np.flatnonzero(_unpacked(held, next_id - first)).astype(np.uint32) + np.uint32(first)
        mask = is_open[own_ids]
        own = (own_ids, np.frombuffer(own_hashes, dtype="<u8"), np.frombuffer(zlib.decompress(own_codes), dtype="<u2"))
        for column, values in zip(columns, own, strict=True):
            column.append(values if mask.all() else values[mask])
    ids, hashes, codes = (_together(parts, dtype) for parts, dtype in zip(columns, (np.uint32, np.uint64, np.uint16), strict=True))
    if len(ids) != np.count_nonzero(is_open):
        raise RowsLost(f"open_parts: {name}")
    return OpenRows(
        hashes, ids, codes, tuple((source, school) for source, school in json.loads(slices)), next_id, tuple(first for first, *_ in found))


def load_sorted(connection: sqlite3.Connection) -> dict[str, OpenRows]:
    """Return the open rows by table as schemas up to 5 kept them: whole, in the order of their hashes."""
    held: dict[str, OpenRows] = {}
    for name, next_id, slices, hashes, ids, codes in connection.execute("SELECT name, next_id, slices, hashes, ids, slice_codes FROM open_rows"):
        all_ids = np.frombuffer(ids, dtype="<u4")
        order = np.argsort(all_ids)
        held[name] = OpenRows(
            np.frombuffer(hashes, dtype="<u8")[order], all_ids[order], np.frombuffer(zlib.decompress(codes), dtype="<u2")[order],
            tuple((source, school) for source, school in json.loads(slices)), next_id)
    return held


def open_names(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the names of the tables that ever held a row."""
    return frozenset(name for (name,) in connection.execute("SELECT name FROM open_rows"))


def save_open(connection: sqlite3.Connection, name: str, rows: OpenRows, since: int = 1) -> None:
    """Write the open rows of a table in place of the earlier ones. since: rows of lower ids stand in `rows.parts` as they are; of rows that
    are open no longer, these parts may keep the hash until all parts are written again."""
    if since == 1 or len(rows.parts) >= _MOST_PARTS:
        # first out, then in: the pages that come free hold the new record, and the file does not grow by its size
        connection.execute("DELETE FROM open_parts WHERE name = ?", (name,))
        since = 1
    else:
        ends = np.searchsorted(rows.ids, [*rows.parts, since])
        without = [(name, first) for first, count in zip(rows.parts, np.diff(ends), strict=True) if not count]
        connection.executemany("DELETE FROM open_parts WHERE name = ? AND first_id = ?", without)
    begin = int(np.searchsorted(rows.ids, since))
    if begin < len(rows.ids):
        connection.execute(
            "INSERT INTO open_parts (name, first_id, ids, hashes, slice_codes) VALUES (?, ?, ?, ?, ?)",
            (name, since, _packed(rows.ids[begin:] - np.uint32(since), rows.next_id - since), rows.hashes[begin:].astype("<u8", copy=False).tobytes(),
             zlib.compress(rows.codes[begin:].astype("<u2", copy=False).tobytes(), 1)))
    connection.execute("DELETE FROM open_rows WHERE name = ?", (name,))
    connection.execute(
        "INSERT INTO open_rows (name, next_id, slices, is_open) VALUES (?, ?, ?, ?)",
        (name, rows.next_id, json.dumps(rows.slices, ensure_ascii=False), _packed(rows.ids, rows.next_id)))


def difference(rows: OpenRows, tonight: Hashes) -> Difference:
    """Given the open rows and the hashes of tonight's table, return what is new and what is gone."""
    if np.array_equal(rows.hashes, tonight):
        nothing = np.empty(0, dtype=np.int64)
        return Difference(tonight, np.arange(len(tonight), dtype=np.int32), nothing, nothing)
    places = places_of(rows.hashes, tonight)
    new = np.flatnonzero(places < 0)
    is_there = _are_there(rows, places)
    fresh = np.sort(tonight[new])
    if np.count_nonzero(is_there) < len(tonight) - len(new) or (fresh[1:] == fresh[:-1]).any():
        hashes = apart(tonight, np.sort(tonight))
        moved = np.flatnonzero(hashes != tonight)
        places[moved] = places_of(rows.hashes, hashes[moved])
        tonight, new, is_there = hashes, np.flatnonzero(places < 0), _are_there(rows, places)
    return Difference(tonight, places, new, np.flatnonzero(~is_there))


def places_of(held: Hashes, wanted: Hashes) -> npt.NDArray[np.int32]:
    """Given some hashes, each there once, and others, return for each of those its position among the first, -1 where it is not there.

    Each held hash goes to the slot that its bits name, where the last one stays; those pushed out go to slots by other bits, until all had
    their turn. A wanted hash is equal to the one in its slot, or not there that turn. Sorting both takes seven times as long.
    """
    places = np.full(len(wanted), -1, dtype=np.int32)
    left, sought = np.arange(len(held), dtype=np.int32), np.arange(len(wanted), dtype=np.int32)
    factor = 1
    while len(left) and len(sought):
        bits = max(len(left).bit_length(), 10)
        slots = np.zeros(1 << bits, dtype=np.int32)
        for some in _pieces(left):
            slots[_slots_of(held[some], factor, bits)] = some
        for some in _pieces(sought):
            own = wanted[some]
            at = slots[_slots_of(own, factor, bits)]
            places[some] = np.where(held[at] == own, at, np.int32(-1))
        left = np.concatenate([some[slots[_slots_of(held[some], factor, bits)] != some] for some in _pieces(left)])
        sought = sought[places[sought] < 0]
        factor = factor * _ODD % 2**64
    return places


def _are_there(rows: OpenRows, places: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which of the open rows have a place among tonight's."""
    found = np.zeros(len(rows.hashes) + 1, dtype=np.bool_)
    found[places] = True
    return found[:-1]


def advance(rows: OpenRows, closed: Ints, hashes: Hashes, codes: npt.NDArray[np.uint16], slices: tuple[Slice, ...]) -> OpenRows:
    """Given the open rows, positions that close, and the hashes and slices of new rows in the order of their ids, return the open rows
    after tonight."""
    kept = np.ones(len(rows.hashes), dtype=np.bool_)
    kept[closed] = False
    ids = np.arange(rows.next_id, rows.next_id + len(hashes), dtype=np.uint32)
    return replace(
        rows, hashes=np.concatenate([rows.hashes[kept], hashes]), ids=np.concatenate([rows.ids[kept], ids]),
        codes=np.concatenate([rows.codes[kept], codes]), slices=slices, next_id=rows.next_id + len(hashes))


def _slots_of(hashes: Hashes, factor: int, bits: int) -> Ints:
    return ((hashes * np.uint64(factor)) >> np.uint64(64 - bits)).view(np.int64)


def _pieces(positions: npt.NDArray[np.int32]) -> Iterator[npt.NDArray[np.int32]]:
    return (positions[begin:begin + _AT_ONCE] for begin in range(0, len(positions), _AT_ONCE))


def _together(parts: Sequence[npt.NDArray[Any]], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, dtype=dtype), *parts])


def _packed(ids: npt.NDArray[np.uint32], length: int) -> bytes:
    """One bit for each number below the length, set for those among the ids."""
    is_there = np.zeros(length, dtype=np.bool_)
    is_there[ids] = True
    return zlib.compress(np.packbits(is_there).tobytes(), 1)


def _unpacked(packed: bytes, length: int) -> npt.NDArray[np.bool_]:
    bits = np.frombuffer(zlib.decompress(packed), dtype=np.uint8)
    return np.unpackbits(bits, count=length).view(np.bool_)
