"""The one door for XLSX: guarded, then parsed in a limited child process; what comes back is text, as from a CSV.

A hostile workbook can make any parser use up memory or abort; then the child ends and this process says which file it was.
"""

from __future__ import annotations

import numpy as np

from auditor.model.errors import Fault, InputError
from connectors.files import xlsx_child
from connectors.files.children import Limits, parsed_apart
from connectors.files.csv_reader import faults_of_headers
from connectors.files.csv_strict import MOST_FAULTS
from connectors.files.raw import Keep, RawTable, column_of, encoded, everything
from connectors.files.xlsx_guard import guard


def read_xlsx(data: bytes, file: str, limits: Limits | None = None, keep: Keep = everything) -> RawTable:
    """Given the bytes of a workbook, its name and which headers to take in, return its first visible sheet as columns of text; `lines`
    are sheet rows.

    The first row with text is the header. Whole numbers come as digits, days as ISO dates, TRUE and FALSE as words, formulas as the value
    they had. Raise InputError if it is refused: a bomb, damaged, an error in a cell, too many rows or columns, values without a header.
    """
    limits = limits or Limits()
    guard(data, file)
    rows = _rows(data, file, limits)
    if not rows:
        raise InputError([Fault(file, "csv_empty")])
    (line, header), body = rows[0], rows[1:]
    headers = tuple(name.strip() for name in header)
    faults = faults_of_headers(headers, file, line)
    wide = [(number, len(texts)) for number, texts in body if len(texts) > len(headers)][:MOST_FAULTS]
    faults.extend(Fault(file, "csv_field_count", number, facts={"found": found, "expected": len(headers)}) for number, found in wide)
    if not faults and len(body) < limits.minimum_rows:
        faults.append(Fault(file, "csv_few_rows" if body else "csv_no_rows", facts={"rows": len(body), "minimum": limits.minimum_rows}))
    if faults:
        raise InputError(faults)
    width = len(headers)
    cells = list(zip(*((*texts, *[""] * (width - len(texts))) for _, texts in body), strict=True)) or [()] * width
    wanted = frozenset(keep(headers))
    columns = {name: column_of([encoded(list(texts))]) for name, texts in zip(headers, cells, strict=True) if name in wanted}
    return RawTable(file, headers, columns, np.array([number for number, _ in body], dtype=np.int32), line)


def read_grid(data: bytes, file: str, limits: Limits | None = None) -> list[tuple[int, list[str]]]:
    """Given the bytes of a workbook and its name, return the rows with text of its first visible sheet: row number and texts, whatever
    their form. Of merged cells the first holds the text. Raise InputError if it is refused, as read_xlsx does."""
    guard(data, file)
    return _rows(data, file, limits or Limits())


def _rows(data: bytes, file: str, limits: Limits) -> list[tuple[int, list[str]]]:
    return [(int(number), texts) for number, texts in parsed_apart(xlsx_child.__file__, data, file, limits, "xlsx_too_costly")]
