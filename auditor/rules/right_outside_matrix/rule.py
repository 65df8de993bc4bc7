"""Rights the matrix gives to other functions only.

What: no row for this holder's functions gives this right at all.
Why: what nobody declared for this function is excess until it is declared or removed (OPOR list item 6, KERO).
Known false positives: an extra task that is not in the register of tasks; a function entered under another name.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.closest import closest_miss
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Grants that no row gives to any function of their holder."""
    return closest_miss(view, "right-outside-matrix")
