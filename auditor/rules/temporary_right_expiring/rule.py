"""Temporary rights that end soon.

What: the last day of an entry in the register lies within `notice_days`, and no later entry for the same person, system, right and school
follows on it. Asked once per period: the finding is about this entry and this last day.
Why: asked in time, an extension is a decision and not an oversight (KIND: the school is asked whether the extra rights can go).
Known false positives: a right that will be taken away on its last day, as agreed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import chosen
from auditor.rules.of_people import ENTRY, temporary_entries
from auditor.rules.view import AuditView

FACTS = ("entry", "held_school", "ends_on", "until")
_SAME = ["person", "system", "right", "held_school", "group"]


def check(view: AuditView) -> Hits:
    """One hit per entry that has begun, ends within the notice and is not followed by another."""
    entries = temporary_entries(view)
    horizon = view.day + np.timedelta64(int(view.parameters["notice_days"]), "D")
    ends_soon = (entries["ends_on"] <= horizon) & ~(entries["starts_on"] > view.day)
    rows = chosen(ends_soon & ~_is_followed(entries))
    found = entries.take(rows).only(*ENTRY, "ends_on")
    until = np.datetime_as_string(found["ends_on"].astype("datetime64[D]")).astype(object)
    return Hits(found.assign(until=until) if len(found) else Columns(), FACTS)


def _is_followed(entries: Columns) -> npt.NDArray[np.bool_]:
    """Whether another entry for the same right runs on past the end, beginning no later than the day after."""
    if not len(entries):
        return np.zeros(0, dtype=bool)
    words = (np.asarray(entries[name], dtype=object) for name in _SAME)
    keys = list(zip(*(np.where(pd.isna(column), "", column).tolist() for column in words), strict=True))
    starts, ends = entries["starts_on"].astype("datetime64[D]"), entries["ends_on"].astype("datetime64[D]")
    runs: dict[object, list[int]] = {}
    for row, key in enumerate(keys):
        runs.setdefault(key, []).append(row)
    found = np.zeros(len(entries), dtype=bool)
    for row, key in enumerate(keys):
        for other in runs[key]:
            lasts = np.isnat(ends[other]) or ends[other] > ends[row]
            begins = np.isnat(starts[other]) or starts[other] <= ends[row] + np.timedelta64(1, "D")
            found[row] |= other != row and bool(lasts and begins)
    return found
