"""Functions that stand in no matrix and on no list of functions.

What: somebody works in a function that HR names and that neither a matrix nor the functions register knows.
Why: the rights of its holders cannot be judged until somebody says what the function is.
The function of an external is the sender's word and is not looked for here.
Known false positives: none known; a function that may hold nothing belongs in the functions register too.
"""

from __future__ import annotations

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """One hit per function nobody knows, with its number of holders."""
    engagements = view.people.engagements
    in_hr = engagements["counts"].to_numpy() & (engagements["origin"] == "employment").to_numpy()
    unknown = engagements["function"].isin(view.judged.unknown_functions).to_numpy()
    holders = engagements.loc[in_hr & unknown].groupby("function", observed=True)["person_row"].nunique().sort_index()
    rows = Columns({"function": holders.index.to_numpy(dtype=object), "holders": holders.to_numpy(dtype="int64")})
    return Hits(rows, ("function", "holders"), use_facts=("holders",))
