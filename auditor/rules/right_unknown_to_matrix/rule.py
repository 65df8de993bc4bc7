"""Rights that nobody declared or classified.

What: a right that is held in a system with a matrix, and that this matrix does not name at all.
Why: a right nobody classified is judged by nobody: it may be harmless or the heaviest of all (OPOR, KERO 13).
Known false positives: a right that was renamed in the system and not in the matrix.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.model.judged import UNKNOWN_RIGHT
from auditor.rules.closest import rows_with
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """One hit per system and right the matrix does not know, with its number of holders."""
    held, grants = rows_with(view, UNKNOWN_RIGHT), view.grant_arrays
    systems, natives = grants["system"], grants["native"]
    place = systems.codes[held].astype(np.int64) * len(natives.categories) + natives.codes[held]
    size = len(view.accounts) + 1
    at, holders = np.unique(np.unique(place * size + grants["account_row"][held]) // size, return_counts=True)
    rows = Columns({
        "system": pd.Categorical.from_codes(at // max(len(natives.categories), 1), dtype=systems.dtype),
        "right": pd.Categorical.from_codes(at % max(len(natives.categories), 1), dtype=natives.dtype), "holders": holders.astype("int64")})
    matrices = {system: view.matrix_of(str(system)) for system in set(rows["system"])}
    names = np.array([matrix.name if (matrix := matrices[system]) else None for system in rows["system"]], dtype=object)
    return Hits(rows.assign(matrix=names), ("matrix", "holders"), use_facts=("holders",))
