"""Cells and columns as plain data: what JSON can hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from auditor.assess.distinct import coded
from auditor.model.columns import Columns, plain_array

Record = dict[str, Any]


def plain(value: Any) -> Any:
    """Given one cell, return it as JSON holds it: dates as ISO text, whole numbers as integers, what is absent as None."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, (pd.Timestamp, np.datetime64)):
        stamp = pd.Timestamp(value)
        return None if stamp is pd.NaT else stamp.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def plain_column(column: Any) -> list[Any]:
    """Given a column, or its array, return its cells as `plain` gives them, in one go where its dtype allows."""
    held = plain_array(column)
    if isinstance(held, pd.Categorical):
        codes, words = coded(held)
        return list(np.array([*(plain(word) for word in words), None], dtype=object)[codes])
    if isinstance(held.dtype, pd.StringDtype):
        return list(held.to_numpy(dtype=object, na_value=None))
    if held.dtype.kind == "M":
        days = np.datetime_as_string(np.asarray(held, dtype="datetime64[D]")).astype(object)
        days[np.isnat(held)] = None
        return list(days)
    if isinstance(held, np.ndarray) and held.dtype.kind in "biu":
        return list(held.tolist())
    return [plain(value) for value in np.asarray(held, dtype=object).tolist()]


def records(table: pd.DataFrame | Columns, names: Sequence[str] | None = None) -> list[Record]:
    """Given a table and names of its columns (all when not given), return one record per row without what is absent."""
    names = list(table) if names is None else list(names)
    columns = [plain_column(table[name]) for name in names]
    if not names:
        return [{} for _ in range(len(table))]
    return [{name: value for name, value in zip(names, values, strict=True) if value is not None} for values in zip(*columns, strict=True)]
