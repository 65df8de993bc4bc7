"""Integer codes for words and for combinations of codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.int64]
Narrow = npt.NDArray[np.signedinteger[Any]]
"""Codes in as few bytes as hold them, for columns of millions of rows. Only to look up with: a product of narrow numbers overflows unseen."""
_ROOM = 2**62


def compact(codes: Sequence[int] | npt.NDArray[Any], size: int) -> Narrow:
    """Given codes from -1 and how many there can be, return them in the fewest bytes in which pandas, too, holds so many categories."""
    return np.asarray(codes).astype(np.min_scalar_type(-(size + 2)))


def shared_codes(columns: Sequence[pd.Series[Any]]) -> tuple[list[str], list[Narrow]]:
    """Given category columns, return the words of all of them, and per column its codes in that list, -1 for absent."""
    place: dict[str, int] = {}
    seats = [[place.setdefault(word, len(place)) for word in map(str, column.cat.categories)] for column in columns]
    tables = [compact([*found, -1], len(place)) for found in seats]
    return list(place), [table[column.array.codes] for table, column in zip(tables, columns, strict=True)]


def fold(parts: Sequence[tuple[npt.NDArray[Any], int]]) -> Codes:
    """Given columns of codes with the number of codes of each (from 0, or from -1 where that counts as one of them), return one code per row,
    equal exactly when all parts are equal."""
    key, room = np.zeros(len(parts[0][0]), dtype=np.int64), 1
    for codes, size in parts:
        if room * size >= _ROOM:
            key, found = pd.factorize(key)
            room = len(found)
        key *= size
        key += codes
        room *= size
    return key


def intern(parts: Sequence[tuple[npt.NDArray[Any], int]]) -> tuple[Codes, Codes]:
    """Given the same as fold, return per row the number of its combination, and per combination the first row that has it."""
    numbers, found = pd.factorize(fold(parts))
    first = np.zeros(len(found), dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)  # the last one written is the first row
    return numbers.astype(np.int64, copy=False), first


def spread(counts: Codes) -> tuple[Codes, Codes]:
    """Given how many items each row has, return for every item its row and its number within that row."""
    row = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    start = np.cumsum(counts) - counts
    return row, np.arange(len(row), dtype=np.int64) - start[row]


def runs_on(starts: pd.Series[Any] | None, ends: pd.Series[Any] | None, as_of: date) -> npt.NDArray[np.bool_]:
    """Given first and last days (absent: unbounded), return which periods hold the day; None leaves that side open."""
    day = np.datetime64(as_of, "s")
    sides = []
    if starts is not None:
        sides.append(~(starts.to_numpy() > day))
    if ends is not None:
        sides.append(~(ends.to_numpy() < day))
    return np.asarray(np.logical_and.reduce(sides), dtype=np.bool_)


def is_word(column: pd.Series[Any], words: Collection[str]) -> npt.NDArray[np.bool_]:
    """Given a category column and case-folded words, return which values are one of them, whatever their case; absent is none."""
    is_wanted = np.array([*(str(word).casefold() in words for word in column.cat.categories), False], dtype=bool)
    return np.asarray(is_wanted[column.cat.codes.to_numpy()])
