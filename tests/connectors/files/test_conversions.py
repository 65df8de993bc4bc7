"""Texts to days, flags and numbers: strict, and over distinct values."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.files import columns as col
from connectors.files.convert import AMSTERDAM, Converter, day_of, flag_of, number_of, plain_days, shape
from connectors.files.raw import Column, column_of, encoded

DUTCH = ("ymd", "dmy", "instant")


def column(texts: list[str]) -> Column:
    return column_of([encoded(texts)])


@given(st.dates(date(1900, 1, 1), date(2089, 12, 31)))
def test_every_day_is_read_in_every_notation(day: date) -> None:
    texts = {f"{day:%d-%m-%Y}", f"{day.day}-{day.month}-{day.year}", f"{day.day}/{day.month}/{day.year}", day.isoformat(),
             f"{day} 08:30:00", f"{day:%d-%m-%Y} 8:30"}
    assert {day_of(text, DUTCH) for text in texts} == {day}
    assert day_of(f"{day:%Y%m%d}", ("compact",)) == day_of(f"{day.month}/{day.day}/{day.year} 1:05:00 AM", ("mdy",)) == day


@given(st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1)), st.integers(-12, 14))
def test_an_instant_is_the_day_it_was_in_amsterdam(naive: datetime, hours: int) -> None:
    instant = naive.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    assert day_of(instant.isoformat(), DUTCH) == instant.astimezone(AMSTERDAM).date()


def test_late_utc_evenings_belong_to_the_next_dutch_day() -> None:
    assert day_of("2026-07-31T22:00:00Z", DUTCH) == date(2026, 8, 1)
    assert day_of("2026-12-31T23:00:00.000Z", DUTCH) == date(2027, 1, 1)


@pytest.mark.parametrize("text", [
    "31-02-2026", "2026-02-31", "29-02-2027", "00-01-2026", "1-13-2026", "2026", "gisteren", "1-2-26", "20260101", "01-01-2026x", " ", "٣-1-2026",
])
def test_a_day_that_is_not_there_is_no_day(text: str) -> None:
    with pytest.raises(ValueError):
        day_of(text, DUTCH)


@given(st.text(max_size=12))
def test_no_text_makes_reading_a_day_fail_otherwise(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(day_of(text, (*DUTCH, "compact", "mdy")), date)


@given(
    st.sets(st.one_of(st.from_regex(r"[0-9]{2}[-/.][0-9]{2}[-/.][12][0-9]{3}|[0-9]{4}-[01][0-9]-[0-3][0-9]", fullmatch=True), st.text(max_size=11))),
    st.permutations(["ymd", "dmy", "mdy", "instant"]),
)
def test_days_worked_out_at_once_are_those_worked_out_one_by_one(texts: set[str], notations: list[str]) -> None:
    ordered = sorted(texts)
    days, is_done = plain_days(pa.array(ordered, pa.string()), notations)
    for text, day, done in zip(ordered, days, is_done, strict=True):
        try:
            expected = day_of(text, notations)
        except ValueError:
            assert not done
        else:
            assert day == np.datetime64(expected) if done else len(text) != 10


def test_days_without_end_are_open_and_a_wrong_one_is_named_with_its_first_line() -> None:
    converter = Converter("f.csv", np.arange(2, 9, dtype=np.int32), DUTCH, ["31-12-2049"])
    days = converter.days(column(["1-2-2026", "", "31-12-9999", "2099-12-31", "31-12-2049", "31-02-2026", "31-02-2026"]), "Einddatum")
    assert [str(day)[:10] for day in days] == ["2026-02-01", "NaT", "NaT", "NaT", "NaT", "NaT", "NaT"]
    assert [(fault.code, fault.line, fault.column, fault.facts["shown"]) for fault in converter.faults] == [
        ("value_not_date", 7, "Einddatum", "31-02-2026")]


@pytest.mark.parametrize(("texts", "said"), [(("J", "ja", "TRUE", "waar", "1", "Yes"), True), (("N", "nee", "False", "ONWAAR", "0"), False)])
def test_yes_and_no_in_both_languages(texts: tuple[str, ...], said: bool) -> None:
    assert {flag_of(text) for text in texts} == {said}


def test_anything_else_is_neither_yes_nor_no() -> None:
    with pytest.raises(ValueError, match="neither"):
        flag_of("misschien")


def test_flags_leave_empty_cells_absent() -> None:
    flags = Converter("f", np.arange(3, dtype=np.int32), DUTCH, ()).flags(column(["J", "", "N"]), "x")
    assert flags.to_numpy(dtype=object, na_value=None).tolist() == [True, None, False]


@pytest.mark.parametrize(("texts", "shares"), [
    (["0,8000", "1"], [0.8, 1.0]), (["0.8", ""], [0.8, None]), (["80,00", "100", "40%"], [0.8, 1.0, 0.4]),
])
def test_a_share_is_a_factor_however_the_column_writes_it(texts: list[str], shares: list[float | None]) -> None:
    found = Converter("f", np.arange(3, dtype=np.int32), DUTCH, ()).numbers(column(texts), "FTE", is_share=True)
    assert [None if np.isnan(one) else round(float(one), 6) for one in found] == shares


@pytest.mark.parametrize("text", ["1.000,50", "1e5", "", "acht", "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        number_of(text)


def test_values_are_masked_but_keep_their_shape() -> None:
    assert shape("J. de Vries-00017@x.nl") == "X. xx Xxxxx-99999@x.xx"
    assert shape("1-2-2026", with_days=False) == "9-9-9999"
    assert len(shape("x" * 500)) == 41


cells = st.lists(st.tuples(st.sampled_from(["", "a", "B", "é"]), st.sampled_from(["", "x", "y z"])), min_size=1, max_size=20)


@given(cells)
def test_joining_is_what_it_is_row_by_row(rows: list[tuple[str, str]]) -> None:
    left, right = column([one for one, _ in rows]), column([one for _, one in rows])
    assert col.joined([left, right], "_").texts() == ["_".join(row) if any(row) else "" for row in rows]
    assert col.joined([left, right], " ").texts() == [" ".join(part for part in row if part) for row in rows]
    assert col.first_filled([left, right]).texts() == [row[0] or row[1] for row in rows]


@given(cells)
def test_equal_rows_are_one_group_and_its_first_row_is_known(rows: list[tuple[str, str]]) -> None:
    numbers, first = col.grouped([column([one for one, _ in rows]), column([one for _, one in rows])])
    assert [rows[place] for place in first] == list(dict.fromkeys(rows))
    assert [rows[first[number]] for number in numbers] == rows
    assert all(rows.index(rows[place]) == place for place in first)


@given(st.lists(st.lists(st.sampled_from(["a", "b c", "é"]), max_size=4), min_size=1, max_size=15))
def test_splitting_a_cell_gives_a_row_for_each_text(cells: list[list[str]]) -> None:
    rows, texts = col.split(column([" , ".join(cell) for cell in cells]), ",")
    assert list(zip(rows.tolist(), texts.texts(), strict=True)) == [(row, text) for row, cell in enumerate(cells) for text in cell or [""]]


@given(st.lists(st.sampled_from(["", "a", "A", "É", "é"]), min_size=1, max_size=20))
def test_text_and_categories_hold_what_the_column_holds(texts: list[str]) -> None:
    folded = col.casefolded(column(texts))
    expected = [text.casefold() or None for text in texts]
    for held in (col.text_of(folded), col.category_of(folded)):
        assert [None if value != value else value for value in held.tolist()] == expected
    assert set(col.category_of(folded).categories) == {text for text in expected if text}
