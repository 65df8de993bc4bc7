"""Temporary rights that are still held after their period.

What: the board's register gave this right for a period, the latest entry for it ended, and the right is still held.
Why: an exception needs a reason and a period; after the period the school is asked whether the extra rights can go (KIND, OPOR).
Known false positives: an extension that was agreed but not entered in the register.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.codes import intern
from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.model.joining import rows_of
from auditor.rules.closest import grant_hits, rows_with
from auditor.rules.hits import Rows, cells, taken, unsure_grants
from auditor.rules.view import AuditView

KEY = ("person", "system", "right")
"""What names an entry of the register for this rule: whose right where, whenever it was given."""


def check(view: AuditView) -> Hits:
    """Grants whose latest entry in the register ended; an export no newer than that end proves nothing."""
    rows = rows_with(view, "temporary-right-expired")
    if not len(rows):
        return grant_hits(view, rows, {"ended_on": rows})
    ended = _ended_on(view, rows)
    days = view.account_arrays["source_day"][view.grant_arrays["account_row"][rows]]
    proven = np.isnat(ended) | (days > ended)
    return grant_hits(view, rows[proven], {"ended_on": ended[proven]},
                      unsure_grants(view, rows[~proven], "source_older_than_deadline"))


def _ended_on(view: AuditView, rows: Rows) -> npt.NDArray[Any]:
    """For each grant the last day of the latest entry for its holder, system and right, as the matrix or the system names it."""
    register = view.snapshot.table("temporary_rights")
    entry, first = intern([(column.codes, len(column.categories)) for column in (register[name].array for name in KEY)])
    ends = np.full(len(first), "NaT", dtype="datetime64[s]").view(np.int64)
    np.maximum.at(ends, entry, register["ends_on"].to_numpy().view(np.int64))  # an absent day is below every day
    latest = Columns({name: register[name].array.take(first) for name in KEY}).frame()
    grants = view.grant_arrays
    held = Columns({
        "person": cells(view.account_arrays["person"], grants["account_row"][rows]),
        **{name: cells(grants[name], rows) for name in ("system", "right", "native")}}).frame()
    found = [taken(ends.view("datetime64[s]"), _entry(held, latest, name), np.datetime64("NaT", "s")) for name in ("right", "native")]
    return np.where(np.isnat(found[0]), found[1], found[0])


def _entry(held: pd.DataFrame, latest: pd.DataFrame, name: str) -> Rows:
    return rows_of(held, latest, ["person", "system", name], KEY)
