"""Rights that went with an earlier function or school.

What: no row of the matrix covers the right now, and one did for the function or school this person had before.
Why: a change of function, task or school is passed on and the rights follow (KERO 14, KIND protocols); what stays behind adds up.
Known false positives: a hand-over period that was agreed but not put in the register of temporary rights.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.model.finding import Hits
from auditor.rules.closest import grant_hits, rows_with
from auditor.rules.hits import unsure_grants
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Grants that an ended employment, or an earlier version of one, covered; an export no newer than its deadline proves nothing."""
    rows = rows_with(view, "mover-keeps-right")
    persons = view.grants["person_row"].to_numpy()[rows]
    until = _last_given(view)[persons] if len(rows) else np.zeros(0, dtype="datetime64[s]")
    days = view.accounts["source_day"].to_numpy()[view.grants["account_row"].to_numpy()[rows]]
    proven = np.isnat(until) | (days > until)
    return grant_hits(view, rows[proven], {"moved_on": until[proven]},
                      unsure_grants(view, rows[~proven], "source_older_than_deadline"))


def _last_given(view: AuditView) -> npt.NDArray[Any]:
    """For each person the last day on which an engagement that is past still gave rights, NaT where unknown."""
    engagements = view.people.engagements
    until = engagements["gives_until"].to_numpy(dtype="datetime64[s]")
    past = engagements["is_past"].to_numpy() & (until < view.day)
    last = np.full(len(view.people.persons), np.iinfo(np.int64).min)
    np.maximum.at(last, engagements["person_row"].to_numpy()[past], until[past].astype("int64"))
    return last.astype("datetime64[s]")  # the smallest integer is NaT
