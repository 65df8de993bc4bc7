"""The volume guards (design 5): ids lost since the reference read, for a source and for each school in it.

Ids are counted, not rows: an export that swaps half its people for others has as many rows. The reference is the largest accepted read of
the last seven, so that a slow leak is measured from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from auditor.collect.ids import PUPIL, SourceIds, is_first, is_in
from auditor.collect.words import Hashes

SHARE = 10
"""Percent of the ids lost at which a source, or a school in it, is blocked."""
FEWEST = 3
"""Fewer lost ids than this block no source: a board of twenty is allowed one leaver."""
STAFF = 25
"""This many staff lost at once blocks a source however large it is; never applied to pupils or grants."""
FEWEST_OF_SCHOOL = 5
"""Fewer lost ids than this block no school, unless they are all it had."""
GROWTH = 50
"""Percent of growth above which mail is held; growth blocks nothing."""
FEWEST_OF_REGISTER = 3
"""A register that held this many lines and is now empty is blocked; a shorter one may have been emptied on purpose."""


@dataclass(frozen=True)
class Loss:
    """A guard that trips. code: of its reason; school: None for the source as a whole; lost, known: ids, now lost and in the reference;
    ids: the lost ids."""

    code: str
    lost: int
    known: int
    ids: Hashes
    school: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Tonight's ids beside the reference's, both under today's school codes. ended: hashes of people whose last known employment had
    ended; an export may drop them without anything being wrong (AFAS does so after three months)."""

    tonight: SourceIds
    reference: SourceIds
    ended: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))

    def whole(self, without: frozenset[str] = frozenset(), counts_staff: bool = True) -> Loss | None:
        """Return the loss of the whole source, schools `without` left out of it; None when it may be accepted."""
        counted = ~self._at(without) & ~self._has_ended
        known, is_gone = _once(self.reference.ids[counted], self._is_gone[counted])
        lost = known[is_gone]
        staff = int(((lost & PUPIL) == 0).sum()) if counts_staff else 0
        size = len(known)
        if not size or not len(lost):
            return None
        if staff >= STAFF and not (len(lost) * 100 >= size * SHARE and len(lost) >= FEWEST):
            return Loss("guard_staff_lost", staff, size, lost)
        if (len(lost) * 100 >= size * SHARE and len(lost) >= FEWEST) or len(lost) == size:
            return Loss("guard_ids_lost", len(lost), size, lost)
        return None

    def schools(self, expected: frozenset[str] | None) -> Iterator[Loss]:
        """Yield the loss of each school that may not be accepted; only schools that are `expected` (None: all) count."""
        counts_here = np.bincount(self.tonight.schools + 1, minlength=1)[1:]
        here = {self.tonight.school_names[at] for at in np.flatnonzero(counts_here)}
        counted = ~self._has_ended
        of_school = self.reference.schools + 1
        size = len(self.reference.school_names) + 1
        counts = np.bincount(of_school[counted], minlength=size)[1:]
        losses = np.bincount(of_school[counted & self._is_gone], minlength=size)[1:]
        for at, school in enumerate(self.reference.school_names):
            known, lost = int(counts[at]), int(losses[at])
            if not known or (expected is not None and school not in expected):
                continue
            if lost == known or (lost * 100 >= known * SHARE and lost >= FEWEST_OF_SCHOOL):
                yield Loss("guard_school_lost", lost, known, self.reference.ids[self._at({school}) & counted & self._is_gone], school)
            elif school not in here and known >= FEWEST_OF_SCHOOL:
                yield Loss("guard_school_empty", known, known, self.reference.ids[self._at({school}) & counted], school)

    def has_grown(self) -> bool:
        """Whether there are so many more ids than in the reference that mail must wait for a look."""
        known = len(self.reference.unique)
        return known > 0 and len(self.tonight.unique) * 100 > known * (100 + GROWTH)

    @cached_property
    def has_lost(self) -> bool:
        """Whether any id of the reference is not there tonight."""
        return bool(self._is_gone.any())

    @cached_property
    def _is_gone(self) -> npt.NDArray[np.bool_]:
        """An id is gone when it is nowhere tonight, or stood at a school and now stands at none: half a list of positions empties a school
        as surely as half a list of people."""
        ids, has_school = self.reference.ids & ~PUPIL, self.reference.schools >= 0
        placed = self.tonight.ids[self.tonight.schools >= 0] & ~PUPIL  # what stands twice does no harm to a search
        is_gone = np.empty(len(ids), dtype=np.bool_)
        is_gone[has_school] = ~is_in(ids[has_school], placed)
        is_gone[~has_school] = ~is_in(ids[~has_school], self.tonight.unique)
        return is_gone

    @cached_property
    def _has_ended(self) -> npt.NDArray[np.bool_]:
        return np.isin(self.reference.ids, self.ended) if len(self.ended) else np.zeros(len(self.reference.ids), dtype=np.bool_)

    def _at(self, schools: Set[str]) -> npt.NDArray[np.bool_]:
        chosen = np.array([*(name in schools for name in self.reference.school_names), False])
        found: npt.NDArray[np.bool_] = chosen[self.reference.schools]
        return found


def _once(ids: Hashes, gone: npt.NDArray[np.bool_]) -> tuple[Hashes, npt.NDArray[np.bool_]]:
    """Each of sorted ids once (the pupil bit counted as part of it only for its first row), with whether it is gone."""
    first = is_first(ids & ~PUPIL)
    return ids[first], gone[first]
