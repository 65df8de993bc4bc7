"""One night's facts: the canonical tables as read, and how complete they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from auditor.model.coverage import Coverage
from auditor.model.tables import TABLES


@dataclass(frozen=True)
class Snapshot:
    """board: its short name; as_of: the day judged, Europe/Amsterdam; tables: every canonical table (empty when not read);
    coverage: how complete each source is. Sources that are not ok contribute no rows."""

    board: str
    as_of: date
    tables: Mapping[str, pd.DataFrame]
    coverage: Coverage

    def table(self, name: str) -> pd.DataFrame:
        """Given the name of a canonical table, return its frame (empty if no source delivered it)."""
        frame = self.tables.get(name)
        return TABLES[name].empty() if frame is None else frame
