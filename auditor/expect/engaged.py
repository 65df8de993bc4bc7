"""The engagements that matter, in order of person, and what each looks like to each matrix."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.codes import Codes, intern
from auditor.expect.conditions import Circumstances
from auditor.expect.places import Places
from auditor.expect.ruling import Rulebook
from auditor.expect.sets import intern_sets
from auditor.model.judged import Engaged
from auditor.model.matrix import Matrix
from auditor.model.people import People
from auditor.model.snapshot import Snapshot


@dataclass(frozen=True)
class Profiles:
    """Distinct looks of an engagement, whatever the grant. functions: the words, "" for none; function: per profile its place there; bits:
    conditions that hold; crossing: its school works across groups; past: see Engaged.is_past."""

    functions: list[str]
    function: Codes
    bits: Codes
    crossing: Codes
    past: Codes

    def engaged(self, profile: int, relation: str, conditions: int) -> Engaged:
        """Given a profile, a relation and how many conditions its matrix has, return the engagement as the judge sees it."""
        bits = int(self.bits[profile])
        return Engaged(
            function=self.functions[self.function[profile]], conditions=tuple(bool(bits >> place & 1) for place in range(conditions)),
            relation=relation, works_across_groups=bool(self.crossing[profile]), is_past=bool(self.past[profile]),
        )


@dataclass(frozen=True)
class Engagements:
    """Counting and past engagements, sorted by person. start, count: per person its first place and how many; school: code as read;
    is_past; look: what of it any matrix asks, its place and the person apart; profile: per matrix and look its place in `profiles`; likeness:
    per person a number, the same for persons whose engagements look the same; asks_unknown: per person whether a counting engagement has
    a function nobody knows; unknown: those functions."""

    start: Codes
    count: Codes
    school: Codes
    is_past: npt.NDArray[np.bool_]
    look: Codes
    profile: Codes
    profiles: Profiles
    likeness: Codes
    asks_unknown: npt.NDArray[np.bool_]
    unknown: frozenset[str]


def engagements(snapshot: Snapshot, people: People, places: Places, books: Sequence[Rulebook]) -> Engagements:
    """Given the night's facts and the matrices, return the engagements as the judge needs them.

    Two hundred thousand engagements have some thousands of looks; what each matrix makes of them is worked out look by look.
    """
    frame = people.engagements
    counts = frame["counts"].to_numpy(dtype=bool)
    matter = np.flatnonzero(counts | frame["is_past"].to_numpy(dtype=bool))
    matter = matter[np.argsort(frame["person_row"].to_numpy()[matter], kind="stable")]
    kept = frame.iloc[matter].reset_index(drop=True)
    person = kept["person_row"].to_numpy().astype(np.int64)
    count = np.bincount(person, minlength=len(people.persons)).astype(np.int64)
    school = places.engaged_school[matter].astype(np.int64)
    past = ~counts[matter]
    function = kept["function"].cat.codes.to_numpy().astype(np.int64) + 1
    words = ["", *map(str, kept["function"].cat.categories)]
    crossing = places.crossing[school]
    circumstances = Circumstances(kept, people, snapshot)
    holds = {condition: circumstances.holds(condition) for book in books for condition in book.conditions}
    look, first = intern([(function, len(words)), (crossing, 2), (past, 2), *((met, 2) for met in holds.values())])
    bits = np.zeros((len(books), len(first)), dtype=np.int64)
    for number, book in enumerate(books):
        for condition, place in book.conditions.items():
            bits[number] |= holds[condition][first].astype(np.int64) << place
    parts = (np.broadcast_to(part[first].astype(np.int64), bits.shape).ravel() for part in (function, crossing, past))
    profile, profiles = profiled(words, bits.ravel(), *parts)
    likeness, _ = intern_sets(person, look, len(people.persons))
    asks = _unknown(words, [book.matrix for book in books], snapshot)[function] & ~past
    asking = np.zeros(len(people.persons), dtype=bool)
    asking[person[asks]] = True
    return Engagements(
        start=np.cumsum(count) - count, count=count, school=school, is_past=past, look=look, profile=profile.reshape(bits.shape),
        profiles=profiles, likeness=likeness, asks_unknown=asking,
        unknown=frozenset(words[code] for code in np.unique(function[asks]).tolist()),
    )


def profiled(words: list[str], bits: Codes, function: Codes, crossing: Codes, past: Codes) -> tuple[Codes, Profiles]:
    """Given what makes a profile, row by row, return per row the number of its profile, and the distinct ones."""
    seat, distinct = pd.factorize(bits)
    number, first = intern([
        (function, len(words)), (crossing, 2), (past, 2), (seat.astype(np.int64), max(1, len(distinct))),
    ])
    return number, Profiles(words, function[first], bits[first], crossing[first], past[first])


def _unknown(words: Collection[str], matrices: Sequence[Matrix], snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    """Functions that stand in no matrix and no function list; "" is no function, which is not unknown."""
    listed = snapshot.table("functions")["function"]
    known = {str(word).casefold() for word in listed.cat.categories[np.unique(listed.cat.codes[listed.notna()])]}
    known |= {row.function.casefold() for matrix in matrices for row in matrix.rows}
    known |= {word.casefold() for matrix in matrices for word in matrix.functions} | {""}
    return np.array([word.casefold() not in known for word in words], dtype=bool)
