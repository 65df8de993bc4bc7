"""Who an account without an owner may belong to, by name: proposals with a confidence. All names are fictional."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from auditor.correlate.candidates import Candidate, as_text
from auditor.correlate.name_index import NameIndex
from auditor.correlate.proposals import propose


def proposed(board: Any, shown: str, school: str | None = "A") -> list[tuple[str, int, str]]:
    """Number, confidence and evidence of each proposal."""
    people = board.people
    numbers = people.persons["person"].tolist()
    [likes] = propose(NameIndex(people), [(shown, school)])
    return [(numbers[like.row], like.confidence, like.evidence) for like in likes]


@pytest.fixture
def staff(board: Any) -> Any:
    """Four people at two schools."""
    board.person("101", given_name="Joris", initials="JA", surname="Berg", prefix="van den", partner_surname="Kamp")
    board.person("102", given_name="Mila", initials="M", surname="Bos")
    board.person("103", display_name="Wouter de Wit")
    board.person("104", given_name="Mila", initials="M", surname="Bos")
    for number, school in (("101", "A"), ("102", "A"), ("103", "A"), ("104", "B")):
        board.works(number, "2020-08-01", school=school)
    return board


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("Joris van den Berg", ("101", 95, "name_same")),
        ("Berg, Joris van den", ("101", 95, "name_same")),
        ("Joris Vandenberg", ("101", 95, "name_same")),
        ("JORIS V.D. BERG", ("101", 95, "name_same")),
        ("J.A. van den Berg", ("101", 92, "name_same")),
        ("J. van den Berg", ("101", 80, "name_same")),
        ("Joris Berg", ("101", 88, "name_same")),
        ("Joriss van den Berg", ("101", 85, "name_same")),
        ("Jacob van den Berg", ("101", 60, "name_same")),
        ("Joris van den Berg-Kamp", ("101", 95, "name_same")),
        ("Joris Kamp", ("101", 88, "name_same")),
        ("Mila Boss", ("102", 73, "name_alike")),
        ("Wouter de Wit", ("103", 95, "name_same")),
        ("W. de Wit", ("103", 80, "name_same")),
    ],
)
def test_a_likely_name_at_the_school_is_proposed(staff: Any, shown: str, found: tuple[str, int, str]) -> None:
    assert proposed(staff, shown) == [found]


@pytest.mark.parametrize("shown", ["Karel van den Berg", "K.L. van den Berg", "Joris Zandstra", "groep 5", "Vervanger", "Bos", "", "Jansen, van der"])
def test_others_are_not(staff: Any, shown: str) -> None:
    assert proposed(staff, shown) == []


def test_initials_that_differ_are_another_person(staff: Any) -> None:
    assert proposed(staff, "J.B. van den Berg") == []


def test_someone_of_another_school_is_a_weak_proposal(staff: Any) -> None:
    assert proposed(staff, "Joris van den Berg", "B") == [("101", 47, "name_elsewhere")]


def test_without_a_school_the_whole_board_is_a_weak_proposal_without_a_lead(staff: Any) -> None:
    assert proposed(staff, "Mila Bos", None) == [("102", 47, "name_elsewhere"), ("104", 47, "name_elsewhere")]


def test_two_namesakes_at_one_school_leave_nobody_sure(staff: Any) -> None:
    staff.works("104", "2021-08-01", employment="104-2")
    assert proposed(staff, "Mila Bos") == [("102", 70, "name_same"), ("104", 70, "name_same")]


def test_a_name_that_half_the_board_has_proposes_nobody(board: Any) -> None:
    for number in range(200, 207):
        board.person(str(number), given_name="Mila", surname="Bos").works(str(number), "2020-08-01", school="B")
    assert proposed(board, "Mila Bos") == []


def test_someone_who_left_is_proposed_too(board: Any) -> None:
    board.person("101", given_name="Mila", surname="Bos").works("101", "2015-08-01", "2020-07-31")
    assert proposed(board, "Mila Bos") == [("101", 95, "name_same")]


def test_nobody_is_proposed_on_an_empty_board(board: Any) -> None:
    assert proposed(board, "Mila Bos") == []


def test_at_most_five_candidates_are_told_the_likeliest_first() -> None:
    text = as_text([Candidate(str(number), 'Mila "B" Bös', number, "name_same") for number in range(8)])
    found = json.loads(text or "")
    assert [one["confidence"] for one in found] == [7, 6, 5, 4, 3]
    assert found[0] == {"person": "7", "name": 'Mila "B" Bös', "confidence": 7, "evidence": "name_same"}
    assert as_text([]) is None


def test_sure_proposals_are_right_on_a_large_board_with_strangers(board: Any) -> None:
    """At a confidence of 90 or more the first candidate is the owner in at least 999 of 1,000, written in every Dutch way."""
    dice = Random(4)
    middles, tails = ("ek", "rm", "nt", "lst"), ("ma", "huis", "veld", "kamp")
    surnames = [a + b + c for a in ("Bo", "Ve", "Kra", "Li", "Stra", "Wie") for b in middles for c in tails]
    first_names = [a + b for a in ("An", "Be", "Jo", "Ma", "Ro", "Sa", "Ti", "Wi") for b in ("na", "ko", "ri", "ne", "ta", "bert")]
    people = [
        (str(number), dice.choice(first_names), dice.choice(["", "", "de", "van der", "ten"]), dice.choice(surnames), f"S{number % 60}")
        for number in range(3000)
    ]
    shown: list[tuple[str, str | None]] = []
    owners: list[str | None] = []
    for number, first, prefix, last, school in people:
        is_stranger = dice.random() < 0.2  # someone HR does not know: every proposal for them is wrong
        if not is_stranger:
            board.person(number, given_name=first, prefix=prefix or None, surname=last).works(number, "2020-08-01", school=school)
        way = dice.choice(["{f} {p} {l}", "{l}, {f} {p}", "{p} {l}, {f}", "{i}. {p} {l}", "{l}, {i}. {p}", "{f} {g}{l}"])
        shown.append((way.format(f=first, p=prefix, l=last, i=first[0], g=prefix.replace(" ", "")), school))
        owners.append(None if is_stranger else number)
    people_known = board.people
    numbers = people_known.persons["person"].tolist()
    firsts = [likes[0] if likes else None for likes in propose(NameIndex(people_known), shown)]
    sure = [numbers[like.row] == owner for like, owner in zip(firsts, owners, strict=True) if like and like.confidence >= 90]
    found = [like is not None and numbers[like.row] == owner for like, owner in zip(firsts, owners, strict=True) if owner]
    assert len(sure) > 1000
    assert sum(sure) / len(sure) >= 0.999
    assert sum(found) / len(found) >= 0.97
