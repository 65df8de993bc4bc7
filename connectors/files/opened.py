"""One file of one part: its bytes read by the layout, and what came of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model.errors import Fault, InputError, Reason
from auditor.model.reading import Receipt
from connectors.files.build import Built, Origin, build
from connectors.files.children import Limits
from connectors.files.csv_reader import GIB, Dialect, read_csv
from connectors.files.directory import build_directory
from connectors.files.folder import FORMATS, Candidate, read_bytes
from connectors.files.headings import Headings, faults_of, match, names_of
from connectors.files.layout import Layout
from connectors.files.ldif_table import SEPARATOR, read_ldif
from connectors.files.raw import RawTable
from connectors.files.records_reader import read_records
from connectors.files.xlsx_reader import read_xlsx

CSV_SEPARATOR = ";"
ATTRIBUTE_OPTIONS = ("number", "school_attribute")
"""Options of a directory's layout that name an attribute."""
_BRIN = re.compile(r"(\d{2}[A-Za-z]{2})[.-]?(\d{2})?")


@dataclass(frozen=True)
class OpenedFile:
    """A file that was read and turned into tables. built.tables hold its rows; receipt says what was read."""

    candidate: Candidate
    layout: Layout
    built: Built
    receipt: Receipt


def open_file(candidate: Candidate, layout: Layout, origin: Origin, notes: tuple[Reason, ...] = ()) -> OpenedFile:
    """Given a file, its layout, its origin and what was noted when it was chosen, read it once and return its tables with a receipt.

    Raise InputError with every fault of the file.
    """
    data = read_bytes(candidate.path, GIB)
    raw, headings = read_raw(data, candidate.name, layout, _minimum(layout, origin, candidate.name))
    if layout.reader == "directory":
        _refuse_without_attributes(raw, layout, headings, origin)
        separator = SEPARATOR if raw.delimiter is None else CSV_SEPARATOR
        built = build_directory(raw, layout, headings.found, origin, separator)
    else:
        built = build(raw, layout, headings.found, origin)
    if built.faults:
        raise InputError(built.faults)
    _refuse_other_school(candidate, built.school)
    day = built.day or candidate.day
    receipt = Receipt(
        name=candidate.name, part=layout.name, sha256=hashlib.sha256(data).hexdigest(), size=len(data), rows=len(raw),
        as_of=day or candidate.modified_on, school=candidate.school or built.school, is_dated_inside=day is not None,
        dropped=(*headings.dropped, *headings.private), dropped_private=len(headings.private), notes=(*notes, *built.notes))
    return OpenedFile(candidate, layout, built, receipt)


def _refuse_without_attributes(raw: RawTable, layout: Layout, headings: Headings, origin: Origin) -> None:
    """An attribute that the board names and the export lacks: without it every number, or every school, would silently be absent."""
    named = [origin.options[option] for option in ATTRIBUTE_OPTIONS if option in origin.options]
    missing = [name for name in named if name not in headings.found]
    if missing:
        raise InputError([Fault(raw.file, "header_missing", raw.header_line, name, {"layout": layout.name}) for name in missing])


def read_raw(data: bytes, file: str, layout: Layout, minimum_rows: int) -> tuple[RawTable, Headings]:
    """Given a file's bytes, its name, its layout and the fewest rows accepted, return its columns and which header is which.

    Raise InputError if the file is refused, or a header is missing.
    """
    kind = format_of(file, layout)
    matched: dict[tuple[str, ...], Headings] = {}

    def keep(headers: tuple[str, ...]) -> tuple[str, ...]:
        matched[headers] = match(headers, layout)
        return tuple(matched[headers].found.values())

    if kind == "xlsx":
        raw = read_xlsx(data, file, Limits(minimum_rows=minimum_rows), keep)
    elif kind == "ldif":
        raw = read_ldif(data, file, layout, minimum_rows)
    elif kind in ("json", "xml") and layout.records is not None:
        raw = read_records(data, file, kind, layout.records, minimum_rows, names_of(layout))
    else:
        raw = read_csv(data, file, Dialect(layout.encodings, layout.delimiters, minimum_rows, quotes=layout.quotes), keep)
    headings = matched.get(raw.headers) or match(raw.headers, layout)
    faults = faults_of(raw.headers, layout, headings, file, raw.header_line)
    if faults:
        raise InputError(faults)
    return raw, headings


def format_of(file: str, layout: Layout) -> str:
    """Given a file's name and its layout, return its format: what the name says where the layout accepts it, else its first."""
    told = next((kind for ending, kind in FORMATS.items() if file.lower().endswith(ending)), layout.formats[0])
    return told if told in layout.formats else layout.formats[0]


def _refuse_other_school(candidate: Candidate, inside: str | None) -> None:
    """A file that names one school and holds another was saved under the wrong name. Only BRIN codes are compared: names differ freely."""
    named = _BRIN.fullmatch(candidate.school or "")
    held = _BRIN.fullmatch(inside or "")
    if named and held and (named[1].upper() != held[1].upper() or (named[2] or "00") != (held[2] or "00")):
        raise InputError([Fault(candidate.name, "file_other_school", facts={"named": named[0], "held": held[0]})])


def _minimum(layout: Layout, origin: Origin, file: str) -> int:
    told: Mapping[str, str] = origin.options
    if "minimum_rows" not in told:
        return layout.minimum_rows
    if not told["minimum_rows"].isdigit():
        raise InputError([Fault(file, "option_bad", facts={"option": "minimum_rows", "detail": told["minimum_rows"]})])
    return int(told["minimum_rows"])
