"""Working days in the Netherlands: deadlines count them, ages of automatic sources too.

A working day is Monday to Friday and no holiday. Holidays are the public set of the `holidays` library plus what the board adds
(`Policy.holidays`). The public set has Goede Vrijdag, which is no statutory day off but closes nearly every school; it has
Bevrijdingsdag once in five years (2025, 2030). A board that is closed on 5 May in other years puts that day in its own list.
Carnaval and school holidays are working days: ICT works on then, and so do deadlines.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

NO_EXTRA: frozenset[date] = frozenset()


def is_working_day(day: date, extra: frozenset[date] = NO_EXTRA) -> bool:
    """Given a day and the board's own holidays, return whether it is a working day."""
    return bool(np.is_busday(_day(day), busdaycal=_calendar(day.year, day.year, extra)))


def working_days_between(start: date, end: date, extra: frozenset[date] = NO_EXTRA) -> int:
    """Given two days and the board's own holidays, return how many working days lie after `start`, up to and including `end`.

    The first working day after `start` counts 1; 0 when `end` is not later than `start`.
    """
    if end <= start:
        return 0
    one = np.timedelta64(1, "D")
    return int(np.busday_count(_day(start) + one, _day(end) + one, busdaycal=_calendar(start.year, end.year, extra)))


def next_working_days(days: npt.NDArray[np.datetime64], extra: frozenset[date] = NO_EXTRA) -> npt.NDArray[np.datetime64]:
    """Given an array of days, return for each the first working day strictly after it, as datetime64[D]; NaT stays NaT.

    Computed once per distinct day: a board of 245,000 employments has a few thousand different last days.
    """
    distinct, places = np.unique(np.asarray(days, dtype="datetime64[D]"), return_inverse=True)
    known = distinct[~np.isnat(distinct)]
    following = distinct.copy()
    if len(known):
        years = known[[0, -1]].astype("datetime64[Y]").astype(np.int64) + 1970
        calendar = _calendar(int(years[0]), int(years[1]) + 1, extra)
        following[: len(known)] = np.busday_offset(known, 1, roll="backward", busdaycal=calendar)
    found: npt.NDArray[np.datetime64] = following[places]
    return found


def _day(day: date) -> np.datetime64:
    return np.datetime64(day, "D")


@lru_cache(maxsize=64)
def _calendar(first_year: int, last_year: int, extra: frozenset[date]) -> np.busdaycalendar:
    closed = [*_public(first_year, last_year), *extra]
    return np.busdaycalendar(weekmask="1111100", holidays=np.array(closed, dtype="datetime64[D]"))


@lru_cache(maxsize=64)
def _public(first_year: int, last_year: int) -> tuple[date, ...]:
    from holidays import country_holidays  # a third of a second: only when a day is really asked

    # The library knows no years beyond these; a typing error in an export (2206) must not cost the scan.
    years = range(max(first_year, 1900), min(last_year, 2100) + 1)
    found = country_holidays("NL", years=years, expand=False)
    return tuple(found)
