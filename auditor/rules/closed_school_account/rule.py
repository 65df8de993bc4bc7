"""Accounts and rights that still name a school that is closed.

What: a usable account lies at a school past its last day, or holds a right there. Until that day the old code equals its successor's.
Why: when a school closes or merges its accounts move or go (KIND 4); what still names the old school belongs to nobody's daily work.
Such a right is never called "elsewhere" as well.
Known false positives: the register gives a last day that was put off; a pupil administration that keeps the old code for its archive.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import Rows, accounts_as_rows, status_note, together
from auditor.rules.schools import closed_schools
from auditor.rules.settled import is_spoken_for
from auditor.rules.view import AuditView

FACTS = ("closed_school", "closed_on", "refers", "number", "status_note")


def check(view: AuditView) -> Hits:
    """Not-disabled accounts that lie at a closed school or hold rights there, proven by an export of after its last day; one finding per
    account and closed school.

    Where `together_from` accounts of one system name the same closed school, its closing was not carried out there: one finding. An account
    with a finding about its owner says only that.
    """
    closed = closed_schools(view.snapshot)
    rows, school, refers = _named(view, list(closed))
    if not len(rows):
        return Hits(Columns(), FACTS, None, ("number", "status_note"))
    closed_on = np.array([closed[name] for name in school])
    proven = view.accounts["source_day"].to_numpy()[rows] > closed_on
    spoken = is_spoken_for(view)[rows]
    frame = pd.DataFrame({
        "system": view.accounts["system"].take(rows).to_numpy(dtype=object), "closed_school": school, "closed_on": closed_on,
        "counts": (proven & ~spoken).astype("int64"),
    })
    frame["number"] = frame.groupby(["system", "closed_school"])["counts"].transform("sum").astype("float64")
    told = (frame["counts"] > 0).to_numpy()
    many = told & (frame["number"] >= view.parameters["together_from"]).to_numpy()
    single = told & ~many
    found = accounts_as_rows(view, rows[single]).assign(
        closed_school=school[single], closed_on=closed_on[single], refers=refers[single], number=np.nan,
        status_note=status_note(view, rows[single]))
    whole = Columns(frame.loc[many, ["system", "closed_school", "closed_on", "number"]].drop_duplicates())
    held = [
        accounts_as_rows(view, rows[which]).assign(closed_school=school[which], reason=reason)
        for which, reason in ((many | (spoken & proven), None), (~proven & ~spoken, "source_older_than_closing"))
    ]
    hits = together(found, whole)
    hits = hits.assign(**{name: None for name in FACTS if name not in hits}) if len(hits) else hits
    return Hits(hits, FACTS, together(*held), ("number", "status_note"))


def _named(view: AuditView, closed: list[str]) -> tuple[Rows, Any, Any]:
    """Usable accounts and the closed school each names, and whether as its own school, in a right, or both."""
    accounts, grants = view.accounts, view.grants
    live = accounts["is_live"].to_numpy()
    own = np.flatnonzero(live & np.append(accounts["school"].cat.categories.isin(closed), False)[accounts["school"].cat.codes.to_numpy()])
    held = np.flatnonzero(np.append(grants["school"].cat.categories.isin(closed), False)[grants["school"].cat.codes.to_numpy()])
    held = held[live[grants["account_row"].to_numpy()[held]]]
    frame = pd.DataFrame({
        "row": np.concatenate([own, grants["account_row"].to_numpy()[held]]),
        "school": np.concatenate([accounts["school"].take(own).to_numpy(dtype=object), grants["school"].take(held).to_numpy(dtype=object)]),
        "as_own": np.arange(len(own) + len(held)) < len(own),
    })
    ways = frame.groupby(["row", "school"], sort=True)["as_own"].agg(["any", "all"]).reset_index()
    refers = np.select([ways["all"], ways["any"]], ["account", "both"], "right").astype(object)
    return ways["row"].to_numpy(dtype=np.intp), ways["school"].to_numpy(dtype=object), refers
