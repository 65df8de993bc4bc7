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
from auditor.model.judged import Engaged
from auditor.model.matrix import Matrix
from auditor.model.people import People
from auditor.model.snapshot import Snapshot


@dataclass(frozen=True)
class Engagements:
    """Counting and past engagements, sorted by person. start, count: per person its first place and how many; school: code as read;
    is_past: 0 or 1; profile: per matrix and engagement the number of its distinct profile; functions, bits, crossing, past: per profile;
    asks_unknown: per person whether a counting engagement has a function nobody knows; unknown: those functions."""

    start: Codes
    count: Codes
    school: Codes
    is_past: Codes
    profile: npt.NDArray[np.int64]
    functions: list[str]
    bits: Codes
    crossing: Codes
    past: Codes
    asks_unknown: npt.NDArray[np.bool_]
    unknown: frozenset[str]

    def engaged(self, profile: int, relation: str, conditions: int) -> Engaged:
        """Given a profile, a relation and how many conditions its matrix has, return the engagement as the judge sees it."""
        bits = int(self.bits[profile])
        return Engaged(
            function=self.functions[profile], conditions=tuple(bool(bits >> place & 1) for place in range(conditions)), relation=relation,
            works_across_groups=bool(self.crossing[profile]), is_past=bool(self.past[profile]),
        )


def engagements(snapshot: Snapshot, people: People, places: Places, books: Sequence[Rulebook]) -> Engagements:
    """Given the night's facts and the matrices, return the engagements as the judge needs them."""
    frame = people.engagements
    counts = frame["counts"].to_numpy(dtype=bool)
    matter = np.flatnonzero(counts | frame["is_past"].to_numpy(dtype=bool))
    matter = matter[np.argsort(frame["person_row"].to_numpy()[matter], kind="stable")]
    kept = frame.iloc[matter].reset_index(drop=True)
    person = kept["person_row"].to_numpy().astype(np.int64)
    count = np.bincount(person, minlength=len(people.persons)).astype(np.int64)
    school = places.engaged_school[matter]
    past = (~counts[matter]).astype(np.int64)
    crossing = places.crossing[school].astype(np.int64)
    function = kept["function"].cat.codes.to_numpy().astype(np.int64)
    words = [*map(str, kept["function"].cat.categories), ""]
    circumstances = Circumstances(kept, people, snapshot)
    bits = np.array([circumstances.bits(tuple(book.conditions)) for book in books], dtype=np.int64).reshape(len(books), len(kept))
    bit_number, distinct_bits = pd.factorize(bits.ravel())
    shape = (len(books), len(kept))
    wide = [np.broadcast_to(part, shape).ravel() for part in (function + 1, crossing, past)]
    profile, first = intern([(wide[0], len(words)), (wide[1], 2), (wide[2], 2), (bit_number.astype(np.int64), max(1, len(distinct_bits)))])
    is_unknown = _unknown(words, [book.matrix for book in books], snapshot)
    asks = is_unknown[function] & (past == 0)
    asking = np.zeros(len(people.persons), dtype=bool)
    asking[person[asks]] = True
    return Engagements(
        start=np.cumsum(count) - count, count=count, school=school, is_past=past, profile=profile.reshape(shape),
        functions=[words[code - 1] for code in wide[0][first].tolist()], bits=bits.ravel()[first], crossing=wide[1][first], past=wide[2][first],
        asks_unknown=asking, unknown=frozenset(words[code] for code in np.unique(function[asks]).tolist()),
    )


def _unknown(words: Collection[str], matrices: Sequence[Matrix], snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    """Functions that stand in no matrix and no function list; the last word is "no function", which is not unknown."""
    listed = snapshot.table("functions")["function"]
    known = {str(word).casefold() for word in listed.cat.categories[np.unique(listed.cat.codes[listed.notna()])]}
    known |= {row.function.casefold() for matrix in matrices for row in matrix.rows}
    known |= {word.casefold() for matrix in matrices for word in matrix.functions} | {""}
    return np.array([word.casefold() not in known for word in words], dtype=bool)
