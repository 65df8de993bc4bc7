"""Rows that contradict themselves, each other or the registers, gathered while the tables are made ready (rule data-quality)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.snapshot import QUALITY
from auditor.model.tables import combine

SUBJECT = ("system", "account", "person", "school")
Rows = npt.NDArray[np.intp]


class Quality:
    """Gathers entries; `frame` gives them as QUALITY."""

    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []

    def add(self, kind: str, table: str, frame: pd.DataFrame, rows: Rows, details: Sequence[str], school: str | None = None) -> None:
        """Given a kind, and the rows of a table it is about with a detail each, note them. `school` replaces the rows' own."""
        if not len(rows):
            return
        taken = frame.iloc[rows].reset_index(drop=True)
        columns: dict[str, object] = {name: _plain(taken[name]) for name in SUBJECT if name in taken}
        if school is not None:
            columns["school"] = [school] * len(rows)
        self._parts.append(QUALITY.frame({
            **columns, "kind": [kind] * len(rows), "table": [table] * len(rows), "detail": list(details),
            **{name: taken[name].reset_index(drop=True) for name in ("source", "file", "row")},
        }))

    def take(self, other: Quality) -> None:
        """Given other notes, add them to these."""
        self._parts.extend(other._parts)

    def frame(self) -> pd.DataFrame:
        """Return everything noted, in the order of source, file and row."""
        if not self._parts:
            return QUALITY.empty()
        found = combine(QUALITY, self._parts)
        order = found.astype(dict.fromkeys(("kind", "table", "source", "file"), "str"))
        places = order.sort_values(["kind", "table", "source", "file", "row", "detail"], kind="stable").index
        return found.loc[places].reset_index(drop=True)


def places(frame: pd.DataFrame, rows: Rows) -> list[str]:
    """Given rows of a table, return each one's place as `file:line` (the file alone where there are no lines)."""
    files, lines = frame["file"].iloc[rows].astype("str"), frame["row"].iloc[rows]
    return [f"{file}:{line}" if line >= 0 else file for file, line in zip(files, lines, strict=True)]


def day_text(value: Any) -> str:
    """Given a timestamp, return its day as ISO text, "-" when absent."""
    return "-" if pd.isna(value) else pd.Timestamp(value).date().isoformat()


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype("str") if isinstance(column.dtype, pd.CategoricalDtype) else column
