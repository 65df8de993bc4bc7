"""Working days: Dutch public holidays, weekends and the board's own days off."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.calendar import is_working_day, next_working_days, working_days_between

days = st.dates(date(1995, 1, 1), date(2090, 12, 31))
extras = st.frozensets(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=5)


def after(*many: date, extra: frozenset[date] = frozenset()) -> list[date]:
    return next_working_days(np.array(many, dtype="datetime64[D]"), extra).tolist()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),  # a Tuesday
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 11, 29), False),  # a Sunday
        (date(2026, 4, 27), False),  # Koningsdag
        (date(2025, 4, 26), False),  # Koningsdag moves to Saturday when the 27th is a Sunday ...
        (date(2025, 4, 28), True),  # ... and the Monday after is an ordinary day
        (date(2026, 4, 3), False),  # Goede Vrijdag: in the public set, schools are closed
        (date(2025, 5, 5), False),  # Bevrijdingsdag: once in five years
        (date(2026, 5, 5), True),
        (date(2026, 5, 14), False),  # Hemelvaart
        (date(2026, 5, 15), True),  # the day after it is a working day unless the board says otherwise
        (date(2026, 12, 25), False),
    ],
)
def test_public_holidays_and_weekends_are_no_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_day_in_the_list_of_the_board_is_no_working_day() -> None:
    assert is_working_day(date(2026, 5, 5))
    assert not is_working_day(date(2026, 5, 5), frozenset({date(2026, 5, 5)}))


@pytest.mark.parametrize(
    ("last_day", "deadline"),
    [
        (date(2026, 11, 23), date(2026, 11, 24)),  # Monday -> Tuesday
        (date(2026, 11, 27), date(2026, 11, 30)),  # Friday -> Monday
        (date(2026, 11, 28), date(2026, 11, 30)),  # Saturday -> Monday
        (date(2026, 4, 2), date(2026, 4, 7)),  # Thursday before Goede Vrijdag -> Tuesday after Easter
        (date(2026, 12, 24), date(2026, 12, 28)),  # Christmas on Friday and Saturday
        (date(2026, 12, 31), date(2027, 1, 4)),  # over the year: New Year's Day is a Friday
    ],
)
def test_the_deadline_is_the_first_working_day_after_the_last_day(last_day: date, deadline: date) -> None:
    assert after(last_day) == [deadline]


def test_working_days_are_counted_after_the_start_up_to_and_including_the_end() -> None:
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    assert working_days_between(friday, monday) == 1
    assert working_days_between(friday, friday) == 0
    assert working_days_between(monday, friday) == 0
    assert working_days_between(date(2026, 4, 2), date(2026, 4, 8)) == 2


def test_an_absent_day_has_no_next_working_day() -> None:
    found = next_working_days(np.array(["2026-11-27", "NaT", "2026-11-23", "2026-11-27"], dtype="datetime64[s]"))
    assert [str(day) for day in found] == ["2026-11-30", "NaT", "2026-11-24", "2026-11-30"]
    assert len(next_working_days(np.array([], dtype="datetime64[D]"))) == 0


def test_a_year_beyond_the_library_still_has_weekends() -> None:
    assert after(date(2206, 11, 28)) == [date(2206, 12, 1)]


@given(day=days, extra=extras)
def test_no_day_between_a_day_and_its_next_working_day_is_a_working_day(day: date, extra: frozenset[date]) -> None:
    (following,) = after(day, extra=extra)
    assert following > day
    assert is_working_day(following, extra)
    assert not any(is_working_day(day + timedelta(n), extra) for n in range(1, (following - day).days))


@given(start=days, length=st.integers(-5, 40), extra=extras)
def test_counting_equals_asking_each_day(start: date, length: int, extra: frozenset[date]) -> None:
    end = start + timedelta(length)
    assert working_days_between(start, end, extra) == sum(is_working_day(start + timedelta(n), extra) for n in range(1, length + 1))


@given(many=st.lists(st.one_of(days, st.none()), max_size=20), extra=extras)
def test_many_days_at_once_give_the_same_as_one_by_one(many: list[date | None], extra: frozenset[date]) -> None:
    found = next_working_days(np.array(many, dtype="datetime64[D]"), extra)
    assert found.dtype == np.dtype("datetime64[D]")
    assert found.tolist() == [None if day is None else after(day, extra=extra)[0] for day in many]


def test_importing_the_calendar_does_not_load_the_holidays() -> None:
    code = "import sys, auditor.model.calendar; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
