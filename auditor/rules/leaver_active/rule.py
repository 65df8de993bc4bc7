"""Accounts that still work after their owner left.

What: an account that is not known to be disabled, of a person whose last employment, position or declared deployment ended, later than
the first working day after that last day.
Why: at the end of employment the account goes on the first working day after the leaving date, by order of the director (KERO 14.9); a
leaver who can still log in reaches personal data without a ground (KIND, OPOR list item 9).
Known false positives: a contract extended but not yet entered in HR; a leaver who stays on as a volunteer and was not declared.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.hits import account_facts, account_hits, chosen, status_note, unsure_accounts, weight_of_rights
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Not-disabled accounts of people who left, past the working-day deadline (KERO 14.9).

    Facts have the day of their own source: an export no newer than the deadline does not prove that the account still works.
    """
    accounts = view.accounts
    late = accounts["has_left"].to_numpy() & accounts["is_live"].to_numpy() & (accounts["deadline_on"] < view.day).to_numpy()
    proven = (accounts["source_day"] > accounts["deadline_on"]).to_numpy()
    rows = chosen(late & proven)
    return account_hits(
        view, rows, facts={**account_facts(view, rows, "left_on", "deadline_on"), "status_note": status_note(view, rows)},
        use=weight_of_rights(view, rows), unsure=unsure_accounts(view, chosen(late & ~proven), "source_older_than_deadline"),
    )
