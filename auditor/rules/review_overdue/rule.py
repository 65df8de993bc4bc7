"""Periodic checks that were not done in time.

What: the matrix of a system says how often its users are checked (`review_period_days`), and at a school with accounts in it the last check
in the register of reviews is older. The first period runs from the day the matrix was adopted. And a declared folder that was not cleaned
within `folder_days` (from the day its first member was declared). Where no check was ever recorded, it is one finding for the system or
folder, not one a school.
Why: accounts of systems with personal data are checked periodically by the director, and image folders are cleaned yearly (OPOR, KERO).
Known false positives: a check that was done and not recorded: `auditor review` records it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from auditor.expect.meanings import matrix_of
from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.of_people import folded
from auditor.rules.view import AuditView

FACTS = ("folder", "last_on", "due_on", "last_by")
Done = dict[tuple[str, str, str | None], tuple[date, str]]


def check(view: AuditView) -> Hits:
    """One hit per system or folder and school whose check is overdue."""
    done = _done(view)
    return Hits(Columns(pd.DataFrame([*_systems(view, done), *_folders(view, done)])), FACTS)


def _systems(view: AuditView, done: Done) -> Iterator[dict[str, Any]]:
    systems, where, live = (view.account_arrays[name] for name in ("system", "where", "is_live"))
    for system in view.snapshot.coverage.systems:
        place = matrix_of(system, view.matrices)
        period = view.matrices[place].register.get("review_period_days") if place >= 0 else None
        if not isinstance(period, int):
            continue
        here = np.unique(where.codes[(systems == system) & live])
        schools = sorted(map(str, where.categories.take(here[here >= 0]).tolist()))
        yield from _overdue(view, done, (system, ""), schools, period, view.matrices[place].adopted_on)


def _folders(view: AuditView, done: Done) -> Iterator[dict[str, Any]]:
    register = view.snapshot.table("folders")
    continued = view.successors
    names = folded(register["folder"])
    for folder in sorted(set(names)):
        part = register[names == folder]
        schools = sorted({continued.get(code, code) for code in part["school"].dropna().astype("str")})
        since = part["starts_on"].min() if part["starts_on"].notna().all() else pd.NaT
        first = None if pd.isna(since) else pd.Timestamp(since).date()
        for told in _overdue(view, done, ("", folder), schools, int(view.parameters["folder_days"]), first):
            yield told | {"system": None, "group": str(part["folder"].iloc[0])}


def _overdue(
    view: AuditView, done: Done, about: tuple[str, str], schools: list[str], period: int, since: date | None,
) -> Iterator[dict[str, Any]]:
    """What is overdue: per school, or once where no check was ever recorded."""
    subject = {"system": about[0], "folder": about[1] or None, "last_on": pd.NaT, "last_by": None}
    if not any((*about, school) in done for school in (None, *schools)):
        due = since + timedelta(days=period) if since else view.as_of - timedelta(days=1)
        if due < view.as_of:
            yield subject | {"school": None, "due_on": pd.Timestamp(due) if since else pd.NaT}
        return
    for school in schools:
        known = [done[key] for key in ((*about, school), (*about, None)) if key in done]
        last, by = max(known, default=(None, None), key=lambda one: one[0])
        begins = last or since
        due = begins + timedelta(days=period) if begins else view.as_of - timedelta(days=1)
        if due < view.as_of:
            yield subject | {
                "school": school, "due_on": pd.Timestamp(due) if begins else pd.NaT,
                "last_on": pd.Timestamp(last) if last else pd.NaT, "last_by": by,
            }


def _done(view: AuditView) -> Done:
    """The last recorded check of each system or folder, at each school (None: everywhere)."""
    register = view.snapshot.table("reviews")
    continued = view.successors
    found: Done = {}
    rows = zip(register["system"].astype("str"), folded(register["folder"]), register["school"].astype("object"), register["reviewed_on"],
               register["reviewed_by"], strict=True)
    for system, folder, school, day, by in rows:
        if day > pd.Timestamp(view.as_of):
            continue
        key = ("" if folder else system, folder or "", continued.get(school, school) if isinstance(school, str) else None)
        found[key] = max(found.get(key, (date.min, "")), (day.date(), str(by)))
    return found
