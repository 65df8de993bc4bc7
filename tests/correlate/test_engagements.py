"""What gives assignments on the day judged, what gave them before, and how long work lasts (rules 1)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from auditor.model.people import ENGAGEMENTS, PEOPLE


def test_the_frames_are_as_the_model_says(board: Any) -> None:
    board.works("101", "2020-08-01").add("tasks", person="101", task="ict-coach", school="A").worked("102", "2020-01-01")
    people = board.people
    for frame, columns in ((people.persons, PEOPLE), (people.engagements, ENGAGEMENTS)):
        assert list(frame.columns) == list(columns)
        assert {name: str(frame[name].dtype) for name in columns} == columns


@pytest.mark.parametrize(("starts", "counts"), [("2026-12-08", True), ("2026-12-09", False)])
def test_an_employment_counts_two_weeks_before_its_start(board: Any, starts: str, counts: bool) -> None:
    assert board.works("101", starts).engagements("101")[0]["counts"] is counts


@pytest.mark.parametrize(("ends", "until", "counts"), [("2026-11-23", "2026-11-24", True), ("2026-11-20", "2026-11-23", False)])
def test_an_employment_counts_until_the_deadline_after_its_end(board: Any, ends: str, until: str, counts: bool) -> None:
    [row] = board.works("101", "2020-08-01", ends).engagements("101")
    assert (row["gives_until"], row["counts"], row["is_past"]) == (date.fromisoformat(until), counts, not counts)


def test_an_employment_gives_through_a_bridged_gap(board: Any) -> None:
    board.works("101", "2026-09-01", "2026-11-06", kind="replacement").works("101", "2026-12-07", kind="replacement", employment="2")
    first, second = board.engagements("101")
    assert (first["gives_until"], first["counts"]) == (date(2026, 12, 6), True)
    assert (second["gives_until"], second["counts"]) == (None, True)


def test_a_mover_has_the_former_post_as_past(board: Any) -> None:
    board.works("101", "2020-08-01", "2026-10-30", school="A").works("101", "2026-10-31", school="B", employment="2")
    assert [(row["school"], row["counts"], row["is_past"]) for row in board.engagements("101")] == [("A", False, True), ("B", True, False)]


def test_a_replaced_version_of_a_row_is_past_until_the_day_it_was_last_seen(board: Any) -> None:
    board.worked("101", "2020-08-01", school="C", seen_until="2026-11-20").works("101", "2020-08-01", school="B")
    now, before = board.engagements("101")
    assert (now["school"], now["counts"], now["is_past"]) == ("B", True, False)
    assert (before["school"], before["counts"], before["is_past"], before["ends_on"]) == ("C", False, True, date(2026, 11, 20))


def test_the_version_of_last_night_is_past_when_tonight_says_otherwise(board: Any) -> None:
    board.worked("101", "2020-08-01", function="leerkracht").works("101", "2020-08-01", function="intern begeleider")
    assert [(row["function"], row["is_past"]) for row in board.engagements("101")] == [("intern begeleider", False), ("leerkracht", True)]


def test_versions_that_differ_in_dates_only_are_not_kept(board: Any) -> None:
    board.worked("101", "2020-08-01", "2026-07-31", seen_until="2026-06-01").worked("101", "2020-08-01", "2027-07-31")
    assert len(board.works("101", "2020-08-01", "2028-07-31").engagements("101")) == 1


def test_several_versions_at_the_same_post_are_one_past_engagement(board: Any) -> None:
    board.worked("101", "2020-08-01", school="C", ends="2026-12-31", seen_until="2026-05-01")
    board.worked("101", "2020-08-01", school="C", seen_until="2026-06-01").works("101", "2020-08-01", school="B")
    past = [row for row in board.engagements("101") if row["is_past"]]
    assert [(row["school"], row["ends_on"]) for row in past] == [("C", date(2026, 6, 1))]


def test_a_task_is_an_engagement_of_its_own(board: Any) -> None:
    board.works("101", "2020-08-01").add("tasks", person="101", task="ict-coach", school="A", ends_on=date(2026, 11, 13))
    task = board.engagements("101")[1]
    assert (task["origin"], task["kind"], task["task"], task["school"]) == ("task", "task", "ict-coach", "A")
    assert (task["counts"], task["is_past"], task["function"]) == (False, True, None)


def test_a_task_of_nobody_is_left_out(board: Any) -> None:
    board.works("101", "2020-08-01").add("tasks", person="999", task="ict-coach", school="A")
    assert len(board.people.engagements) == 1


class TestWeeks:
    def test_own_length_in_weeks(self, board: Any) -> None:
        [row] = board.works("101", "2026-11-02", "2026-11-29", kind="temporary").engagements("101")
        assert row["weeks"] == 4.0

    def test_open_ended_is_endless(self, board: Any) -> None:
        assert board.works("101", "2026-11-02", kind="replacement").engagements("101")[0]["weeks"] == float("inf")

    def test_replacement_at_one_school_is_one_chain_over_bridged_gaps(self, board: Any) -> None:
        board.works("101", "2026-10-05", "2026-10-11", kind="replacement")
        board.works("101", "2026-11-09", "2026-11-29", kind="replacement", employment="2")
        assert [row["weeks"] for row in board.engagements("101")] == [8.0, 8.0]

    def test_another_school_is_another_chain(self, board: Any) -> None:
        board.works("101", "2026-11-02", "2026-11-15", kind="replacement")
        board.works("101", "2026-11-16", "2026-11-29", kind="replacement", employment="2", school="B")
        assert [row["weeks"] for row in board.engagements("101")] == [2.0, 2.0]

    def test_work_the_export_dropped_is_still_part_of_the_chain(self, board: Any) -> None:
        board.worked("101", "2026-10-19", "2026-11-15", kind="replacement", seen_until="2026-11-16")
        board.works("101", "2026-11-16", "2026-11-29", kind="replacement", employment="2")
        assert [row["weeks"] for row in board.engagements("101")] == [6.0, 6.0]
