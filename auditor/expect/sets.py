"""Numbers the distinct sets among many small ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.expect.codes import Codes


def intern_sets(row: Codes, code: Codes, rows: int) -> tuple[Codes, list[tuple[int, ...]]]:
    """Given items as (row, code) in order of row, codes from 0, return per row the number of its set of codes, and the sets, sorted.

    Rows with the same codes, in whatever order and however often, get the same number; rows without items have the empty set.
    """
    size = int(code.max()) + 1 if len(code) else 1
    is_single = np.bincount(row, minlength=rows)[row] == 1
    number = np.zeros(rows, dtype=np.int64)
    seats, found = pd.factorize(code[is_single])
    number[row[is_single]] = seats + 1
    sets: list[tuple[int, ...]] = [(), *((item,) for item in found.tolist())]
    place = {items: seat for seat, items in enumerate(sets)}
    several = np.sort(row[~is_single] * size + code[~is_single])  # np.unique hashes: slower here
    several = several[np.append(True, several[1:] != several[:-1])] if len(several) else several
    at, item = several // size, several % size
    counts = np.bincount(at, minlength=rows)
    step = np.arange(len(at)) - (np.cumsum(counts) - counts)[at]
    for turn in range(int(counts.max()) if len(at) else 0):  # the j-th item of every row that has so many
        now = step == turn
        keys, distinct = pd.factorize(number[at[now]] * size + item[now])
        grown = [(*sets[key // size], key % size) for key in distinct.tolist()]
        for items in grown:
            if items not in place:
                place[items] = len(sets)
                sets.append(items)
        number[at[now]] = np.array([place[items] for items in grown], dtype=np.int64)[keys]
    return number, sets
