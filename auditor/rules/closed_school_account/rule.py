"""Accounts and rights that still name a school that is closed.

What: a usable account lies at a school past its last day, or holds a right there. Until that day the old code equals its successor's.
Why: when a school closes or merges its accounts move or go (KIND 4); what still names the old school belongs to nobody's daily work.
Such a right is never called "elsewhere" as well.
Known false positives: the register gives a last day that was put off; a pupil administration that keeps the old code for its archive.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import Rows, accounts_as_rows, cells, chosen, status_note, together
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
    names = np.array(sorted(closed), dtype=object)
    rows, place, refers = _named(view, names)
    if not len(rows):
        return Hits(Columns(), FACTS, None, ("number", "status_note"))
    school, closed_on = names[place], np.array([closed[name] for name in names])[place]
    proven = view.account_arrays["source_day"][rows] > closed_on
    spoken = is_spoken_for(view)[rows]
    system = view.account_arrays["system"]
    where = system.codes[rows].astype(np.int64) * len(names) + place
    number = np.bincount(where[proven & ~spoken], minlength=len(system.categories) * len(names))[where]
    told = proven & ~spoken
    many = told & (number >= view.parameters["together_from"])
    single = told & ~many
    found = accounts_as_rows(view, rows[single]).assign(
        closed_school=school[single], closed_on=closed_on[single], refers=refers[single], number=np.nan,
        status_note=status_note(view, rows[single]))
    lines = np.sort(np.flatnonzero(many)[np.unique(where[many], return_index=True)[1]])
    whole = Columns({
        "system": np.asarray(cells(system, rows[lines]), dtype=object), "closed_school": school[lines], "closed_on": closed_on[lines],
        "number": number[lines].astype("float64")})
    held = [
        accounts_as_rows(view, rows[which]).assign(closed_school=school[which], reason=reason)
        for which, reason in ((many | (spoken & proven), None), (~proven & ~spoken, "source_older_than_closing"))
    ]
    hits = together(found, whole)
    hits = hits.assign(**{name: None for name in FACTS if name not in hits}) if len(hits) else hits
    return Hits(hits, FACTS, together(*held), ("number", "status_note"))


def _named(view: AuditView, closed: npt.NDArray[np.object_]) -> tuple[Rows, Rows, npt.NDArray[np.object_]]:
    """Usable accounts, the place of the closed school each names, and whether as its own school, in a right, or both; in order."""
    accounts, grants = view.account_arrays, view.grant_arrays
    live, holder = accounts["is_live"], grants["account_row"]
    own, held = _places(accounts["school"], closed), _places(grants["school"], closed)
    as_own, as_right = chosen(live & (own >= 0)), chosen(held >= 0)
    as_right = as_right[live[holder[as_right]]]
    keys = np.concatenate([as_own * len(closed) + own[as_own], holder[as_right] * len(closed) + held[as_right]]).astype(np.int64)
    distinct, of = np.unique(keys, return_inverse=True)
    is_own, is_right = (np.bincount(part, minlength=len(distinct)) > 0 for part in (of[:len(as_own)], of[len(as_own):]))
    refers = np.array(["right", "account", "both"], dtype=object)[is_own.astype(np.intp) + (is_own & is_right)]
    return distinct // max(len(closed), 1), distinct % max(len(closed), 1), refers


def _places(schools: pd.Categorical, closed: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """For each row the place of its school among those that are closed, -1 where it is none of them."""
    place_of = {name: place for place, name in enumerate(closed)}
    found: npt.NDArray[np.int64] = np.array([*(place_of.get(word, -1) for word in schools.categories), -1], dtype=np.int64)[schools.codes]
    return found
