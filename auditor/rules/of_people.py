"""Findings about people rather than accounts, and what a board's registers say of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.numbers import persons_of
from auditor.expect.ruling import OUTSIDE, TEMPORARY
from auditor.model.columns import Columns
from auditor.rules.hits import Rows, cells, taken
from auditor.rules.schools import successors
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
    continued = successors(view.snapshot)
    firsts: list[str | None] = [continued.get(first, first) for first in (text.split(", ")[0] for text in texts.cat.categories)]
    found: npt.NDArray[np.object_] = np.array([*firsts, None], dtype=object)[texts.cat.codes.to_numpy()]
    return found


def judged_cases(view: AuditView) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """For each case whether family C is about it (a live account of one person who has not left), and whether a temporary right covers it."""
    reasons = np.array([ruling.reason for ruling in view.judged.rulings] or [""], dtype=str)
    return ~np.isin(reasons, OUTSIDE), reasons == TEMPORARY


def in_use(view: AuditView) -> npt.NDArray[np.bool_]:
    """For each account whether family C is about it: not disabled, and of one person who has not left, has not vanished, is wholly known and
    does not begin later than the board's early_days (early-account speaks of that one)."""
    accounts = view.accounts
    ours = (accounts["situation"] == "linked").to_numpy(dtype=bool) & (accounts["person_row"] >= 0).to_numpy()
    stays = ~accounts["has_left"].to_numpy() & ~accounts["is_vanished"].to_numpy() & accounts["is_assessable"].to_numpy()
    first_day = taken(view.people.persons["first_day"].to_numpy(dtype="datetime64[s]"), accounts["person_row"].to_numpy(), np.datetime64("NaT", "s"))
    is_early = first_day - np.timedelta64(view.policy.early_days * 86_400, "s") > view.day
    return np.asarray(accounts["is_live"].to_numpy() & ours & stays & ~is_early)


def temporary_entries(view: AuditView) -> pd.DataFrame:
    """The register of temporary rights but for what ended before the day judged, with the position of each holder, -1 when unknown.

    `entry` is the register's own number; `school` the entry's, else the holder's first (for who must see it); `held_school` the entry's.
    """
    register = view.snapshot.table("temporary_rights")
    found = register[~(register["ends_on"] < view.day).to_numpy()].reset_index(drop=True)
    holders = persons_of(found["person"], view.people)
    home = first_schools(view, holders)
    school = found["school"].astype("object")
    return found.assign(
        entry=found["id"].to_numpy(dtype=object), person_row=holders.astype("int32"), held_school=school,
        school=np.where(school.notna(), school, home) if len(found) else school,
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


def folded(column: pd.Series[Any]) -> npt.NDArray[np.object_]:
    """Given a category column, return its words without capitals, None where absent."""
    words: npt.NDArray[np.object_] = np.array([*(str(word).casefold() for word in column.cat.categories), None], dtype=object)
    found: npt.NDArray[np.object_] = words[column.cat.codes.to_numpy()]
    return found
