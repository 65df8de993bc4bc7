"""An LDIF export as columns of text, so that it is read on like a csvde one."""

from __future__ import annotations

import numpy as np

from auditor.model.errors import Fault, InputError
from connectors.files.layout import Layout
from connectors.files.raw import RawTable, column_of, encoded
from connectors.ldif.reader import Record, read_records

SEPARATOR = "\n"
"""Between the values of one attribute: no name in a directory has a line break."""

_BINARY = frozenset({"objectguid", "objectsid"})


def read_ldif(data: bytes, file: str, layout: Layout, minimum_rows: int = 1) -> RawTable:
    """Given the bytes of an LDIF file, its name, its layout and the fewest records accepted, return the attributes the layout declares as
    columns of text, several values joined by SEPARATOR, binary keys as X'hex'.

    Raise InputError if the file is not whole, has fewer records, or a text is no UTF-8.
    """
    names = {alias.casefold(): alias for name, declared in layout.headers.items() for alias in (*declared.aliases, name)}
    records = read_records(data, file, names)
    if len(records) < minimum_rows:
        raise InputError([Fault(file, "csv_few_rows", facts={"rows": len(records), "minimum": minimum_rows})])
    faults: list[Fault] = []
    present = {name for record in records for name in record.attributes}
    columns = {"DN": column_of([encoded([record.dn for record in records])])}
    for name in sorted(present):
        if names[name] not in columns:
            columns[names[name]] = column_of([encoded([_text(record, name, file, faults) for record in records])])
    if faults:
        raise InputError(faults)
    lines = np.array([record.line for record in records], dtype=np.int32)
    # An attribute that no record has was asked for and is empty; in LDIF that looks the same as absent.
    empty = column_of([encoded([""] * len(records))])
    for name, declared in layout.headers.items():
        if declared.required and not any(alias in columns for alias in (name, *declared.aliases)):
            columns[name] = empty
    return RawTable(file, tuple(columns), columns, lines, encoding="utf-8")


def _text(record: Record, name: str, file: str, faults: list[Fault]) -> str:
    values = record.attributes.get(name, [])
    if name in _BINARY:
        return SEPARATOR.join(f"X'{value.hex()}'" for value in values)
    try:
        return SEPARATOR.join(value.decode() for value in values)
    except UnicodeDecodeError:
        faults.append(Fault(file, "ldif_not_text", record.line, name))
        return ""
