"""Accounts of people whose password never has to change, or may be empty.

What: a usable person account in Active Directory with the flag "password never expires" or "no password required".
Why: the flag puts the board's own rule out of action: passwords change at least once a year (OPOR, UNIEK, KERO 13) and nobody logs in
without one.
Known false positives: a domain where passwords are renewed by another system; an account of a machine that nobody declared as such.
"""

from __future__ import annotations

from typing import Any

from auditor.model.finding import Hits
from auditor.rules.hits import Rows, account_facts, status_note
from auditor.rules.hygiene import hygiene_hits
from auditor.rules.settled import is_kind, is_staff
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Person accounts of which the directory says that the password never expires or is not required; pupils' accounts are left alone."""
    judged = is_staff(view, "person")

    def facts(rows: Rows) -> dict[str, Any]:
        return {**account_facts(view, rows, "password_rule"), "status_note": status_note(view, rows)}

    return hygiene_hits(view, judged & is_kind(view, "password_rule", "never_expires", "not_required"), judged, facts)
