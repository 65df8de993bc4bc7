"""Norms that nobody adopted, or adopted too long ago.

What: a matrix without an owner or a day of adoption, or adopted more than `most_days` ago; the same for the authorisation table, by the
latest day in it.
Why: policy and its working are evaluated at least yearly, and the authorisation table is renewed yearly (KERO, KIND, OPOR). A matrix nobody
adopted is no norm.
Known false positives: a matrix that was adopted again without a change, and whose day was not entered.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.view import AuditView

FACTS = ("norm", "name", "adoption", "adopted_on", "due_on")
TABLE = "authorisation_table"


def check(view: AuditView) -> Hits:
    """One hit per matrix, and one for the authorisation table."""
    told = [
        _judged(view, matrix.system, matrix.name, matrix.adopted_on if matrix.is_norm else None) for matrix in view.matrices
    ]
    table = view.snapshot.table(TABLE)
    if len(table):
        latest = table["adopted_on"].max()
        told.append(_judged(view, TABLE, None, None if pd.isna(latest) else latest.date()))
    rows = pd.DataFrame([one for one in told if one])
    return Hits(Columns(rows.astype({"adopted_on": "datetime64[s]", "due_on": "datetime64[s]"})) if len(rows) else Columns(), FACTS)


def _judged(view: AuditView, norm: str, name: str | None, adopted_on: date | None) -> dict[str, Any] | None:
    about = {"norm": norm, "name": name}
    if adopted_on is None:
        never = np.datetime64("NaT", "s")
        return about | {"adoption": "not_adopted", "adopted_on": never, "due_on": never}
    due = adopted_on + timedelta(days=int(view.parameters["most_days"]))
    if due >= view.as_of:
        return None
    return about | {"adoption": "too_old", "adopted_on": np.datetime64(adopted_on, "s"), "due_on": np.datetime64(due, "s")}
