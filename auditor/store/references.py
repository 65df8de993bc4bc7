"""The last seven accepted reads of each source: the newest whole, each older one as its difference from the next."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from auditor.model.past import Reference
from auditor.store.record import AcceptedRead

KEPT = 7
"""The reference is the largest accepted read of the last seven (design 5)."""


@dataclass(frozen=True)
class _Ids:
    ids: npt.NDArray[np.uint64]
    schools: npt.NDArray[np.int32]


def save_read(connection: sqlite3.Connection, source: str, read: AcceptedRead, scan: int, as_of: date | None, is_new_reference: bool) -> None:
    """Write one accepted read of a source as its newest; what it was before becomes a difference. is_new_reference: forget the earlier
    ones, for this read is what later ones are measured by, however small."""
    names, before, reads = _head(connection, source)
    now = _renamed(read, names)
    if is_new_reference:
        connection.execute("DELETE FROM reads WHERE source = ?", (source,))
    else:
        back = _difference(now, before)
        connection.execute(
            "UPDATE reads SET back = ? WHERE id = (SELECT max(id) FROM reads WHERE source = ?)", (back, source))
    connection.execute(
        "INSERT INTO reads (source, scan, as_of, rows, size) VALUES (?, ?, ?, ?, ?)",
        (source, scan, as_of.isoformat() if as_of else None, read.rows, len(now.ids)))
    connection.execute(
        "DELETE FROM reads WHERE source = ? AND id NOT IN (SELECT id FROM reads WHERE source = ? ORDER BY id DESC LIMIT ?)",
        (source, source, KEPT))
    if reads and np.array_equal(now.ids, before.ids) and np.array_equal(now.schools, before.schools):
        connection.execute("UPDATE read_heads SET reads = ? WHERE source = ?", (reads + 1, source))
        return
    connection.execute(
        "INSERT OR REPLACE INTO read_heads (source, reads, school_names, ids, schools) VALUES (?, ?, ?, ?, ?)",
        (source, reads + 1, json.dumps(names, ensure_ascii=False), now.ids.astype("<u8", copy=False).tobytes(), _packed(now.schools)))


def load_references(connection: sqlite3.Connection) -> Mapping[str, Reference]:
    """Return for each source the largest of its last seven accepted reads; of equal ones the newest."""
    return {source: _reference(connection, source) for (source,) in connection.execute("SELECT source FROM read_heads").fetchall()}


def _reference(connection: sqlite3.Connection, source: str) -> Reference:
    names, ids, reads = _head(connection, source)
    kept = connection.execute("SELECT as_of, rows, size, back FROM reads WHERE source = ? ORDER BY id DESC", (source,)).fetchall()
    largest = max(range(len(kept)), key=lambda place: (kept[place][2], -place))
    for _, _, _, back in kept[1:largest + 1]:
        ids = _older(ids, back)
    as_of, rows, _, _ = kept[largest]
    return Reference(ids.ids, ids.schools, tuple(names), rows, reads, date.fromisoformat(as_of) if as_of else None)


def _head(connection: sqlite3.Connection, source: str) -> tuple[list[str], _Ids, int]:
    found = connection.execute("SELECT school_names, ids, schools, reads FROM read_heads WHERE source = ?", (source,)).fetchone()
    if found is None:
        return [], _Ids(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32)), 0
    names, ids, schools, reads = found
    return json.loads(names), _Ids(np.frombuffer(ids, dtype="<u8"), np.frombuffer(zlib.decompress(schools), dtype="<i4")), reads


def _renamed(read: AcceptedRead, names: list[str]) -> _Ids:
    """The read with schools by position in `names`, which grows; ids sorted and each once."""
    known = {name: place for place, name in enumerate(names)}
    places = np.array([*(known.setdefault(name, len(known)) for name in read.school_names), -1], dtype=np.int32)
    names.extend(list(known)[len(names):])
    ids, first = np.unique(np.asarray(read.ids, dtype=np.uint64), return_index=True)
    return _Ids(ids, places[np.asarray(read.schools)[first]])


def _difference(now: _Ids, before: _Ids) -> bytes:
    """What turns `now` into `before`: ids to leave out, then ids with schools to put in."""
    leave_out, put_in = _not_in(now, before), _not_in(before, now)
    head = np.array([leave_out.sum(), put_in.sum()], dtype="<i8").tobytes()
    pieces = (now.ids[leave_out].astype("<u8"), before.ids[put_in].astype("<u8"), before.schools[put_in].astype("<i4"))
    return zlib.compress(head + b"".join(piece.tobytes() for piece in pieces), 1)


def _older(now: _Ids, back: bytes) -> _Ids:
    raw = zlib.decompress(back)
    left, put = (int(number) for number in np.frombuffer(raw, dtype="<i8", count=2))
    leave_out = np.frombuffer(raw, dtype="<u8", count=left, offset=16)
    ids = np.frombuffer(raw, dtype="<u8", count=put, offset=16 + 8 * left)
    schools = np.frombuffer(raw, dtype="<i4", count=put, offset=16 + 8 * (left + put))
    kept = ~np.isin(now.ids, leave_out)
    all_ids = np.concatenate([now.ids[kept], ids])
    order = np.argsort(all_ids)
    return _Ids(all_ids[order], np.concatenate([now.schools[kept], schools])[order])


def _not_in(these: _Ids, those: _Ids) -> npt.NDArray[np.bool_]:
    if not len(those.ids):
        return np.ones(len(these.ids), dtype=np.bool_)
    at = np.minimum(np.searchsorted(those.ids, these.ids), len(those.ids) - 1)
    result: npt.NDArray[np.bool_] = (those.ids[at] != these.ids) | (those.schools[at] != these.schools)
    return result


def _packed(schools: npt.NDArray[np.int32]) -> bytes:
    return zlib.compress(schools.astype("<i4", copy=False).tobytes(), 1)
