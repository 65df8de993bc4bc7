"""Works a question out once per distinct combination of cells, and gives the answer back to every row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.columns import plain_array


def distinct_rows(*columns: Any) -> tuple[list[tuple[Any, ...]], npt.NDArray[np.intp]]:
    """Given columns of equal length, return their distinct combinations (absent as None) and for each row which of them it is."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    words: list[list[Any]] = []
    for column in columns:
        codes, found = coded(column)
        words.append([*found, None])
        key = key * (len(found) + 1) + np.where(codes < 0, len(found), codes)
    _, first, places = np.unique(key, return_index=True, return_inverse=True)
    told = []
    for row in first.tolist():
        rest, cells = int(key[row]), []
        for known in reversed(words):
            rest, code = divmod(rest, len(known))
            cells.append(known[code])
        told.append(tuple(reversed(cells)))
    return told, places.astype(np.intp)


def counted(*columns: Any) -> list[tuple[tuple[Any, ...], int]]:
    """Given columns of equal length, return their distinct combinations (absent as None) in order, None last, each with its number of rows."""
    told, places = distinct_rows(*columns)
    found = zip(told, np.bincount(places, minlength=len(told)).tolist(), strict=True)
    return sorted(found, key=lambda one: [(cell is None, cell) for cell in one[0]])


def texts(column: Any, absent: str | None) -> npt.NDArray[np.object_]:
    """Given a column of text, or its array, return it as objects, with what stands for an absent value."""
    held = plain_array(column)
    if isinstance(held, pd.Categorical):
        codes, words = coded(held)
        found: npt.NDArray[np.object_] = np.array([*words, absent], dtype=object)[codes]
        return found
    if isinstance(held.dtype, pd.StringDtype):
        plain: npt.NDArray[np.object_] = held.to_numpy(dtype=object, na_value=absent)
        return plain
    told = np.array(held, dtype=object)
    told[pd.isna(told)] = absent
    return told


def texts_of_all(columns: Sequence[Any]) -> list[npt.NDArray[np.object_]]:
    """Given arrays of text, return each as `texts` does with None for what is absent; those that share their categories in one go."""
    found: list[Any] = [None] * len(columns)
    alike: dict[int, list[int]] = {}
    for place, column in enumerate(columns):
        alike.setdefault(id(column.categories) if isinstance(column, pd.Categorical) else -1 - place, []).append(place)
    for places in alike.values():
        one = columns[places[0]]
        if len(places) > 1:
            one = pd.Categorical.from_codes(np.concatenate([columns[place].codes for place in places]), dtype=one.dtype, validate=False)
        told = np.split(texts(one, None), np.cumsum([len(columns[place]) for place in places])[:-1])
        for place, part in zip(places, told, strict=True):
            found[place] = part
    return found


def coded(column: Any) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """Given a column, or its array, return a code per row (-1 for absent) and what each code stands for."""
    held = plain_array(column)
    if isinstance(held, pd.Categorical):
        codes, words = held.codes.astype(np.int64), held.categories
        if len(words) > len(codes):  # a few rows out of a million keep the million's categories
            used, codes = np.unique(codes, return_inverse=True)
            shift = int(len(used) > 0 and used[0] < 0)
            return codes.astype(np.int64) - shift, (words.take(used[shift:]).tolist() if len(used) > shift else [])
        return codes, words.tolist()
    codes, found = pd.factorize(held)
    return codes.astype(np.int64), list(found)
