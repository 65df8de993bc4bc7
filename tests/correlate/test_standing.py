"""Who left, who is leaving, who comes back, and who vanished (rules 1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditor.model.coverage import SourceState


def test_someone_whose_employment_runs_has_not_left(board: Any) -> None:
    person = board.works("101", "2020-08-01").one("101")
    assert (person["in_hr"], person["has_left"], person["is_vanished"], person["is_assessable"]) == (True, False, False, True)
    assert person["left_on"] is None
    assert person["deadline_on"] is None
    assert person["first_day"] == date(2020, 8, 1)


def test_the_last_day_still_counts(board: Any) -> None:
    assert not board.works("101", "2020-08-01", "2026-11-24").one("101")["has_left"]


def test_someone_whose_last_employment_ended_has_left_with_a_working_day_as_deadline(board: Any) -> None:
    person = board.works("101", "2020-08-01", "2026-11-20").one("101")  # a Friday
    assert person["has_left"]
    assert (person["left_on"], person["deadline_on"]) == (date(2026, 11, 20), date(2026, 11, 23))


def test_one_running_employment_of_several_is_enough(board: Any) -> None:
    board.works("101", "2020-08-01", "2026-07-31", kind="temporary").works("101", "2021-01-01", school="B", employment="101-2")
    assert not board.one("101")["has_left"]


def test_a_contract_without_a_position_is_running_and_gives_nothing(board: Any) -> None:
    board.works("101", "2020-08-01", "2026-07-31").works("101", "2020-08-01", function=None, school=None, employment="101-0")
    assert not board.one("101")["has_left"]
    assert [row["counts"] for row in board.engagements("101")] == [False, False]
    assert [row["is_past"] for row in board.engagements("101")] == [True, False]


def test_a_person_without_any_employment_has_not_left(board: Any) -> None:
    person = board.person("101").one("101")
    assert (person["in_hr"], person["has_left"], person["first_day"]) == (True, False, None)


@pytest.mark.parametrize(("starts", "has_left"), [("2026-11-27", False), ("2026-11-28", True)])
def test_a_successor_within_a_week_bridges_the_gap(board: Any, starts: str, has_left: bool) -> None:
    board.works("101", "2020-08-01", "2026-11-20").works("101", starts, employment="101-2")
    assert board.one("101")["has_left"] is has_left


@pytest.mark.parametrize(
    ("before", "after", "has_left"),
    [("replacement", "replacement", False), ("replacement", "temporary", True), ("temporary", "replacement", True)],
)
def test_a_gap_of_five_weeks_is_bridged_between_replacements_only(board: Any, before: str, after: str, has_left: bool) -> None:
    board.works("101", "2026-09-01", "2026-11-13", kind=before).works("101", "2026-12-18", kind=after, employment="101-2")
    assert board.one("101")["has_left"] is has_left


def test_a_gap_of_more_than_five_weeks_is_not_bridged(board: Any) -> None:
    board.works("101", "2026-09-01", "2026-11-13", kind="replacement")
    assert board.works("101", "2026-12-19", kind="replacement", employment="101-2").one("101")["has_left"]


def test_a_running_deployment_keeps_a_former_employee(board: Any) -> None:
    board.works("101", "2020-08-01", "2026-07-31").add("externals", person="101", name="Fenna Smit", starts_on=date(2026, 9, 1))
    assert not board.one("101")["has_left"]


def test_a_task_does_not_keep_a_former_employee(board: Any) -> None:
    board.works("101", "2020-08-01", "2026-07-31").add("tasks", person="101", task="ict-coach", school="A")
    assert board.one("101")["has_left"]


class TestLeavingSoon:
    def test_the_last_day_is_told_two_weeks_ahead(self, board: Any) -> None:
        assert board.works("101", "2020-08-01", "2026-12-08").one("101")["leaves_on"] == date(2026, 12, 8)

    def test_and_no_earlier(self, board: Any) -> None:
        assert board.works("101", "2020-08-01", "2026-12-09").one("101")["leaves_on"] is None

    def test_not_when_something_follows(self, board: Any) -> None:
        board.works("101", "2020-08-01", "2026-11-30").works("101", "2026-12-01", employment="101-2")
        assert board.one("101")["leaves_on"] is None

    def test_the_end_of_what_follows_is_told_when_that_ends_soon_too(self, board: Any) -> None:
        board.works("101", "2020-08-01", "2026-11-30").works("101", "2026-12-01", "2026-12-04", employment="101-2")
        assert board.one("101")["leaves_on"] == date(2026, 12, 4)

    def test_not_when_another_employment_runs_on(self, board: Any) -> None:
        board.works("101", "2020-08-01", "2026-11-30").works("101", "2021-01-01", employment="101-2", school="B")
        assert board.one("101")["leaves_on"] is None

    def test_not_for_who_left_already(self, board: Any) -> None:
        assert board.works("101", "2020-08-01", "2026-11-20").one("101")["leaves_on"] is None


class TestRenewalInSummer:
    @pytest.mark.parametrize("ends", ["2026-06-30", "2026-07-31", "2026-08-15"])
    def test_temporary_work_that_ends_in_summer_is_expected_back(self, board: Any, ends: str) -> None:
        board.as_of = date(2026, 8, 31)
        person = board.works("101", "2025-08-01", ends, kind="temporary").one("101")
        assert (person["has_left"], person["renewal_until"]) == (False, date(2026, 9, 1))

    def test_until_the_first_of_september(self, board: Any) -> None:
        board.as_of = date(2026, 9, 1)
        person = board.works("101", "2025-08-01", "2026-07-31", kind="temporary").one("101")
        assert (person["has_left"], person["left_on"], person["renewal_until"]) == (True, date(2026, 7, 31), None)

    @pytest.mark.parametrize(("ends", "kind"), [("2026-06-29", "temporary"), ("2026-07-31", "permanent"), ("2026-07-31", "replacement")])
    def test_other_ends_and_other_work_are_not_expected_back(self, board: Any, ends: str, kind: str) -> None:
        board.as_of = date(2026, 8, 20)
        assert board.works("101", "2025-08-01", ends, kind=kind).one("101")["has_left"]

    def test_rights_go_on_while_a_renewal_is_expected(self, board: Any) -> None:
        board.as_of = date(2026, 8, 20)
        [row] = board.works("101", "2025-08-01", "2026-07-31", kind="temporary").engagements("101")
        assert (row["counts"], row["gives_until"]) == (True, date(2026, 8, 31))


class TestVanished:
    def test_someone_whose_running_row_is_gone_from_a_complete_read_vanished(self, board: Any) -> None:
        person = board.works("1", "2020-08-01").worked("101", "2020-08-01").one("101")
        assert (person["in_hr"], person["is_vanished"], person["has_left"]) == (False, True, False)
        assert person["vanished_after"] == date(2026, 11, 23)

    def test_the_day_stays_the_same_the_nights_after(self, board: Any) -> None:
        person = board.works("1", "2020-08-01").worked("101", "2020-08-01", seen_until="2026-11-02").one("101")
        assert (person["is_vanished"], person["vanished_after"]) == (True, date(2026, 11, 2))

    def test_a_leaver_whose_row_is_dropped_later_stays_a_leaver_with_that_date(self, board: Any) -> None:
        person = board.works("1", "2020-08-01").worked("101", "2020-08-01", "2026-08-20", seen_until="2026-11-20").one("101")
        assert (person["is_vanished"], person["has_left"], person["left_on"]) == (False, True, date(2026, 8, 20))

    def test_a_row_dropped_long_ago_says_nothing_of_who_worked_on_under_another(self, board: Any) -> None:
        board.worked("101", "2019-08-01", seen_until="2026-05-01").works("101", "2020-08-01", "2026-11-13", employment="101-2")
        person = board.one("101")
        assert (person["is_vanished"], person["has_left"], person["left_on"]) == (False, True, date(2026, 11, 13))

    def test_someone_who_still_works_elsewhere_did_not_vanish(self, board: Any) -> None:
        board.worked("101", "2020-08-01").works("101", "2021-01-01", school="B", employment="101-2")
        assert not board.one("101")["is_vanished"]
        gone = next(row for row in board.engagements("101") if row["school"] == "A")
        assert (gone["counts"], gone["is_past"], gone["ends_on"]) == (False, True, date(2026, 11, 23))

    def test_a_renewed_row_under_the_same_id_is_the_same_employment(self, board: Any) -> None:
        board.worked("101", "2020-08-01").works("101", "2020-08-01", "2026-11-13")
        assert board.one("101")["left_on"] == date(2026, 11, 13)
        assert len(board.engagements("101")) == 1

    def test_nobody_vanishes_and_nobody_is_assessable_while_hr_was_not_read(self, board: Any) -> None:
        board.hr = SourceState.UNREACHABLE
        person = board.worked("101", "2020-08-01").one("101")
        assert (person["is_vanished"], person["has_left"], person["is_assessable"]) == (False, False, False)
        assert person["schools"] == "A"

    def test_nobody_is_assessable_without_an_hr_source(self, board: Any) -> None:
        board.hr = SourceState.NOT_CONFIGURED
        assert not board.works("101", "2020-08-01").one("101")["is_assessable"]


class TestPartCompleteHr:
    def test_people_of_a_missing_school_are_not_assessable_and_keep_what_they_had(self, board: Any) -> None:
        board.schools = {"A": SourceState.OK, "B": SourceState.UNREACHABLE}
        board.worked("101", "2020-08-01", school="B").worked("102", "2020-08-01").works("102", "2020-08-01")
        gone, present = board.one("101"), board.one("102")
        assert (gone["is_assessable"], gone["is_vanished"], gone["has_left"]) == (False, False, False)
        assert [row["counts"] for row in board.engagements("101")] == [True]
        assert present["is_assessable"]

    def test_someone_with_one_foot_in_a_missing_school_is_not_assessable(self, board: Any) -> None:
        board.schools = {"B": SourceState.STALE}
        board.worked("101", "2020-08-01", "2026-11-13").worked("101", "2020-08-01", school="B", employment="101-2")
        person = board.works("101", "2020-08-01", "2026-11-13").one("101")
        assert (person["is_assessable"], person["has_left"]) == (False, False)

    def test_someone_of_a_present_school_may_vanish(self, board: Any) -> None:
        board.schools = {"B": SourceState.STALE}
        assert board.worked("101", "2020-08-01").one("101")["is_vanished"]

    def test_someone_never_seen_before_may_work_in_the_missing_school(self, board: Any) -> None:
        board.schools = {"B": SourceState.STALE}
        assert not board.works("101", "2020-08-01", "2026-11-13").one("101")["is_assessable"]

    def test_a_deployment_may_be_unseen_while_the_externals_register_failed(self, board: Any) -> None:
        board.role("externals", "register", SourceState.REFUSED)
        board.works("101", "2020-08-01", "2026-11-13").works("102", "2020-08-01")
        assert [board.one(number)["is_assessable"] for number in ("101", "102")] == [False, True]


class TestSenior:
    @pytest.mark.parametrize(
        ("values", "is_senior"),
        [({"function": "directeur"}, True), ({"function": "Directeur"}, True), ({"school": "HQ", "function": "medewerker"}, True), ({}, False)],
    )
    def test_directors_and_the_head_office_are_senior(self, board: Any, values: dict[str, str], is_senior: bool) -> None:
        board.add("schools", school="HQ", kind="office", name="Bestuursbureau").add("schools", school="A", kind="school", name="De Wilg")
        assert board.works("101", "2020-08-01", "2026-11-13", **values).one("101")["is_senior"] is is_senior

    def test_a_function_of_the_head_office_is_named_by_the_board(self, board: Any) -> None:
        board.policy = replace(board.policy, head_office_functions=frozenset({"bestuurder"}))
        assert board.works("101", "2020-08-01", function="bestuurder").one("101")["is_senior"]

    def test_a_director_who_moved_is_senior(self, board: Any) -> None:
        board.works("101", "2020-08-01", "2026-10-31", function="directeur").works("101", "2026-11-01", school="B", employment="101-2")
        assert board.one("101")["is_senior"]


class TestAliases:
    def test_two_numbers_of_one_person_are_one_person(self, board: Any) -> None:
        board.person("101", numbers="901").works("901", "2020-08-01").works("101", "2021-01-01", "2026-08-31", employment="x")
        person = board.one("101")
        assert (person["has_left"], person["numbers"]) == (False, "901")
        assert len(board.people.persons) == 1

    def test_a_number_that_two_people_list_merges_nobody(self, board: Any) -> None:
        board.person("101", numbers="900").person("102", numbers="900")
        assert list(board.people.persons["person"]) == ["101", "102"]

    def test_numbers_that_list_each_other_are_one_person(self, board: Any) -> None:
        board.person("101", numbers="102").person("102", numbers="101")
        assert list(board.people.persons["person"]) == ["101"]


class TestWhoIsKnown:
    def test_an_external_is_known_by_the_register(self, board: Any) -> None:
        board.add("externals", person="E001", name="Sanne de Wit", mail="sanne@hulp.example", school="A", function="logopedist")
        person = board.one("E001")
        assert (person["kind"], person["display_name"], person["mail"], person["in_hr"]) == ("external", "Sanne de Wit", "sanne@hulp.example", True)
        [row] = board.engagements("E001")
        assert (row["origin"], row["kind"], row["function"], row["counts"]) == ("external", "external", "logopedist", True)

    def test_several_deployments_are_one_person(self, board: Any) -> None:
        for school in ("A", "B"):
            board.add("externals", person="E001", name="Sanne de Wit", school=school)
        assert board.one("E001")["schools"] == "A, B"

    def test_someone_known_by_an_employment_only_is_a_person(self, board: Any) -> None:
        board.add("employments", person="101", employment="1", kind="permanent", school="A", function="conciërge")
        assert board.one("101")["functions"] == "conciërge"

    def test_someone_who_dropped_out_keeps_name_and_address(self, board: Any) -> None:
        board.old_persons = [{"person": "101", "kind": "employee", "display_name": "Joris Kamp", "mail": "j.kamp@demo.example"}]
        person = board.works("1", "2020-08-01").worked("101", "2020-08-01", "2026-08-20").one("101")
        assert (person["display_name"], person["mail"]) == ("Joris Kamp", "j.kamp@demo.example")

    def test_an_empty_board_knows_nobody(self, board: Any) -> None:
        assert len(board.people.persons) == 0
        assert len(board.people.engagements) == 0

    def test_functions_and_schools_are_those_that_count_else_the_last(self, board: Any) -> None:
        board.works("101", "2015-08-01", "2019-07-31", function="directeur", school="C")
        board.works("101", "2020-08-01", "2026-10-30", employment="2", school="B").works("101", "2020-08-01", "2026-10-30", employment="3")
        person = board.one("101")
        assert (person["functions"], person["schools"]) == ("leerkracht", "A, B")
