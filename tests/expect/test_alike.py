"""Grants are judged by one of their kind only where nothing about them can make a difference."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auditor.expect.alike import PLACED, lookalikes
from auditor.expect.effective import SCOPE_WORDS

PERSONS = 6


def a_row() -> st.SearchStrategy[tuple[int, int, int]]:
    return st.tuples(st.integers(0, len(SCOPE_WORDS) - 1), st.integers(0, 3), st.integers(0, PERSONS - 1))


@given(
    rows=st.lists(a_row(), max_size=60), likeness=st.lists(st.integers(0, 2), min_size=PERSONS, max_size=PERSONS),
    named=st.lists(st.booleans(), min_size=PERSONS, max_size=PERSONS),
)
def test_a_grant_is_judged_by_the_first_that_nothing_tells_apart_from_it(
    rows: list[tuple[int, int, int]], likeness: list[int], named: list[bool],
) -> None:
    scope, meaning, person = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    place, judged = lookalikes(scope.astype(np.int8), meaning, person, np.array(likeness), np.array(named))
    first: dict[tuple[object, ...], int] = {}
    for row, (where, what, who) in enumerate(rows):
        stands_alone = PLACED[where] or named[who]
        kind = ("alone", row) if stands_alone else ("alike", where, what, likeness[who])
        assert judged[place[row]] == first.setdefault(kind, row)
    assert judged.tolist() == sorted(first.values())


def test_no_grants_have_no_lookalikes() -> None:
    none = np.zeros(0, dtype=np.int64)
    place, judged = lookalikes(none, none, none, np.array([0]), np.array([False]))
    assert len(place) == len(judged) == 0
