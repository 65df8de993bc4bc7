"""Finds people by any of their personnel numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from auditor.expect.codes import Codes
from auditor.model.people import People


def seats(words: pd.Index[Any], people: People) -> Codes:
    """Given personnel numbers, return per number the position of its person, found by the number itself before an alias; -1 when unknown."""
    persons = people.persons
    found: Codes = pd.Index(persons["person"]).get_indexer(words).astype(np.int64)
    lost = {str(words[place]): place for place in np.flatnonzero(found < 0).tolist()}
    if lost:
        aliased = persons["numbers"].dropna()
        for seat, numbers in zip(aliased.index.tolist(), aliased.tolist(), strict=True):
            for number in numbers.split(","):
                if number.strip() in lost:
                    found[lost[number.strip()]] = seat
    return found


def persons_of(column: pd.Series[Any], people: People) -> Codes:
    """Given a category column of personnel numbers, return per row the position of its person, -1 when absent or unknown."""
    return np.asarray(np.append(seats(column.cat.categories, people), -1)[column.cat.codes.to_numpy()], dtype=np.int64)
