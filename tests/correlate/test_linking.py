"""Whose account is it: every tier, when it decides and when it stays silent (rules 3)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditor.correlate import known_people, link
from auditor.model.coverage import SourceState
from auditor.model.links import LINKS


def links(board: Any) -> list[dict[str, Any]]:
    """The outcome for every account, with candidates as a list."""
    snapshot, past = board.snapshot, board.past
    frame = LINKS.check(link(snapshot, known_people(snapshot, board.policy, past), board.policy, past))
    assert list(frame["account"]) == list(snapshot.table("accounts")["account"])
    rows = []
    for row in frame.astype(object).to_dict("records"):
        plain = {name: None if value is None or value != value or str(value) == "<NA>" else value for name, value in row.items()}
        rows.append({**plain, "candidates": json.loads(plain["candidates"]) if plain["candidates"] else []})
    return rows


def only(board: Any) -> dict[str, Any]:
    """The outcome for the one account there is."""
    [row] = links(board)
    return row


def owner(board: Any) -> tuple[Any, Any, Any]:
    """Situation, person and tier of the one account there is."""
    row = only(board)
    return row["situation"], row["person"], row["tier"]


NOBODY = ("unmatched", None, "none")


@pytest.fixture
def staff(board: Any) -> Any:
    """Two teachers who work at school A."""
    board.person("101", display_name="Joris Kamp", given_name="Joris", initials="J", surname="Kamp", mail="j.kamp@demo.example")
    board.person("102", display_name="Mila Bos", given_name="Mila", initials="M", surname="Bos", upn="m.bos@demo.example")
    return board.works("101", "2020-08-01").works("102", "2020-08-01")


class TestNumber:
    def test_an_equal_number_links(self, staff: Any) -> None:
        row = only(staff.account("x", number="101"))
        assert (row["situation"], row["person"], row["tier"], row["is_pupil"]) == ("linked", "101", "number", False)

    def test_an_alias_links_to_the_person(self, board: Any) -> None:
        board.person("101", numbers="0901, 777").works("101", "2020-08-01").account("x", number="777")
        assert owner(board) == ("linked", "101", "number")

    def test_an_unknown_number_links_nobody(self, staff: Any) -> None:
        assert owner(staff.account("x", number="999")) == NOBODY

    def test_leading_zeros_count(self, staff: Any) -> None:
        assert owner(staff.account("x", number="0101")) == NOBODY

    def test_an_alias_that_two_people_list_is_a_dispute(self, board: Any) -> None:
        board.person("101", numbers="900").person("102", numbers="900").works("101", "2020-08-01").works("102", "2020-08-01")
        row = only(board.account("x", number="900"))
        assert (row["situation"], row["person"]) == ("disputed", None)
        assert [one["person"] for one in row["candidates"]] == ["101", "102"]

    def test_an_address_breaks_the_tie(self, board: Any) -> None:
        board.person("101", numbers="900").person("102", numbers="900", mail="b@demo.example")
        board.works("101", "2020-08-01").works("102", "2020-08-01")
        assert owner(board.account("x", number="900", mail="b@demo.example")) == ("linked", "102", "mail")

    def test_an_own_number_comes_before_an_alias(self, board: Any) -> None:
        board.person("101", numbers="103").person("102", numbers="103").works("103", "2020-08-01").works("101", "2020-08-01")
        assert owner(board.account("x", number="103")) == ("linked", "103", "number")

    def test_two_accounts_of_one_person_are_both_theirs(self, staff: Any) -> None:
        staff.account("x", number="101").account("adm-x", number="101")
        assert [row["person"] for row in links(staff)] == ["101", "101"]


class TestAddress:
    @pytest.mark.parametrize("column", ["mail", "upn", "username"])
    @pytest.mark.parametrize(("address", "person"), [("j.kamp@demo.example", "101"), ("M.Bos@Demo.Example", "102")])
    def test_an_equal_address_links_whatever_its_case(self, staff: Any, column: str, address: str, person: str) -> None:
        assert owner(staff.account("x", **{column: address})) == ("linked", person, "mail")

    def test_an_address_outside_the_managed_domains_does_not_count(self, board: Any) -> None:
        board.person("101", mail="joris@thuis.example").works("101", "2020-08-01").account("x", mail="joris@thuis.example")
        assert owner(board) == NOBODY

    def test_without_managed_domains_every_domain_counts(self, board: Any) -> None:
        board.policy = replace(board.policy, managed_domains=frozenset())
        board.person("101", mail="joris@thuis.example").works("101", "2020-08-01").account("x", mail="joris@thuis.example")
        assert owner(board) == ("linked", "101", "mail")

    def test_an_address_two_people_share_is_a_dispute(self, board: Any) -> None:
        for number in ("101", "102"):
            board.person(number, mail="info@demo.example", display_name=f"P{number}").works(number, "2020-08-01")
        row = only(board.account("x", mail="info@demo.example"))
        assert row["situation"] == "disputed"
        assert [(one["person"], one["name"], one["evidence"]) for one in row["candidates"]] == [
            ("101", "P101", "shared_address"), ("102", "P102", "shared_address")]

    def test_mail_and_login_name_of_two_people_are_a_dispute(self, staff: Any) -> None:
        row = only(staff.account("x", mail="j.kamp@demo.example", upn="m.bos@demo.example"))
        assert (row["situation"], [one["person"] for one in row["candidates"]]) == ("disputed", ["101", "102"])

    def test_an_address_listed_as_alias_links(self, board: Any) -> None:
        board.person("101", numbers="901,joris@demo.example").works("101", "2020-08-01").account("x", mail="joris@demo.example")
        assert owner(board) == ("linked", "101", "alias")

    def test_the_address_someone_had_before_links_as_long_as_nobody_else_has_it(self, board: Any) -> None:
        board.old_persons = [{"person": "101", "kind": "employee", "mail": "oud@demo.example"}]
        board.person("101", mail="nieuw@demo.example").works("101", "2020-08-01").works("102", "2020-08-01").account("x", mail="oud@demo.example")
        assert owner(board) == ("linked", "101", "alias")
        board.rows["persons"][1]["mail"] = "oud@demo.example"
        assert owner(board) == ("linked", "102", "mail")


class TestContradiction:
    def test_the_number_decides_and_the_address_that_names_another_is_told(self, staff: Any) -> None:
        row = only(staff.account("x", number="101", upn="m.bos@demo.example"))
        assert (row["person"], row["tier"], row["contradicts"]) == ("101", "number", "102")

    def test_an_address_that_agrees_contradicts_nothing(self, staff: Any) -> None:
        assert only(staff.account("x", number="101", mail="j.kamp@demo.example"))["contradicts"] is None

    def test_a_decision_wins_from_the_number_and_the_number_is_told(self, staff: Any) -> None:
        staff.decisions = [{"system": "esis", "account": "x", "person": "102", "reason": "r", "decided_by": "ict", "decided_on": date(2026, 1, 1)}]
        row = only(staff.account("x", number="101"))
        assert (row["person"], row["tier"], row["contradicts"]) == ("102", "decided", "101")


class TestDecision:
    def decide(self, board: Any, person: str | None, account: str = "x", system: str = "esis") -> Any:
        board.decisions.append(
            {"system": system, "account": account, "person": person, "reason": "r", "decided_by": "ict", "decided_on": date(2026, 1, 1)})
        return board

    def test_a_decision_links(self, staff: Any) -> None:
        assert owner(self.decide(staff, "101").account("x")) == ("linked", "101", "decided")

    def test_it_survives_a_rename(self, staff: Any) -> None:
        assert owner(self.decide(staff, "101").account("x", username="anders")) == ("linked", "101", "decided")

    def test_a_new_native_id_under_the_old_name_inherits_nothing(self, staff: Any) -> None:
        assert owner(self.decide(staff, "101").account("y", username="x")) == NOBODY

    def test_it_holds_for_one_system_only(self, staff: Any) -> None:
        assert owner(self.decide(staff, "101", system="entra").account("x")) == NOBODY

    def test_an_account_may_be_set_aside(self, staff: Any) -> None:
        assert owner(self.decide(staff, None).account("x", number="101")) == ("set_aside", None, "decided")

    def test_a_decision_for_a_number_since_merged_leads_to_the_person(self, board: Any) -> None:
        board.person("101", numbers="901").works("101", "2020-08-01").account("x")
        assert owner(self.decide(board, "901")) == ("linked", "101", "decided")

    def test_a_decision_for_someone_no_longer_known_decides_nothing(self, staff: Any) -> None:
        assert owner(self.decide(staff, "555").account("x", number="101")) == ("linked", "101", "number")

    @pytest.mark.parametrize("kind", ["shared", "service", "emergency"])
    def test_shared_and_service_accounts_are_linked_by_a_decision_only(self, staff: Any, kind: str) -> None:
        staff.account("x", kind=kind, number="101", mail="j.kamp@demo.example", display_name="Joris Kamp")
        assert owner(staff) == NOBODY
        assert only(staff)["candidates"] == []
        assert owner(self.decide(staff, "101")) == ("linked", "101", "decided")


class TestYesterday:
    def linked(self, board: Any, **values: Any) -> Any:
        board.last_scan = date(2026, 11, 23)
        yesterday = {"system": "esis", "account": "x", "situation": "linked", "person": "101", "tier": "number", "is_pupil": False}
        board.old_links.append({**yesterday, **values})
        return board

    def test_a_link_stays_where_today_has_no_evidence(self, staff: Any) -> None:
        assert owner(self.linked(staff).account("x")) == ("linked", "101", "number")

    @pytest.mark.parametrize("stable", [False, None])
    def test_an_id_that_is_not_known_to_be_stable_inherits_nothing(self, staff: Any, stable: bool | None) -> None:
        assert owner(self.linked(staff).account("x", id_is_stable=stable)) == NOBODY

    def test_evidence_of_today_comes_first(self, staff: Any) -> None:
        assert owner(self.linked(staff).account("x", number="102")) == ("linked", "102", "number")

    def test_a_new_native_id_inherits_nothing(self, staff: Any) -> None:
        assert owner(self.linked(staff).account("y", username="x")) == NOBODY

    def test_another_system_inherits_nothing(self, staff: Any) -> None:
        assert owner(self.linked(staff, system="entra").account("x")) == NOBODY

    def test_a_decision_that_was_taken_back_is_no_link(self, staff: Any) -> None:
        assert owner(self.linked(staff, tier="decided").account("x")) == NOBODY

    def test_a_dispute_of_yesterday_is_no_link(self, staff: Any) -> None:
        assert owner(self.linked(staff, situation="disputed", person=None, tier="none").account("x")) == NOBODY

    def test_someone_no_longer_known_owns_nothing(self, staff: Any) -> None:
        assert owner(self.linked(staff, person="555").account("x")) == NOBODY

    def test_a_link_to_someone_who_dropped_out_of_hr_stays(self, board: Any) -> None:
        board.works("1", "2020-08-01").worked("101", "2020-08-01", "2026-08-20")
        assert owner(self.linked(board).account("x")) == ("linked", "101", "number")


class TestPupils:
    @pytest.fixture
    def school(self, staff: Any) -> Any:
        """The two teachers, and two pupils of whom one has the number of a teacher."""
        return staff.add("pupils", person="5001", school="A").add("pupils", person="101", school="A")

    def test_a_pupil_account_links_by_number_to_pupils_only(self, school: Any) -> None:
        row = only(school.account("x", kind="pupil", number="101"))
        assert (row["situation"], row["person"], row["is_pupil"]) == ("linked", "101", True)

    def test_a_person_account_never_links_to_a_pupil(self, school: Any) -> None:
        assert owner(school.account("x", number="5001")) == NOBODY

    @pytest.mark.parametrize(("number", "is_pupil"), [("5001", True), ("102", False)])
    def test_an_account_of_unknown_kind_links_to_whom_the_number_is(self, school: Any, number: str, is_pupil: bool) -> None:
        row = only(school.account("x", kind="unknown", number=number))
        assert (row["person"], row["is_pupil"]) == (number, is_pupil)

    def test_a_number_of_a_pupil_and_a_teacher_is_a_dispute(self, school: Any) -> None:
        row = only(school.account("x", kind="unknown", number="101"))
        assert (row["situation"], len(row["candidates"])) == ("disputed", 2)

    def test_unless_the_address_tells(self, school: Any) -> None:
        row = only(school.account("x", kind="unknown", number="101", mail="j.kamp@demo.example"))
        assert (row["person"], row["is_pupil"], row["tier"]) == ("101", False, "number")

    def test_or_the_system_holds_pupils(self, school: Any) -> None:
        school.policy = replace(school.policy, pupil_systems=frozenset({"esis"}))
        assert only(school.account("x", kind="unknown", number="101"))["is_pupil"] is True

    def test_a_pupil_account_gets_no_proposals_by_name(self, school: Any) -> None:
        assert only(school.account("x", kind="pupil", display_name="Joris Kamp"))["candidates"] == []


class TestExternals:
    @pytest.fixture
    def guest(self, board: Any) -> Any:
        """A declared external with an address outside the managed domains."""
        return board.add("externals", person="E001", name="Sanne de Wit", mail="sanne@hulp.example", school="A")

    def test_a_declared_external_links_by_the_declared_address(self, guest: Any) -> None:
        assert owner(guest.account("x", kind="external", mail="sanne@hulp.example")) == ("linked", "E001", "mail")

    def test_and_by_number(self, guest: Any) -> None:
        assert owner(guest.account("x", kind="external", number="E001")) == ("linked", "E001", "number")


class TestLeavers:
    @pytest.fixture
    def left(self, board: Any) -> Any:
        """Someone who left, with an account by number."""
        board.person("101", given_name="Joris", initials="J", surname="Kamp", mail="j.kamp@demo.example")
        return board.works("101", "2015-08-01", "2026-07-31").account("x", number="101")

    def test_the_account_of_a_leaver_is_the_leavers(self, left: Any) -> None:
        assert owner(left.works("102", "2020-08-01")) == ("linked", "101", "number")

    def test_a_running_person_with_the_same_address_makes_a_case(self, left: Any) -> None:
        row = only(left.person("201", mail="j.kamp@demo.example").works("201", "2020-08-01"))
        assert (row["situation"], row["person"]) == ("disputed", None)
        assert [(one["person"], one["evidence"]) for one in row["candidates"]] == [("101", "left_before"), ("201", "shares_address")]

    def test_a_running_person_who_shares_a_number_makes_a_case(self, left: Any) -> None:
        left.person("201", numbers="101").works("201", "2020-08-01").person("202", numbers="101").works("202", "2020-08-01")
        row = only(left)
        assert row["situation"] == "disputed"
        assert {one["person"]: one["evidence"] for one in row["candidates"]} == {
            "101": "left_before", "201": "shares_alias", "202": "shares_alias"}

    @pytest.mark.parametrize(("school", "starts"), [("A", "2010-08-01"), ("B", "2026-09-01")])
    def test_a_namesake_at_the_same_school_or_who_came_after_makes_a_case(self, left: Any, school: str, starts: str) -> None:
        row = only(left.person("201", given_name="Joris", surname="Kamp").works("201", starts, school=school))
        assert (row["situation"], row["candidates"][1]["evidence"]) == ("disputed", "same_name")

    @pytest.mark.parametrize(
        ("name", "works"),
        [
            ({"given_name": "Joris", "surname": "Kamp"}, {"school": "B", "starts": "2010-08-01"}),  # a namesake elsewhere, at the same time
            ({"given_name": "Joris", "surname": "Kamp", "initials": "JP"}, {"school": "A", "starts": "2026-09-01"}),  # other initials
            ({"given_name": "Jonas", "surname": "Kamp"}, {"school": "A", "starts": "2026-09-01"}),
        ],
    )
    def test_a_weak_likeness_of_name_is_no_case(self, left: Any, name: dict[str, str], works: dict[str, str]) -> None:
        assert owner(left.person("201", **name).works("201", **works))[0] == "linked"

    def test_a_name_that_several_people_have_is_no_case(self, left: Any) -> None:
        for number in ("201", "202"):
            left.person(number, given_name="Joris", surname="Kamp").works(number, "2026-09-01")
        assert owner(left)[0] == "linked"

    def test_someone_who_left_as_well_makes_no_case(self, left: Any) -> None:
        assert owner(left.person("201", mail="j.kamp@demo.example").works("201", "2020-08-01", "2026-06-30"))[0] == "linked"

    def test_a_decision_ends_the_case(self, left: Any) -> None:
        left.decisions = [{"system": "esis", "account": "x", "person": "201", "reason": "r", "decided_by": "ict", "decided_on": date(2026, 1, 1)}]
        assert owner(left.person("201", mail="j.kamp@demo.example").works("201", "2020-08-01")) == ("linked", "201", "decided")

    def test_someone_who_vanished_and_came_back_under_another_number_is_a_case(self, board: Any) -> None:
        board.old_persons = [{"person": "101", "kind": "employee", "given_name": "Joris", "surname": "Kamp"}]
        board.worked("101", "2015-08-01").account("x", number="101")
        assert owner(board.person("201", given_name="Joris", surname="Kamp").works("201", "2015-08-01"))[0] == "disputed"

    def test_a_leaver_stays_linked_after_the_row_was_dropped(self, board: Any) -> None:
        board.works("1", "2020-08-01").worked("101", "2015-08-01", "2026-07-31", seen_until="2026-10-31").account("x", number="101")
        assert owner(board) == ("linked", "101", "number")

    def test_links_hold_while_hr_was_not_read(self, board: Any) -> None:
        board.hr = SourceState.STALE
        assert owner(board.worked("101", "2015-08-01").account("x", number="101")) == ("linked", "101", "number")


class TestProposals:
    def test_a_name_proposes_and_never_links(self, staff: Any) -> None:
        row = only(staff.account("x", display_name="Kamp, Joris"))
        assert (row["situation"], row["person"], row["tier"]) == NOBODY
        assert row["candidates"] == [{"person": "101", "name": "Joris Kamp", "confidence": 95, "evidence": "name_same"}]

    @pytest.mark.parametrize("status", ["disabled", "deleted"])
    def test_closed_accounts_get_no_proposals(self, staff: Any, status: str) -> None:
        assert only(staff.account("x", display_name="Kamp, Joris", status=status))["candidates"] == []

    def test_unknown_status_counts_as_open(self, staff: Any) -> None:
        assert only(staff.account("x", display_name="Kamp, Joris", status="unknown"))["candidates"]


def test_an_empty_board_gives_no_links(board: Any) -> None:
    assert links(board) == []


def test_accounts_without_anybody_known_are_nobodys(board: Any) -> None:
    assert owner(board.account("x", number="1", mail="a@demo.example", display_name="Joris Kamp")) == NOBODY
