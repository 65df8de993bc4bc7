"""The fast way into a regular CSV: pyarrow, every column dictionary-encoded text, no inference, no nulls.

Quoted fields go this way too when every quote stands where RFC 4180 wants it and no field holds a line break (lines are counted).

It refuses by returning None, and never explains: the strict way then reads the file again and names the line.
"""

from __future__ import annotations

import csv

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from connectors.files.csv_strict import COLUMN_LIMIT, FIELD_LIMIT
from connectors.files.raw import Keep, RawTable, column_of

_BLOCK = 1 << 27
"""Bytes read at a time; each block has its own dictionaries, which must be united afterwards."""


def read(utf8: bytes, file: str, delimiter: str, start: int, end: int, skipped: int, keep: Keep) -> RawTable | None:
    """Given UTF-8, where its header starts and its last line ends, how many lines stand before the header, and
    which columns to take in, return its table, or None if anything needs the strict way."""
    newline = utf8.find(b"\n", start, end)
    if newline < 0 or utf8.count(b"\r", start, end) != utf8.count(b"\r\n", start, end):
        return None
    is_quoted = utf8.find(b'"', start, end) >= 0
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
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(body),
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, quote_char='"' if is_quoted else False, double_quote=is_quoted, escape_char=False, ignore_empty_lines=True),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=kept, column_types=dict.fromkeys(kept, pa.dictionary(pa.int32(), pa.string())),
                null_values=[], strings_can_be_null=False, quoted_strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    # An empty line is no row for pyarrow; then rows and lines differ.
    if table.num_rows != utf8.count(b"\n", newline + 1, end):
        return None
    columns = {headers[int(name)]: column_of(table.column(name).chunks) for name in kept}
    if any((pc.max(pc.binary_length(column.words)).as_py() or 0) > FIELD_LIMIT for column in columns.values()):
        return None
    lines = np.arange(skipped + 2, skipped + 2 + table.num_rows, dtype=np.int32)
    return RawTable(file, headers, columns, lines, skipped + 1)


def has_regular_quotes(utf8: bytes, delimiter: str, start: int, end: int) -> bool:
    """Given UTF-8 and the part of it that holds rows, return whether every quote opens or closes a field, or is one of two inside it, and
    no quoted field holds a line break: then any reader that follows RFC 4180 gives the same."""
    part = np.frombuffer(utf8, dtype=np.uint8)[start:end]
    quotes = np.flatnonzero(part == ord('"'))
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
    breaks = np.flatnonzero((part == ord("\n")) | (part == ord("\r")))
    return not (np.searchsorted(quotes, breaks) % 2).any()
