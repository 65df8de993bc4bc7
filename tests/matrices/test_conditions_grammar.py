"""The grammar of conditions: what is written reads back, and nothing makes it stumble."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.matrix import Condition
from matrices.grammar import NAMES, NUMERIC, OPERATORS, VALUES, Ungrammatical, read_conditions, write_conditions


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from(NAMES))
    if name in NUMERIC:
        return Condition(name, draw(st.sampled_from(OPERATORS)), str(draw(st.integers(0, 99) | st.sampled_from([0.5, 3.25]))))
    value = draw(st.sampled_from(sorted(VALUES.get(name, {"12AB", "beheerder ParnasSys", "leiding bouw"}))))
    return Condition(name, draw(st.sampled_from(("=", "!="))), value)


@given(st.lists(conditions(), max_size=4).map(tuple))
def test_conditions_read_back_as_they_were_written(given_: tuple[Condition, ...]) -> None:
    assert read_conditions(write_conditions(given_)) == given_


@given(st.text() | st.text(alphabet="wek<>=! &4share,.kindtas"))
def test_any_text_is_read_or_refused_and_what_is_read_reads_back(text: str) -> None:
    with contextlib.suppress(Ungrammatical):
        assert read_conditions(write_conditions(read_conditions(text))) == read_conditions(text)


def test_a_dutch_decimal_comma_is_a_point() -> None:
    assert read_conditions("share > 0,5") == (Condition("share", ">", "0.5"),)


def test_a_value_with_an_operator_in_it_is_refused() -> None:
    for text in ("weeks==4", "weeks=>4", "school=12AB=3"):
        with contextlib.suppress(Ungrammatical):
            raise AssertionError((text, read_conditions(text)))
