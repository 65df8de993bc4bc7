"""Passwords that were not changed in time.

What: a usable account of a member of staff, an external or a declared shared account whose password is older than the register of that
system says; where no register says anything three months in ESIS and a year elsewhere.
Why: in ESIS the password changes every three months (KIND), everywhere at least once a year (OPOR, UNIEK, KERO): a password that leaked
does not work for ever.
Known false positives: people who log in through another system (single sign-on) and never use this password; an export from before the change.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from auditor.model.finding import Hits
from auditor.rules.by_system import by_system, first_match, is_delivered
from auditor.rules.days import overdue
from auditor.rules.hits import Rows, account_facts, status_note
from auditor.rules.hygiene import hygiene_hits
from auditor.rules.settled import is_staff
from auditor.rules.view import AuditView

COLUMN = "accounts.password_set_on"


def check(view: AuditView) -> Hits:
    """Passwords older than the system's register says (KERO 13), proven by an export of a later day than the one on which they had to change.

    The limit is, first that is there: `board_days` of the board's setting, password_max_days of the register of the system's matrix, `limits`
    by system, `max_days`. An absent date is unknown and counted as not assessed; an account with a finding about its owner says only that.
    """
    accounts = view.accounts
    judged = is_staff(view, *view.parameters["kinds"])
    set_on = accounts["password_set_on"].to_numpy().astype("datetime64[D]")
    limits = by_system(view, lambda system: _limit(view, system), view.parameters["max_days"])
    bad, unproven = overdue(view, set_on + limits.astype("timedelta64[D]"), judged & ~np.isnat(set_on))

    def facts(rows: Rows) -> dict[str, Any]:
        return {"limit_days": limits[rows], "status_note": status_note(view, rows)}

    return hygiene_hits(
        view, bad, judged, facts, lambda rows: account_facts(view, rows, "password_set_on"),
        {"source_older_than_due": unproven, "no_password_date": judged & np.isnat(set_on) & is_delivered(view, COLUMN)})


def _limit(view: AuditView, system: str) -> int:
    matrix = view.matrix_of(system)
    said = view.parameters["board_days"] or (matrix.register.get("password_max_days") if matrix else None)
    return int(said or first_match(view.parameters["limits"], system, view.parameters["max_days"]))
