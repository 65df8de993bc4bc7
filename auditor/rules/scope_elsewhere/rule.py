"""Rights at a school or group where the person does not work.

What: the level is allowed, but at another school or group than the one this right reaches.
Why: rights follow the place of work; a right left behind elsewhere opens data one has no business with (KIND, OPOR).
Known false positives: a secondment that is not in HR; a group change not yet in the formation list.
"""

from __future__ import annotations

from auditor.model.finding import Hits
from auditor.rules.closest import closest_miss
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Grants whose scope lies beside the allowed one."""
    return closest_miss(view, "scope-elsewhere")
