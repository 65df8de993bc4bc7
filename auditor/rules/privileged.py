"""Which accounts can change the rights of others, or see everything."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from auditor.rules.enriched import is_privileged
from auditor.rules.view import AuditView


def is_privileged_account(view: AuditView) -> npt.NDArray[np.bool_]:
    """For each account whether it holds a privileged right."""
    found = np.zeros(len(view.accounts), dtype=bool)
    grants = view.grants
    heavy = is_privileged(grants, view.matrices, view.snapshot.table("rights"))
    found[grants["account_row"].to_numpy()[heavy]] = True
    return found
