"""One person with two accounts where one will do.

What: somebody has two or more usable person accounts in one system and one school.
Why: who changes or withdraws one of them forgets the other, and nobody can say which one is used for what (one person, one account).
An account for administration beside the own one is no duplicate, nor are the records a pupil administration keeps per school, nor an
account in Entra that is a copy of one in Active Directory.
Known false positives: a second account for administration with a name the patterns do not know; a name that was changed while the old account
waits for its mail to be moved.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.finding import Hits
from auditor.rules.hits import Rows, account_facts, account_hits, chosen, unsure_accounts
from auditor.rules.settled import is_spoken_for, is_staff
from auditor.rules.username import matches_any
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Two or more not-disabled person accounts of one person in one system and school, one finding for them all.

    Accounts whose login name matches `admin_patterns` are left out of the count; who left or vanished says only that.
    """
    accounts = view.accounts
    rows = chosen(is_staff(view, "person") & (view.account_arrays["person_row"] >= 0) & (view.account_arrays["copy_of"] < 0))
    rows, _ = _together(view, rows)  # most accounts stand alone, and their names need not be looked at
    rows, of = _together(view, rows[~matches_any(accounts["username"].take(rows), view.parameters["admin_patterns"])])
    spoken = is_spoken_for(view)[rows]
    first, told = _one_a_place(view, rows[~spoken], of[~spoken])
    return account_hits(view, first, facts=told, use=account_facts(view, first, "rights"), unsure=unsure_accounts(view, rows[spoken], None))


def _together(view: AuditView, rows: Rows) -> tuple[Rows, npt.NDArray[np.intp]]:
    """Those of these accounts that share their place with another, and a number of each one's place."""
    _, of, size = np.unique(_places(view, rows), return_inverse=True, return_counts=True)
    return rows[size[of] > 1], of[size[of] > 1]


def _places(view: AuditView, rows: Rows) -> npt.NDArray[np.int64]:
    """One number per person, system and school."""
    systems, schools = view.account_arrays["system"], view.account_arrays["where"]
    person = view.account_arrays["person_row"][rows].astype(np.int64)
    system, school = systems.codes[rows].astype(np.int64), schools.codes[rows].astype(np.int64) + 1
    found: npt.NDArray[np.int64] = (person * (len(systems.categories) + 1) + system) * (len(schools.categories) + 1) + school
    return found


def _one_a_place(view: AuditView, rows: Rows, of: npt.NDArray[Any]) -> tuple[Rows, dict[str, Any]]:
    """The account with the first id of each place, with the login names of all that are there."""
    accounts = view.accounts[["account", "username"]].take(rows)
    frame = pd.DataFrame({
        "of": of, "row": rows, "account": accounts["account"].to_numpy(dtype=object),
        "login": accounts["username"].where(accounts["username"].notna(), accounts["account"]).to_numpy(dtype=object),
    }).sort_values(["of", "login", "account"])
    firsts = frame.sort_values(["of", "account"]).drop_duplicates("of")
    words, begins = frame["login"].tolist(), np.flatnonzero(np.diff(frame["of"].to_numpy(), prepend=-1)).tolist()
    joined = [", ".join(words[begin:end]) for begin, end in zip(begins, [*begins[1:], len(words)], strict=False)]
    logins = np.array(joined, dtype=object)  # in the order of `of`, as firsts are
    return firsts["row"].to_numpy(dtype=np.intp), {"logins": logins}
