"""Why an account is linked as it is, told in sentences of the catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditor.correlate import known_people, link_reasons
from auditor.model.errors import Reason
from reports.texts import Words


def reasons(board: Any, row: int = 0) -> list[Reason]:
    """The reasons of one account; each must be a sentence in both languages, with every blank filled."""
    snapshot, past = board.snapshot, board.past
    found = link_reasons(snapshot, known_people(snapshot, board.policy, past), row, board.policy, past)
    for language in ("nl", "en"):
        for reason in found:
            assert "{" not in Words(language, strict=True).say(reason)
    return found


def codes(board: Any, row: int = 0) -> list[str]:
    return [reason.code for reason in reasons(board, row)]


@pytest.fixture
def staff(board: Any) -> Any:
    """One teacher with everything."""
    board.person("101", display_name="Joris Kamp", given_name="Joris", surname="Kamp", mail="j.kamp@demo.example", numbers="901,joris@demo.example")
    return board.works("101", "2020-08-01")


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"number": "101"}, Reason("link_number", {"person": "101", "number": "101"})),
        ({"number": "901"}, Reason("link_number_alias", {"person": "101", "number": "901"})),
        ({"mail": "J.Kamp@demo.example"}, Reason("link_mail", {"person": "101", "address": "J.Kamp@demo.example"})),
        ({"upn": "joris@demo.example"}, Reason("link_other_address", {"person": "101", "address": "joris@demo.example"})),
    ],
)
def test_the_deciding_tier_is_told(staff: Any, account: dict[str, str], said: Reason) -> None:
    assert reasons(staff.account("x", **account)) == [said]


def test_it_is_about_the_account_asked(staff: Any) -> None:
    staff.account("x", number="999").account("y", number="101")
    assert codes(staff, 1) == ["link_number"]


def test_a_decision_is_told_with_who_and_when(staff: Any) -> None:
    staff.decisions = [{"system": "esis", "account": "x", "person": "101", "reason": "gebeld", "decided_by": "ict", "decided_on": date(2026, 1, 2)}]
    assert reasons(staff.account("x")) == [
        Reason("link_decided", {"person": "101", "decided_by": "ict", "reason": "gebeld", "decided_on": "2026-01-02"})]
    staff.decisions[0]["person"] = None
    assert codes(staff) == ["link_set_aside"]


def test_a_link_of_yesterday_is_told(staff: Any) -> None:
    staff.last_scan = date(2026, 11, 23)
    staff.old_links = [{"system": "esis", "account": "x", "situation": "linked", "person": "101", "tier": "number", "is_pupil": False}]
    assert codes(staff.account("x")) == ["link_yesterday"]


def test_a_contradiction_is_told(staff: Any) -> None:
    staff.person("102", mail="b@demo.example").works("102", "2020-08-01").account("x", number="101", mail="b@demo.example")
    assert codes(staff) == ["link_number", "link_contradicts"]


def test_a_pupil_is_told(staff: Any) -> None:
    assert codes(staff.add("pupils", person="5001").account("x", kind="pupil", number="5001")) == ["link_pupil_number"]


def test_disputes_are_told_with_their_candidates(board: Any) -> None:
    for number in ("101", "102"):
        board.person(number, mail="info@demo.example", numbers="900").works(number, "2020-08-01")
    board.account("x", mail="info@demo.example").account("y", number="900")
    assert codes(board, 0) == ["link_disputed_address", "shared_address", "shared_address"]
    assert codes(board, 1) == ["link_disputed_number", "shared_number", "shared_number"]


def test_the_case_of_a_leaver_is_told(board: Any) -> None:
    board.person("101", mail="j@demo.example").works("101", "2015-08-01", "2026-07-31").account("x", number="101")
    board.person("201", mail="j@demo.example").works("201", "2026-08-01", school="B").works("201", "2026-08-01", employment="2")
    assert codes(board) == ["link_disputed_leaver", "left_before", "shares_address"]


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({}, ["link_no_number", "link_no_address"]),
        ({"number": "999", "mail": "x@demo.example"}, ["link_number_unknown", "link_address_unknown"]),
        ({"upn": "x@thuis.example"}, ["link_no_number", "link_address_unmanaged"]),
        ({"kind": "service", "number": "101"}, ["link_kind_without_owner"]),
        ({"kind": "pupil"}, ["link_no_number"]),
        ({"display_name": "Joris Kamp"}, ["link_no_number", "link_no_address", "name_same"]),
        ({"display_name": "Joris Kampp"}, ["link_no_number", "link_no_address", "name_alike"]),
        ({"display_name": "Joris Kamp", "school": "B"}, ["link_no_number", "link_no_address", "name_elsewhere"]),
    ],
)
def test_why_nobody_was_found_is_told_tier_by_tier(staff: Any, account: dict[str, str], said: list[str]) -> None:
    assert codes(staff.account("x", **account)) == said


def test_without_managed_domains_no_address_is_outside(staff: Any) -> None:
    staff.policy = replace(staff.policy, managed_domains=frozenset())
    assert codes(staff.account("x", mail="x@thuis.example")) == ["link_no_number", "link_address_unknown"]
