"""Finds people by any of their personnel numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from auditor.expect.codes import Codes
from auditor.model.arrows import positions
from auditor.model.people import People


def seats(words: pd.Index[Any], people: People) -> Codes:
    """Given personnel numbers, return per number the position of its person, found by the number itself before an alias; -1 when unknown."""
    persons = people.persons
    found: Codes = positions(words, persons["person"])
    lost = np.flatnonzero(found < 0)
    aliased = persons["numbers"].dropna()
    if len(lost) and len(aliased):
        aliases = aliased.str.split(",").explode().str.strip()
        last = aliases[~aliases.duplicated(keep="last")]
        places = pd.Index(last).get_indexer(words[lost])
        known = places >= 0
        found[lost[known]] = last.index.to_numpy()[places[known]]
    return found


def persons_of(column: pd.Series[Any], people: People) -> Codes:
    """Given a category column of personnel numbers, return per row the position of its person, -1 when absent or unknown."""
    return np.asarray(np.append(seats(column.cat.categories, people), -1)[column.cat.codes.to_numpy()], dtype=np.int64)
