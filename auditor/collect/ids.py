"""The ids of a read, as hashes: what the volume guards compare, and the only thing of it that is remembered for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.collect.schools import Schools
from auditor.collect.words import Hashes, combined, hashes_of
from auditor.model.past import Reference
from auditor.model.policy import Policy, SourceSettings

PUPIL = np.uint64(1)
"""The lowest bit of an id's hash is not part of it: it says that the account is a pupil's, to whom the flat limit of 25 does not apply."""


@dataclass(frozen=True)
class SourceIds:
    """Ids of one read, the same shape as Past.references. ids: hashes, sorted; one who stands at two schools stands here twice; schools:
    for each id the position of its school in `school_names`, -1 for none; rows: data rows read."""

    ids: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    schools: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    school_names: tuple[str, ...] = ()
    rows: int = 0

    @cached_property
    def unique(self) -> Hashes:
        """Each id once, without its pupil bit, sorted."""
        ids = self.ids & ~PUPIL  # the lowest bit: the order stays
        return ids[is_first(ids)]


def ids_of(settings: SourceSettings, frames: Mapping[str, pd.DataFrame], rows: int, policy: Policy) -> SourceIds:
    """Given a source and its tables with school codes mapped, return its ids: persons for HR and pupils, accounts for a system, none for
    a register."""
    if settings.role == "system":
        accounts = frames.get("accounts")
        if accounts is None:
            return SourceIds(rows=rows)
        hashes = account_hashes(accounts) | np.where(_is_pupil(accounts, policy), PUPIL, np.uint64(0))
        return _paired(hashes, accounts["school"], rows)
    if settings.role == "hr":
        return _people(frames, rows)
    pupils = frames.get("pupils")
    if settings.role == "register" or pupils is None:
        return SourceIds(rows=rows)
    return _paired(person_hashes(pupils["person"]) | PUPIL, pupils["school"], rows)


def account_hashes(accounts: pd.DataFrame) -> Hashes:
    """Given rows with system and account, return the hash of each account, its pupil bit unset."""
    return combined([hashes_of(accounts["system"]), hashes_of(accounts["account"])]) & ~PUPIL


def person_hashes(persons: pd.Series[str]) -> Hashes:
    """Given a column of numbers, return the hash of each, its pupil bit unset."""
    return hashes_of(persons) & ~PUPIL


def translated(reference: Reference | SourceIds, schools: Schools) -> SourceIds:
    """Given the reference read and today's schools, return its ids under today's codes: an id that went along in a merger is not lost."""
    names = [schools.of(name) or name for name in reference.school_names]
    place = {name: at for at, name in enumerate(dict.fromkeys(names))}
    moved = np.array([*(place[name] for name in names), -1], dtype=np.int32)
    return SourceIds(reference.ids, moved[reference.schools], tuple(place), reference.rows)


def joined(read: SourceIds, others: SourceIds, of_schools: frozenset[str]) -> SourceIds:
    """Given the ids of tonight and of the reference, return tonight's plus the reference's at the given schools: a school that was left
    out keeps its measure until it is read again."""
    chosen = np.isin(others.schools, [at for at, name in enumerate(others.school_names) if name in of_schools])
    if not chosen.any():
        return read
    at = {name: position for position, name in enumerate(dict.fromkeys([*read.school_names, *others.school_names]))}
    place = np.array([*(at[name] for name in others.school_names), -1], dtype=np.int32)
    ids = np.concatenate([read.ids, others.ids[chosen]])
    schools = np.concatenate([read.schools, place[others.schools[chosen]]])
    order = np.lexsort((schools, ids))
    return SourceIds(ids[order], schools[order], tuple(at), read.rows)


def is_first(ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Given sorted hashes, return which are the first of those equal to them."""
    return np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.empty(0, dtype=np.bool_)


def is_in(hashes: Hashes, ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Given hashes and sorted hashes, return for each of the first whether it stands among the second."""
    if not len(ordered):
        return np.zeros(len(hashes), dtype=np.bool_)
    found: npt.NDArray[np.bool_] = ordered[np.minimum(np.searchsorted(ordered, hashes), len(ordered) - 1)] == hashes
    return found


def _people(frames: Mapping[str, pd.DataFrame], rows: int) -> SourceIds:
    persons, employments = frames.get("persons"), frames.get("employments")
    parts = []
    if employments is not None and len(employments):
        parts.append(_paired(person_hashes(employments["person"]), employments["school"], rows))
    if persons is not None and len(persons):
        hashes = person_hashes(persons["person"])
        bare = np.sort(hashes[~is_in(hashes, parts[0].ids)] if parts else hashes)
        parts.append(SourceIds(bare, np.full(len(bare), -1, dtype=np.int32), (), rows))
    if not parts:
        return SourceIds(rows=rows)
    ids = np.concatenate([part.ids for part in parts])
    schools = np.concatenate([part.schools for part in parts])
    order = np.lexsort((schools, ids))
    return SourceIds(ids[order], schools[order], parts[0].school_names, rows)


def _paired(hashes: Hashes, column: pd.Series[str], rows: int) -> SourceIds:
    """Each distinct pair of id and school once, in order; schools in alphabetical order, so that the order of rows does not matter."""
    codes = column.cat.codes.to_numpy()
    counts = np.bincount(codes[codes >= 0], minlength=len(column.cat.categories))
    names = tuple(sorted(str(name) for name in column.cat.categories[counts > 0]))
    place = {name: at for at, name in enumerate(names)}
    moved = np.array([*(place.get(str(name), -1) for name in column.cat.categories), -1], dtype=np.int32)
    schools = moved[codes]
    order = np.argsort(hashes)
    ids, schools = hashes[order], schools[order]
    if (ids[1:] == ids[:-1]).any():
        order = np.lexsort((schools, ids))
        ids, schools = ids[order], schools[order]
        is_new = np.r_[True, (ids[1:] != ids[:-1]) | (schools[1:] != schools[:-1])] if len(ids) else np.empty(0, dtype=np.bool_)
        ids, schools = ids[is_new], schools[is_new]
    return SourceIds(ids, schools, names, rows)


def _is_pupil(accounts: pd.DataFrame, policy: Policy) -> npt.NDArray[np.bool_]:
    """Accounts of pupils; where a system is known to hold pupils, also those of which nobody says what they are."""
    found = _is_one_of(accounts["kind"], ["pupil"])
    if policy.pupil_systems:
        found |= _is_one_of(accounts["kind"], ["unknown"]) & _is_one_of(accounts["system"], policy.pupil_systems)
    return found


def _is_one_of(column: pd.Series[str], words: Iterable[str]) -> npt.NDArray[np.bool_]:
    known = set(words)
    told = np.array([*(word in known for word in column.cat.categories), False], dtype=np.bool_)
    found: npt.NDArray[np.bool_] = told[column.array.codes]
    return found
