"""Everything that can give an assignment: employments, deployments of externals and tasks, now and before, as one frame."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.correlate.history import CURRENT, DROPPED, REPLACED, UNREAD, Employments
from auditor.correlate.lookup import Positions
from auditor.correlate.numbers import Numbers
from auditor.correlate.spans import FOREVER, LONG_AGO, Days, chain_days, dates, day_numbers, next_starts
from auditor.correlate.standing import Engaged, Flags, Standing, day_number, deadlines, renewal_days
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot

EMPLOYMENT, EXTERNAL, TASK = 0, 1, 2
ORIGINS = ("employment", "external", "task")


@dataclass(frozen=True)
class Rows:
    """All rows under each other. frame: their plain columns; owner: row of the person; origin: see above; fate: see history; starts,
    ends, last_seen: day numbers; is_replacement, is_temporary: kind of work; has_place: names a function, school or task."""

    frame: pd.DataFrame
    owner: Positions
    origin: npt.NDArray[np.int8]
    fate: npt.NDArray[np.int8]
    starts: Days
    ends: Days
    last_seen: Days
    is_replacement: Flags
    is_temporary: Flags
    has_place: Flags

    def engaged(self) -> Engaged:
        """Return what says how people stand: employments and deployments, no tasks and no replaced versions."""
        which = (self.origin != TASK) & (self.fate != REPLACED)
        return Engaged(
            self.owner[which], self.starts[which], self.ends[which], self.is_replacement[which], self.is_temporary[which],
            holds=np.isin(self.fate[which], (CURRENT, UNREAD)), is_dropped=self.fate[which] == DROPPED, last_seen=self.last_seen[which],
        )


def gather(employments: Employments, snapshot: Snapshot, numbers: Numbers) -> Rows:
    """Given the known employments and tonight's registers, return all rows of people who are known."""
    today = day_number(snapshot.as_of)
    declared, tasks = snapshot.table("externals"), snapshot.table("tasks")
    parts = [_columns(employments.frame), _columns(declared, kind="external"), _columns(tasks, kind="task")]
    frame = _under_each_other(parts)
    owner = np.concatenate([employments.owner, numbers.rows(declared["person"]), numbers.rows(tasks["person"])])
    sizes = [len(part) for part in parts]
    origin = np.repeat(np.array([EMPLOYMENT, EXTERNAL, TASK], dtype=np.int8), sizes)
    added = sizes[1] + sizes[2]
    fate = np.concatenate([employments.fate, np.full(added, CURRENT, dtype=np.int8)])
    last_seen = np.concatenate([employments.last_seen, np.full(added, today, dtype=np.int64)])
    known = owner >= 0
    if not known.all():
        frame, owner, origin = frame[known].reset_index(drop=True), owner[known], origin[known]
        fate, last_seen = fate[known], last_seen[known]
    starts, ends = day_numbers(frame["starts_on"], LONG_AGO), day_numbers(frame["ends_on"], FOREVER)
    # Of a version since replaced, and of a row dropped while it ran, the last day is the last day it was seen.
    ends = np.where(fate == REPLACED, np.minimum(ends, last_seen), ends)
    has_place = ~(frame["function"].isna() & frame["school"].isna()).to_numpy() | (origin == TASK)
    return Rows(
        frame, owner, origin, fate, starts, ends, last_seen,
        _is(frame["kind"], "replacement"), _is(frame["kind"], "temporary"), has_place,
    )


