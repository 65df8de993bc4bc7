"""The fast way into a regular CSV: pyarrow, every column text, dictionary-encoded where texts repeat, no inference, no nulls.

Quoted fields go this way too when every quote stands where RFC 4180 wants it and no field holds a line break (lines are counted).

It refuses by returning None, and never explains: the strict way then reads the file again and names the line.
"""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from connectors.files.csv_strict import COLUMN_LIMIT, FIELD_LIMIT
from connectors.files.raw import Keep, RawTable, column_of

_BLOCK = 1 << 27
"""Bytes read at a time; each block has its own dictionaries, which must be united afterwards."""
_WORTH_THREADS = 1 << 22
"""Bytes from which several threads read; of less, calling them takes longer than reading."""
_SAMPLE = 1 << 18
"""Bytes from which is told in which columns texts hardly repeat, of a file of at least four times as much."""
_QUOTES = 4
"""Quotes a field at most, over the whole file: around each, and one doubled within."""
_REPEATED = pa.dictionary(pa.int32(), pa.string())
_CACHEFUL = 1 << 18
"""Bytes counted together."""


def read(utf8: bytes, file: str, delimiter: str, start: int, end: int, skipped: int, keep: Keep, has_quotes: bool = True) -> RawTable | None:
    """Given UTF-8, where its header starts and its last line ends, how many lines stand before the header, which columns to take in and
    whether a quote encloses a field, return its table, or None if anything needs the strict way."""
    newline = utf8.find(b"\n", start, end)
    if newline < 0:
        return None
    ends, quotes = _line_breaks_and_quotes(utf8, start, end)
    rows = ends - 1
    if rows < 0:
        return None
    if utf8.count(delimiter.encode(), start, newline) > COLUMN_LIMIT * 2:
        return None  # counted before it is split: sixty megabytes of delimiters are no header
    if quotes > _QUOTES * (rows + 1) * (utf8.count(delimiter.encode(), start, newline) + 1):
        return None  # where each stands would take eight bytes a quote: sixty megabytes of them are no fields
    is_quoted = has_quotes and quotes > 0
    if is_quoted and not has_regular_quotes(utf8, delimiter, start, end):
        return None
    header = utf8[start:newline].removesuffix(b"\r").decode()
    names = next(csv.reader([header], delimiter=delimiter, strict=True)) if is_quoted else header.split(delimiter)
    headers = tuple(name.strip() for name in names)
    if not 1 < len(headers) <= COLUMN_LIMIT or not all(headers) or len(set(headers)) < len(headers):
        return None
    body = pa.py_buffer(utf8).slice(newline + 1, end - newline - 1)
    wanted = frozenset(keep(headers))
    if not body.size or not wanted:
        return None
    names = [str(place) for place in range(len(headers))]
    kept = [name for name, header in zip(names, headers, strict=True) if header in wanted]
    parsing = pyarrow.csv.ParseOptions(
        delimiter=delimiter, quote_char='"' if is_quoted else False, double_quote=is_quoted, escape_char=False, ignore_empty_lines=True)

    def columns_of(part: Any, types: dict[str, Any]) -> Any:
        return pyarrow.csv.read_csv(
            pa.BufferReader(part), parse_options=parsing,
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=_BLOCK, use_threads=part.size >= _WORTH_THREADS),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=kept, column_types=types, null_values=[], strings_can_be_null=False, quoted_strings_can_be_null=False,
                check_utf8=False))  # the whole file is known to be

    types = dict.fromkeys(kept, _REPEATED)
    try:
        if body.size >= 4 * _SAMPLE:
            sample = columns_of(body.slice(0, utf8.rfind(b"\n", 0, newline + 1 + _SAMPLE) - newline), types)
            types |= {name: pa.string() for name in kept if 2 * len(sample.column(name).chunk(0).dictionary) > sample.num_rows}
        table = columns_of(body, types)
    except pa.ArrowInvalid:
        return None
    # An empty line is no row for pyarrow; then rows and lines differ.
    if table.num_rows != rows:
        return None
    columns = {headers[int(name)]: column_of(table.column(name).chunks) for name in kept}
    if any((pc.max(pc.binary_length(column.held)).as_py() or 0) > FIELD_LIMIT for column in columns.values()):
        return None
    lines = np.arange(skipped + 2, skipped + 2 + table.num_rows, dtype=np.int32)
    return RawTable(file, headers, columns, lines, skipped + 1)


def _line_breaks_and_quotes(utf8: bytes, start: int, end: int) -> tuple[int, int]:
    """Given UTF-8 and the part of it that counts, return how many lines end in it, -1 if a carriage return stands anywhere but before a
    newline, and how many quotes it holds. Counted a cacheful at a time: counts over all bytes cost more than reading them does."""
    part = np.frombuffer(utf8, dtype=np.uint8)[start:end]
    lines, quotes, was_return = 0, 0, False
    for begin in range(0, len(part), _CACHEFUL):
        piece = part[begin : begin + _CACHEFUL]
        is_newline, is_return = piece == ord("\n"), piece == ord("\r")
        lines += int(np.count_nonzero(is_newline))
        quotes += int(np.count_nonzero(piece == ord('"')))
        if (was_return and not is_newline[0]) or (is_return[:-1] > is_newline[1:]).any():
            return -1, 0
        was_return = bool(is_return[-1])
    return (-1 if was_return else lines), quotes


def has_regular_quotes(utf8: bytes, delimiter: str, start: int, end: int) -> bool:
    """Given UTF-8 and the part of it that holds rows, return whether every quote opens or closes a field, or is one of two inside it, and
    no quoted field holds a line break: then any reader that follows RFC 4180 gives the same."""
    part = np.frombuffer(utf8, dtype=np.uint8)[start:end]
    quotes = _places_of(part, '"')
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    ends = np.array([ord(delimiter), ord("\n")], dtype=np.uint8)
    before = np.where(opening > 0, part[opening - 1], ord("\n"))
    continues = np.append(False, opening[1:] == closing[:-1] + 1)
    after = part[np.minimum(closing + 1, len(part) - 1)]
    goes_on = np.append(closing[:-1] + 1 == opening[1:], False)
    if not (np.isin(before, ends) | continues).all() or not (np.isin(after, ends) | (after == ord("\r")) | goes_on).all():
        return False
    breaks = [sign for sign in "\n\r" if utf8.find(sign.encode(), start, end) >= 0]
    return not any((np.searchsorted(quotes, _places_of(part, sign)) % 2).any() for sign in breaks)


def _places_of(part: npt.NDArray[np.uint8], sign: str) -> npt.NDArray[np.intp]:
    """Given bytes and a sign, return where it stands; a cacheful at a time."""
    found = [np.flatnonzero(part[begin : begin + _CACHEFUL] == ord(sign)) + begin for begin in range(0, len(part), _CACHEFUL)]
    return np.concatenate(found) if found else np.empty(0, dtype=np.intp)
