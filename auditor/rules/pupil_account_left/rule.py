"""Pupils who left and whose account still works.

What: a usable account of a pupil whose every enrolment at the board ended, longer ago than one synchronisation takes.
Why: a pupil deregistered in the pupil administration loses the account after the next synchronisation (KERO 14.9).
Known false positives: an enrolment at the next school of the board that is entered late; an account kept a while so that work can be handed over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.model.arrows import positions
from auditor.model.finding import Hits
from auditor.rules.days import overdue
from auditor.rules.hits import account_hits, chosen, status_note, together, unsure_accounts, weight_of_rights
from auditor.rules.settled import is_kind
from auditor.rules.view import AuditView

NO_DAY = np.datetime64("NaT", "D")


def check(view: AuditView) -> Hits:
    """Not-disabled accounts of pupils whose last enrolment ended more than `sync_days` ago, proven by an export of a later day.

    A number that no pupil has any more is an orphan, not a finding here; a pupil's account without a number is counted as not assessed.
    """
    accounts = view.accounts
    live = accounts["is_live"].to_numpy()
    of_pupil = live & accounts["is_pupil"].fillna(False).to_numpy(dtype=bool)
    left_on = np.full(len(accounts), NO_DAY, dtype="datetime64[D]")
    rows = chosen(of_pupil)
    left_on[rows] = _left_on(view, rows)
    deadline = left_on + np.timedelta64(int(view.parameters["sync_days"]), "D")
    late, unproven = overdue(view, deadline, of_pupil & ~np.isnat(left_on))
    nameless = live & is_kind(view, "kind", "pupil") & is_kind(view, "situation", "unmatched") & accounts["number"].isna().to_numpy()
    rows = chosen(late)
    return account_hits(
        view, rows,
        facts={"left_on": left_on[rows].astype("datetime64[s]"), "deadline_on": deadline[rows].astype("datetime64[s]"),
               "status_note": status_note(view, rows)},
        use=weight_of_rights(view, rows),
        unsure=together(unsure_accounts(view, chosen(unproven), "source_older_than_deadline"),
                        unsure_accounts(view, chosen(nameless), "pupil_without_number")))


def _left_on(view: AuditView, rows: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    """The last day of each account's pupil, absent while any enrolment runs on."""
    pupils = view.snapshot.table("pupils")
    numbers = pupils["person"].cat
    last = np.full(len(numbers.categories) + 1, np.datetime64("0001-01-01", "D"))
    ends = pupils["ends_on"].to_numpy().astype("datetime64[D]")
    np.maximum.at(last, numbers.codes.to_numpy(), np.where(np.isnat(ends), np.datetime64("9999-01-01", "D"), ends))
    last[last >= np.datetime64("9999-01-01", "D")] = NO_DAY
    last[-1] = NO_DAY
    places = positions(view.accounts["person"].take(rows).astype("str"), numbers.categories)
    found: npt.NDArray[Any] = last[places]
    return found
