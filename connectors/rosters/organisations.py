"""The organisations of a roster: which school something below or at it belongs to, and what its code is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

BRIN = re.compile(r"\d{2}[A-Za-z]{2}(?:[.-]?\d{2})?")
_MOST_STEPS = 64


@dataclass(frozen=True)
class Organisation:
    """One organisation. codes: what may be its code, the likeliest first; is_school: whether it is one; parent: id of the one above it."""

    codes: tuple[str, ...]
    is_school: bool
    parent: str


class Organisations:
    """All organisations of a roster by id."""

    def __init__(self, known: Mapping[str, Organisation]) -> None:
        self.known = known

    def school(self, one: str) -> tuple[str, str]:
        """Given an id, return the scope (school, board or unknown) and the school's code, "" where there is none.

        A department belongs to the school above it; what lies above all schools is the board. An id that is not in the file may be a
        school's own code: the collector knows.
        """
        if not one:
            return "unknown", ""
        here = self.known.get(one)
        if here is None:
            return "school", one
        for _ in range(_MOST_STEPS):
            if here.is_school:
                return "school", _code(here.codes)
            above = self.known.get(here.parent)
            if above is None or above is here:
                break
            here = above
        is_above = any(other.is_school and self._is_under(other, one) for other in self.known.values())
        return ("board", "") if is_above else ("unknown", "")

    def _is_under(self, school: Organisation, top: str) -> bool:
        here: Organisation | None = school
        for _ in range(_MOST_STEPS):
            if here is None or not here.parent:
                return False
            if here.parent == top:
                return True
            here = self.known.get(here.parent)
        return False


def _code(codes: tuple[str, ...]) -> str:
    """A BRIN where there is one, else the first code."""
    return next((code for code in codes if BRIN.fullmatch(code)), next((code for code in codes if code), ""))
