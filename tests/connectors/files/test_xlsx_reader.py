"""The door for XLSX: text comes back, and bombs end without harm to this process."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from auditor.model.errors import Fault, InputError
from connectors.files.children import Limits
from connectors.files.xlsx_guard import guard
from connectors.files.xlsx_reader import read_xlsx


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one member replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info))
        new.writestr(name, content)
    return out.getvalue()


def fault_of(data: bytes, limits: Limits | None = None) -> Fault:
    with pytest.raises(InputError) as refused:
        read_xlsx(data, "overzicht.xlsx", limits)
    return refused.value.faults[0]


def test_values_come_back_as_text_and_ids_stay_whole() -> None:
    table = read_xlsx(workbook(
        ("id", "naam", "dag", "tijd", "wtf", "actief", "leeg", "tekst-id"),
        (17, "Null", date(2026, 2, 1), datetime(2026, 2, 1, 8, 30), 0.8, True, None, "00017"),
        (123456789012, "NA", None, None, 1.0, False, None, "1E5"),
    ), "overzicht.xlsx")
    assert {name: column.texts() for name, column in table.columns.items()} == {
        "id": ["17", "123456789012"], "naam": ["Null", "NA"], "dag": ["2026-02-01", ""], "tijd": ["2026-02-01 08:30:00", ""],
        "wtf": ["0.8", "1"], "actief": ["TRUE", "FALSE"], "leeg": ["", ""], "tekst-id": ["00017", "1E5"]}


def test_rows_keep_their_number_in_the_sheet_and_empty_ones_are_passed_over() -> None:
    table = read_xlsx(workbook(("a", "b"), (), (1, 2), (None, None), (3, 4), ()), "overzicht.xlsx")
    assert (table.lines.tolist(), table.columns["a"].texts()) == ([3, 5], ["1", "3"])


def test_the_first_visible_sheet_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(("verborgen",))
    book.active.sheet_state = "hidden"
    book.create_sheet("overzicht").append(("a",))
    book["overzicht"].append(("1",))
    assert read_xlsx(saved(book), "overzicht.xlsx").headers == ("a",)


def test_only_columns_asked_for_are_taken_in() -> None:
    table = read_xlsx(workbook(("id", "BSN"), (1, 2)), "overzicht.xlsx", keep=lambda headers: ["id"])
    assert (table.headers, set(table.columns)) == (("id", "BSN"), {"id"})


@pytest.mark.parametrize(("rows", "code", "line"), [
    ((("a", "b"),), "csv_no_rows", None),
    ((), "csv_empty", None),
    ((("a", "A"), (1, 2)), "header_twice", 1),
    ((("a", None, "b"), (1, 2, 3)), "header_empty", 1),
    ((("a", "b"), (1, 2, 3)), "csv_field_count", 2),
    ((("a", "b"), (1, "#N/A")), "xlsx_error_cell", 2),
    ((("a",), *[(1,)] * 3, tuple(range(300))), "xlsx_many_columns", 5),
])
def test_a_sheet_that_is_not_regular_is_refused(rows: tuple[tuple[Any, ...], ...], code: str, line: int | None) -> None:
    fault = fault_of(workbook(*rows))
    assert (fault.code, fault.line) == (code, line)


def test_fewer_rows_than_asked_for_are_refused() -> None:
    assert fault_of(workbook(("a",), (1,)), Limits(minimum_rows=2)).code == "csv_few_rows"


@pytest.mark.parametrize(("data", "code"), [
    (b"a;b\n1;2\n", "xlsx_not_a_workbook"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "xlsx_old_or_locked"),
    (b"PK\x03\x04 no end", "xlsx_not_a_workbook"),
    (b"PK\x05\x06" + b"\0" * 18, "xlsx_not_a_workbook"),
])
def test_what_is_no_workbook_is_refused(data: bytes, code: str) -> None:
    assert fault_of(data).code == code


def test_a_bomb_is_refused_from_the_table_of_contents() -> None:
    bomb = with_member(workbook(("a",), (1,)), "xl/sharedStrings.xml", b"<sst>" + b" " * (20 << 20) + b"</sst>")
    assert len(bomb) < 100_000
    assert fault_of(bomb).code == "xlsx_ratio"


def test_a_member_of_two_gigabytes_is_refused_whatever_it_packs_to() -> None:
    data = bytearray(workbook(("a",), (1,)))
    at = data.find(b"PK\x01\x02")
    data[at + 24:at + 28] = struct.pack("<I", 2 << 30)
    assert fault_of(bytes(data)).code == "xlsx_too_large"


def test_too_many_members_are_refused_before_they_are_listed() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(300):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", "")
    assert fault_of(out.getvalue()).code == "xlsx_many_members"


def test_a_size_that_lies_is_damage() -> None:
    data = bytearray(workbook(("a",), *[(number,) for number in range(100)]))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        name = b"xl/worksheets/sheet1.xml"
        assert name.decode() in archive.namelist()
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(name))
    data[at + 24:at + 28] = struct.pack("<I", 50)
    assert fault_of(bytes(data)).code == "xlsx_damaged"


SHEET = "xl/worksheets/sheet1.xml"
CELLS = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'


@pytest.mark.parametrize("prolog", [
    '<!DOCTYPE x [<!ENTITY e "x">]>', "<!-- " + "x" * 10_000 + ' --><!DOCTYPE x [<!ENTITY e "x">]>',
], ids=["at once", "behind a long comment"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_wherever_it_hides(prolog: str, encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>' + prolog + CELLS.format(rows="<row><c t='inlineStr'><is><t>&e;</t></is></c></row>")
    assert fault_of(with_member(workbook(("a",), (1,)), SHEET, xml.encode(encoding))).code == "xlsx_doctype"


def test_a_sparse_grid_hits_the_cap_on_rows() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "a"
    book.active["XFD1048576"] = "x"
    assert fault_of(saved(book)).code == "xlsx_many_rows"


def test_a_workbook_that_eats_memory_ends_the_child_only() -> None:
    rows = "".join(f"<row r='{row}'><c t='inlineStr'><is><t>{row}{'x' * 9000}</t></is></c></row>" for row in range(1, 9000))
    # Incompressible enough for the guard: stored, not deflated.
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(("a",), (1,)))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for info in old.infolist():
            new.writestr(info.filename, CELLS.format(rows=rows) if info.filename == SHEET else old.read(info))
    assert fault_of(out.getvalue(), Limits(memory=96 << 20)).code == "xlsx_too_costly"


def test_a_workbook_that_takes_too_long_is_given_up() -> None:
    assert fault_of(workbook(("a",), *[(number,) for number in range(3000)]), Limits(seconds=0)).code == "xlsx_too_costly"


def test_broken_xml_is_damage() -> None:
    assert fault_of(with_member(workbook(("a",), (1,)), SHEET, b"<worksheet><sheetData><row>")).code == "xlsx_damaged"


def test_an_honest_workbook_passes_the_guard() -> None:
    guard(workbook(("a", "b"), *[(number, "gelijk") for number in range(2000)]), "overzicht.xlsx")
