"""Accounts without a second factor where one is due.

What: a usable account of staff, an external or a declared shared account of which the system says that no second factor is set up, and
that holds a privileged right or lies in a system of privacy class 3 or 4. An absent answer is unknown, and counted as not assessed.
Why: a password that leaked is enough then to reach confidential data or to give oneself rights (KERO 13: means of login by class).
Known false positives: a second factor asked by another system before this one (single sign-on); a door that opens inside the school only.
"""

from __future__ import annotations

from typing import Any

from auditor.model.finding import Hits
from auditor.rules.by_system import by_system, is_delivered
from auditor.rules.hits import Rows, account_facts, marked, status_note
from auditor.rules.hygiene import hygiene_hits
from auditor.rules.privileged import is_privileged_account
from auditor.rules.settled import is_staff
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Accounts said to have no second factor, privileged or in a system whose matrix names class `from_class` or higher.

    A system without a matrix has no class: there only privileged accounts are judged. An account with a finding about its owner says only
    that.
    """
    accounts = view.accounts
    privileged = is_privileged_account(view)
    judged = is_staff(view, *view.parameters["kinds"]) & (privileged | by_system(view, lambda system: _is_confidential(view, system), False))
    lacking = ~accounts["has_mfa"].fillna(True).to_numpy(dtype=bool)

    def facts(rows: Rows) -> dict[str, Any]:
        return {"privileged": marked(privileged[rows], "privileged"), "status_note": status_note(view, rows)}

    return hygiene_hits(view, judged & lacking, judged, facts, lambda rows: account_facts(view, rows, "rights"),
                        {"no_mfa_field": judged & accounts["has_mfa"].isna().to_numpy() & is_delivered(view, "accounts.has_mfa")})


def _is_confidential(view: AuditView, system: str) -> bool:
    matrix = view.matrix_of(system)
    return matrix is not None and matrix.privacy_class >= view.parameters["from_class"]
