"""Rows of history into SQLite, many at a time: thirty-two rows a statement, and nothing bound that is the same in every row."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from auditor.store.digests import CHUNK, RowsDigest
from auditor.store.encoding import ABSENT, EncodedColumn, Ints, RealColumn, TextColumn, WholeColumn
from auditor.store.layouts import Layout
from auditor.store.words import Words

ROWS_A_STATEMENT = 32
VARIABLES_A_STATEMENT = 900
"""SQLite allows 999 before 3.32."""


@dataclass(frozen=True)
class _Bound:
    """A column of one chunk: values to bind, or else a literal that holds for all rows."""

    name: str
    values: Sequence[Any] | None
    literal: str = ""


def insert_rows(
    connection: sqlite3.Connection, layout: Layout, columns: Sequence[EncodedColumn], rows: Ints, first_id: int, scan: int, words: Words,
) -> str:
    """Given encoded columns and the positions that are new, write those rows under consecutive ids. Return their digest."""
    worded = [_as_words(column, rows, words) for column in columns]
    digest = RowsDigest(layout.name, (column.stored.name for column in columns))
    for begin in range(0, len(rows), CHUNK):
        end = min(begin + CHUNK, len(rows))
        ids = range(first_id + begin, first_id + end)
        bound = [_Bound("version_id", ids), _Bound("valid_from_scan", None, str(scan))]
        bound += [_bind(column, own, rows[begin:end], slice(begin, end), digest) for column, own in zip(columns, worded, strict=True)]
        _insert(connection, layout.name, bound, end - begin)
    return digest.hex()


def close_rows(connection: sqlite3.Connection, name: str, ids: Ints, scan: int) -> None:
    """Given ids of open rows, write that this scan is the first without them."""
    connection.executemany(f'UPDATE "{name}" SET valid_until_scan = {scan} WHERE version_id = ?', ((number,) for number in np.sort(ids).tolist()))


def _as_words(column: EncodedColumn, rows: Ints, words: Words) -> Ints | None:
    if not isinstance(column, TextColumn) or column.stored.encoding != "word" or column.codes is None:
        return None
    codes = column.codes[rows].astype(np.int64)
    numbers = np.full(len(column.texts) + 1, ABSENT, dtype=np.int64)
    used = np.flatnonzero(np.bincount(codes + 1, minlength=len(numbers))[1:])
    if len(used):
        numbers[used] = words.ids_of(column.texts.take(used))
    return numbers[codes]


def _bind(column: EncodedColumn, words: Ints | None, rows: Ints, part: slice, digest: RowsDigest) -> _Bound:
    name = column.stored.name
    if isinstance(column, TextColumn) and words is None:
        texts = _taken(column, rows)
        digest.texts(texts)
        return _Bound(name, None, "NULL") if texts.null_count == len(texts) else _Bound(name, texts.to_pylist())
    if isinstance(column, RealColumn):
        values = column.values[rows]
        digest.real(values)
        return _Bound(name, [None if value != value else value for value in values.tolist()])
    assert isinstance(column, WholeColumn) or words is not None
    whole = words[part] if words is not None else column.values[rows]  # type: ignore[union-attr]
    digest.whole(whole)
    smallest = int(whole.min())
    if smallest == int(whole.max()):
        return _Bound(name, None, "NULL" if smallest == ABSENT else str(smallest))
    if smallest != ABSENT or column.stored.encoding == "bits":
        return _Bound(name, whole.tolist())
    values = whole.astype(object)
    values[whole == ABSENT] = None
    return _Bound(name, values.tolist())


def _taken(column: TextColumn, rows: Ints) -> Any:
    import pyarrow as pa

    if column.codes is None:
        return column.texts.take(pa.array(rows))
    codes = column.codes[rows]
    return column.texts.take(pa.array(codes, mask=codes < 0))


def _insert(connection: sqlite3.Connection, name: str, columns: Sequence[_Bound], count: int) -> None:
    bound = [column.values for column in columns if column.values is not None]
    names = ", ".join(f'"{column.name}"' for column in columns)
    row = "(" + ", ".join("?" if column.values is not None else column.literal for column in columns) + ")"
    at_once = min(ROWS_A_STATEMENT, max(1, VARIABLES_A_STATEMENT // len(bound)), count)
    statement = f'INSERT INTO "{name}" ({names}) VALUES '
    whole = count - count % at_once
    values = chain.from_iterable(zip(*(column[:whole] for column in bound), strict=True))
    connection.executemany(statement + ", ".join([row] * at_once), zip(*[values] * (len(bound) * at_once), strict=True))
    if whole < count:
        connection.executemany(statement + row, zip(*(column[whole:] for column in bound), strict=True))
