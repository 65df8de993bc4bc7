"""What a board set: periods, rule switches and scores, source limits. Built by auditor.config, told to the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.model.coverage import Role


@dataclass(frozen=True)
class KindRule:
    """An account whose `column` (username, account, display_name, school or mail) matches the pattern has this kind."""

    column: str
    pattern: str
    kind: str


@dataclass(frozen=True)
class SourceSettings:
    """What is configured for one source.

    role, system: as in SourceReport; max_age: how old its own day may be (None: never stale); counts_working_days: the age is counted over
    working days (automatic sources); is_daily: the repeated-hash rule applies (warn at 1, block at 3); minimum_rows: refused below, needed
    for a first scan; per_school: each expected school must deliver; expected_schools: empty means every open school of the schools
    register; end_is_exclusive: its end dates are the first day that no longer counts; kind_rules: see KindRule, first that matches;
    announced: (from, until, reason) windows in which a large drop is expected; released: reason of a one-scan release, None otherwise.
    """

    name: str
    role: Role
    system: str | None = None
    max_age: timedelta | None = None
    counts_working_days: bool = False
    is_daily: bool = False
    minimum_rows: int = 1
    per_school: bool = False
    expected_schools: tuple[str, ...] = ()
    end_is_exclusive: bool = False
    kind_rules: tuple[KindRule, ...] = ()
    announced: tuple[tuple[date, date, str], ...] = ()
    released: str | None = None


@dataclass(frozen=True)
class RuleSetting:
    """A board's change to one rule, for the systems and schools whose names match; reason is required."""

    rule: str
    reason: str
    is_on: bool = True
    score: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    system: str = "*"
    school: str = "*"


@dataclass(frozen=True)
class Policy:
    """The board's settings that the core needs. Periods in days unless said; defaults are those of the rules catalogue."""

    board: str
    gap_days: int = 7
    replacement_gap_days: int = 35
    early_days: int = 14
    leaver_notice_days: int = 14
    full_replacement_days: int = 28
    renewal_from: tuple[int, int] = (6, 30)
    renewal_until: tuple[int, int] = (8, 31)
    renewal_expected_until: tuple[int, int] = (9, 1)
    group_links_expected_until: tuple[int, int] = (9, 15)
    holidays: frozenset[date] = frozenset()
    managed_domains: frozenset[str] = frozenset()
    head_office_functions: frozenset[str] = frozenset()
    director_functions: frozenset[str] = frozenset({"directeur"})
    teaching_functions: frozenset[str] = frozenset({"leerkracht", "invalleerkracht", "LIO-stagiair", "onderwijsassistent"})
    pupil_systems: frozenset[str] = frozenset()
    settings: tuple[RuleSetting, ...] = ()

    def runs(self, starts: Any, ends: Any, as_of: date) -> npt.NDArray[np.bool_]:
        """Given first and last days of links between people and groups (absent: unbounded), return which count on the day.

        At the turn of the school year those of last year, which ended in summer, still count until group_links_expected_until: a school
        links its groups anew in the first weeks (the school-year calendar).
        """
        first, last, day = np.asarray(starts, "datetime64[s]"), np.asarray(ends, "datetime64[s]"), np.datetime64(as_of, "s")
        since = np.datetime64(date(as_of.year, *self.renewal_from), "s")
        until = np.datetime64(date(as_of.year, *self.group_links_expected_until), "s")
        goes_on = ~(last < day)
        if since <= day <= until:
            goes_on |= last >= since
        return np.asarray(~(first > day) & goes_on, dtype=bool)

    def setting(self, rule: str, system: str | None = None, school: str | None = None) -> RuleSetting | None:
        """The last configured setting of this rule that matches the system and school, None if there is none."""
        found = None
        for setting in self.settings:
            if setting.rule == rule and fnmatchcase(system or "", setting.system) and fnmatchcase(school or "", setting.school):
                found = setting
        return found


NO_PARAMETERS: Mapping[str, Any] = MappingProxyType({})
