"""The one door through which tables are joined: refuses missing keys and asserts cardinality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from auditor.model.arrows import STRINGS, arrow, positions, text_index


class Keys:
    """The keys of a table that holds each key once, ready to be looked up: a million texts are hashed once, however often they are asked."""

    def __init__(self, one: pd.DataFrame, on: Sequence[str]) -> None:
        """Given a frame and the names of its key columns. Raise ValueError if it holds a key twice."""
        self._words: list[pd.Index[Any]] = []
        key = np.zeros(len(one), dtype=np.int64)
        for name in on:
            codes, words = _codes(one[name])
            self._words.append(words)
            key = np.where((key < 0) | (codes < 0), -1, key * (len(words) + 1) + codes)
        self._known = np.flatnonzero(key >= 0)
        self._row: npt.NDArray[np.intp] | None = None
        if len(on) == 1 and len(self._known):
            # codes are small and without gaps: a table of them says where each stands
            row = np.full(int(key.max()) + 2, -1, dtype=np.intp)
            row[key[self._known]] = self._known
            if (row >= 0).sum() == len(self._known):
                self._row = row
                return
        self._index = pd.Index(key[self._known])
        if not self._index.is_unique:
            double = int(self._known[int(np.flatnonzero(self._index.duplicated())[0])])
            raise ValueError(f"key {tuple(one.iloc[double][list(on)])} stands twice in the table that must hold it once")

    def rows_of(self, many: pd.DataFrame, on: Sequence[str]) -> npt.NDArray[np.intp]:
        """Given a frame and its columns in the order of the keys, return for each row the position of its key, -1 where there is none."""
        key = np.zeros(len(many), dtype=np.int64)
        for name, words in zip(on, self._words, strict=True):
            codes = _codes_in(many[name], words)
            key = np.where((key < 0) | (codes < 0), -1, key * (len(words) + 1) + codes)
        if self._row is not None:
            return self._row[np.where(key < len(self._row), key, -1)]
        if not len(self._known):
            return np.full(len(many), -1, dtype=np.intp)
        found = self._index.get_indexer(pd.Index(key))
        return np.where((found < 0) | (key < 0), -1, self._known[found]).astype(np.intp)


def rows_of(many: pd.DataFrame, one: pd.DataFrame, on: Sequence[str], to: Sequence[str] | None = None) -> npt.NDArray[np.intp]:
    """Given two frames, return for each row of `many` the position in `one` whose key is equal, -1 where there is none.

    `on` names the key columns in `many`, `to` those in `one` (the same names when not given). An absent value equals nothing.
    Raise ValueError if `one` holds a key twice.
    """
    return Keys(one, to or on).rows_of(many, on)


def _codes(column: pd.Series[Any]) -> tuple[npt.NDArray[np.int64], Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(dtype=np.int64), column.cat.categories
    if column.dtype == STRINGS:
        found = arrow(column).dictionary_encode()
        return pc.fill_null(found.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64), text_index(found.dictionary)
    codes, words = pd.factorize(column)
    return codes.astype(np.int64), pd.Index(words)


def _codes_in(column: pd.Series[Any], words: pd.Index[Any]) -> npt.NDArray[np.int64]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        places = np.append(_places(column.cat.categories, words), -1)
        found: npt.NDArray[np.int64] = places[column.cat.codes.to_numpy()]
        return found
    if column.dtype == STRINGS and words.dtype == STRINGS:
        return positions(column, words)
    return np.where(column.isna().to_numpy(), -1, _places(pd.Index(column), words))


def _places(values: pd.Index[Any], words: pd.Index[Any]) -> npt.NDArray[np.int64]:
    if values.dtype == "str" and words.dtype == "str":
        return positions(values, words)
    found: npt.NDArray[np.int64] = words.get_indexer(values).astype(np.int64)
    return found
