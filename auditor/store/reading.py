"""Rows of history back into frames: SQLite joins each column into one text, arrow and numpy take it apart. No object a cell.

Texts are joined with signs between them that no source delivers, one for an absent text among them. Where a text does hold one, the signs do
not come out in number, and the column is read cell by cell.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from auditor.model.arrows import coded, text_array
from auditor.store.encoding import ABSENT, Ints
from auditor.store.layouts import Layout, Stored
from auditor.store.packing import Field, Packing
from auditor.store.words import Words

_RANGE = 262_144
_BETWEEN, _NOTHING = 31, 30
"""Signs between joined texts, and in the place of an absent one (unit and record separator of ASCII)."""
SOURCE = Stored("source", "word", True)


Only = tuple[str, list[object]]
"""A condition in SQL that narrows the rows, and its parameters."""
EVERY: Only = ("1", [])


@dataclass(frozen=True)
class Rows:
    """Rows in the order of their ids. since, until: scan that first had it, first scan without it (ABSENT: none); columns: by name,
    pyarrow large strings for text, numbers for all else (words by number)."""

    ids: Ints
    since: Ints
    until: Ints
    columns: Mapping[str, Any]

    def keep(self, mask: npt.NDArray[np.bool_]) -> Rows:
        """Return the rows where the mask is True."""
        if mask.all():
            return self
        kept = {name: column[mask] if isinstance(column, np.ndarray) else column.filter(mask) for name, column in self.columns.items()}
        return Rows(self.ids[mask], self.since[mask], self.until[mask], kept)


def read_rows(
    connection: sqlite3.Connection, layout: Layout, condition: str = "1", parameters: Sequence[object] = (),
    columns: Sequence[Stored] | None = None,
) -> Rows:
    """Given a condition in SQL over the table's columns, return the rows that meet it, with `source` and the columns wanted."""
    wanted = [*(layout.columns if columns is None else columns), SOURCE]
    count, lowest, highest, *present = connection.execute(
        "SELECT count(*), min(version_id), max(version_id)" + "".join(f', count("{stored.name}")' for stored in wanted)
        + f' FROM "{layout.name}" WHERE {condition}', parameters).fetchone()
    found = [stored for stored, number in zip(wanted, present, strict=True) if number]
    packing = Packing([*_spans(connection), *_whole_fields(found, _most(connection, "words", "id"))])
    apart = [stored for stored in found if stored.encoding in ("text", "bits")]
    joined = ", ".join([*packing.expressions, *map(_apart, apart)])
    statement = f'SELECT count(*), {joined} FROM "{layout.name}" WHERE version_id BETWEEN ? AND ? AND ({condition})'
    parts: list[dict[str, Any]] = []
    for begin in range(lowest or 0, (highest or 0) + 1 if count else 0, _RANGE):
        number, *texts = connection.execute(statement, (begin, begin + _RANGE - 1, *parameters)).fetchone()
        if number:
            parts.append(_taken_apart(texts, packing, apart, number))
    inexact = _inexact(parts, [(stored, filled) for stored, filled in zip(wanted, present, strict=True) if stored in apart], count)
    values = {name: _joined([part[name] for part in parts]) for name in (parts[0] if parts else ())}
    for name in (*_SPANS, *(stored.name for stored in wanted if stored.encoding not in ("text", "number"))):
        values.setdefault(name, np.full(count, ABSENT, dtype=np.int64))
    for stored in wanted:
        if stored.encoding == "text":
            values.setdefault(stored.name, _no_texts(count))
    rows = Rows(*(values.pop(name) for name in _SPANS), values)  # type: ignore[call-arg]
    order = np.argsort(rows.ids)
    if (order != np.arange(count)).any():
        rows = _ordered(rows, order)
    single = {stored.name: _one_by_one(connection, layout.name, stored, condition, parameters)
              for stored in wanted if stored.encoding == "number" or stored in inexact}
    return Rows(rows.ids, rows.since, rows.until, {**rows.columns, **single})


def chosen(connection: sqlite3.Connection, name: str, only: Only) -> Only:
    """Given a condition that few rows meet, return one that names them: the table is gone through once, whatever is read of it."""
    found = [number for (number,) in connection.execute(f'SELECT version_id FROM "{name}" WHERE {only[0]}', only[1])]
    return "version_id IN (SELECT value FROM json_each(?))", [json.dumps(found)]


