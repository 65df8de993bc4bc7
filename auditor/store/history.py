"""One table's night: what is new is written, what is gone is closed where tonight's read may say so, all else stays as it is."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.coverage import Coverage
from auditor.store.digests import ids_digest
from auditor.store.encoding import Ints, TextColumn, WholeColumn, compared_columns, encode, source_column
from auditor.store.hashing import Known, row_hashes
from auditor.store.layouts import Layout, Stored
from auditor.store.open_rows import Difference, OpenRows, Slice, advance, difference, load_open, save_open
from auditor.store.reading import SOURCE, Rows, read_rows
from auditor.store.slices import WHOLE, Codes, may_close, partial_sources, slice_codes
from auditor.store.words import Words
from auditor.store.writing import close_rows, insert_rows


@dataclass(frozen=True)
class Step:
    """What one scan did to one table, as the chain seals it: opened rows have consecutive ids from first_id."""

    first_id: int
    opened: int
    opened_digest: str
    closed: int
    closed_digest: str
    unobserved_digest: str

    @property
    def is_nothing(self) -> bool:
        """Whether the scan left the table as it was, and saw all of it."""
        return not self.opened and not self.closed and not self.unobserved_digest


@dataclass(frozen=True)
class SavedTable:
    """step: for the chain; open_rows: after tonight; ids: in history, of tonight's rows, where the table has use dates."""

    step: Step
    open_rows: OpenRows
    ids: Ints


def save_table(
    connection: sqlite3.Connection, layout: Layout, frame: pd.DataFrame, scan: int, words: Words, coverage: Coverage,
    slices_of: pd.DataFrame | None = None, known: Known | None = None,
) -> SavedTable:
    """Given tonight's frame of one table, write the step from last night's.

    A row that is absent tonight closes when its slice was read completely, or when the same source shows another row under its key; it
    stays open, and is remembered as not observed tonight, otherwise. slices_of: the frame whose `source` and `school` say where each
    row comes from, when it is not this one; known: texts hashed for other tables of the same scan.
    """
    rows = load_open(connection, layout.name)
    if not len(frame) and not len(rows.hashes):
        return SavedTable(Step(rows.next_id, 0, "", 0, "", ""), rows, rows.ids.astype(np.int64))
    change = difference(rows, row_hashes(compared_columns(frame, layout), len(frame), known))
    codes, slices = _slices(layout, frame if slices_of is None else slices_of, rows)
    moved = _follow_sources(rows, change, codes, slices)
    is_closing = _closing(layout, moved, change.gone, coverage)
    closing, staying = change.gone[is_closing], change.gone[~is_closing]
    if len(staying) and len(change.new) and layout.has_slices:
        replaced = _replaced(connection, layout, moved, staying, frame, change.new, words, partial_sources(coverage))
        closing, staying = np.concatenate([closing, staying[replaced]]), staying[~replaced]

    digest = ""
    if len(change.new):
        fresh = frame if len(change.new) == len(frame) else frame.iloc[change.new]
        columns = [*encode(fresh, layout.columns), source_column(fresh) if layout.has_slices else _no_source(len(fresh))]
        digest = insert_rows(connection, layout, columns, np.arange(len(fresh)), rows.next_id, scan, words)
    closed_ids = rows.ids[closing].astype(np.int64)
    close_rows(connection, layout.name, closed_ids, scan)
    unobserved = np.sort(rows.ids[staying].astype(np.int64))
    if len(unobserved):
        connection.execute("INSERT INTO unobserved (scan, name, ids) VALUES (?, ?, ?)", (scan, layout.name, pack_ids(unobserved)))
    if len(change.new) or len(closing) or moved is not rows:
        since = rows.next_id if moved is rows else 1
        moved = advance(moved, closing, change.hashes[change.new], codes[change.new], slices)
        save_open(connection, layout.name, moved, since)
    step = Step(
        rows.next_id, len(change.new), digest, len(closed_ids), ids_digest(closed_ids) if len(closed_ids) else "",
        ids_digest(unobserved) if len(unobserved) else "",
    )
    return SavedTable(step, moved, change.ids(rows) if layout.unversioned else np.empty(0, dtype=np.int64))


