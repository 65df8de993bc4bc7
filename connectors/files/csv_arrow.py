"""The fast way into a CSV without quotes: pyarrow, every column dictionary-encoded text, no inference, no nulls.

It refuses by returning None, and never explains: the strict way then reads the file again and names the line.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from connectors.files.csv_strict import COLUMN_LIMIT, FIELD_LIMIT
from connectors.files.raw import Keep, RawTable, column_of

_BLOCK = 1 << 23


def read(utf8: bytes, file: str, delimiter: str, start: int, end: int, skipped: int, keep: Keep) -> RawTable | None:
    """Given UTF-8 without a quote character, where its header starts and its last line ends, how many lines stand before the header, and
    which columns to take in, return its table, or None if anything needs the strict way."""
    newline = utf8.find(b"\n", start, end)
    if newline < 0:
        return None
    header = utf8[start:newline].removesuffix(b"\r").decode()
    headers = tuple(name.strip() for name in header.split(delimiter))
    if not 1 < len(headers) <= COLUMN_LIMIT or not all(headers) or len(set(headers)) < len(headers) or "\r" in header:
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
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False, escape_char=False, ignore_empty_lines=True),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=kept, column_types=dict.fromkeys(kept, pa.dictionary(pa.int32(), pa.string())),
                null_values=[], strings_can_be_null=False, quoted_strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    # A lone carriage return inside a line ends a row for pyarrow, and an empty line is none; then rows and lines differ.
    if table.num_rows != utf8.count(b"\n", newline + 1, end):
        return None
    columns = {headers[int(name)]: column_of(table.column(name).chunks) for name in kept}
    if any((pc.max(pc.binary_length(column.words)).as_py() or 0) > FIELD_LIMIT for column in columns.values()):
        return None
    lines = np.arange(skipped + 2, skipped + 2 + table.num_rows, dtype=np.int32)
    return RawTable(file, headers, columns, lines, skipped + 1)
