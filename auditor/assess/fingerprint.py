"""A number over a finding's evidence: it changes when the evidence does, and not by line numbers, use dates or the order of rows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.assess.distinct import coded


def fingerprints(slug: str, rows: pd.DataFrame, names: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Given a rule, its rows and the names of the columns that are evidence, return one number a row.

    Values are hashed as text or as days, whatever dtype or category they come in, so that the same evidence gives the same number on
    any night.
    """
    found = np.full(len(rows), _hash_text(slug), dtype=np.uint64)
    for name in sorted(names):
        mixed = _hashes(rows[name]) ^ _hash_text(name)
        found = (found * np.uint64(0x100000001B3)) ^ mixed  # FNV's prime: order of columns matters, and they are sorted
    return found


def _hashes(column: pd.Series[Any]) -> npt.NDArray[np.uint64]:
    if column.dtype.kind == "M":
        values = column.to_numpy(dtype="datetime64[s]").astype("int64")
        hashed: npt.NDArray[np.uint64] = pd.util.hash_array(values)
        return hashed
    codes, words = coded(column)
    of_word = pd.util.hash_array(np.array([_one(word) for word in words], dtype=object), categorize=False)
    found: npt.NDArray[np.uint64] = np.append(of_word, np.uint64(0)).astype(np.uint64)[codes]
    return found


def _one(word: object) -> str:
    return str(int(word)) if isinstance(word, float) and word.is_integer() else str(word)


@cache
def _hash_text(text: str) -> np.uint64:
    return np.uint64(pd.util.hash_array(np.array([text], dtype=object), categorize=False)[0])