def series(stored: Stored, values: Any, words: Words) -> pd.Series[Any]:
    """Given a column as read, return it as frames hold it."""
    if stored.encoding == "word":
        numbers, codes = np.unique(np.where(values == ABSENT, 0, values), return_inverse=True)
        names = pa.array([words[int(number)] for number in numbers if number], type=pa.large_string())
        shift = int(len(numbers) > 0 and numbers[0] == 0)
        return pd.Series(coded(codes.astype(np.int32) - np.int32(shift), names))
    if stored.encoding == "text" and stored.is_category:
        found = values.dictionary_encode()
        codes = found.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return pd.Series(coded(codes, found.dictionary))
    if stored.encoding == "text":
        return pd.Series(text_array(values))
    if stored.encoding == "day":
        return pd.Series(values.view("datetime64[D]").astype("datetime64[s]"))
    if stored.encoding == "flag":
        return pd.Series(pd.arrays.BooleanArray(values == 1, values == ABSENT))
    if stored.encoding == "bits":
        return pd.Series(values.view(np.uint64))
    return pd.Series(values)


_SPANS = ("version_id", "valid_from_scan", "valid_until_scan")


def _spans(connection: sqlite3.Connection) -> list[Field]:
    scans = _most(connection, "scans", "number")
    return [Field("version_id", "version_id", 0, 33), *(Field(name, name, 0, (scans + 2).bit_length()) for name in _SPANS[1:])]


def _whole_fields(found: Sequence[Stored], words: int) -> list[Field]:
    sizes = {"word": (0, (words + 2).bit_length()), "day": (720_000, 22), "flag": (0, 2), "integer": (2**31, 33)}
    return [Field(stored.name, f'"{stored.name}"', *sizes[stored.encoding]) for stored in found if stored.encoding in sizes]


def _most(connection: sqlite3.Connection, table: str, column: str) -> int:
    return int(connection.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()[0])


def _apart(stored: Stored) -> str:
    if stored.encoding == "text":
        # The signs stand in the statement as they are: SQLite would call char(31) for every row.
        return f"group_concat(ifnull(\"{stored.name}\", '{chr(_NOTHING)}'), '{chr(_BETWEEN)}')"
    return f"group_concat(\"{stored.name}\", ' ')"


def _taken_apart(texts: Sequence[Any], packing: Packing, apart: Sequence[Stored], number: int) -> dict[str, Any]:
    packs = len(packing.expressions)
    values: dict[str, Any] = packing.unpack(texts[:packs], number)
    for stored, text in zip(apart, texts[packs:], strict=True):
        if stored.encoding == "text":
            values[stored.name] = _texts(text, number)
        else:
            values[stored.name] = np.fromstring(text, dtype=np.int64, count=number, sep=" ")
    return values


def _texts(joined: str, number: int) -> Any:
    """The texts that were joined, all of them absent when there are not as many as said."""
    data = np.frombuffer(joined.encode(), dtype=np.uint8)
    is_between = data == _BETWEEN
    ends = np.append(np.flatnonzero(is_between), len(data))
    if len(ends) != number:
        return _no_texts(number)
    sizes = np.diff(ends, prepend=-1) - 1
    is_there = np.ones(number, dtype=np.bool_)
    single = np.flatnonzero(sizes == 1)
    is_there[single[data[ends[single] - 1] == _NOTHING]] = False
    is_between[ends[~is_there] - 1] = True  # what stands for nothing goes as well
    offsets = np.zeros(number + 1, dtype=np.int64)
    np.cumsum(np.where(is_there, sizes, 0), out=offsets[1:])
    buffers = [pa.py_buffer(np.packbits(is_there, bitorder="little").tobytes()), pa.py_buffer(offsets), pa.py_buffer(data[~is_between])]
    return pa.Array.from_buffers(pa.large_string(), number, buffers)


def _inexact(parts: Sequence[Mapping[str, Any]], columns: Sequence[tuple[Stored, int]], count: int) -> list[Stored]:
    """Columns of text that did not come apart as they were joined. columns: with how many rows have a text."""
    return [stored for stored, filled in columns
            if stored.encoding == "text" and sum(part[stored.name].null_count for part in parts) != count - filled]


def _one_by_one(connection: sqlite3.Connection, table: str, stored: Stored, condition: str, parameters: Sequence[object]) -> Any:
    """A column cell by cell. Numbers always come so: SQLite's own text of a number does not always give that number back."""
    found = connection.execute(f'SELECT "{stored.name}" FROM "{table}" WHERE {condition} ORDER BY version_id', parameters)
    if stored.encoding == "text":
        return pa.array([value for (value,) in found], type=pa.large_string())
    return np.array([np.nan if value is None else value for (value,) in found], dtype=np.float64)


def _joined(parts: Sequence[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return pa.concat_arrays(parts)


def _no_texts(count: int) -> Any:
    return pa.nulls(count, pa.large_string())


def _ordered(rows: Rows, order: npt.NDArray[np.intp]) -> Rows:
    columns = {name: column[order] if isinstance(column, np.ndarray) else column.take(order) for name, column in rows.columns.items()}
    return Rows(rows.ids[order], rows.since[order], rows.until[order], columns)
