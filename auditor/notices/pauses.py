"""Days on which no reminder goes out: weekends, public holidays, school holidays of the board's region, and the board's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from auditor.model.calendar import is_working_day


@dataclass(frozen=True)
class Pauses:
    """periods: first and last day of each school holiday; holidays: the board's own days off."""

    periods: Sequence[tuple[date, date]] = ()
    holidays: frozenset[date] = frozenset()

    def is_paused(self, day: date) -> bool:
        """Whether a reminder may not go out on a day."""
        return self._is_school_holiday(day) or not is_working_day(day, self.holidays)

    def counted_between(self, after: date, until: date) -> int:
        """How many days that count lie after `after`, up to and including `until`: all but those in school holidays. A week is a week:
        weekends count, only nothing goes out on them."""
        return sum(not self._is_school_holiday(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))

    def _is_school_holiday(self, day: date) -> bool:
        return any(begin <= day <= end for begin, end in self.periods)
