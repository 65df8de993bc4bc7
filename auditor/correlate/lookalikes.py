"""Running people who may well be someone who left: same human, other number (rules 1, "Left, or vanished?")."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.correlate.lookup import Positions, distinct, index_in
from auditor.correlate.name_index import folded_once
from auditor.correlate.names import fold, surname_keys
from auditor.correlate.registry import Registry
from auditor.model.people import People

Flags = npt.NDArray[np.bool_]
ALIAS, ADDRESS, NAME = "shares_alias", "shares_address", "same_name"
"""What a running person has in common with someone who left, strongest first; codes under `reason.`."""
BACK_WITHIN = 366
"""Days after leaving within which someone of the same name, at another school, is likely the same human."""


def lookalikes(people: People, registry: Registry) -> dict[int, dict[int, str]]:
    """Given who is known, return for each person who left or vanished the running people who share a number alias, mail or login name,
    or have a strong likeness of name, with what they share.

    A likeness of name is strong when first name, initials (where both are known) and own surname are equal, one running person only has
    that name, and the two worked at one school or the running one began within a year after the other left.
    """
    persons = people.persons
    gone: Flags = (persons["has_left"] | persons["is_vanished"]).to_numpy()
    runs = np.zeros(len(persons), dtype=np.bool_)
    counting = people.engagements[people.engagements["counts"].to_numpy()]
    runs[counting["person_row"].to_numpy()] = True
    runs &= ~gone & persons["in_hr"].to_numpy()
    found: dict[int, dict[int, str]] = {}
    for code, groups in ((ALIAS, _alias_groups(registry)), (ADDRESS, registry.addresses.shared())):
        for group in groups:
            running = [owner for owner in group if runs[owner]]
            for leaver in (owner for owner in group if gone[owner]):
                for other in running:
                    found.setdefault(leaver, {}).setdefault(other, code)
    for leaver, other in _same_names(people, np.flatnonzero(gone), np.flatnonzero(runs)):
        found.setdefault(leaver, {}).setdefault(other, NAME)
    return found


def _alias_groups(registry: Registry) -> list[list[int]]:
    """People who share a number: two list the same alias, or one lists another's own number."""
    groups = registry.aliases.shared()
    claimed = index_in(registry.aliases.words, registry.own)
    for owner in np.flatnonzero(claimed >= 0).tolist():
        [listing] = registry.aliases.all_of(registry.own.slice(owner, 1))
        groups.append(sorted({owner, *listing}))
    return groups


def _same_names(people: People, gone: Positions, running: Positions) -> list[tuple[int, int]]:
    persons = people.persons
    if not len(gone) or not len(running):
        return []
    left, right = name_words(persons.iloc[gone]), name_words(persons.iloc[running])
    unique = right.dictionary_encode()
    codes = np.asarray(pc.fill_null(unique.indices, -1).to_numpy(zero_copy_only=False)).astype(np.int64)
    known = codes >= 0
    number = np.bincount(codes[known], minlength=len(unique.dictionary))
    holder = np.zeros(len(unique.dictionary), dtype=np.int64)
    holder[codes[known]] = running[known]
    place = index_in(unique.dictionary, left)
    hit = np.flatnonzero((place >= 0) & (number[place] == 1 if len(number) else False))
    leavers, others = gone[hit], holder[place[hit]]
    likely = _same_initials(persons, leavers, others) & (_succeeds(persons, leavers, others) | _share_school(people, leavers, others))
    return list(zip(leavers[likely].tolist(), others[likely].tolist(), strict=True))


def name_words(persons: pd.DataFrame) -> pa.Array:
    """Given people, return first name and own surname of each, folded, as one text; null where either is unknown."""
    given, surname = folded_once(persons["given_name"], fold), folded_once(persons["surname"], _bare)
    return pc.binary_join_element_wise(given, surname, pa.scalar(" ", type=pa.large_string()))


def _bare(surname: str) -> str:
    return next(iter(surname_keys(surname)), "")


def _same_initials(persons: pd.DataFrame, first: Positions, second: Positions) -> Flags:
    """Whether the initials of each pair are equal, or one of them is unknown."""
    differs = pc.not_equal(*(folded_once(persons["initials"].iloc[rows], fold) for rows in (first, second)))
    found: Flags = ~np.asarray(pc.fill_null(differs, False).to_numpy(zero_copy_only=False))
    return found


def _succeeds(persons: pd.DataFrame, leavers: Positions, others: Positions) -> Flags:
    """Whether the second of each pair began after the first left (or was last seen), within a year: someone who came back."""
    since = persons["left_on"].where(persons["has_left"], persons["vanished_after"]).to_numpy()[leavers]
    wait = persons["first_day"].to_numpy()[others] - since
    found: Flags = (wait > np.timedelta64(0, "D")) & (wait <= np.timedelta64(BACK_WITHIN, "D"))
    return found


def _share_school(people: People, first: Positions, second: Positions) -> Flags:
    """Whether the two of each pair work or worked at one school."""
    engagements = people.engagements
    school = engagements["school"].cat.codes.to_numpy(dtype=np.int64)
    width = len(engagements["school"].cat.categories) + 1
    person = engagements["person_row"].to_numpy(dtype=np.int64)
    is_asked = np.zeros(len(people.persons), dtype=np.bool_)
    is_asked[first] = is_asked[second] = True
    rows = np.flatnonzero(is_asked[person] & (school >= 0))
    works = distinct(person[rows] * width + school[rows])
    start, stop = np.searchsorted(works, first * width), np.searchsorted(works, (first + 1) * width)
    pair = np.repeat(np.arange(len(first)), stop - start)
    turn = np.arange(len(pair)) - np.repeat(np.cumsum(stop - start) - (stop - start), stop - start)
    at = works[start[pair] + turn] % width
    found = np.zeros(len(first), dtype=np.bool_)
    found[pair[np.isin(second[pair] * width + at, works)]] = True
    return found
