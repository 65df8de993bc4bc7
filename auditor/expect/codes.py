"""Integer codes for words and for combinations of codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.int64]
_ROOM = 2**62


def shared_codes(columns: Sequence[pd.Series[Any]]) -> tuple[list[str], list[Codes]]:
    """Given category columns, return the words of all of them, and per column its codes in that list, -1 for absent."""
    place: dict[str, int] = {}
    coded: list[Codes] = []
    for column in columns:
        seats = [place.setdefault(word, len(place)) for word in map(str, column.cat.categories)]
        coded.append(np.array([*seats, -1], dtype=np.int64)[column.cat.codes.to_numpy()])
    return list(place), coded


def fold(parts: Sequence[tuple[Codes, int]]) -> Codes:
    """Given columns of codes from 0 with the number of codes of each, return one code per row, equal exactly when all parts are equal."""
    key, room = np.zeros(len(parts[0][0]), dtype=np.int64), 1
    for codes, size in parts:
        if room * size >= _ROOM:
            key, found = pd.factorize(key)
            room = len(found)
        key, room = key * size + codes, room * size
    return key


def intern(parts: Sequence[tuple[Codes, int]]) -> tuple[Codes, Codes]:
    """Given the same as fold, return per row the number of its combination, and per combination the first row that has it."""
    numbers, found = pd.factorize(fold(parts))
    first = np.zeros(len(found), dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)  # the last one written is the first row
    return numbers.astype(np.int64), first


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
