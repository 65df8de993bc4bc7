"""Functions that stand in no matrix and on no list of functions.

What: somebody works in a function that HR names and that neither a matrix nor the functions register knows.
Why: the rights of its holders cannot be judged until somebody says what the function is.
Known false positives: none known; a function that may hold nothing belongs in the functions register too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.model.finding import Hits
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """One hit per function nobody knows, with its number of holders."""
    functions = sorted(view.judged.unknown_functions)
    engagements = view.people.engagements
    running = engagements.loc[engagements["counts"] & engagements["function"].isin(functions), ["function", "person_row"]]
    holders = running.groupby("function", observed=True)["person_row"].nunique()
    rows = pd.DataFrame({"function": pd.Series(functions, dtype="str")})
    rows["holders"] = np.array([int(holders.get(function, 0)) for function in functions], dtype="int64")
    return Hits(rows, ("function", "holders"), use_facts=("holders",))