def assess_rows(rows: Rows, standing: Standing, as_of: date, policy: Policy) -> pd.DataFrame:
    """Given the rows and how their people stand, return the ENGAGEMENTS frame."""
    today = day_number(as_of)
    is_work = rows.origin != TASK
    went = (rows.fate == DROPPED) & (rows.ends >= today)
    lost = went & ~(standing.is_missing[rows.owner] & (rows.last_seen == standing.missing_since[rows.owner]))
    ends = np.where(lost, np.minimum(rows.ends, rows.last_seen), rows.ends)
    gives_until = _gives_until(rows, ends, is_work, policy)
    closed = lost | (rows.fate == REPLACED)
    counts = (rows.starts - policy.early_days <= today) & (today <= gives_until) & ~closed & rows.has_place
    is_past = (closed | ((ends < today) & ~counts)) & rows.has_place
    frame = rows.frame
    return pd.DataFrame({
        "person_row": rows.owner.astype(np.int32),
        "origin": pd.Categorical.from_codes(rows.origin, list(ORIGINS)),
        "employment": frame["employment"], "function": frame["function"], "school": frame["school"], "kind": frame["kind"],
        "task": frame["task"],
        "starts_on": dates(rows.starts), "ends_on": dates(ends), "gives_until": dates(gives_until), "share": frame["share"],
        "weeks": _weeks(rows, ends, policy), "counts": counts, "is_past": is_past,
        "source": frame["source"], "file": frame["file"], "row": frame["row"],
    })


def _gives_until(rows: Rows, ends: Days, is_work: Flags, policy: Policy) -> Days:
    """The deadline after the end; through a bridged gap; and, for temporary work that ends in summer, while a renewal is expected."""
    found = deadlines(ends, policy)
    starting = is_work & np.isin(rows.fate, (CURRENT, UNREAD))
    bridging = is_work & (rows.fate != REPLACED)
    for which, gap in ((np.ones(len(ends), dtype=np.bool_), policy.gap_days), (rows.is_replacement, policy.replacement_gap_days)):
        follower = starting & which
        ended = bridging & which
        following = next_starts(rows.owner[ended], ends[ended], rows.owner[follower], rows.starts[follower])
        until = np.where(following <= ends[ended] + gap, following - 1, LONG_AGO)
        found[ended] = np.maximum(found[ended], until)
    renewal = renewal_days(ends, policy) - 1
    return np.where(bridging & rows.is_temporary, np.maximum(found, renewal), found)


def _weeks(rows: Rows, ends: Days, policy: Policy) -> npt.NDArray[np.float64]:
    """Own length in weeks; for replacement work that of the unbroken chain at one school."""
    is_open = (ends >= FOREVER) | (rows.starts <= LONG_AGO)
    days = np.where(is_open, FOREVER, ends - rows.starts + 1)
    chained = np.flatnonzero(rows.is_replacement & (rows.fate != REPLACED))
    school = rows.frame["school"].cat.codes.to_numpy(dtype=np.int64)[chained] + 1
    place = rows.owner[chained] * (int(school.max(initial=0)) + 1) + school
    days[chained] = chain_days(place, rows.starts[chained], ends[chained], policy.replacement_gap_days)
    return np.where(days >= FOREVER, np.inf, days / 7.0)


_PLAIN = ("employment", "function", "school", "kind", "task", "starts_on", "ends_on", "share", "source", "file", "row")
_CATEGORIES = ("function", "school", "kind", "task", "source", "file")


def _columns(table: pd.DataFrame, kind: str | None = None) -> pd.DataFrame:
    """The plain columns of one table; those it does not have are absent."""
    data: dict[str, Any] = {}
    for name in _PLAIN:
        if name == "kind" and kind is not None:
            data[name] = pd.Categorical.from_codes(np.zeros(len(table), dtype=np.int8), [kind])
        elif name in table:
            data[name] = table[name].array
        elif name in _CATEGORIES:
            data[name] = pd.Categorical.from_codes(np.full(len(table), -1, dtype=np.int8), pd.Index([], dtype="str"))
        else:
            data[name] = pd.Series(np.nan, index=range(len(table)), dtype="float64" if name == "share" else "str").array
    return pd.DataFrame(data)


def _under_each_other(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)] or parts[:1]
    if len(filled) == 1:
        return filled[0]
    data: dict[str, Any] = {}
    for name in _PLAIN:
        if name in _CATEGORIES:
            data[name] = pd.api.types.union_categoricals([part[name].array for part in filled])
        else:
            data[name] = pd.concat([part[name] for part in filled], ignore_index=True)
    return pd.DataFrame(data)


def _is(kind: pd.Series[Any], word: str) -> Flags:
    words = list(kind.cat.categories)
    found: Flags = kind.cat.codes.to_numpy() == (words.index(word) if word in words else -2)
    return found