def pack_ids(ids: Ints) -> bytes:
    """Given ascending ids, return them small: a source that is down for a week leaves a few bytes a night."""
    return zlib.compress(np.diff(ids, prepend=0).astype("<i8").tobytes(), 6)


def unpack_ids(packed: bytes) -> Ints:
    """Given what pack_ids returned, return the ids."""
    ids: Ints = np.cumsum(np.frombuffer(zlib.decompress(packed), dtype="<i8"))
    return ids


def _slices(layout: Layout, frame: pd.DataFrame, rows: OpenRows) -> tuple[Codes, tuple[Slice, ...]]:
    if layout.has_slices:
        return slice_codes(frame, rows.slices)
    return np.zeros(len(frame), dtype=np.uint16), (WHOLE,)


def _follow_sources(rows: OpenRows, change: Difference, codes: Codes, slices: tuple[Slice, ...]) -> OpenRows:
    """A row that another source delivers from tonight on (one was renamed, say) belongs to that one from now on."""
    held = np.append(rows.codes, np.uint16(0))[change.places]
    held[change.new] = codes[change.new]
    if np.array_equal(held, codes):
        return rows
    moved = np.append(rows.codes, np.uint16(0))
    moved[change.places] = codes  # new rows have place -1: what they write is cut off again
    return replace(rows, codes=moved[:-1], slices=slices)


def _closing(layout: Layout, rows: OpenRows, gone: Ints, coverage: Coverage) -> npt.NDArray[np.bool_]:
    if not layout.has_slices:
        return np.ones(len(gone), dtype=np.bool_)
    if not len(gone):
        return np.zeros(0, dtype=np.bool_)
    return may_close(coverage, rows.slices)[rows.codes[gone]]


def _replaced(
    connection: sqlite3.Connection, layout: Layout, rows: OpenRows, staying: Ints, frame: pd.DataFrame, new: Ints, words: Words,
    sources: Collection[str],
) -> npt.NDArray[np.bool_]:
    is_partial = np.array([source in sources for source, _ in rows.slices], dtype=np.bool_)[rows.codes[staying]]
    result = np.zeros(len(staying), dtype=np.bool_)
    if not is_partial.any():
        return result
    key = [stored for stored in layout.columns if stored.name in layout.key]
    some = np.flatnonzero(is_partial)
    wanted = rows.ids[staying[some]].astype(np.int64)
    held = read_rows(connection, layout, "version_id BETWEEN ? AND ?", (int(wanted.min()), int(wanted.max())), key)
    held = held.keep(np.isin(held.ids, wanted))
    tonight = frame.iloc[new]
    fresh = row_hashes([*encode(tonight, key), source_column(tonight)], len(tonight))
    known = row_hashes(_encoded_again(held, [*key, SOURCE], words), len(held.ids))
    result[some] = np.isin(wanted, held.ids[np.isin(known, fresh)])
    return result


def _encoded_again(rows: Rows, columns: Sequence[Stored], words: Words) -> list[TextColumn | WholeColumn]:
    import pyarrow as pa

    every = pa.array([words[number] or "" for number in range(len(words))], type=pa.large_string())
    encoded: list[TextColumn | WholeColumn] = []
    for stored in columns:
        values = rows.columns[stored.name]
        if stored.encoding == "word":
            encoded.append(TextColumn(stored, every, np.maximum(values, -1)))
        elif stored.encoding == "text":
            encoded.append(TextColumn(stored, values, None))
        else:
            encoded.append(WholeColumn(stored, values))
    return encoded


def _no_source(length: int) -> TextColumn:
    import pyarrow as pa

    return TextColumn(SOURCE, pa.nulls(0, pa.large_string()), np.full(length, -1, dtype=np.int64))
