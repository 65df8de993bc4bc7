"""Rights that nobody declared or classified.

What: a right that is held in a system with a matrix, and that this matrix does not name at all.
Why: a right nobody classified is judged by nobody: it may be harmless or the heaviest of all (OPOR, KERO 13).
Known false positives: a right that was renamed in the system and not in the matrix.
"""

from __future__ import annotations

import numpy as np

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.model.judged import UNKNOWN_RIGHT
from auditor.rules.closest import rows_with
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """One hit per system and right the matrix does not know, with its number of holders."""
    grants = view.grants[["system", "native", "account_row"]].take(rows_with(view, UNKNOWN_RIGHT))
    holders = grants.groupby(["system", "native"], observed=True)["account_row"].nunique().reset_index(name="holders")
    rows = Columns({"system": holders["system"], "right": holders["native"], "holders": holders["holders"].astype("int64")})
    matrices = {system: view.matrix_of(str(system)) for system in set(rows["system"])}
    names = np.array([matrix.name if (matrix := matrices[system]) else None for system in rows["system"]], dtype=object)
    return Hits(rows.assign(matrix=names), ("matrix", "holders"), use_facts=("holders",))
