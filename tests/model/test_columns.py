"""Columns hold and combine what frames would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.assess.plain import plain_column
from auditor.model.columns import Columns
from auditor.rules.hits import together

WORDS = st.one_of(st.none(), st.sampled_from(["a", "b", "ë", ""]))
KINDS = ("str", "object", "category")
PARTS = st.lists(st.tuples(st.lists(WORDS), st.sampled_from(KINDS)), min_size=1, max_size=4)


@given(PARTS)
def test_rows_of_text_come_together_in_order_whatever_holds_them(parts: list[tuple[list[str | None], str]]) -> None:
    found = together(*(Columns({"word": pd.Series(values, dtype="object").astype(kind)}) for values, kind in parts))
    told = plain_column(found["word"]) if len(found) else []
    assert told == [value for values, _ in parts for value in values]


@pytest.mark.parametrize("values", [np.array([1, 2], dtype=np.int32), np.array([1.5, np.nan]), np.array(["2026-11-24", "NaT"], dtype="datetime64[s]"),
                                    np.array([True, False]), np.array(["a", None], dtype=object), pd.Categorical(["a", None])])
def test_what_a_part_does_not_have_is_absent_in_its_rows(values: object) -> None:
    own = Columns({"fact": values})
    found = together(own, Columns({"other": ["x"]}), own)
    told = plain_column(own["fact"])
    assert plain_column(found["fact"]) == [*told, None, *told]
    assert plain_column(found["other"]) == [None, None, "x", None, None]
    assert plain_column(together(own, own)["fact"]) == [*told, *told]


def test_a_single_value_stands_in_every_row() -> None:
    rows = Columns({"word": ["a", "b", "c"], "number": 2.5, "nothing": None}).assign(text="x")
    assert [plain_column(rows[name]) for name in rows] == [["a", "b", "c"], [2.5] * 3, [None] * 3, ["x"] * 3]
    assert len(Columns()) == len(Columns().assign(text="x")) == 0


def test_rows_are_taken_by_position_or_by_flag() -> None:
    rows = Columns({"word": ["a", "b", "c"], "kind": pd.Categorical(["x", None, "y"])})
    for which in (np.array([2, 0]), np.array([True, False, True])):
        assert sorted(rows.take(which)["word"]) == ["a", "c"]
    assert rows.take(np.array([1])).only("kind", "kind").frame()["kind"].isna().all()


def test_arrays_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="other has 1 rows where others have 2"):
        Columns({"word": ["a", "b"], "other": ["a"]})
