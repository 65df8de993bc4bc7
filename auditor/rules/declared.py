"""Which accounts the board declared in its register of service, shared and emergency accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from auditor.model.joining import rows_of
from auditor.rules.hits import Rows

if TYPE_CHECKING:
    from auditor.rules.view import AuditView


def register_rows(view: AuditView, rows: Rows) -> Rows:
    """Given positions of accounts, return for each its line (position) in the register, by native id or login name whatever the case, -1
    where there is none."""
    register = view.snapshot.table("service_accounts")
    if not len(register) or not len(rows):
        return np.full(len(rows), -1, dtype=np.intp)
    lines = pd.DataFrame({"system": register["system"].astype("str"), "name": _folded(register["account"])})
    kept = ~lines.duplicated().to_numpy()
    place = np.flatnonzero(kept)
    accounts = view.accounts[["system", "account", "username"]].take(rows).reset_index(drop=True)
    found = np.full(len(rows), -1, dtype=np.intp)
    for name in ("username", "account"):
        asked = pd.DataFrame({"system": accounts["system"].astype("str"), "name": _folded(accounts[name])})
        at = rows_of(asked, lines[kept], ["system", "name"])
        found = np.where(at >= 0, np.append(place, -1)[at], found)
    return found


def _folded(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype("str").str.casefold()
