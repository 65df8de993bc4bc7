"""Findings climb until someone answers: the exact days, the pauses, and what stops them (promise P13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.telling import school_holidays
from auditor.model.finding import State
from auditor.model.mail import Noticed, Rung
from auditor.notices.ladder import Standing, climb
from auditor.notices.pauses import Pauses

MONDAY = date(2027, 1, 11)
NO_PAUSES = Pauses()
StateOn = Callable[[int], "State | None"]


def told(days: int, state_on: StateOn = lambda day: State.OPEN, pauses: Pauses = NO_PAUSES, first: date = MONDAY,
         is_assessed: Callable[[int], bool] = lambda day: True, nights: Callable[[int], bool] = lambda day: True) -> list[tuple[int, Rung]]:
    """Simulate nights: on which day (from 0) which rung is told of one finding. None: the finding is not there."""
    memory: dict[str, Noticed] = {}
    seen = []
    for day in range(days):
        if not nights(day):
            continue
        state = state_on(day)
        tonight = [Standing("AAAAA-AAAAA", "orphan-account", state, "99AA00", True, is_assessed(day))] if state else []
        step = climb(tonight, memory, first + timedelta(days=day), pauses)
        seen += [(day, rung) for _, rung in step.due]
        memory = {one.key: one for one in step.memory}
    return seen


def test_sixty_days_without_an_answer_give_a_notice_a_reminder_and_an_escalation():
    assert told(60) == [(0, Rung.FIRST), (7, Rung.REMINDER), (14, Rung.ESCALATION)]


def test_acknowledging_pauses_the_days_and_its_end_resumes_them():
    held = told(60, lambda day: State.ACKNOWLEDGED if 3 <= day < 33 else State.OPEN)
    assert held == [(0, Rung.FIRST), (37, Rung.REMINDER), (44, Rung.ESCALATION)], "days 1, 2 and 33 to 37 count"


def test_solving_cancels_at_once_and_coming_back_starts_anew():
    gone = told(60, lambda day: None if 5 <= day < 20 else State.OPEN)
    assert gone == [(0, Rung.FIRST), (20, Rung.FIRST), (28, Rung.REMINDER), (35, Rung.ESCALATION)], "day 27 is a Sunday, day 34 too"


@pytest.mark.parametrize("state", [State.WAIVED, State.FALSE_POSITIVE, State.ACKNOWLEDGED])
def test_what_was_decided_about_is_told_to_nobody(state):
    assert told(40, lambda day: state) == []


def test_nights_that_could_not_assess_tell_nothing_and_do_not_count():
    assert told(40, is_assessed=lambda day: day < 2 or day >= 12) == [(0, Rung.FIRST), (17, Rung.REMINDER), (24, Rung.ESCALATION)]


def test_missed_nights_count_as_the_days_they_were():
    assert told(40, nights=lambda day: day in (0, 9, 21)) == [(0, Rung.FIRST), (9, Rung.REMINDER), (21, Rung.ESCALATION)]


def test_a_school_holiday_pauses_reminders_and_never_the_first_notice():
    holiday = Pauses([(MONDAY + timedelta(days=5), MONDAY + timedelta(days=20))])
    assert told(60, pauses=holiday) == [(0, Rung.FIRST), (23, Rung.REMINDER), (30, Rung.ESCALATION)]
    in_the_holiday = Pauses([(MONDAY, MONDAY + timedelta(days=13))])
    assert told(60, pauses=in_the_holiday)[0] == (0, Rung.FIRST)


def test_a_reminder_waits_for_the_weekend_and_the_public_holiday_to_end():
    saturday = date(2027, 3, 20)  # 7 days later is Easter Saturday; Monday 29 March is a holiday
    assert told(20, first=saturday)[:2] == [(0, Rung.FIRST), (10, Rung.REMINDER)]


def test_watch_rows_other_rules_and_accounts_elsewhere_are_not_on_the_ladder():
    tonight = [Standing("K1", "orphan-account", State.OPEN, "99AA00", mails=False), Standing("K2", "data-quality", State.OPEN, "99AA00")]
    assert climb(tonight, {}, MONDAY, NO_PAUSES).due == []


@given(st.lists(st.sampled_from([State.OPEN, State.ACKNOWLEDGED, None]), min_size=1, max_size=60))
def test_between_two_first_notices_the_finding_was_gone_and_no_rung_is_told_twice(states):
    seen = told(len(states), lambda day: states[day])
    rungs: list[Rung] = []
    for day, rung in seen:
        if rung is Rung.FIRST:
            previous = [earlier for earlier, one in seen if one is Rung.FIRST and earlier < day]
            assert not previous or None in states[previous[-1]:day]
            rungs = []
        assert rung not in rungs
        rungs.append(rung)
        assert states[day] is State.OPEN


@pytest.mark.parametrize("region", ["noord", "midden", "zuid"])
def test_the_holidays_of_a_region_are_whole_periods_in_order(region):
    periods = school_holidays(region)
    assert periods == sorted(periods) and all(7 <= (end - begin).days <= 45 for begin, end in periods)
    assert school_holidays("none") == []
