"""One code per school: every other code that the schools register lists, and codes of schools that went on in another, lead to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import pandas as pd


@dataclass(frozen=True)
class Schools:
    """What the register says on one day. is_known: there is a register at all; codes: case-folded code -> the school it names; heirs:
    school -> the school that continues it; is_open: schools that are open that day; teaching: of those, the schools proper (no office);
    past: schools whose last day has passed; asked: which school each code named before."""

    is_known: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    heirs: Mapping[str, str] = field(default_factory=dict)
    is_open: frozenset[str] = frozenset()
    teaching: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    asked: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def of(self, code: str) -> str | None:
        """Given a code as a source writes it, return the one school it means today, None if nobody knows it."""
        if not self.is_known:
            return code
        school = self.named(code)
        return None if school is None else self.heirs.get(school, school)

    def held(self, code: str) -> str | None:
        """As `of`, but a school past its last day stays itself: what an account or right still says of it is a finding (KIND 4)."""
        school = self.named(code)
        return school if school is None or school in self.past else self.of(code)

    def named(self, code: str) -> str | None:
        """As `of`, but a school that went on in another stays itself: for its own register rows and its contacts."""
        if not self.is_known:
            return code
        if code not in self.asked:  # every table of every source asks for the same few thousand
            self.asked[code] = self.codes.get(folded(code))
        return self.asked[code]

    @cached_property
    def expected(self) -> frozenset[str]:
        """Schools that are open, each under the code it has today: what any source may lose."""
        return frozenset(found for school in self.is_open if (found := self.of(school)))


def folded(code: str) -> str:
    """Given a code, return it as it is compared: sources differ in capitals and in blanks around it."""
    return code.strip().casefold()


def known_schools(register: pd.DataFrame, as_of: date) -> Schools:
    """Given the schools table and the day judged, return what it says. A code listed by two schools means the first that lists it; the
    school whose own code it is goes before both."""
    rows = [
        (str(row.school), "" if pd.isna(row.codes) else str(row.codes), row.merged_into, row.opened_on, row.closed_on, str(row.kind))
        for row in register.itertuples(index=False)
    ]
    codes: dict[str, str] = {}
    for school, *_ in rows:
        codes.setdefault(folded(school), school)
    for school, others, *_ in rows:
        for code in others.split(","):
            if code.strip():
                codes.setdefault(folded(code), school)
    into = {
        school: codes.get(folded(str(merged)), str(merged)) for school, _, merged, *_ in rows if not pd.isna(merged)
    }
    day = pd.Timestamp(as_of)
    is_open = frozenset(
        school for school, _, _, opened, closed, _ in rows if (pd.isna(opened) or opened <= day) and (pd.isna(closed) or closed >= day)
    )
    offices = {school for school, *_, kind in rows if kind == "office"}
    past = frozenset(school for school, _, _, _, closed, _ in rows if not pd.isna(closed) and closed < day)
    return Schools(True, codes, {school: _last(school, into) for school in into}, is_open, is_open - offices, past)


def _last(school: str, into: Mapping[str, str]) -> str:
    """The school at the end of a chain of mergers; a chain that bites its tail ends where it would repeat."""
    seen = {school}
    while school in into and into[school] not in seen:
        school = into[school]
        seen.add(school)
    return school
