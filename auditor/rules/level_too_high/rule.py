"""Rights at a higher level than declared.

What: the matrix gives this function the same right at a lower level, whatever the scope.
Why: more than the work needs is excess: Leerkracht where Leerkracht beperkt is allowed, Volledig Fin where Beperkt Fin is (OPOR).
Known false positives: a matrix that is behind on what was agreed.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.closest import closest_miss
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Grants at a level above the one their holder may have."""
    return closest_miss(view, "level-too-high")
