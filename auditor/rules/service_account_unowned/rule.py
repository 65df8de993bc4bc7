"""Accounts of machines, and for emergencies, that nobody answers for.

What: a usable service or emergency account that the board's register does not name with an owner, a purpose and a review date that lies ahead.
Why: such accounts hold wide rights and a password that stays; without an owner nobody knows what stops when they are closed, and nobody closes
them (KERO 13).
Known false positives: an account that came with the product and cannot be used to log in.
"""

from __future__ import annotations

from typing import Any

from auditor.model.coverage import SourceState
from auditor.model.finding import Hits
from auditor.rules.declared import register_rows
from auditor.rules.hits import account_facts, account_hits, chosen, marked, status_note, taken, weight_of_rights
from auditor.rules.settled import is_kind
from auditor.rules.view import AuditView

REGISTER = "register.service_accounts"


def check(view: AuditView) -> Hits:
    """Not-disabled service and emergency accounts without a declared owner, purpose or review date, or whose review date has passed.

    Without a register nobody is declared, and each finding says so. An account whose decided owner left says only that.
    """
    accounts = view.accounts
    able = accounts["is_live"].to_numpy() & is_kind(view, "kind", "service", "emergency")
    rows = chosen(able & ~accounts["has_left"].to_numpy() & ~accounts["is_vanished"].to_numpy())
    register = view.snapshot.table("service_accounts")
    line = register_rows(view, rows)
    absent: dict[str, Any] = {
        name: taken(register[name].isna().to_numpy(), line, True) for name in ("owner", "purpose", "review_on")
    }
    is_over = taken((register["review_on"] < view.day).to_numpy(), line, False)
    lacking = absent["owner"] | absent["purpose"] | absent["review_on"] | is_over
    rows, line = rows[lacking], line[lacking]
    declared = line >= 0
    has_register = any(report.source == REGISTER and report.state is not SourceState.NOT_CONFIGURED for report in view.snapshot.coverage.sources)
    facts = {
        **account_facts(view, rows, "kind"),
        "register": marked(~declared, "not_declared" if has_register else "not_configured"),
        "owner": marked(declared & absent["owner"][lacking], "absent_owner"),
        "purpose": marked(declared & absent["purpose"][lacking], "absent_purpose"),
        "review": marked(declared & absent["review_on"][lacking], "absent_review"),
        "review_over": marked(is_over[lacking], "over"),
        "status_note": status_note(view, rows),
    }
    return account_hits(view, rows, facts=facts, use=weight_of_rights(view, rows))
