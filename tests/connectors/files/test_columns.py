"""A column that holds its rows as they stand and one that holds each text once are the same column."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.files import columns as col
from connectors.files import csv_arrow
from connectors.files.csv_reader import Dialect, read_csv
from connectors.files.raw import Column, column_of, encoded

texts = st.lists(st.sampled_from(["", " ", "a", "A ", "é", "É", "a@b.nl", "3"]), max_size=12)


def both(held: list[str]) -> tuple[Column, Column]:
    return Column(None, pa.array(held, pa.string())), column_of([encoded(held)])


def in_words(value: object) -> list[object]:
    if isinstance(value, Column):
        return list(value.texts())
    return [None if one is None or one != one else one for one in value]  # type: ignore[attr-defined]


@given(texts)
def test_whatever_is_done_to_it_comes_out_the_same(held: list[str]) -> None:
    rows = np.arange(len(held))[::-2]
    chosen = np.arange(len(held)) % 3 == 0
    for change in (
        col.trimmed, col.casefolded, col.text_of, col.category_of, col.is_empty, Column.texts, Column.distinct,
        lambda column: col.changed(column, lambda text: text.strip("a")), lambda column: col.extracted(column, "(?P<value>[a-z])"),
        lambda column: col.emptied(column, chosen), lambda column: column.take(rows), lambda column: column.take(np.arange(len(held))),
        lambda column: col.text_of(column.take(rows)), lambda column: col.joined([column, column.distinct()], " "),
        lambda column: col.first_filled([column, col.constant("x", len(held))]), lambda column: col.grouped([column, column])[1],
        lambda column: col.split(column, "@")[1], lambda column: col.reworded(column, pa.array(["y"] * len(column.held), pa.string())),
        lambda column: column.per_row(np.array([len(text) for text in column.held.to_pylist()])),
    ):
        plain, distinct = both(held)
        assert in_words(change(plain)) == in_words(change(distinct))


@given(texts)
def test_its_words_are_distinct_when_asked_for(held: list[str]) -> None:
    plain, _ = both(held)
    words = plain.words.to_pylist()
    assert len(set(words)) == len(words)
    assert [words[code] for code in plain.codes.tolist()] == held == plain.texts()


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_large_file_is_read_the_same_whether_texts_repeat_or_not(monkeypatch: pytest.MonkeyPatch, quote: str) -> None:
    rows = [(f"m{number}", f"groep {number % 7}", "" if number % 5 else f" naam {number}") for number in range(4000)]
    data = "".join(";".join(f"{quote}{text}{quote}" for text in row) + "\n" for row in [("login", "groep", "naam"), *rows]).encode()
    whole = read_csv(data, "f.csv", Dialect(delimiters=(";",)))
    monkeypatch.setattr(csv_arrow, "_SAMPLE", 1 << 12)
    told = read_csv(data, "f.csv", Dialect(delimiters=(";",)))
    assert [told.columns[name].is_plain for name in told.headers] == [True, False, False]
    assert {name: column.texts() for name, column in told.columns.items()} == {name: column.texts() for name, column in whole.columns.items()}


def test_a_line_longer_than_the_sample_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"a;b\n" + b"x" * 5000 + b";1\ny;2\n"
    monkeypatch.setattr(csv_arrow, "_SAMPLE", 1 << 10)
    assert read_csv(data, "f.csv", Dialect(delimiters=(";",))).columns["b"].texts() == ["1", "2"]
