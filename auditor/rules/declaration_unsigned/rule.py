"""Rights that need a signed declaration which is not there.

What: a row of the matrix fits but for its condition that a declaration (of confidentiality) is signed.
Why: administrative staff and the ParnasSys administrator get their role only with a signed confidentiality declaration (OPOR *).
Known false positives: a declaration signed on paper and not yet entered in the register.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.closest import closest_miss
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Grants a row would cover if the declaration it asks for were signed."""
    return closest_miss(view, "declaration-unsigned")
