"""Rights that a matrix forbids.

What: a row of the matrix with stance forbidden matches the holder and the right. It beats every row that would allow it.
Why: externals have no access to the pupil administration (UNIEK, OPOR); a shared substitute user that sees all groups is forbidden (KIND).
Known false positives: an external whose employment has begun and is not in HR yet.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.closest import closest_miss
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Grants that a row of the matrix forbids."""
    return closest_miss(view, "forbidden-right")
