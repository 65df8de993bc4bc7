"""The door for CSV: what is in the file comes out, and anything that is not whole and regular is refused with its place."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.errors import Fault, InputError
from connectors.files import csv_arrow, csv_strict
from connectors.files.csv_reader import Dialect, read_csv
from connectors.files.encodings import decode
from connectors.files.raw import RawTable, everything

SEMICOLONS = Dialect(delimiters=(";",))


def faults_of(data: bytes, dialect: Dialect = SEMICOLONS) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as refused:
        read_csv(data, "export.csv", dialect)
    return refused.value.faults


def rows_of(table: RawTable) -> list[tuple[str, ...]]:
    return list(zip(*(column.texts() for column in table.columns.values()), strict=True))


def test_what_pandas_would_lose_comes_out_as_it_stands() -> None:
    table = read_csv(b"id;naam;waarde\n00017;Null;1E5\n0012e3;NA;True\n1.10;None;\n", "export.csv", SEMICOLONS)
    assert rows_of(table) == [("00017", "Null", "1E5"), ("0012e3", "NA", "True"), ("1.10", "None", "")]
    assert table.lines.tolist() == [2, 3, 4]


@pytest.mark.parametrize(("data", "code", "line"), [
    (b"a;b\n1;Jan\0sen\n", "text_nul", 2),
    (b"a;b\n1;x\n" + b"\0" * 4096, "text_nul", 3),
    (b"a;b\n1;2;3;4\n5;6\n", "csv_field_count", 2),
    (b"a;b\n1;2\n3\n", "csv_field_count", 3),
    (b"a;b\n1;2\n\n3;4\n", "csv_field_count", 3),
    (b"a;A\n1;2\n", "header_twice", 1),
    (b"a;;b\n1;2;3\n", "header_empty", 1),
    (b'a;b\n1;"open\n2;x\n', "csv_quote_open", 2),
    (b'a;b\n1;"dicht"x\n', "csv_after_quote", 2),
    (b"a;b\n1;2", "csv_no_final_newline", 2),
    (b"a;b\n", "csv_no_rows", None),
    (b"", "csv_empty", None),
    (b"\xef\xbb\xbf\r\n", "csv_empty", None),
    (b"<!DOCTYPE html><html>Inloggen</html>\n", "csv_is_web_page", None),
    (b"\n <html>\n", "csv_is_web_page", None),
    (b"PK\x03\x04rest", "csv_is_zip", None),
    (b"\xd0\xcf\x11\xe0rest", "csv_is_old_excel", None),
    (b"%PDF-1.7\n", "csv_is_pdf", None),
    ("a;b\n1;Müller\n2;".encode() + "Zoë\n".encode("cp1252"), "text_undecodable", 3),
    ("a;b\n1;2\n".encode("utf-16"), "text_utf16", None),
    (b"a;b\n1;" + b"x" * 70_000 + b"\n", "csv_field_too_large", 2),
    (b'a;b\n1;"' + b"x\n" * 200_000 + b'"\n', "csv_field_too_large", 2),
], ids=lambda value: value if isinstance(value, str) else None)
def test_a_hostile_file_is_refused_with_its_line(data: bytes, code: str, line: int | None) -> None:
    fault = faults_of(data)[0]
    assert (fault.code, fault.line, fault.file) == (code, line, "export.csv")


def test_field_counts_are_told() -> None:
    assert faults_of(b"a;b\n1;2;3;4\n5\n") == (
        Fault("export.csv", "csv_field_count", 2, facts={"found": 4, "expected": 2}),
        Fault("export.csv", "csv_field_count", 3, facts={"found": 1, "expected": 2}),
    )


def test_a_wrong_file_tells_its_first_faults_only() -> None:
    assert len(faults_of(b"a;b\n" + b"1\n" * 500)) == csv_strict.MOST_FAULTS


def test_a_hundred_thousand_columns_are_one_fault() -> None:
    header = ";".join(f"k{number}" for number in range(100_000)).encode()
    assert [fault.code for fault in faults_of(header + b"\n" + header + b"\n")] == ["csv_many_columns"]


def test_too_large_a_file_is_refused_before_it_is_decoded() -> None:
    assert faults_of(b"a;b\n1;2\n", Dialect(size_limit=4))[0].code == "file_too_large"


def test_fewer_rows_than_asked_for_are_refused() -> None:
    fault = faults_of(b"a;b\n1;2\n", Dialect(minimum_rows=2))[0]
    assert (fault.code, dict(fault.facts)) == ("csv_few_rows", {"rows": 1, "minimum": 2})


def test_a_header_alone_is_complete_when_no_rows_are_asked_for() -> None:
    table = read_csv(b"a;b\n", "register.csv", Dialect(minimum_rows=0))
    assert (len(table), table.headers, [column.texts() for column in table.columns.values()]) == (0, ("a", "b"), [[], []])


def test_the_cut_off_line_is_named_by_its_offset_in_the_text() -> None:
    fault = faults_of("a;b\nZoë;1\n".encode("cp1252"))[0]
    assert dict(fault.facts) == {"offset": 6, "encodings": "utf-8"}


def test_cp1252_is_read_only_where_declared_and_euro_signs_come_out() -> None:
    table = read_csv("a;b\nZoë;€ 5\n".encode("cp1252"), "export.csv", Dialect(("utf-8", "cp1252"), (";",)))
    assert (rows_of(table), table.encoding) == ([("Zoë", "€ 5")], "cp1252")


def test_a_byte_that_cp1252_does_not_have_is_refused() -> None:
    assert faults_of(b"a;b\n1;\x81\n", Dialect(("utf-8", "cp1252")))[0].line == 2


def test_a_byte_order_mark_forbids_the_fallback() -> None:
    assert faults_of(b"\xef\xbb\xbfa;b\n1;\xeb\n", Dialect(("utf-8", "cp1252")))[0].code == "text_undecodable"


@pytest.mark.parametrize("data", ["a;b\n1;MÃ¼ller\n".encode(), "a;b\n1;Müller\n2;".encode() + "Zoë\n".encode("cp1252")])
def test_text_that_was_read_wrong_once_is_noted(data: bytes) -> None:
    table = read_csv(data, "export.csv", Dialect(("utf-8", "cp1252")))
    assert [(note.code, note.facts["line"]) for note in table.notes] == [("mojibake", 2)]


def test_utf16_with_its_mark_is_read_where_declared() -> None:
    table = read_csv("a\tb\r\nZoë\tx\r\n".encode("utf-16"), "export.csv", Dialect(("utf-16",), ("\t",)))
    assert (rows_of(table), table.encoding) == ([("Zoë", "x")], "utf-16")


def test_half_a_character_of_utf16_is_refused() -> None:
    assert faults_of("a;b\n1;Zoë\n".encode("utf-16")[:-1], Dialect(("utf-16",)))[0].code == "text_undecodable"


@pytest.mark.parametrize(("prologue", "lines"), [(b"sep=|\r\n", 1), (b"#TYPE Selected.User\r\n", 1), (b'"sep=|"\n#TYPE x\n', 2), (b"", 0)])
def test_lines_that_programs_put_before_the_header_are_passed_over(prologue: bytes, lines: int) -> None:
    table = read_csv(b"\xef\xbb\xbf" + prologue + b"a|b\n1;2|3\n", "export.csv")
    assert (table.headers, rows_of(table), table.lines.tolist(), table.header_line) == (("a", "b"), [("1;2", "3")], [lines + 2], lines + 1)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_among_those_accepted(delimiter: str) -> None:
    table = read_csv(f"a b{delimiter}c{delimiter}d\n1{delimiter}2{delimiter}3\n".encode(), "export.csv")
    assert (table.delimiter, table.headers) == (delimiter, ("a b", "c", "d"))


def test_a_delimiter_between_quotes_does_not_count() -> None:
    assert read_csv(b'"x,y,z,w";b\n1;2\n', "export.csv").headers == ("x,y,z,w", "b")


def test_a_comma_in_place_of_the_declared_semicolon_leaves_one_column() -> None:
    assert read_csv(b"a,b\n1,2\n", "export.csv", SEMICOLONS).headers == ("a,b",)


@pytest.mark.parametrize("data", [b"a;b\r1;2\r3;4\r", b"a;b\r\n1;2\r\n3;4\r\n", b"a;b\n1;2\n3;4\n\n\r\n", b'"a";b\n1;"2"\n3;4\n'])
def test_every_kind_of_line_end_is_read_alike(data: bytes) -> None:
    assert rows_of(read_csv(data, "export.csv")) == [("1", "2"), ("3", "4")]


def test_a_carriage_return_inside_a_line_shifts_nothing() -> None:
    assert [(fault.code, fault.line) for fault in faults_of(b"a;b\n1;x\ry;2\n")] == [("csv_carriage_return", 2)]


def test_a_delimiter_at_the_end_of_every_line_is_no_column() -> None:
    assert read_csv(b"a;b;\n1;2;\n", "export.csv").headers == ("a", "b")


def test_lines_count_the_lines_inside_quotes() -> None:
    table = read_csv(b'a;b\n1;"x\ny"\n2;z\n', "export.csv")
    assert (rows_of(table), table.lines.tolist()) == ([("1", "x\ny"), ("2", "z")], [2, 4])


def test_a_column_nobody_asked_for_is_never_taken_in() -> None:
    for body in (b"1;111222333;x\n", b'1;111222333;"x"\n'):
        table = read_csv(b"id;BSN;naam\n" + body, "export.csv", keep=lambda headers: [name for name in headers if name != "BSN"])
        assert (table.headers, set(table.columns)) == (("id", "BSN", "naam"), {"id", "naam"})


text = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from('"\n\r\t;, '), max_size=12)
plain_text = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters='";'), max_size=8)


@settings(deadline=None, max_examples=200)
@given(st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(text, min_size=width, max_size=width), min_size=1, max_size=8)))
def test_what_was_written_is_what_is_read(rows: list[list[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow([f"kolom{place}" for place in range(len(rows[0]))])
    writer.writerows(rows)
    assert rows_of(read_csv(out.getvalue().encode(), "export.csv", SEMICOLONS)) == [tuple(row) for row in rows]


@settings(deadline=None, max_examples=200)
@given(
    st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(plain_text, min_size=width, max_size=width), min_size=1, max_size=30)),
    st.sampled_from(["\n", "\r\n"]),
)
def test_the_fast_way_and_the_strict_way_agree(rows: list[list[str]], newline: str) -> None:
    header = ";".join(f"kolom{place}" for place in range(len(rows[0])))
    utf8 = (header + newline + "".join(";".join(row) + newline for row in rows)).encode()
    fast = csv_arrow.read(utf8, "f", ";", 0, len(utf8), 0, everything)
    strict = csv_strict.read(utf8, "f", ";", 0, len(utf8), 0, everything)
    assert fast is not None
    assert (fast.headers, rows_of(fast), fast.lines.tolist()) == (strict.headers, rows_of(strict), strict.lines.tolist())


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60).map(lambda tail: b"a;b\n1;2\n" + tail))
def test_whatever_the_strict_way_refuses_the_fast_way_never_accepts(data: bytes) -> None:
    try:
        utf8 = data.decode().encode()
    except UnicodeDecodeError:
        return
    if b'"' in utf8 or b"\0" in utf8 or not utf8.endswith(b"\n"):
        return
    fast = csv_arrow.read(utf8, "f", ";", 0, len(utf8), 0, everything)
    if fast is not None:
        assert rows_of(fast) == rows_of(csv_strict.read(utf8, "f", ";", 0, len(utf8), 0, everything))


_ODD_SIGNS = [b"a", b";", b"\n", "ë".encode(), "€".encode(), "𝄞".encode(), b"\xc3", b"\x80", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80",
              b"\xf0\x80\x80\xaf", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xff"]
"""Whole and halved signs, overlong ones, half of a pair, and what lies beyond the last sign (RFC 3629)."""


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(_ODD_SIGNS), max_size=20).map(b"".join))
def test_bytes_are_taken_as_utf_8_exactly_when_python_takes_them(data: bytes) -> None:
    try:
        utf8 = data.decode().encode()
    except UnicodeDecodeError as error:
        with pytest.raises(InputError) as refused:
            decode(data, "f", ("utf-8",))
        assert refused.value.faults[0].facts["offset"] == error.start
    else:
        assert decode(data, "f", ("utf-8",)).utf8 == utf8
