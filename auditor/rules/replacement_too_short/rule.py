"""Full roles for short replacements.

What: a row of the matrix fits but for its condition on the kind or length of the work: a replacement under four weeks.
Why: a short replacement works with the limited role (OPOR) or without an account of its own (KIND).
Known false positives: a replacement that was extended and whose extension HR has not entered yet.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.closest import closest_miss
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Grants a row would cover if the replacement were long enough."""
    return closest_miss(view, "replacement-too-short")
