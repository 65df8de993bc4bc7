"""A source that stays blocked says for how many nights: from the third on, by whoever reads the report or the digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from auditor.collect import Read, collect
from auditor.model.coverage import SourceReport
from auditor.model.past import Past
from auditor.model.policy import Policy
from tests.collect.reads import TUESDAY, hr, las, numbered, past_after

MONDAY = TUESDAY - timedelta(days=1)


def report_of(past: Past, read: Read, as_of: date = TUESDAY) -> SourceReport:
    return collect("b", as_of, [read], Policy("b"), past).snapshot.coverage.sources[-1]


def told(report: SourceReport) -> list[int]:
    return [int(reason.facts["nights"]) for reason in report.reasons if reason.code == "blocked_for_nights"]


def test_the_third_night_says_so_and_the_second_does_not() -> None:
    past = past_after(hr(numbered(100)))
    half = hr(numbered(50))
    assert told(report_of(past, half)) == []
    assert told(report_of(replace(past, blocked_on={"hr": frozenset({MONDAY})}), half)) == []
    two = frozenset({MONDAY, MONDAY - timedelta(days=1)})
    assert told(report_of(replace(past, blocked_on={"hr": two}), half)) == [3]


def test_a_second_scan_of_one_day_is_no_night_more() -> None:
    past = replace(past_after(hr(numbered(100))), blocked_on={"hr": frozenset({MONDAY, TUESDAY})})
    assert told(report_of(past, hr(numbered(50)))) == []


def test_what_is_accepted_again_says_nothing() -> None:
    nights = frozenset({MONDAY, MONDAY - timedelta(days=1), MONDAY - timedelta(days=2)})
    past = replace(past_after(hr(numbered(100))), blocked_on={"hr": nights})
    assert report_of(past, hr(numbered(100))).reasons == ()


def test_a_school_that_stays_blocked_counts_as_well() -> None:
    places = [f"99AA{number // 10:02d}" for number in range(600)]
    nights = frozenset({MONDAY, MONDAY - timedelta(days=1)})
    past = replace(past_after(las(numbered(600), places)), blocked_on={"las": nights})
    report = report_of(past, las(numbered(595, 5), places[5:]))
    assert [reason.code for reason in report.reasons] == ["guard_school_lost", "blocked_for_nights"]
    assert told(report) == [3]
