"""A spreadsheet as a board has it, as a grid of texts: where its headings are, and what each column is about."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from matrices.vocabulary import heading_kind, read_cell

Grid = Sequence[tuple[int, Sequence[str]]]
"""Rows with text: the row's number in the file, and the texts of its cells."""


@dataclass(frozen=True)
class Column:
    """place: from 0; group: heading above it that spans several columns, "" without one; heading: its own; kind: see heading_kind."""

    place: int
    group: str
    heading: str
    kind: str

    @property
    def letter(self) -> str:
        """As Excel names it."""
        letters, rest = "", self.place + 1
        while rest:
            rest, digit = divmod(rest - 1, 26)
            letters = chr(65 + digit) + letters
        return letters


@dataclass(frozen=True)
class Sheet:
    """columns: those with a heading; body: the rows under the headings, cells filled up to the width; function: place of the function."""

    columns: tuple[Column, ...]
    body: tuple[tuple[int, tuple[str, ...]], ...]
    function: int


def read_csv(data: bytes) -> Grid:
    """Given the bytes of a CSV file (UTF-8, or Windows-1252 as older Excel writes), return its grid; `;`, tab or comma is found by counting."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    sample = text[:20_000]
    delimiter = max(";\t,", key=sample.count)
    grid: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            grid.append((start, cells))
        start = reader.line_num + 1
    return grid


def find_sheet(grid: Grid) -> Sheet | None:
    """Given a grid, return its table, None if no row looks like headings.

    The headings are the row that says "functie" (or the first with two texts), with rows above and below it that leave the function's
    column empty: a heading merged over several columns is the group of each of them.
    """
    width = max((len(cells) for _, cells in grid), default=0)
    rows = [(number, tuple(" ".join(cell.split()) for cell in (*cells, *[""] * (width - len(cells))))) for number, cells in grid]
    at, function = _headings(rows)
    if at is None:
        return None
    first, last = at, at
    while first > 0 and not rows[first - 1][1][function] and sum(map(bool, rows[first - 1][1])) > 0:
        first -= 1
    while last + 1 < len(rows) and not rows[last + 1][1][function] and _is_heading(rows[last + 1][1]):
        last += 1
    heads = [cells for _, cells in rows[first: last + 1]]
    columns: list[Column] = []
    group = ""
    for place in range(width):
        texts = [cells[place] for cells in heads]
        if place == function:
            columns.append(Column(place, "", texts[at - first], "function"))
            group = ""
            continue
        if len(heads) > 1 and texts[0]:
            group = texts[0]
        own = next((text for text in reversed(texts[1:] if len(heads) > 1 else texts) if text), "")
        if not own and len(heads) > 1 and texts[0]:
            own = texts[0]  # merged over the rows of headings: no group
        if own:
            over = group if len(heads) > 1 and own != group else ""
            columns.append(Column(place, over, own, heading_kind(own)))
    return Sheet(tuple(columns), tuple(rows[last + 1:]), function)


def _headings(rows: Sequence[tuple[int, tuple[str, ...]]]) -> tuple[int | None, int]:
    for at, (_, cells) in enumerate(rows):
        for place, text in enumerate(cells):
            if heading_kind(text) == "function":
                return at, place
    return next((at for at, (_, cells) in enumerate(rows) if sum(map(bool, cells)) > 1), None), 0


def _is_heading(cells: Sequence[str]) -> bool:
    """A row of words, not of crosses: a function merged over two rows leaves its cell empty too."""
    texts = [text for text in cells if text]
    return bool(texts) and not any(read_cell(text).gives and not read_cell(text).level for text in texts)
