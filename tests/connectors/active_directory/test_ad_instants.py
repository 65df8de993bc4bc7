"""Active Directory's instants become the Dutch days that people mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.active_directory.instants import (
    AMSTERDAM,
    NEVER,
    day_of_generalised_time,
    days_of_filetimes,
)


def ticks(*parts: int, utc: bool = False) -> int:
    instant = datetime(*parts, tzinfo=UTC if utc else AMSTERDAM)  # type: ignore[arg-type,misc]
    return (instant - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10


def day(instant: int, ends: bool = False) -> date | None:
    (found,) = days_of_filetimes(np.array([instant]), ends)
    return None if np.isnat(found) else found.item().date()


@pytest.mark.parametrize("value", [0, NEVER, NEVER - 1])
def test_zero_and_never_are_absent(value: int) -> None:
    assert day(value) is None
    assert day(value, ends=True) is None


def test_a_day_is_the_dutch_day_and_not_the_one_in_london() -> None:
    assert day(ticks(2026, 7, 31, 22, 30, utc=True)) == date(2026, 8, 1)
    assert day(ticks(2026, 1, 31, 23, 30, utc=True)) == date(2026, 2, 1)
    assert day(ticks(2026, 1, 31, 22, 59, utc=True)) == date(2026, 1, 31)


@pytest.mark.parametrize("last", [date(2026, 7, 31), date(2026, 12, 31), date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 30),
                                  date(2027, 10, 31)])
def test_an_account_expires_on_the_day_before_the_midnight_kept_also_around_summer_time(last: date) -> None:
    after = last + timedelta(days=1)
    assert day(ticks(after.year, after.month, after.day), ends=True) == last


def test_an_account_that_expires_in_the_afternoon_may_be_used_that_day() -> None:
    assert day(ticks(2026, 7, 31, 15, 0), ends=True) == date(2026, 7, 31)


@given(st.lists(st.integers(1, ticks(2150, 1, 1)) | st.sampled_from([0, NEVER]), max_size=20), st.booleans())
def test_a_column_gives_the_days_of_its_instants_one_by_one(values: list[int], ends: bool) -> None:
    found = days_of_filetimes(np.array(values, dtype=np.int64), ends)
    assert found.dtype == "datetime64[s]"
    for value, shown in zip(values, found, strict=True):
        instant = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=min(value - ends, ticks(2200, 1, 1)) // 10)
        is_known = value not in (0, NEVER) and value > ends
        assert (None if np.isnat(shown) else shown.item().date()) == (instant.astimezone(AMSTERDAM).date() if is_known else None)


def test_a_column_with_a_negative_instant_is_refused() -> None:
    with pytest.raises(ValueError):
        days_of_filetimes(np.array([5, -1]))


@pytest.mark.parametrize(("text", "expected"), [
    ("20220528111201.0Z", date(2022, 5, 28)), ("20220731223000.0Z", date(2022, 8, 1)), ("20220731233000+0200", date(2022, 7, 31)),
    ("20220731190000-0500", date(2022, 8, 1)), ("16010101000000.0Z", None), ("20161231235960Z", date(2017, 1, 1)),
])
def test_generalised_times_become_dutch_days(text: str, expected: date | None) -> None:
    assert day_of_generalised_time(text) == expected


@pytest.mark.parametrize("text", ["20220528111201", "2022-05-28T11:12:01Z", "20220231000000Z", "20221328000000Z", "", "99991231235959-1200"])
def test_what_is_no_generalised_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        day_of_generalised_time(text)


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2090, 1, 1)))
def test_both_notations_of_an_instant_give_the_same_day(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    filetime = (moment.replace(tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
    assert day_of_generalised_time(moment.strftime("%Y%m%d%H%M%S.0Z")) == day(filetime)
