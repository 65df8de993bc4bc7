"""The strict way into any CSV: the standard library's reader, which names the line of whatever is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import partial
from typing import Any, Literal

import numpy as np

from auditor.model.errors import Fault, InputError
from connectors.files.raw import Column, Keep, RawTable, column_of, encoded

FIELD_LIMIT = 65_536
COLUMN_LIMIT = 256
MOST_FAULTS = 20
"""After this many faults reading stops: a wrong file has one a line, and nobody reads ten thousand of them."""

_CHUNK = 50_000
_TOO_MANY = "more columns than a line may have: "
_LINE_LIMIT = COLUMN_LIMIT * (2 * FIELD_LIMIT + 3)
"""Characters in the longest line that could be accepted, every one of them a doubled quote. What is longer is taken in pieces, and each
piece is at fault: without that, one line of a gigabyte would be taken into memory many times over."""


def read(utf8: bytes, file: str, delimiter: str, start: int, end: int, skipped: int, keep: Keep, has_quotes: bool = True) -> RawTable:
    """Given UTF-8, where its header starts and its last line ends, how many lines stand before the header, which columns to take in and
    whether a quote encloses a field, return its table.

    Raise InputError with every fault (the first MOST_FAULTS) if the file is not whole and regular.
    """
    return _Reading(file, skipped, keep).table(utf8, delimiter, start, end, csv.QUOTE_MINIMAL if has_quotes else csv.QUOTE_NONE)


def line_count(utf8: bytes) -> int:
    """Given UTF-8, return the 1-based number of its last line."""
    return (utf8.count(b"\n") or utf8.count(b"\r")) + (0 if utf8.endswith((b"\n", b"\r")) else 1)


def _bounded(lines: Iterator[str], delimiter: str) -> Iterator[str]:
    """Refuse a line with more delimiters than a field has room for and no quote: it is neither a row nor a part of a field, and as a row it
    would take sixteen bytes a delimiter."""
    for line in lines:
        if '"' not in line and (found := line.count(delimiter)) > FIELD_LIMIT:
            raise csv.Error(f"{_TOO_MANY}{found + 1}")
        yield line


class _Reading:
    """One file being read: gathers faults and columns."""

    def __init__(self, file: str, skipped: int, keep: Keep) -> None:
        self.file = file
        self.skipped = skipped
        self.keep = keep
        self.faults: list[Fault] = []
        self.lines: list[int] = []
        self.chunks: dict[int, list[Any]] = {}

    def table(self, utf8: bytes, delimiter: str, start: int, end: int, quoting: Literal[0, 3]) -> RawTable:
        """Return the table. Raise InputError if there is any fault."""
        # A lone carriage return inside a line would end a row and shift nothing visibly; only where no line ends otherwise is it an end.
        newline = "\n" if b"\n" in utf8 else ""
        stream = io.TextIOWrapper(io.BytesIO(memoryview(utf8)[start:end]), encoding="utf-8", newline=newline)
        lines = iter(partial(stream.readline, _LINE_LIMIT + 1), "")
        rows = self._rows(csv.reader(_bounded(lines, delimiter), delimiter=delimiter, quotechar='"', quoting=quoting, strict=True))
        header_line, header = next(rows, (self.skipped + 1, []))
        if self.faults:
            raise InputError(self.faults)
        headers = [name.strip() for name in header]
        if len(headers) > COLUMN_LIMIT:
            self._fault(header_line, "csv_many_columns", columns=len(headers), limit=COLUMN_LIMIT)
            raise InputError(self.faults)
        wanted = frozenset(self.keep(tuple(headers)))
        # Unnamed columns are looked at too: they may only be there when they are empty.
        self.chunks = {place: [] for place, name in enumerate(headers) if not name or name in wanted}
        kept: list[list[str]] = []
        for line, row in rows:
            if len(row) != len(headers):
                self._fault(line, "csv_field_count", found=len(row), expected=len(headers))
            elif not self.faults:
                kept.append(row)
                self.lines.append(line)
                if len(kept) == _CHUNK:
                    self._keep(kept)
                    kept = []
        if self.faults:
            raise InputError(self.faults)
        if kept:
            self._keep(kept)
        columns = {place: column_of(chunks) for place, chunks in self.chunks.items()}
        while headers and not headers[-1] and not any(columns[len(headers) - 1].words.to_pylist()):
            headers.pop()  # a delimiter at the end of every line
        named: dict[str, Column] = {headers[place]: column for place, column in columns.items() if place < len(headers)}
        return RawTable(self.file, tuple(headers), named, np.array(self.lines, dtype=np.int32), header_line)

    def _rows(self, reader: Any) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its first line; stop at MOST_FAULTS, or where the reader cannot go on."""
        while len(self.faults) < MOST_FAULTS:
            line = self.skipped + reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._malformed(str(error), line, self.skipped + reader.line_num)
                return
            if any(len(field) > FIELD_LIMIT for field in row):
                self._fault(line, "csv_field_too_large", limit=FIELD_LIMIT)
            yield line, row

    def _malformed(self, detail: str, first: int, last: int) -> None:
        if detail.startswith(_TOO_MANY):
            self._fault(last + 1, "csv_many_columns", columns=int(detail.removeprefix(_TOO_MANY)), limit=COLUMN_LIMIT)
        elif "unexpected end" in detail:
            self._fault(first, "csv_quote_open")
        elif "expected after" in detail:
            self._fault(last, "csv_after_quote")
        elif "new-line character" in detail:
            self._fault(last, "csv_carriage_return")
        elif "field limit" in detail:
            self._fault(first, "csv_field_too_large", limit=FIELD_LIMIT)
        else:
            self._fault(last, "csv_malformed", detail=detail)

    def _keep(self, rows: list[list[str]]) -> None:
        texts = list(zip(*rows, strict=True))
        for place, chunks in self.chunks.items():
            chunks.append(encoded(list(texts[place])))

    def _fault(self, line: int, code: str, **facts: int | str) -> None:
        self.faults.append(Fault(self.file, code, line, facts=facts))
