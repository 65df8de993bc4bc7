"""One night's facts: the canonical tables as read, and how complete they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from auditor.model.coverage import Coverage
from auditor.model.tables import TABLES, Column, Table

QUALITY = Table("quality", "rows that contradict themselves, each other or the registers; what the rule data-quality reports", ("kind",), (
    Column("kind", "category", "end_before_start, conflicting_end_dates, number_of_two_people, unknown_school or duplicate_key", True),
    Column("table", "category", "the canonical table the row stands in", True),
    Column("system", "category", "as in accounts; absent: not about a system"),
    Column("account", "text", "as in accounts; absent: not about an account"),
    Column("person", "category", "personnel number; absent: not about a person"),
    Column("school", "category", "code of the school, as the source writes it when nobody knows it; absent: not about a school"),
    Column("detail", "text", "what contradicts what, as codes and dates, never a name"),
))


@dataclass(frozen=True)
class Snapshot:
    """board: its short name; as_of: the day judged, Europe/Amsterdam; tables: every canonical table (empty when not read);
    coverage: how complete each source is; quality: see QUALITY. Sources that are not ok contribute no rows."""

    board: str
    as_of: date
    tables: Mapping[str, pd.DataFrame]
    coverage: Coverage
    quality: pd.DataFrame = field(default_factory=QUALITY.empty)

    def table(self, name: str) -> pd.DataFrame:
        """Given the name of a canonical table, return its frame (empty if no source delivered it)."""
        frame = self.tables.get(name)
        return TABLES[name].empty() if frame is None else frame
