"""One CSV file of a roster as a frame of text: named columns only, whatever their capitals, and nothing else of the file."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.errors import Fault, InputError
from auditor.model.reading import Receipt
from connectors.files import columns as col
from connectors.files.convert import Converter
from connectors.files.csv_reader import Dialect, read_csv
from connectors.files.encodings import UTF8_MARK
from connectors.files.private import is_private
from connectors.files.raw import RawTable

LINE = "line"


@dataclass(frozen=True)
class Sheet:
    """name: of the columns asked for; required: they must be there; filled: no cell may be empty; days: they hold days; aliases: other
    headers of a column, real ones that break the standard among them."""

    columns: tuple[str, ...]
    required: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    aliases: Mapping[str, Sequence[str]] | None = None


def read_sheet(data: bytes, file: str, sheet: Sheet, part: str, as_of: date, minimum_rows: int = 0) -> tuple[pd.DataFrame, Receipt]:
    """Given the bytes of a file, its name, what to take from it, its part of the source and its day, return a frame with the sheet's columns
    (text, absent = NaN; days as datetime64[s]) and `line`, and a receipt.

    Raise InputError if the file is not whole and regular, a required column is not there, or a cell does not fit.
    """
    names = {name.casefold(): name for name in sheet.columns}
    for name, others in (sheet.aliases or {}).items():
        names.update({other.casefold(): name for other in others})
    try:
        raw = read_csv(_with_named_headers(data), file, Dialect(("utf-8",), (",",), minimum_rows),
                       lambda headers: [header for header in headers if header.casefold() in names])
    except InputError as refused:
        # Some senders never end the last line; in a zip the checksum proves what the line's end proves here.
        cut = "csv_no_final_newline"
        raise InputError(replace(fault, code="roster_cut_off") if fault.code == cut else fault for fault in refused.faults) from None
    found: dict[str, str] = {}
    for header in raw.columns:
        found.setdefault(names[header.casefold()], header)
    faults = [Fault(file, "header_missing", raw.header_line, name, {"layout": part}) for name in sheet.required if name not in found]
    if faults:
        raise InputError(faults)
    frame = _frame(raw, file, sheet, found)
    rest = [header for header in raw.headers if header not in found.values()]
    receipt = Receipt(
        name=file, part=part, sha256=hashlib.sha256(data).hexdigest(), size=len(data), rows=len(raw), as_of=as_of,
        dropped=tuple(rest), dropped_private=sum(map(is_private, rest)), notes=raw.notes)
    return frame, receipt


def _frame(raw: RawTable, file: str, sheet: Sheet, found: Mapping[str, str]) -> pd.DataFrame:
    converter = Converter(file, raw.lines, ("ymd", "instant"), ())
    data: dict[str, Any] = {}
    for name in sheet.columns:
        column = col.trimmed(raw.columns[found[name]]) if name in found else col.constant("", len(raw))
        if name in sheet.days:
            data[name] = pd.Series(converter.days(column, found.get(name, name))).to_numpy()
            continue
        if name in sheet.filled and (empty := col.is_empty(column)).any():
            first = int(raw.lines[int(np.argmax(empty))])
            converter.faults.append(Fault(file, "cell_empty", first, found.get(name, name), {"count": int(empty.sum())}))
        data[name] = col.text_of(column)
    if converter.faults:
        raise InputError(sorted(converter.faults, key=lambda fault: fault.line or 0))
    return pd.DataFrame({**data, LINE: raw.lines})


def folded(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Given texts, return them in small letters, absent ones empty."""
    return texts.fillna("").str.casefold()


def items(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Given texts with commas between items, return them as lists without blanks."""
    return texts.fillna("").str.split(",").map(lambda parts: [part.strip() for part in parts if part.strip()])


def _with_named_headers(data: bytes) -> bytes:
    """Real files have header cells without a name at the end of the line: they get one, so that the rows still count."""
    text = data.removeprefix(UTF8_MARK)
    line, newline, rest = text.partition(b"\n")
    if b",," not in line and not line.rstrip(b"\r").endswith(b","):
        return data
    try:
        cells = next(csv.reader(io.StringIO(line.rstrip(b"\r").decode()), strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return data
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([cell.strip() or f"ext_unnamed_{place}" for place, cell in enumerate(cells, 1)])
    return out.getvalue().encode() + (b"\r" if line.endswith(b"\r") else b"") + newline + rest


