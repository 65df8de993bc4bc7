"""Arrays beside each other by name: what a frame holds, without what a frame costs where rows are few and tables are many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

NO_ARRAYS: Mapping[str, Any] = {}


class Columns:
    """Arrays of one length by name: of numpy, of categories or of text. A value that is no array stands in every row."""

    __slots__ = ("_arrays", "_length")

    def __init__(self, arrays: Mapping[str, Any] | pd.DataFrame = NO_ARRAYS) -> None:
        """Given arrays, columns or single values by name, or a frame."""
        held = {str(name): plain_array(array) for name, array in arrays.items()}
        self._length = next((len(array) for array in held.values() if _is_array(array)), 0)
        self._arrays = {name: array if _is_array(array) else _repeated(array, self._length) for name, array in held.items()}
        for name, array in self._arrays.items():
            if len(array) != self._length:
                raise ValueError(f"column {name} has {len(array)} rows where others have {self._length}")

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._length

    def __contains__(self, name: object) -> bool:
        """Whether there is a column of that name."""
        return name in self._arrays

    def __iter__(self) -> Iterator[str]:
        """Return the names in order."""
        return iter(self._arrays)

    def __getitem__(self, name: str) -> Any:
        """Given a name, return its array."""
        return self._arrays[name]

    def get(self, name: str) -> Any:
        """Given a name, return its array, None where there is none."""
        return self._arrays.get(name)

    def assign(self, **arrays: Any) -> Columns:
        """Given arrays, columns or single values by name, return the columns with these beside or instead of them."""
        more = {name: plain_array(array) for name, array in arrays.items()}
        if not self._arrays:
            return Columns(more)
        return Columns({**self._arrays, **{name: array if _is_array(array) else _repeated(array, self._length) for name, array in more.items()}})

    def take(self, rows: npt.NDArray[Any]) -> Columns:
        """Given positions, or a flag a row, return those rows."""
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        return Columns({name: array.take(rows) for name, array in self._arrays.items()})

    def only(self, *names: str) -> Columns:
        """Given names, return those columns."""
        return Columns({name: self._arrays[name] for name in dict.fromkeys(names)})

    def frame(self) -> pd.DataFrame:
        """Return the columns as a frame."""
        return pd.DataFrame(self._arrays, copy=False)


def plain_array(column: Any) -> Any:
    """Given a column, an index or an array, return the array: of numpy where its dtype is numpy's; what is none of these stays as it is."""
    if isinstance(column, pd.Series | pd.Index):
        return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array
    if isinstance(column, list):
        return np.array(column, dtype=object)
    return column


def _is_array(value: Any) -> bool:
    return hasattr(value, "dtype") and getattr(value, "ndim", 1) == 1


def _repeated(value: Any, length: int) -> npt.NDArray[Any]:
    return np.full(length, value, dtype=None if isinstance(value, float | np.generic) else object)
