"""A number over a finding's evidence: it changes when the evidence does, and not by line numbers, use dates or the order of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.assess.distinct import coded
from auditor.model.columns import Columns

FEW = 1_000
"""Categories of no more words are told whole: rules share them."""


def fingerprints(told: Sequence[tuple[str, Columns, Iterable[str]]]) -> list[npt.NDArray[np.uint64]]:
    """Given for each rule its slug, its rows and the names of the columns that are evidence, return one number a row.

    Values are hashed as text or as days, whatever dtype or category they come in, so that the same evidence gives the same number on
    any night. The texts of all rules are hashed in one go.
    """
    words: list[str] = []
    known: dict[int, int] = {}
    columns = [{name: _told(rows[name], words, known) for name in sorted(names)} for _, rows, names in told]
    hashed = pd.util.hash_array(np.array([*words, ""], dtype=object), categorize=False)
    hashed[-1] = 0
    prints = []
    for (slug, rows, _), of_rule in zip(told, columns, strict=True):
        found = np.full(len(rows), _hash_text(slug), dtype=np.uint64)
        for name, (kind, values) in of_rule.items():
            mixed = (hashed[values] if kind == "text" else pd.util.hash_array(values)) ^ _hash_text(name)
            found = (found * np.uint64(0x100000001B3)) ^ mixed  # FNV's prime: order of columns matters, and they are sorted
        prints.append(found)
    return prints


def _told(column: Any, words: list[str], known: dict[int, int]) -> tuple[str, npt.NDArray[np.int64]]:
    """Days as numbers, or of text the place of each among the words, to which those of the column are added; -1 where absent.

    known: where the words of categories begin that were met before, by their id: they all live until the last is told.
    """
    if column.dtype.kind == "M":
        return "days", np.asarray(column, dtype="datetime64[s]").view(np.int64)
    if isinstance(column, pd.Categorical) and len(column.categories) <= FEW:
        codes, begin = column.codes, known.setdefault(id(column.categories), len(words))
        if begin == len(words):
            words.extend(map(_one, column.categories))
        return "text", np.where(codes < 0, -1, codes.astype(np.int64) + begin)
    codes, found = coded(column)
    begin = len(words)
    words.extend(map(_one, found))
    return "text", np.where(codes < 0, -1, codes + begin)


def _one(word: object) -> str:
    return str(int(word)) if isinstance(word, float) and word.is_integer() else str(word)


@cache
def _hash_text(text: str) -> np.uint64:
    return np.uint64(pd.util.hash_array(np.array([text], dtype=object), categorize=False)[0])
