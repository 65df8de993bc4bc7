"""Rights that reach further than declared.

What: the level is allowed, and the allowed scope lies inside the held one: all groups for the own ones, the board for one school.
Why: a teacher sees the own groups unless the school is registered as working across groups (OPOR **, KIND).
Known false positives: a formation list that misses a group; a school whose way of working across groups is not registered.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.closest import closest_miss
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Grants whose scope contains the allowed one and more."""
    return closest_miss(view, "scope-too-wide")
