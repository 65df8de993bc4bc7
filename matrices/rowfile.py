"""Reads rows.csv: one declared row a line, `;` between, every fault at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from typing import Literal, get_args

from auditor.model.errors import Fault
from auditor.model.matrix import SCOPES, MatrixRow, Mode, Stance
from matrices.grammar import Ungrammatical, read_conditions
from matrices.words import facts_of_unknown

HEADER = ("function", "right", "level", "scope", "stance", "conditions", "mode", "holders", "max_holders", "note")
STANCES: tuple[Stance, ...] = get_args(Stance)
MODES: tuple[Mode, ...] = get_args(Mode)
Column = Literal["function", "right", "level", "scope", "stance", "conditions", "mode", "holders", "max_holders", "note"]


def read_rows(content: bytes, file: str, levels: Mapping[str, tuple[str, ...]]) -> tuple[tuple[MatrixRow, ...], tuple[Fault, ...]]:
    """Given the bytes of rows.csv, its name as users know it and the order of levels per right, return its rows and every fault in it.

    UTF-8 with or without byte order mark (Excel writes one). A row with a fault is left out of the rows.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return (), (Fault(file, "matrix_rows_not_utf8", line=content[: error.start].count(b"\n") + 1),)
    rows: list[MatrixRow] = []
    faults: list[Fault] = []
    lines = _lines(text)
    try:
        line, header = next(lines, (1, []))
        if tuple(cell.strip() for cell in header) != HEADER:
            expected = ";".join(HEADER)
            return (), (Fault(file, "matrix_rows_header", line=line, facts={"value": ";".join(header), "allowed": expected}),)
        for line, cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            row, wrong = _row(file, line, cells, levels)
            faults.extend(wrong)
            if row is not None:
                rows.append(row)
    except csv.Error as error:
        faults.append(Fault(file, "matrix_rows_not_csv", facts={"detail": str(error)}))
    if not rows and not faults:
        faults.append(Fault(file, "matrix_rows_empty"))
    return tuple(rows), tuple(faults)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it starts on: a note between quotes may span lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _row(
    file: str, line: int, cells: list[str], levels: Mapping[str, tuple[str, ...]],
) -> tuple[MatrixRow | None, list[Fault]]:
    if len(cells) != len(HEADER):
        return None, [Fault(file, "matrix_rows_cells", line=line, facts={"count": len(cells), "wanted": len(HEADER)})]
    cell = dict(zip(HEADER, (value.strip() for value in cells), strict=True))
    faults = [
        Fault(file, "matrix_cell_empty", line=line, column=column) for column in ("function", "right", "stance") if not cell[column]
    ]

    def refuse(column: Column, code: str, facts: Mapping[str, str]) -> None:
        faults.append(Fault(file, code, line=line, column=column, facts=facts))

    stance = next((word for word in STANCES if word == cell["stance"].casefold()), None)
    if stance is None and cell["stance"]:
        refuse("stance", "matrix_word_unknown", facts_of_unknown(cell["stance"], STANCES))
    mode = next((word for word in MODES if word == (cell["mode"] or "alert").casefold()), None)
    if mode is None:
        refuse("mode", "matrix_word_unknown", facts_of_unknown(cell["mode"], MODES))
    scope = next((word for word in SCOPES if word == cell["scope"].casefold()), None)
    if scope is None and cell["scope"]:
        refuse("scope", "matrix_word_unknown", facts_of_unknown(cell["scope"], SCOPES))
    level = _level(cell["level"], cell["right"], levels)
    if level is None and cell["level"]:
        order = _order(cell["right"], levels)
        if order:
            refuse("level", "matrix_level_unknown", facts_of_unknown(cell["level"], order) | {"right": cell["right"]})
        else:
            refuse("level", "matrix_level_unordered", {"value": cell["level"], "right": cell["right"]})
    try:
        conditions = read_conditions(cell["conditions"])
    except Ungrammatical as error:
        refuse("conditions", error.code, error.facts)
        conditions = ()
    most = cell["max_holders"]
    if most and not (most.isascii() and most.isdigit() and int(most) > 0):
        refuse("max_holders", "matrix_number_unreadable", {"value": most})
    if faults or stance is None or mode is None:
        return None, faults
    holders = frozenset(name.strip() for name in cell["holders"].split(",") if name.strip())
    return MatrixRow(
        line=line, function=cell["function"], right=cell["right"], level=level, scope=scope, stance=stance, conditions=conditions,
        mode=mode, holders=holders, max_holders=int(most) if most else None, note=cell["note"],
    ), []


def _order(right: str, levels: Mapping[str, tuple[str, ...]]) -> Collection[str]:
    if right == "*":
        return {level for order in levels.values() for level in order}
    return next((order for name, order in levels.items() if name.casefold() == right.casefold()), ())


def _level(level: str, right: str, levels: Mapping[str, tuple[str, ...]]) -> str | None:
    return next((word for word in _order(right, levels) if word.casefold() == level.casefold()), None)
