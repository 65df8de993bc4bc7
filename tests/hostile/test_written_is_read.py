"""Any text that a conforming writer can write reads back the same, in every format (promise T12)."""

from __future__ import annotations

import base64
import io
import json
import xml.etree.ElementTree as ET

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.files.csv_reader import Dialect, read_csv
from connectors.files.layout import Records
from connectors.files.records_reader import read_records as read_values
from connectors.files.xlsx_reader import read_xlsx
from connectors.ldif.reader import read_records

ODD = ("NA", "Null", "None", "True", "Nan", "00017", "0012e3", "1E5", "1.10", "31-02-2026", "=1+1", "+31 6", "@x", "_x000D_", "_x0041_", "&amp;",
       "]]>", "é", "ﬁ", "𝒜", "\u200b", "\u202e", "\ufeff", "\u2028", "\xa0", " x", "x ", "'", '"', "a\tb", "#N/A", "-")
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20) | st.sampled_from(ODD)
XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20) | st.sampled_from(ODD)
"""XML knows no control characters, and a parser makes every line end \\n."""
IN_A_CELL = st.lists(XML_TEXT.filter(lambda text: text.strip() == text and text), min_size=1, max_size=60)


def column(texts: list[str]) -> list[tuple[str, str]]:
    """Rows of an id and a text."""
    return [(f"r{place}", text) for place, text in enumerate(texts)]


def by_openpyxl(texts: list[str]) -> bytes:
    book = openpyxl.Workbook()
    for place, row in enumerate([("id", "naam"), *column(texts)], 1):
        for at, text in enumerate(row, 1):
            cell = book.active.cell(place, at)
            cell.value, cell.data_type = text, "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(texts: list[str]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate([("id", "naam"), *column(texts)]):
        for at, text in enumerate(row):
            sheet.write_string(place, at, text)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("written", [by_openpyxl, by_xlsxwriter])
@settings(deadline=None, max_examples=4)
@given(IN_A_CELL)
def test_text_in_a_workbook(written: object, texts: list[str]) -> None:
    table = read_xlsx(written(texts), "overzicht.xlsx")  # type: ignore[operator]
    assert table.columns["naam"].texts() == texts


@pytest.mark.parametrize("written", [by_openpyxl, by_xlsxwriter])
def test_odd_text_in_a_workbook(written: object) -> None:
    texts = [text for text in ODD if text.strip() == text]
    assert read_xlsx(written(texts), "overzicht.xlsx").columns["naam"].texts() == texts  # type: ignore[operator]


@settings(deadline=None, max_examples=6)
@given(st.lists(ANY, min_size=1, max_size=60), st.booleans(), st.sampled_from([None, 2]))
def test_text_in_json(texts: list[str], is_ascii: bool, indent: int | None) -> None:
    texts = [*ODD, *texts]
    items = [{"id": name, "naam": text, "in": {"er": text}} for name, text in column(texts)]
    data = json.dumps({"items": items}, ensure_ascii=is_ascii, indent=indent).encode()
    table = read_values(data, "export.json", "json", Records(path="items"))
    assert table.columns["naam"].texts() == texts == table.columns["in.er"].texts()


@settings(deadline=None, max_examples=6)
@given(st.lists(XML_TEXT, min_size=1, max_size=60), st.sampled_from(["utf-8", "utf-16", "us-ascii"]))
def test_text_in_xml(texts: list[str], encoding: str) -> None:
    texts = [*ODD, *texts]
    root = ET.Element("lijst")
    for name, text in column(texts):
        item = ET.SubElement(root, "item", id=name, naam=text)
        ET.SubElement(item, "tekst").text = text
    data = ET.tostring(root, encoding=encoding, xml_declaration=True)
    table = read_values(data, "export.xml", "xml", Records(path="lijst/item"))
    assert table.columns["tekst"].texts() == [text.strip() for text in texts]
    assert table.columns["@naam"].texts() == texts


@settings(deadline=None, max_examples=100)
@given(st.lists(ANY, min_size=1, max_size=20), st.sampled_from([";", ",", "\t", "|"]), st.sampled_from(["utf-8", "utf-16"]))
def test_text_in_csv(texts: list[str], delimiter: str, encoding: str) -> None:
    lines = [("id", "naam"), *column(texts)]
    data = "".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) + "\r\n" for line in lines).encode(encoding)
    table = read_csv(data, "export.csv", Dialect((encoding,), (delimiter,)))
    assert table.columns["naam"].texts() == texts


def in_ldif(name: bytes, text: str, width: int) -> bytes:
    """One line as RFC 2849 has it: plain where it is safe, else base64, folded."""
    raw = text.encode()
    is_safe = raw.isascii() and not set(raw) & set(b"\r\n\0") and not raw.startswith((b" ", b":", b"<")) and not raw.endswith(b" ")
    line = name + (b": " + raw if is_safe else b":: " + base64.b64encode(raw))
    return b"\n ".join([line[:width], *(line[at:at + width] for at in range(width, len(line), width))])


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(ODD), min_size=1, max_size=20), st.integers(10, 80))
def test_text_in_ldif(texts: list[str], width: int) -> None:
    data = b"".join(in_ldif(b"dn", f"CN=u{place}", width) + b"\n" + in_ldif(b"sn", text, width) + b"\n\n" for place, text in enumerate(texts))
    assert [record.attributes["sn"] for record in read_records(data, "f", ["sn"])] == [[text.encode()] for text in texts]
