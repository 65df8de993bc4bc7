"""Who is told, and when nobody is: addresses from the register only, and all mail held when there is too much news (promises T5, P12)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.coverage import Coverage, SourceReport, SourceState
from auditor.model.mail import Contact
from auditor.notices.brakes import why_held
from auditor.notices.recipients import is_address, of_school

DIRECTOR = Contact("director", "d@bestuur.example", "99AA00", "100")
SECOND = Contact("director", "e@bestuur.example", "99AA00", "101")
DEPUTY = Contact("deputy", "p@bestuur.example", "99AA00", "102")
BOARD = Contact("board", "b@bestuur.example")
ICT = Contact("ict", "i@bestuur.example")
ELSEWHERE = Contact("director", "x@bestuur.example", "99AB00", "103")
STAND_IN = Contact("deputy", "s@bestuur.example", "99AD00", "104")
ALL = (DIRECTOR, SECOND, DEPUTY, BOARD, ICT, ELSEWHERE, STAND_IN)


@pytest.mark.parametrize(("school", "absent", "expected"), [
    ("99AA00", set(), ([DIRECTOR, SECOND], "director")),
    ("99AA00", {"100"}, ([SECOND], "director")),
    ("99AA00", {"100", "101"}, ([BOARD], "board")),
    ("99AD00", set(), ([STAND_IN], "deputy")),
    ("99AD00", {"104"}, ([BOARD], "board")),
    ("99AA00", {"100", "101", "102"}, ([BOARD], "board")),
    ("99AB00", {"103"}, ([BOARD], "board")),
    ("99AC00", set(), ([BOARD], "board")),
    (None, set(), ([ICT], "ict")),
])
def test_a_school_is_told_through_its_directors_the_board_when_they_left_the_deputy_when_there_is_none(school, absent, expected):
    assert of_school(ALL, school, absent) == expected


@pytest.mark.parametrize("field", [
    "a@bestuur.example, evil@elders.example", "a@bestuur.example\r\nBcc: evil@elders.example", "Jan <a@bestuur.example>", "a@elders.example",
    "a@bestuur.example ", "a@bestuur.example;b@bestuur.example", "", "a@", "@bestuur.example", "a@bestuur.example.elders.example",
])
def test_a_field_that_is_not_one_address_of_ours_gets_no_mail(field):
    assert not is_address(field, ["bestuur.example"])


def test_one_address_in_an_allowed_domain_does():
    assert is_address("voor.naam+school@Bestuur.Example", ["bestuur.example"])


@given(st.text(max_size=60))
def test_nothing_with_a_line_end_a_comma_or_a_space_is_ever_an_address(text):
    if any(sign in text for sign in "\r\n,; <>"):
        assert not is_address(text, ["bestuur.example"]) and not is_address(text + "@bestuur.example", ["bestuur.example"])


GROWN = Coverage((SourceReport("esis", "system", SourceState.OK, "esis", holds_mail=True),))


@pytest.mark.parametrize(("new", "usual", "mailed", "schools", "coverage", "code"), [
    (50, [], 5, 40, Coverage(), None),
    (51, [], 5, 40, Coverage(), "mail_held_news"),
    (100, [20] * 30, 5, 40, Coverage(), None),
    (101, [20] * 30, 5, 40, Coverage(), "mail_held_news"),
    (3, [0] * 30, 8, 40, Coverage(), None),
    (3, [0] * 30, 9, 40, Coverage(), "mail_held_schools"),
    (3, [0] * 30, 6, 6, Coverage(), "mail_held_schools"),
    (3, [0] * 30, 1, 40, GROWN, "mail_held_growth"),
])
def test_too_much_news_too_many_schools_or_a_source_that_grew_hold_all_mail(new, usual, mailed, schools, coverage, code):
    reason = why_held(new, usual, mailed, schools, coverage)
    assert (reason.code if reason else None) == code
