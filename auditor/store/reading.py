"""Rows of history back into frames: SQLite joins each column into one text, arrow and numpy take it apart. No object a cell."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.store.encoding import ABSENT, STRINGS, Ints
from auditor.store.layouts import Layout, Stored
from auditor.store.words import Words

_RANGE = 262_144
_NONE = -999_999_999
"""Stands for an absent whole number while it travels: no word, day, flag, count or scan is that."""
SOURCE = Stored("source", "word", True)


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
    expressions = ", ".join([_whole("version_id"), _whole("valid_from_scan"), _whole("valid_until_scan"), *map(_expression, found)])
    statement = f'SELECT count(*), {expressions} FROM "{layout.name}" WHERE version_id BETWEEN ? AND ? AND ({condition})'
    parts: list[list[Any]] = []
    for begin in range(lowest or 0, (highest or 0) + 1 if count else 0, _RANGE):
        number, *joined = connection.execute(statement, (begin, begin + _RANGE - 1, *parameters)).fetchone()
        if number:
            parts.append(_taken_apart(joined, found, number))
    places = [_joined([part[place] for part in parts]) if parts else np.empty(0, dtype=np.int64) for place in range(3)]
    values = {stored.name: _joined([part[place + 3] for part in parts]) for place, stored in enumerate(found)}
    for stored in wanted:
        if stored.name not in values:
            values[stored.name] = _nothing(stored, count)
    ids, since, until = places
    rows = Rows(ids, since, until, values)
    order = np.argsort(rows.ids)
    return rows if (order == np.arange(count)).all() else _ordered(rows, order)


def series(stored: Stored, values: Any, words: Words) -> pd.Series[Any]:
    """Given a column as read, return it as frames hold it."""
    if stored.encoding == "word":
        numbers, codes = np.unique(np.where(values == ABSENT, 0, values), return_inverse=True)
        names = np.array([words[int(number)] for number in numbers if number], dtype=object)
        shift = int(len(numbers) > 0 and numbers[0] == 0)
        return pd.Series(pd.Categorical.from_codes(codes - shift, categories=pd.Index(names, dtype="str")))
    if stored.encoding == "text" and stored.is_category:
        coded = values.dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(pd.array(coded.dictionary, dtype=STRINGS))))
    if stored.encoding == "text":
        return pd.Series(pd.array(values, dtype=STRINGS))
    if stored.encoding == "day":
        return pd.Series(values.view("datetime64[D]").astype("datetime64[s]"))
    if stored.encoding == "flag":
        return pd.Series(pd.arrays.BooleanArray(values == 1, values == ABSENT))
    if stored.encoding == "bits":
        return pd.Series(values.view(np.uint64))
    return pd.Series(values)


def _whole(name: str) -> str:
    return f"group_concat(coalesce(\"{name}\", {_NONE}), ' ')"


def _expression(stored: Stored) -> str:
    name = f'"{stored.name}"'
    if stored.encoding == "text":
        return f"group_concat({name}, ''), group_concat(coalesce(length(CAST({name} AS BLOB)), -1), ' ')"
    if stored.encoding == "number":
        return f"group_concat(coalesce(printf('%!.17g', {name}), 'nan'), ' ')"
    return _whole(stored.name)


def _taken_apart(joined: Sequence[Any], found: Sequence[Stored], number: int) -> list[Any]:
    pieces = iter(joined)
    parts: list[Any] = [_numbers(next(pieces), number) for _ in range(3)]
    for stored in found:
        if stored.encoding == "text":
            parts.append(_texts(next(pieces) or "", next(pieces), number))
        elif stored.encoding == "number":
            parts.append(np.array(next(pieces).split(" "), dtype=np.float64))
        else:
            parts.append(_numbers(next(pieces), number, stored.encoding != "bits"))
    return parts


def _numbers(text: str, number: int, may_be_absent: bool = True) -> Ints:
    values: Ints = np.fromstring(text, dtype=np.int64, count=number, sep=" ")
    if may_be_absent:
        values[values == _NONE] = ABSENT
    return values


def _texts(joined: str, lengths: str, number: int) -> Any:
    import pyarrow as pa

    sizes = np.fromstring(lengths, dtype=np.int64, count=number, sep=" ")
    offsets = np.zeros(number + 1, dtype=np.int64)
    np.cumsum(np.maximum(sizes, 0), out=offsets[1:])
    is_there = np.packbits(sizes >= 0, bitorder="little")
    buffers = [pa.py_buffer(is_there.tobytes()), pa.py_buffer(offsets.tobytes()), pa.py_buffer(joined.encode())]
    return pa.Array.from_buffers(pa.large_string(), number, buffers)


def _joined(parts: Sequence[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    import pyarrow as pa

    return pa.concat_arrays(parts)


def _nothing(stored: Stored, count: int) -> Any:
    if stored.encoding == "text":
        import pyarrow as pa

        return pa.nulls(count, pa.large_string())
    return np.full(count, np.nan) if stored.encoding == "number" else np.full(count, ABSENT, dtype=np.int64)


def _ordered(rows: Rows, order: npt.NDArray[np.intp]) -> Rows:
    columns = {name: column[order] if isinstance(column, np.ndarray) else column.take(order) for name, column in rows.columns.items()}
    return Rows(rows.ids[order], rows.since[order], rows.until[order], columns)
