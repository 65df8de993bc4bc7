"""Who is known and how each stands: `known_people`, the first half of correlation."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.correlate.engagements import EMPLOYMENT, TASK, Rows, assess_rows, gather
from auditor.correlate.history import CURRENT, REPLACED, UNREAD, known_employments
from auditor.correlate.lookup import Positions, distinct
from auditor.correlate.numbers import number_people
from auditor.correlate.roster import NAMES, roster
from auditor.correlate.spans import FOREVER, dates
from auditor.correlate.standing import Flags, Standing, stand
from auditor.model.coverage import SourceState
from auditor.model.past import Past
from auditor.model.people import PEOPLE, People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot


def known_people(snapshot: Snapshot, policy: Policy, past: Past) -> People:
    """Given one night's facts, the board's periods and the past, return everyone who is known, with all they are or were engaged for.

    People who dropped out of HR stay, from the last accepted read. Where HR was not read (wholly, or a school) the last accepted read
    still holds and `is_assessable` is False. The end of an employment is its `ends_on`: the earliest real end; a later end of the
    contract does not keep anyone in service, for a date that was once expected would hide a leaver.
    """
    numbers = number_people(snapshot, past)
    persons = roster(snapshot, past, numbers)
    rows = gather(known_employments(snapshot, past, numbers), snapshot, numbers)
    standing = stand(rows.engaged(), len(persons), snapshot.as_of, policy)
    engagements = assess_rows(rows, standing, snapshot.as_of, policy)
    assessable = _is_assessable(snapshot, numbers.rows(past.employments["person"]), rows, persons, standing)
    shown = _shown(rows, engagements, len(persons))
    columns: dict[str, Any] = {
        "person": persons["person"], "kind": persons["kind"],
        **{name: persons[name] for name in NAMES},
        "in_hr": persons["in_hr"],
        "first_day": dates(standing.first_day), "has_left": standing.has_left, "left_on": dates(standing.left_on),
        "deadline_on": dates(standing.deadline_on), "leaves_on": dates(standing.leaves_on), "renewal_until": dates(standing.renewal_until),
        "is_vanished": standing.is_missing & assessable,
        "vanished_after": dates(np.where(standing.is_missing & assessable, standing.missing_since, FOREVER)),
        "is_senior": _is_senior(rows, engagements, shown, snapshot, policy, len(persons)),
        "functions": _joined(rows.owner, engagements["function"], shown, len(persons)),
        "schools": _joined(rows.owner, engagements["school"], shown, len(persons)),
        "is_assessable": assessable,
        **{name: persons[name] for name in ("source", "file", "row")},
    }
    return People(pd.DataFrame({name: columns[name] for name in PEOPLE}), engagements)


def _is_assessable(snapshot: Snapshot, accepted: Positions, rows: Rows, persons: pd.DataFrame, standing: Standing) -> Flags:
    """Whether absence may be held against each person tonight (rules 1, part-complete HR)."""
    size = len(persons)
    coverage = snapshot.coverage
    if coverage.state_of_role("hr") is not SourceState.OK:
        return np.zeros(size, dtype=np.bool_)
    unsure = np.zeros(size, dtype=np.bool_)
    if coverage.missing_schools_of_role("hr"):
        unsure[rows.owner[rows.fate == UNREAD]] = True
        # Nobody knows where else a person works who was in no accepted read before tonight.
        is_new = np.zeros(size, dtype=np.bool_)
        is_new[rows.owner[(rows.origin == EMPLOYMENT) & (rows.fate == CURRENT)]] = True
        is_new[accepted[accepted >= 0]] = False
        unsure |= is_new
    if _externals_failed(snapshot):
        unsure |= standing.has_left | np.asarray(persons["kind"] == "external")
    return ~unsure


def _externals_failed(snapshot: Snapshot) -> bool:
    """Whether a configured register of externals could not be read: a deployment that runs may then be unseen."""
    return any(
        report.state is not SourceState.OK and (report.source == "externals" or "externals.person" in report.delivers)
        for report in snapshot.coverage.of_role("register")
    )


def _shown(rows: Rows, engagements: pd.DataFrame, size: int) -> Flags:
    """The engagements that tell where a person works: those that count, else the last ones."""
    is_work = (rows.origin != TASK) & (rows.fate != REPLACED) & rows.has_place
    counts: Flags = engagements["counts"].to_numpy() & is_work
    has_any = np.bincount(rows.owner[counts], minlength=size) > 0
    rest = is_work & ~has_any[rows.owner]
    last = np.full(size, -(10**9), dtype=np.int64)
    np.maximum.at(last, rows.owner[rest], rows.ends[rest])
    shown: Flags = counts | (rest & (rows.ends == last[rows.owner]))
    return shown


def _is_senior(rows: Rows, engagements: pd.DataFrame, shown: Flags, snapshot: Snapshot, policy: Policy, size: int) -> Flags:
    """Directors and head-office employees, by what they do, or by the post they left last (KIND's protocols)."""
    wanted = {word.casefold() for word in policy.director_functions | policy.head_office_functions}
    schools = snapshot.table("schools")
    offices = set(schools.loc[schools["kind"] == "office", "school"].astype("str"))
    senior = _in_words(engagements["function"], lambda word: word.casefold() in wanted)
    senior |= _in_words(engagements["school"], lambda word: word in offices)
    is_past = engagements["is_past"].to_numpy() & (rows.origin != TASK)
    last = np.full(size, -(10**9), dtype=np.int64)
    np.maximum.at(last, rows.owner[is_past], rows.ends[is_past])
    left_last = is_past & (rows.ends == last[rows.owner])
    found: Flags = np.bincount(rows.owner[senior & (shown | left_last)], minlength=size) > 0
    return found


def _in_words(column: pd.Series[Any], fits: Any) -> Flags:
    """For each row whether its category fits; absent does not."""
    flags = np.array([fits(str(word)) for word in column.cat.categories] + [False], dtype=np.bool_)
    found: Flags = flags[column.cat.codes.to_numpy()]
    return found


def _joined(owner: Positions, column: pd.Series[Any], which: Flags, size: int) -> pd.Series[Any]:
    """For each person the distinct words of the rows in `which`, in alphabetical order, separated by ", "; absent: none."""
    words = column.cat.categories
    rank = np.argsort(np.argsort(np.asarray(words, dtype=object)))
    codes = column.cat.codes.to_numpy(dtype=np.int64)
    used = which & (codes >= 0)
    width = len(words) + 1
    pairs = distinct(owner[used] * width + (rank[codes[used]] if len(words) else 0))
    people, order = pairs // width, pairs % width
    texts: npt.NDArray[np.object_] = np.asarray(words, dtype=object)[np.argsort(rank)] if len(words) else np.zeros(0, dtype=object)
    found = np.full(size, np.nan, dtype=object)
    nth = np.arange(len(people)) - np.searchsorted(people, people)
    for turn in range(int(nth.max(initial=-1)) + 1):
        at = nth == turn
        found[people[at]] = texts[order[at]] if turn == 0 else found[people[at]] + ", " + texts[order[at]]
    return pd.Series(found, dtype="str")
