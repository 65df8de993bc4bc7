"""Accounts that nobody uses.

What: a usable account of staff, an external or a declared shared account whose last successful use lies more than three months back, or
that the system says was never used, a month after it was made. A date that is absent is unknown, and unknown is not "never".
Why: nobody misses an account that is not used, so nobody notices when somebody else uses it; what is not needed goes (KERO, AVG 25).
Known false positives: long leave or illness; somebody who only works through another system; a directory that writes its last logon late.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.model.finding import Hits
from auditor.rules.by_system import by_system, first_match, is_delivered
from auditor.rules.days import overdue
from auditor.rules.hits import Rows, account_facts, marked, status_note
from auditor.rules.hygiene import hygiene_hits
from auditor.rules.settled import is_staff
from auditor.rules.view import AuditView

COLUMN = "accounts.last_used_on"


def check(view: AuditView) -> Hits:
    """Accounts last used more than `dormant_days` ago, or never used and made more than `unused_days` ago, proven by a later export.

    Failed attempts are no use. `lag_days` by system come on top: Active Directory writes lastLogonTimestamp up to 14 days late. Use of the
    copy of an account in Entra is use of the account. Absent dates are counted as not assessed; an account with a finding about its owner
    says only that.
    """
    accounts = view.accounts
    judged = is_staff(view, *view.parameters["kinds"])
    used_on = _last_use(view)
    lags = by_system(view, lambda system: first_match(view.parameters["lag_days"], system, 0), 0)
    never = accounts["never_used"].fillna(False).to_numpy(dtype=bool) & np.isnat(used_on)
    since = np.where(never, accounts["created_on"].to_numpy().astype("datetime64[D]"), used_on)
    patience = np.where(never, view.parameters["unused_days"], view.parameters["dormant_days"]) + lags
    bad, unproven = overdue(view, since + patience.astype("timedelta64[D]"), judged & ~np.isnat(since))
    unknown = judged & np.isnat(since) & is_delivered(view, COLUMN)

    def facts(rows: Rows) -> dict[str, Any]:
        return {"never": marked(never[rows], "never"), "status_note": status_note(view, rows)}

    def use(rows: Rows) -> dict[str, Any]:
        return {"last_used_on": used_on[rows].astype("datetime64[s]"), **account_facts(view, rows, "created_on", "rights")}

    return hygiene_hits(view, bad, judged, facts, use, {"source_older_than_due": unproven, "no_use_date": unknown})


def _last_use(view: AuditView) -> npt.NDArray[np.datetime64]:
    """The last use of each account, or of its copy in Entra where that is later."""
    accounts = view.accounts
    used_on = accounts["last_used_on"].to_numpy().astype("datetime64[D]")
    copies = np.flatnonzero(accounts["copy_of"].to_numpy() >= 0)
    originals = accounts["copy_of"].to_numpy()[copies]
    latest = used_on.copy()
    np.fmax.at(latest, originals, used_on[copies])
    latest[copies] = np.fmax(used_on[copies], latest[originals])
    found: npt.NDArray[np.datetime64] = latest
    return found
