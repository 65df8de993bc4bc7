"""The one door for CSV: whole and as declared, or refused with every fault; what is in the file comes out, as text.

Two ways in give equal results. A regular file is read by pyarrow, each column as text, dictionary-encoded; when anything is odd, the
standard library reads strictly and names the line. pandas never reads an export: with its defaults it
takes nearly every truncated file and turns the surname "NA" into nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.model.errors import Fault, InputError
from connectors.files import csv_arrow, csv_strict
from connectors.files.encodings import UTF16_MARKS, decode
from connectors.files.raw import Keep, RawTable, everything

GIB = 1 << 30
DELIMITERS = (";", ",", "\t", "|")

_OTHER_FORMATS = {
    b"PK\x03\x04": "csv_is_zip", b"PK\x05\x06": "csv_is_zip", b"\xd0\xcf\x11\xe0": "csv_is_old_excel", b"%PDF": "csv_is_pdf",
    b"\x1f\x8b": "csv_is_zip",
}
_TAIL = 1 << 16
"""Bytes looked at together at the end of a file, so that no copy is made of the whole."""
_BLANK = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written. encodings: accepted, in order; delimiters: accepted, the one that gives most headers wins;
    minimum_rows: refused below; size_limit: bytes; quotes: whether a quote encloses a field; without, it is a sign like any other, unless
    the header itself is quoted."""

    encodings: tuple[str, ...] = ("utf-8",)
    delimiters: tuple[str, ...] = DELIMITERS
    minimum_rows: int = 1
    size_limit: int = GIB
    quotes: bool = True


def read_csv(data: bytes, file: str, dialect: Dialect | None = None, keep: Keep = everything) -> RawTable:
    """Given the bytes of a CSV file, its name, its dialect and which headers to take in, return its columns as text.

    Accepted before the header: a byte order mark, `sep=;`, and PowerShell's `#TYPE`. Raise InputError with every fault if anything is not
    as it should be: another format, NUL or undecodable bytes, wrong field counts, double or missing headers, unclosed quotes, fields over
    64 KiB, no newline at the end (cut off), fewer rows than `minimum_rows`.
    """
    dialect = dialect or Dialect()
    _refuse_other_formats(data, file, dialect)
    decoded = decode(data, file, dialect.encodings)
    utf8 = decoded.utf8
    start, skipped, told = _prologue(utf8)
    delimiters = (told,) if told else dialect.delimiters
    end = _end(utf8, file, start, skipped)
    delimiter = _delimiter(utf8, start, delimiters)
    has_quotes = dialect.quotes or utf8.startswith(b'"', start)
    if not has_quotes:
        utf8 = utf8.replace(b'"t ', b"'t ")  # what is written without quotes around fields is known to write 't Hart so
    table = csv_arrow.read(utf8, file, delimiter, start, end, skipped, keep, has_quotes)
    if table is None:
        table = csv_strict.read(utf8, file, delimiter, start, end, skipped, keep, has_quotes)
    faults = faults_of_headers(table.headers, file, table.header_line)
    if not faults and len(table) < dialect.minimum_rows:
        code = "csv_no_rows" if not len(table) else "csv_few_rows"
        faults.append(Fault(file, code, facts={"rows": len(table), "minimum": dialect.minimum_rows}))
    if faults:
        raise InputError(faults)
    return replace(table, encoding=decoded.encoding, delimiter=delimiter, notes=decoded.notes)


def _refuse_other_formats(data: bytes, file: str, dialect: Dialect) -> None:
    code = next((code for magic, code in _OTHER_FORMATS.items() if data.startswith(magic)), None)
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data[:2] in UTF16_MARKS:
        head = data[2:1024].replace(b"\0", b"").lstrip().lower()
    if head.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<!--")):
        code = "csv_is_web_page"
    if not data[:512].strip(_BLANK) and not data.strip(_BLANK):  # the start says it of nearly every file, and spares a copy of the whole
        code = "csv_empty"
    if code:
        raise InputError([Fault(file, code)])
    if len(data) > dialect.size_limit:
        raise InputError([Fault(file, "file_too_large", facts={"size": len(data) >> 20, "limit": dialect.size_limit >> 20})])


def _prologue(utf8: bytes) -> tuple[int, int, str | None]:
    """Return where the header starts, how many lines come before it, and the delimiter that `sep=` tells."""
    start, skipped, told = 0, 0, None
    while True:
        line = utf8[start : start + 1000].partition(b"\n")[0].rstrip(b"\r")
        plain = line.strip(b'"')
        if plain[:4].lower() == b"sep=" and len(plain) == 5:
            told = plain[4:].decode("ascii", errors="replace")
        elif not line.startswith(b"#TYPE "):
            return start, skipped, told
        newline = utf8.find(b"\n", start)
        if newline < 0:
            return start, skipped, told
        start, skipped = newline + 1, skipped + 1


def _end(utf8: bytes, file: str, start: int, skipped: int) -> int:
    """Return where the last line that is not empty ends. Raise InputError if it has no newline: then the file was cut off."""
    if not utf8.endswith(b"\n") and not (utf8.endswith(b"\r") and b"\n" not in utf8):
        raise InputError([Fault(file, "csv_no_final_newline", csv_strict.line_count(utf8))])
    content = len(utf8)
    while content and utf8[content - 1] in b"\r\n":
        content = max(content - _TAIL, 0) + len(utf8[max(content - _TAIL, 0) : content].rstrip(b"\r\n"))
    newline = utf8[content : content + 2]
    return content + (2 if newline == b"\r\n" else 1) if content > start else len(utf8)


def _delimiter(utf8: bytes, start: int, delimiters: tuple[str, ...]) -> str:
    """Of the accepted delimiters, the one that gives most headers; the first of them when none occurs."""
    line = utf8[start : start + 65536].partition(b"\n")[0]
    return max(delimiters, key=lambda delimiter: _fields(line, delimiter))


def _fields(line: bytes, delimiter: str) -> int:
    """How many fields a header line has, delimiters between quotes left out."""
    return b"".join(line.split(b'"')[::2]).count(delimiter.encode())


def faults_of_headers(headers: tuple[str, ...], file: str, line: int) -> list[Fault]:
    """Given the headers of a file and their line, return what is wrong with them: unnamed, twice the same."""
    seen: set[str] = set()
    faults = []
    for place, header in enumerate(headers, 1):
        if not header:
            faults.append(Fault(file, "header_empty", line, facts={"place": place}))
        elif header.casefold() in seen:
            faults.append(Fault(file, "header_twice", line, header))
        seen.add(header.casefold())
    return faults
