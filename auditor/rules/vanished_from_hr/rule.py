"""Accounts of people who disappeared from HR while their employment still ran.

What: the last known employment was still running when the row disappeared from a complete HR read, and the account still works.
Why: a row that vanishes is a leaver nobody reported, a change of number, or an export that lost a row; each asks for a look.
Known false positives: a change of personnel number without an alias; a selection in the HR export that was made narrower.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.hits import account_facts, account_hits, chosen, status_note, unsure_accounts, weight_of_rights
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Not-disabled accounts of vanished people; one read before the row disappeared proves nothing."""
    accounts = view.accounts
    gone = accounts["is_vanished"].to_numpy() & accounts["is_live"].to_numpy()
    proven = ~(accounts["source_day"] < accounts["vanished_after"]).to_numpy() & accounts["source_day"].notna().to_numpy()
    rows = chosen(gone & proven)
    return account_hits(
        view, rows, facts={**account_facts(view, rows, "vanished_after"), "status_note": status_note(view, rows)},
        use=weight_of_rights(view, rows), unsure=unsure_accounts(view, chosen(gone & ~proven), "source_older_than_deadline"),
    )
