"""Who is known: one row a person, from HR, the externals register, or the last accepted read of whoever dropped out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.correlate.lookup import Positions
from auditor.correlate.numbers import Numbers
from auditor.model.arrows import repeated
from auditor.model.past import Past
from auditor.model.snapshot import Snapshot
from auditor.model.tables import TABLES, combine

NAMES = ("display_name", "mail", "upn", "numbers", "given_name", "initials", "prefix", "surname", "partner_surname")


def roster(snapshot: Snapshot, past: Past, numbers: Numbers) -> pd.DataFrame:
    """Given tonight, the past and the numbers, return who they are: the columns of PEOPLE up to `in_hr`, plus provenance, in row order.

    The best record of each person is taken whole: tonight's HR, else the externals register, else tonight's bare employment, else
    what was last accepted. `numbers` holds every other number of the person, wherever it was listed.
    """
    declared, tonight = snapshot.table("externals"), snapshot.table("employments")
    size = len(numbers.lead)
    records = [
        snapshot.table("persons"),
        TABLES["persons"].frame({
            "person": declared["person"], "kind": ["external"] * len(declared), "display_name": declared["name"], "mail": declared["mail"],
            **{name: declared[name] for name in ("source", "file", "row")},
        }),
        _bare(tonight), past.persons, _bare(past.employments),
    ]
    place = np.full(size, -1, dtype=np.int64)
    taken: list[pd.DataFrame] = []
    count = 0
    in_hr = np.zeros(size, dtype=np.bool_)
    for rank, record in enumerate(records):
        owner = numbers.rows(record["person"])
        first = _first_of_each(owner, numbers, record["person"])
        open_ = first >= 0
        if rank < 3:
            in_hr |= open_
        fresh = np.flatnonzero(open_ & (place < 0))
        place[fresh] = count + np.arange(len(fresh))
        count += len(fresh)
        if len(fresh):
            # The numbers are told below; a million words would be united for nothing.
            taken.append(record.iloc[first[fresh]].assign(person=repeated("", len(fresh))))
    if not taken:
        return TABLES["persons"].empty().assign(in_hr=np.zeros(0, dtype=np.bool_))
    people = combine(TABLES["persons"], taken)
    if (place[1:] < place[:-1]).any():
        people = people.iloc[place].reset_index(drop=True)
    own = pc.take(numbers.words, numbers.lead)
    people["person"] = pd.Series(own.to_pandas(), dtype="str")
    people["numbers"] = _other_numbers(people, numbers)
    people["in_hr"] = in_hr
    return people


def _bare(employments: pd.DataFrame) -> pd.DataFrame:
    """Persons that are known by an employment only: a number and where it stood."""
    return TABLES["persons"].frame({
        "person": employments["person"], "kind": pd.Categorical.from_codes(np.zeros(len(employments), dtype=np.int8), ["employee"]),
        **{name: employments[name] for name in ("source", "file", "row")},
    })


def _first_of_each(owner: Positions, numbers: Numbers, person: pd.Series[Any]) -> Positions:
    """For each person the first record under its own number, else the first under an alias, -1 without any."""
    first = np.full(len(numbers.lead), -1, dtype=np.int64)
    known = np.flatnonzero(owner >= 0)[::-1]
    first[owner[known]] = known
    if len(numbers.words) > len(numbers.lead):
        own = np.asarray(pc.take(numbers.words, numbers.lead).to_pandas(), dtype=object)
        named = np.asarray(person.astype("str"), dtype=object)
        exact = known[named[known] == own[owner[known]]]
        first[owner[exact]] = exact
    return first


def _other_numbers(people: pd.DataFrame, numbers: Numbers) -> pd.Series[Any]:
    """Every other number of a person, addresses it lists included, separated by commas; absent: none."""
    listed: Any = people["numbers"].copy()
    is_other = numbers.people >= 0
    is_other[numbers.lead] = False
    others = np.flatnonzero(is_other)
    if not len(others):
        return listed
    words = np.asarray(pc.take(numbers.words, pa.array(others)).to_pandas(), dtype=object)
    known: dict[int, dict[str, None]] = {}
    for row, word in zip(numbers.people[others].tolist(), words.tolist(), strict=True):
        known.setdefault(row, {})[word] = None
    rows = np.array(sorted(known), dtype=np.int64)
    joined = []
    for row, before in zip(rows.tolist(), listed.iloc[rows].tolist(), strict=True):
        extra = [part.strip() for part in before.split(",")] if isinstance(before, str) else []
        joined.append(",".join(dict.fromkeys([*(part for part in extra if part), *known[row]])))
    listed.iloc[rows] = joined
    return listed

