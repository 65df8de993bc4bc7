"""Asking once per distinct combination gives every row the answer it would have got alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from auditor.assess.among import is_among
from auditor.assess.distinct import coded, distinct_rows, texts, texts_of_all
from auditor.assess.fingerprint import fingerprints
from auditor.assess.plain import plain, plain_column
from auditor.model.columns import Columns

WORDS = st.one_of(st.none(), st.sampled_from(["a", "b", "ë", ""]))


def in_every_dtype(values: list[str | None]) -> list[pd.Series]:  # type: ignore[type-arg]
    plain_text = pd.Series(values, dtype="str")
    many = pd.CategoricalDtype(pd.Index([f"w{number}" for number in range(50)] + ["a", "b", "ë", ""], dtype="str"))
    return [plain_text, pd.Series(values, dtype="object"), plain_text.astype("category"), plain_text.astype(many)]


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1))
def test_every_row_finds_its_own_combination(rows: list[tuple[str | None, str | None]]) -> None:
    first, second = ([row[place] for row in rows] for place in (0, 1))
    for left, right in zip(in_every_dtype(first), in_every_dtype(second), strict=True):
        told, places = distinct_rows(left, right)
        assert [told[place] for place in places] == rows
        assert len(set(told)) == len(told)


@given(st.lists(WORDS))
def test_texts_and_codes_say_what_stood_there(values: list[str | None]) -> None:
    for column in in_every_dtype(values):
        assert texts(column, None).tolist() == values
        codes, words = coded(column)
        assert [None if code < 0 else words[code] for code in codes] == values


@given(st.lists(st.tuples(st.lists(WORDS), st.integers(0, 3)), max_size=5))
def test_many_columns_say_together_what_each_says_alone(parts: list[tuple[list[str | None], int]]) -> None:
    shared = pd.CategoricalDtype(pd.Index(["a", "b", "ë", ""], dtype="str"))
    columns = [[*in_every_dtype(values)[:2], pd.Series(values, dtype="object").astype(shared), in_every_dtype(values)[3]][kind].array
               for values, kind in parts]
    assert [told.tolist() for told in texts_of_all(columns)] == [values for values, _ in parts]


@given(st.lists(WORDS), st.lists(WORDS))
def test_is_among_agrees_with_a_set(values: list[str | None], words: list[str | None]) -> None:
    wanted = {word for word in words if word is not None}
    for column in in_every_dtype(values):
        assert is_among(column, words).tolist() == [value in wanted for value in values]
        for given_as in in_every_dtype(words):
            assert is_among(column, given_as).tolist() == [value in wanted for value in values]


@given(st.lists(WORDS, min_size=1))
def test_a_fingerprint_does_not_depend_on_the_dtype(values: list[str | None]) -> None:
    prints = [one.tolist() for one in fingerprints([("rule", Columns({"fact": column}), ["fact"]) for column in in_every_dtype(values)])]
    assert all(one == prints[0] for one in prints)


def test_a_fingerprint_tells_facts_apart_that_only_changed_places() -> None:
    rows = Columns({"one": ["a", "b"], "other": ["b", "a"]})
    names = ["one", "other"]
    there, turned, elsewhere = fingerprints([("rule", rows, names), ("rule", rows, names[::-1]), ("elsewhere", rows, names)])
    assert there[0] != there[1]
    assert turned.tolist() == there.tolist()
    assert elsewhere.tolist() != there.tolist()


@given(st.lists(WORDS, min_size=1), st.lists(WORDS))
def test_a_fingerprint_does_not_depend_on_the_other_rules_of_the_night(values: list[str | None], others: list[str | None]) -> None:
    rows, before = Columns({"fact": values}), Columns({"fact": others})
    alone = fingerprints([("rule", rows, ["fact"])])[0]
    assert fingerprints([("other", before, ["fact"]), ("rule", rows, ["fact"])])[1].tolist() == alone.tolist()


def test_a_column_is_as_plain_as_its_cells() -> None:
    day = pd.Timestamp("2026-11-24")
    columns = [
        pd.Series([day, pd.NaT]).astype("datetime64[s]"), pd.Series(["a", None], dtype="str"), pd.Series(["a", None], dtype="str").astype("category"),
        pd.Series([1.0, float("nan")]), pd.Series([True, False]), pd.Series([True, None], dtype="boolean"), pd.Series([2, 3], dtype="int32"),
    ]
    for column in columns:
        cells = plain_column(column)
        assert cells == [plain(value) for value in column.astype("object")]
        assert all(type(cell) in (str, int, bool, type(None)) for cell in cells)
    assert plain_column(columns[0]) == ["2026-11-24", None]
    assert plain(np.datetime64("NaT")) is None
