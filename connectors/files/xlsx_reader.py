"""The one door for XLSX: guarded, then parsed in a limited child process; what comes back is text, as from a CSV.

A hostile workbook can make any parser use up memory or abort; then the child ends and this process says which file it was.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from auditor.model.errors import Fault, InputError
from connectors.files import xlsx_child
from connectors.files.csv_reader import faults_of_headers
from connectors.files.csv_strict import MOST_FAULTS
from connectors.files.raw import Keep, RawTable, column_of, encoded, everything
from connectors.files.xlsx_guard import guard


@dataclass(frozen=True)
class Limits:
    """What the child may use. memory: bytes of address space (POSIX only); cpu_seconds: POSIX only; seconds: wall time, everywhere;
    minimum_rows: refused below."""

    memory: int = 512 << 20
    cpu_seconds: int = 60
    seconds: int = 120
    minimum_rows: int = 1


def read_xlsx(data: bytes, file: str, limits: Limits | None = None, keep: Keep = everything) -> RawTable:
    """Given the bytes of a workbook, its name and which headers to take in, return its first visible sheet as columns of text; `lines`
    are sheet rows.

    The first row with text is the header. Whole numbers come as digits, days as ISO dates, TRUE and FALSE as words, formulas as the value
    they had. Raise InputError if it is refused: a bomb, damaged, an error in a cell, too many rows or columns, values without a header.
    """
    limits = limits or Limits()
    guard(data, file)
    rows = _rows(_parsed(data, file, limits), file)
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
    return _rows(_parsed(data, file, limits or Limits()), file)


def _parsed(data: bytes, file: str, limits: Limits) -> bytes:
    script = str(Path(xlsx_child.__file__))
    # Nothing of our environment goes along: it may hold secrets, and threads of number libraries eat the memory allowed.
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH", "TEMP", "TMPDIR") if name in os.environ}
    command = [sys.executable, "-I", script, str(limits.memory), str(limits.cpu_seconds)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=limits.seconds, env=kept, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise InputError([Fault(file, "xlsx_too_costly")]) from None
    if done.returncode != 0:
        raise InputError([Fault(file, "xlsx_too_costly")])
    return done.stdout


def _rows(output: bytes, file: str) -> list[tuple[int, list[str]]]:
    *lines, last = output.splitlines() or [b"null"]
    end: Any = json.loads(last)
    if not isinstance(end, dict) or end.get("end") != len(lines):
        told = end if isinstance(end, dict) and "fault" in end else {"fault": "xlsx_too_costly"}
        line = int(told["line"]) if "line" in told else None
        facts = {name: fact for name, fact in told.items() if name not in ("fault", "line")}
        raise InputError([Fault(file, str(told["fault"]), line, facts=facts)])
    return [(int(number), texts) for number, texts in map(json.loads, lines)]
