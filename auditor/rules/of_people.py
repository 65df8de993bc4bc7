"""Findings about people rather than accounts, and what a board's registers say of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.numbers import persons_of
from auditor.expect.ruling import OUTSIDE, TEMPORARY
from auditor.model.columns import Columns, plain_array
from auditor.rules.hits import Rows, cells, taken
from auditor.rules.settled import is_kind
from auditor.rules.view import AuditView


def persons_as_rows(view: AuditView, rows: Rows) -> Columns:
    """Given positions in People.persons, return the subject of each: person, the first school the person works at, and the position."""
    return Columns({
        "person": cells(view.people.persons["person"], rows), "school": first_schools(view, rows), "person_row": rows.astype("int32"),
    })


def first_schools(view: AuditView, rows: Rows) -> npt.NDArray[np.object_]:
    """Given positions in People.persons (-1 for nobody), return each one's first school under the code that continues it, None where none."""
    return taken(view.once("first schools", _first_schools), rows, None)


def _first_schools(view: AuditView) -> npt.NDArray[np.object_]:
    texts = view.people.persons["schools"].astype("category")
    continued = view.successors
    firsts: list[str | None] = [continued.get(first, first) for first in (text.split(", ")[0] for text in texts.cat.categories)]
    found: npt.NDArray[np.object_] = np.array([*firsts, None], dtype=object)[texts.cat.codes.to_numpy()]
    return found


def judged_cases(view: AuditView) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """For each case whether family C is about it (a live account of one person who has not left), and whether a temporary right covers it."""
    return view.once("cases judged", _judged_cases)


def _judged_cases(view: AuditView) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    reasons = np.array([ruling.reason for ruling in view.judged.rulings] or [""], dtype=str)
    return ~np.isin(reasons, OUTSIDE), reasons == TEMPORARY


def in_use(view: AuditView) -> npt.NDArray[np.bool_]:
    """For each account whether family C is about it: not disabled, and of one person who has not left, has not vanished, is wholly known and
    does not begin later than the board's early_days (early-account speaks of that one)."""
    return view.once("accounts in use", _in_use)


def _in_use(view: AuditView) -> npt.NDArray[np.bool_]:
    accounts = view.account_arrays
    ours = is_kind(view, "situation", "linked") & (accounts["person_row"] >= 0)
    stays = ~accounts["has_left"] & ~accounts["is_vanished"] & accounts["is_assessable"]
    first_day = taken(view.people.persons["first_day"].to_numpy(dtype="datetime64[s]"), accounts["person_row"], np.datetime64("NaT", "s"))
    is_early = first_day - np.timedelta64(view.policy.early_days * 86_400, "s") > view.day
    return np.asarray(accounts["is_live"] & ours & stays & ~is_early)


def temporary_entries(view: AuditView) -> Columns:
    """The register of temporary rights but for what ended before the day judged, with the position of each holder, -1 when unknown.

    `entry` is the register's own number; `school` the entry's, else the holder's first (for who must see it); `held_school` the entry's.
    """
    return view.once("temporary entries", _temporary_entries)


def _temporary_entries(view: AuditView) -> Columns:
    register = Columns(view.snapshot.table("temporary_rights"))
    found = register.take(~(register["ends_on"] < view.day))
    holders = persons_of(pd.Series(found["person"]), view.people)
    school = np.asarray(found["school"], dtype=object)
    return found.assign(
        entry=np.asarray(found["id"], dtype=object), person_row=holders.astype("int32"), held_school=school,
        school=np.where(pd.notna(school), school, first_schools(view, holders)),
    )


ENTRY = ("system", "person", "right", "level", "scope", "school", "group", "held_school", "entry", "person_row")
"""Columns of temporary_entries that make a finding's subject."""


MOST_TOLD = 50


def told_people(view: AuditView, rows: Iterable[int]) -> str:
    """Given positions in People.persons, return names and numbers as one text, in order of number; beyond MOST_TOLD only how many more."""
    persons = view.people.persons
    told = sorted((str(persons["person"].iat[row]), persons["display_name"].iat[row]) for row in rows)
    names = [number if pd.isna(name) else f"{name} ({number})" for number, name in told[:MOST_TOLD]]
    return ", ".join([*names, *([f"+{len(told) - MOST_TOLD}"] if len(told) > MOST_TOLD else [])])


def folded(column: Any) -> npt.NDArray[np.object_]:
    """Given a category column, or its array, return its words without capitals, None where absent."""
    held = plain_array(column)
    words: npt.NDArray[np.object_] = np.array([*(str(word).casefold() for word in held.categories), None], dtype=object)
    found: npt.NDArray[np.object_] = words[held.codes]
    return found
