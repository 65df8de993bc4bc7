"""Rights at a school or group where the person does not work.

What: the level is allowed, but at another school or group than the one this right reaches.
Why: rights follow the place of work; a right left behind elsewhere opens data one has no business with (KIND, OPOR).
Known false positives: a secondment that is not in HR; a group change not yet in the formation list.
"""

from __future__ import annotations

import numpy as np

from auditor.model.finding import Hits
from auditor.rules.closest import grant_hits, rows_with
from auditor.rules.hits import unsure_grants
from auditor.rules.schools import closed_schools
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Grants whose scope lies beside the allowed one; a right at a school that is closed is closed-school-account's, never both (KIND 4)."""
    rows = rows_with(view, "scope-elsewhere")
    schools = view.grants["school"].cat
    is_closed = np.append(schools.categories.isin(list(closed_schools(view.snapshot))), False)[schools.codes.to_numpy()[rows]]
    return grant_hits(view, rows[~is_closed], unsure=unsure_grants(view, rows[is_closed], None))
