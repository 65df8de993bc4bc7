"""The one door for JSON and XML: sized, then parsed in a limited child process; what comes back is columns of text, as from a CSV."""

from __future__ import annotations

import json

import numpy as np

from auditor.model.errors import Fault, InputError
from connectors.files import records_child
from connectors.files.children import Limits, parsed_apart
from connectors.files.encodings import UTF8_MARK, UTF16_MARKS
from connectors.files.layout import Records
from connectors.files.raw import RawTable, column_of, encoded

MIB = 1 << 20
SIZE_LIMITS = {"xml": 50 * MIB, "json": 200 * MIB}
"""Before anything is parsed (ASVS 5.2.1); a board's whole year in EDEXML is a few MB."""
MEMORY = {"xml": 512 * MIB, "json": 1536 * MIB}
SEPARATOR = records_child.SEPARATOR


def read_records(
    data: bytes, file: str, kind: str, records: Records, minimum_rows: int = 1, keep: frozenset[str] | None = None,
) -> RawTable:
    """Given the bytes of a JSON or XML file, its name, which of the two it is, where its records stand, the fewest accepted, and the names to
    take in (folded; None for all), return the records as columns of text; `lines` are those on which each begins.

    Raise InputError if it is refused: too large, too deep, damaged, another format, a DOCTYPE, a key twice, fewer records than it says.
    """
    if len(data) > SIZE_LIMITS[kind]:
        raise InputError([Fault(file, "file_too_large", facts={"size": len(data) // MIB, "limit": SIZE_LIMITS[kind] // MIB})])
    _refuse_other_formats(data, file, kind)
    told = {"format": kind, "path": records.path, "each": records.each, "count": records.count, "keep": None if keep is None else sorted(keep)}
    limits = Limits(memory=MEMORY[kind])
    names, listed, *rows = parsed_apart(records_child.__file__, data, file, limits, "records_too_costly", [json.dumps(told)])
    if len(rows) < minimum_rows:
        raise InputError([Fault(file, "csv_few_rows" if rows else "csv_no_rows", facts={"rows": len(rows), "minimum": minimum_rows})])
    # A column at a time: one wide record among a million narrow ones must not cost a grid of both.
    columns = {
        name: column_of([encoded([texts[place] if place < len(texts) else "" for _, texts in rows])]) for place, name in enumerate(listed)}
    return RawTable(file, tuple(names), columns, np.array([line for line, _ in rows], dtype=np.int32), encoding="utf-8")


def _refuse_other_formats(data: bytes, file: str, kind: str) -> None:
    head = data[:1024].removeprefix(UTF8_MARK).replace(b"\0", b"").lstrip().lower()
    if data[:2] in UTF16_MARKS:
        head = data[2:1024].replace(b"\0", b"").lstrip().lower()
    if not head:
        raise InputError([Fault(file, "csv_empty")])
    if head.startswith((b"<!doctype html", b"<html", b"<head")):
        raise InputError([Fault(file, "csv_is_web_page")])
    if (kind == "xml") != head.startswith(b"<") or (kind == "json" and not head.startswith((b"{", b"["))):
        raise InputError([Fault(file, f"{kind}_is_other")])
