"""Accounts that work long before their owner does.

What: a usable account of somebody whose first employment or declared deployment starts more than `early_days` (14) from now.
Why: rights hang on the work; before it there is no ground to reach data, and a start that is called off leaves an account that nobody misses.
Known false positives: somebody who is being trained before the first day and whom HR has not entered; a returning employee.
"""

from __future__ import annotations

import numpy as np

from auditor.model.finding import Hits
from auditor.rules.hits import account_hits, chosen, status_note, taken, weight_of_rights
from auditor.rules.settled import is_staff
from auditor.rules.view import AuditView

NO_DAY = np.datetime64("NaT", "s")


def check(view: AuditView) -> Hits:
    """Not-disabled accounts of people whose first day lies further ahead than the board's early_days."""
    accounts = view.accounts
    first_day = taken(view.people.persons["first_day"].to_numpy(dtype="datetime64[s]"), accounts["person_row"].to_numpy(), NO_DAY)
    allowed_from = first_day - np.timedelta64(view.policy.early_days * 86_400, "s")
    waits = ~accounts["has_left"].to_numpy() & ~accounts["is_vanished"].to_numpy() & (allowed_from > view.day)
    rows = chosen(is_staff(view, "person", "external") & waits)
    return account_hits(
        view, rows,
        facts={"first_day": first_day[rows], "allowed_from": allowed_from[rows], "status_note": status_note(view, rows)},
        use=weight_of_rights(view, rows))
