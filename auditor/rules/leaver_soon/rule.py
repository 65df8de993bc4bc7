"""People who leave within two weeks, with every account they have.

What: information, one line per account of a person whose last day lies ahead within the notice period and after whom nothing follows; in
summer also temporary staff whose renewal is expected until 1 September.
Why: the deadline after leaving is one working day (KERO 14.9); who knows beforehand can meet it.
Known false positives: a renewal that HR has not entered yet.
"""

from __future__ import annotations

import numpy as np

from auditor.model.calendar import next_working_days
from auditor.model.finding import Hits
from auditor.rules.hits import account_facts, account_hits, chosen, status_note, weight_of_rights
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Not-disabled accounts of people whose last day is near, or whose renewal is expected."""
    accounts = view.accounts
    near = accounts["leaves_on"].notna().to_numpy() | accounts["renewal_until"].notna().to_numpy()
    rows = chosen(near & accounts["is_live"].to_numpy() & ~accounts["has_left"].to_numpy())
    facts = account_facts(view, rows, "leaves_on", "renewal_until")
    last = np.asarray(facts["leaves_on"], dtype="datetime64[D]")
    revoke_by = next_working_days(last, view.policy.holidays).astype("datetime64[s]")
    return account_hits(view, rows, facts={**facts, "deadline_on": revoke_by, "status_note": status_note(view, rows)},
                        use=weight_of_rights(view, rows))
