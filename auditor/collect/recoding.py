"""Rewrites category columns by their few distinct values, never by their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def used_words(column: pd.Series[Any]) -> list[str]:
    """Given a category column, return the values that really stand in it, in the order of its categories."""
    codes, words = column.array.codes, column.dtype.categories
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    return [str(word) for word in words[counts > 0]]


def rewritten(column: pd.Series[Any], meaning: Callable[[str], str | None]) -> pd.Series[Any]:
    """Given a category column and what each value means, return it rewritten; None makes a value absent. Unchanged when all stay."""
    words = column.dtype.categories.tolist()
    meant = [meaning(word) for word in words]
    if meant == words:
        return column
    distinct = list(dict.fromkeys(word for word in meant if word is not None))
    place: Mapping[str | None, int] = {None: -1, **{word: at for at, word in enumerate(distinct)}}
    moved = np.array([*(place[word] for word in meant), -1], dtype=np.int64)
    return recoded(column, moved, distinct)


def recoded(column: pd.Series[Any], moved: npt.NDArray[np.int64], words: Any) -> pd.Series[Any]:
    """Given a category column, the new code of each of its codes (absent last) and the new words, return the new column."""
    codes = moved[column.array.codes]
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype="str"), validate=False), index=column.index)
