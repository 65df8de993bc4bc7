"""Entries in the register of temporary rights that lack what makes them an exception.

What: an entry that has not ended has no last day, no reason or nobody who approved it, or runs longer than `most_days`.
Why: an exception needs a reason and a period (KIND); what has no end is no temporary right.
Known false positives: none known: it says what stands there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import chosen
from auditor.rules.of_people import ENTRY, temporary_entries
from auditor.rules.view import AuditView

FACTS = ("entry", "held_school", "no_end", "no_reason", "no_approver", "too_long", "starts_on", "ends_on")


def check(view: AuditView) -> Hits:
    """One hit per entry, with everything it lacks."""
    entries = temporary_entries(view)
    most = np.timedelta64(int(view.parameters["most_days"]), "D")
    length = entries["ends_on"] - entries["starts_on"] + np.timedelta64(1, "D")
    lacks = {
        "no_end": np.isnat(entries["ends_on"]), "no_reason": pd.isna(entries["reason"]),
        "no_approver": pd.isna(entries["approved_by"]), "too_long": ~np.isnat(length) & (length > most),
    }
    rows = chosen(np.logical_or.reduce(list(lacks.values())))
    found = entries.take(rows).only(*ENTRY, "starts_on", "ends_on")
    told = {name: np.where(lack[rows], "yes", None) for name, lack in lacks.items()}  # type: ignore[call-overload]
    return Hits(found.assign(**told) if len(found) else Columns(), FACTS)
