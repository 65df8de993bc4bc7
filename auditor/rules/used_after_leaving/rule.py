"""Accounts that were used after their owner left: a possible data breach.

What: the last successful use lies after the last day of the owner, whatever the status of the account is now and whatever the deadline.
Why: unlawful access to personal data is a data breach: the director informs within 8 hours, the authority is told within 72 hours (OPOR
incident protocol, KIND 12, KERO 10). Both periods run from the scan that found it.
Known false positives: a phone that keeps fetching mail on a stored token; a leaving date that HR entered too early; use by ICT while
closing the account. Failed attempts do not count.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.hits import account_facts, account_hits, chosen, weight_of_rights
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Accounts used successfully after their owner's last day; deadline and status play no part."""
    accounts = view.accounts
    rows = chosen(accounts["has_left"].to_numpy() & (accounts["last_used_on"] > accounts["left_on"]).to_numpy())
    return account_hits(
        view, rows,
        facts={**account_facts(view, rows, "left_on"), "inform_hours": view.parameters["inform_hours"],
               "report_hours": view.parameters["report_hours"]},
        use={**account_facts(view, rows, "last_used_on", "status"), **weight_of_rights(view, rows)},
    )
