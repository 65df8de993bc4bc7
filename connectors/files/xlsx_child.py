"""Runs apart, as a script of its own: reads a workbook from standard input and writes its rows as JSON lines, within hard limits.

It imports nothing of this project, so that it can be started without its import path (`python -I xlsx_child.py`). A workbook that costs
too much memory or time ends this process and nothing else. On Windows there is no `resource` module: there the parent's time limit is
the only one.

Output: one JSON array a row, [row, [texts]], rows without any text left out; the last line is {"end": rows} or {"fault": code, facts}.
"""

from __future__ import annotations

import datetime
import io
import json
import sys
import zipfile
from typing import Any
from xml.parsers import expat

ROW_LIMIT = 200_000
COLUMN_LIMIT = 256
CELL_LIMIT = 65_536
OUTPUT_LIMIT = 256 << 20


class Refused(Exception):
    """The workbook is refused; `facts` holds the fault's code and blanks."""

    def __init__(self, code: str, **facts: int | str) -> None:
        self.facts: dict[str, int | str] = {"fault": code, **facts}
        super().__init__(code)


def limit(memory: int, seconds: int) -> None:
    """Given bytes and CPU seconds, let this process have no more; where the platform cannot, do nothing."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def refuse_doctypes(data: bytes) -> None:
    """Given a workbook, return if no XML part declares a document type. Raise Refused if one does: entities live there."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.lower().endswith((".xml", ".rels", ".vml")):
                with archive.open(name) as member:
                    _read_prolog(member, name)


def rows_of(data: bytes) -> Any:
    """Given a workbook, yield (row, texts) of its first visible sheet, texts without empty ones at the end. Raise Refused at an error
    cell, or past a limit."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise Refused("xlsx_no_sheet")
    sheet = sheets[0]
    sheet.reset_dimensions()  # what a sheet claims of its size is not believed
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > ROW_LIMIT:
            raise Refused("xlsx_many_rows", limit=ROW_LIMIT)
        if len(cells) > COLUMN_LIMIT:
            raise Refused("xlsx_many_columns", line=number, limit=COLUMN_LIMIT)
        texts = [_text(cell, number) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield number, texts


def main() -> int:
    """Read, limit, write. Return the exit code: 0 also when the workbook is refused, since the last line says so."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    limit(memory, seconds)
    # openpyxl takes numpy along when it is there; its threads alone would use up the memory allowed.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    data = sys.stdin.buffer.read()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    end: dict[str, int | str] = {}
    rows = written = 0
    try:
        refuse_doctypes(data)
        for number, texts in rows_of(data):
            written += out.write(json.dumps([number, texts], ensure_ascii=False) + "\n")
            rows += 1
            if written > OUTPUT_LIMIT:
                raise Refused("xlsx_too_large", size=written >> 20, limit=OUTPUT_LIMIT >> 20)
        end = {"end": rows}
    except Refused as refused:
        end = refused.facts
    except MemoryError:
        end = {"fault": "xlsx_too_costly"}
    except Exception as error:  # noqa: BLE001 - whatever a hostile workbook makes a parser raise, it is a refusal
        end = {"fault": "xlsx_damaged", "detail": type(error).__name__}
    out.write(json.dumps(end) + "\n")
    out.flush()
    return 0


def _read_prolog(member: Any, name: str) -> None:
    inside = False

    def doctype(*_: object) -> None:
        raise Refused("xlsx_doctype", member=name)

    def element(*_: object) -> None:
        nonlocal inside
        inside = True

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    while not inside:
        piece = member.read(65_536)
        parser.Parse(piece, not piece)
        if not piece:
            return


def _text(cell: Any, row: int) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        raise Refused("xlsx_error_cell", line=row, cell=str(cell.coordinate), shown=str(value))
    if isinstance(value, str):
        if len(value) > CELL_LIMIT:
            raise Refused("xlsx_cell_too_large", line=row, limit=CELL_LIMIT)
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # Excel keeps every number as a float; an id of 15 digits or fewer is exact.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
