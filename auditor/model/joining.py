"""The one door through which tables are joined: refuses missing keys and asserts cardinality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from auditor.model.arrows import STRINGS, arrow, positions, text_index


def rows_of(many: pd.DataFrame, one: pd.DataFrame, on: Sequence[str], to: Sequence[str] | None = None) -> npt.NDArray[np.intp]:
    """Given two frames, return for each row of `many` the position in `one` whose key is equal, -1 where there is none.

    `on` names the key columns in `many`, `to` those in `one` (the same names when not given). An absent value equals nothing.
    Raise ValueError if `one` holds a key twice.
    """
    right = to or on
    left_key = np.zeros(len(many), dtype=np.int64)
    right_key = np.zeros(len(one), dtype=np.int64)
    for left_name, right_name in zip(on, right, strict=True):
        right_codes, words = _codes(one[right_name])
        left_codes = _codes_in(many[left_name], words)
        size = len(words) + 1
        left_key = np.where((left_key < 0) | (left_codes < 0), -1, left_key * size + left_codes)
        right_key = np.where((right_key < 0) | (right_codes < 0), -1, right_key * size + right_codes)
    known = np.flatnonzero(right_key >= 0)
    if len(on) == 1 and len(known):
        # codes are small and without gaps: a table of them says where each stands
        row = np.full(int(right_key.max()) + 2, -1, dtype=np.intp)
        row[right_key[known]] = known
        if (row >= 0).sum() == len(known):
            return row[np.where(left_key < len(row), left_key, -1)]
    index = pd.Index(right_key[known])
    if not index.is_unique:
        double = int(known[int(np.flatnonzero(index.duplicated())[0])])
        raise ValueError(f"key {tuple(one.iloc[double][list(right)])} stands twice in the table that must hold it once")
    found = index.get_indexer(pd.Index(left_key))
    if not len(known):
        return np.full(len(many), -1, dtype=np.intp)
    return np.where((found < 0) | (left_key < 0), -1, known[found]).astype(np.intp)


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
