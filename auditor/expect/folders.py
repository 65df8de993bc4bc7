"""Which grants of a folder belong to a declared member of it: members of such folders are declared by name, not by function (OPOR)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.codes import Codes, runs_on
from auditor.expect.effective import SCOPE_WORDS, Reach
from auditor.expect.meanings import Meaning
from auditor.expect.numbers import seats
from auditor.expect.places import Places
from auditor.model.people import People
from auditor.model.snapshot import Snapshot

FOLDER = SCOPE_WORDS.index("folder")


def declared_members(
    snapshot: Snapshot, people: People, places: Places, reach: Reach, person: Codes, meaning: Codes, meanings: Sequence[Meaning],
) -> npt.NDArray[np.bool_]:
    """Given the rows to judge, with their persons and meanings, return which reach a folder whose register names the person today.

    The folder is known by the matrix's word, the native right or the grant's own folder name, whatever the case. An entry without a school
    is about every folder of that name; a grant that does not tell its school is not held against its owner.
    """
    member = np.zeros(len(person), dtype=bool)
    register = snapshot.table("folders")
    asking = np.flatnonzero(reach.scope == FOLDER)
    if not len(register) or not len(asking):
        return member
    holder = _holders(register["member"], people)
    names = {str(word).casefold(): place for place, word in enumerate(register["folder"].cat.categories)}
    kept = np.flatnonzero((holder >= 0) & runs_on(register["starts_on"], register["ends_on"], snapshot.as_of))
    width = len(places.schools) + 1
    entry = holder[kept] * len(names) + _named(register["folder"], names)[kept]
    placed = np.unique(entry * width + _roots(register["school"], places)[kept] + 1)
    grants = snapshot.table("grants")
    grant = reach.grant[asking]
    school = places.root[reach.school[asking]] + 1
    known_as = (
        _codes([item.right for item in meanings], names)[meaning[asking]], _named(grants["right"], names)[grant],
        _codes(places.groups, names)[reach.group[asking]],
    )
    for name in known_as:
        key = person[asking] * len(names) + name
        is_here = np.isin(key * width + school, placed) | np.isin(key * width, placed) | ((school == 0) & np.isin(key, placed // width))
        member[asking] |= (name >= 0) & is_here
    return member


def _holders(column: pd.Series[Any], people: People) -> Codes:
    """A member is named by personnel number, or by the address a person is known by."""
    words = column.cat.categories
    found = seats(words, people)
    folded = pd.Index(words.str.casefold())
    for name in ("mail", "upn"):
        known = people.persons[name]
        known = known[known.notna() & ~known.duplicated(keep=False)]
        places = pd.Index(known).get_indexer(folded)
        found = np.where((found < 0) & (places >= 0), np.append(known.index.to_numpy(dtype=np.int64), -1)[places], found)
    return np.asarray(np.append(found, -1)[column.cat.codes.to_numpy()], dtype=np.int64)


def _named(column: pd.Series[Any], names: dict[str, int]) -> Codes:
    return np.asarray(_codes([str(word) for word in column.cat.categories], names)[column.cat.codes.to_numpy()], dtype=np.int64)


def _codes(words: Sequence[str], names: dict[str, int]) -> Codes:
    return np.array([*(names.get(word.casefold(), -1) for word in words), -1], dtype=np.int64)


def _roots(column: pd.Series[Any], places: Places) -> Codes:
    """A school nothing else names is nobody's: no grant can lie there."""
    known = {word: place for place, word in enumerate(places.schools)}
    codes = np.array([*(known.get(str(word), -2) for word in column.cat.categories), -1], dtype=np.int64)[column.cat.codes.to_numpy()]
    return np.asarray(np.where(codes >= 0, places.root[codes], codes), dtype=np.int64)
