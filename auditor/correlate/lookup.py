"""Finding text values in a list of words, a million at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.model.arrows import arrow, places_in, spelled

NOBODY = -1
"""No position: the value is absent, or nobody has it."""
SEVERAL = -2
"""More than one has the value."""

Positions = npt.NDArray[np.int64]


def texts(values: pd.Series[Any] | pd.Index[Any] | Sequence[str]) -> pa.Array:
    """Given text values, return them as an Arrow array, absent ones as null."""
    return arrow(values)


def positions_in(words: pa.Array, values: pd.Series[Any]) -> Positions:
    """Given distinct words and a column (text or category), return for each value its position among the words, NOBODY if absent."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        if len(values) < len(values.cat.categories):
            return index_in(words, arrow(spelled(values.array)))
        places = index_in(words, texts(values.cat.categories))
        codes = values.cat.codes.to_numpy()
        return np.where(codes < 0, NOBODY, places[codes] if len(places) else NOBODY).astype(np.int64)
    return index_in(words, texts(values))


def index_in(words: pa.Array, values: pa.Array) -> Positions:
    """Given distinct words and values, return for each value its position among the words, NOBODY if absent."""
    return places_in(values, words)


def distinct(numbers: Positions) -> Positions:
    """Given whole numbers, return each once, in order. NumPy's own way hashes a number before it sorts: slower where nearly all differ."""
    ordered = np.sort(numbers)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


class Directory:
    """Who has which value: number, alias or address -> the position of a person, or SEVERAL when more than one has it."""

    def __init__(self, values: pa.Array, owners: Positions) -> None:
        """Given values with their owners (a value may stand more than once; nulls are skipped), build the directory."""
        known = np.asarray(pc.is_valid(values).to_numpy(zero_copy_only=False))
        encoded = values.filter(pa.array(known)).dictionary_encode()
        codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False)).astype(np.int64)
        self.words: pa.Array = encoded.dictionary
        self._value_of = codes
        self._owner_of = owners[known]
        lowest = np.full(len(self.words), np.iinfo(np.int64).max, dtype=np.int64)
        highest = np.full(len(self.words), NOBODY, dtype=np.int64)
        np.minimum.at(lowest, codes, self._owner_of)
        np.maximum.at(highest, codes, self._owner_of)
        self.owners: Positions = np.where(lowest == highest, highest, SEVERAL)

    def find(self, values: pd.Series[Any]) -> Positions:
        """Given a column, return for each value the position of its owner, NOBODY or SEVERAL."""
        return self._owners_at(positions_in(self.words, values))

    def find_texts(self, values: pa.Array) -> Positions:
        """As find, for an Arrow array."""
        return self._owners_at(index_in(self.words, values))

    def _owners_at(self, places: Positions) -> Positions:
        return np.where(places < 0, NOBODY, self.owners[places] if len(self.owners) else NOBODY)

    def shared(self) -> list[list[int]]:
        """Return, for each value more than one has, everyone who has it, in order."""
        return [self._at(place) for place in np.flatnonzero(self.owners == SEVERAL).tolist()]

    def all_of(self, values: pa.Array) -> list[list[int]]:
        """Given values, return for each the positions of everyone who has it, in order."""
        return [self._at(place) if place >= 0 else [] for place in index_in(self.words, values).tolist()]

    def _at(self, place: int) -> list[int]:
        order, starts = self._grouped
        return sorted(set(self._owner_of[order[starts[place] : starts[place + 1]]].tolist()))

    @cached_property
    def _grouped(self) -> tuple[Positions, Positions]:
        order = np.argsort(self._value_of, kind="stable")
        return order, np.searchsorted(self._value_of[order], np.arange(len(self.words) + 1))
