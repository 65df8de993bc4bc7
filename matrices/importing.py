"""Makes a draft matrix of a spreadsheet as boards have them, and says of each cell it did not understand where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from auditor.model.errors import Fault
from auditor.model.matrix import NativeRight
from matrices.draft import Draft
from matrices.sheet import Column, Grid, Sheet, find_sheet
from matrices.vocabulary import LEVELS, SCOPES, Holder, Meant, read_cell, read_function, read_remark
from matrices.words import facts_of_unknown, nearest

Cells = dict[str, str]


@dataclass(frozen=True)
class Imported:
    """draft: None if no table was found; faults: what was not understood, by row and column."""

    draft: Draft | None
    faults: tuple[Fault, ...]


@dataclass
class _Import:
    file: str
    sheet: Sheet
    legend: dict[int, str]
    functions: Collection[str]
    faults: list[Fault] = field(default_factory=list)
    rows: list[Cells] = field(default_factory=list)
    levels: dict[str, set[str]] = field(default_factory=dict)
    idle: list[str] = field(default_factory=list)

    def fault(self, code: str, line: int, column: Column | None, **facts: str) -> None:
        where = f"{column.letter} ({column.heading})" if column else None
        self.faults.append(Fault(self.file, code, line=line, column=where, facts=facts))

    def remarks(self, stars: Sequence[int], line: int, column: Column) -> tuple[list[str], str | None]:
        """What the asterisks mean: the legend under the table says."""
        conditions: list[str] = []
        scope = None
        for number in sorted({number for number in stars if number}):
            told = self.legend.get(number)
            if told is None:
                self.fault("matrix_import_star_unexplained", line, column, value="*" * number)
                continue
            found, widest = read_remark(told)
            if not found and widest is None:
                self.fault("matrix_import_remark_unclear", line, column, value=told)
            conditions += found
            scope = widest or scope
        return conditions, scope

    def give(self, line: int, column: Column, holder: Holder, right: str, meant: Meant, note: str, more: tuple[str, ...] = ()) -> None:
        conditions, widest = self.remarks((holder.stars, meant.stars), line, column)
        scope = "group" if widest == "group" and meant.scope in (None, "school") else meant.scope or ""
        if meant.level:
            self.levels.setdefault(right, set()).add(meant.level)
        for function in holder.functions:
            every = dict.fromkeys((*holder.conditions, *more, *conditions))
            self.rows.append({
                "function": function, "right": right, "level": meant.level or "", "scope": scope, "conditions": " & ".join(every),
                "note": note, "line": str(line)})


def import_grid(grid: Grid, file: str, system: str, name: str, edition: str, functions: Collection[str] = ()) -> Imported:
    """Given the grid of a spreadsheet, its name as users know it, the system it is about and the functions the board knows (none: any),
    return the draft and what was not understood.

    Two shapes are read: functions down and rights across with a cross, a level or a scope in the cells; and a list with a column that
    names the right. Headings may be merged, asterisks are explained by lines under the table.
    """
    sheet = find_sheet(grid)
    if sheet is None:
        return Imported(None, (Fault(file, "matrix_import_no_table"),))
    body, legend = _parted(sheet)
    work = _Import(file, replace(sheet, body=tuple(body)), legend, functions)
    named = next((column for column in sheet.columns if column.kind == "right"), None)
    if named is not None and not _is_crossed(work.sheet, named):
        _list(work, named)
    else:
        _crosses(work)
    levels = {right: sorted(found, key=LEVELS.index) for right, found in work.levels.items()}
    rights = dict.fromkeys(row["right"] for row in work.rows)
    if not work.rows:
        work.faults.append(Fault(file, "matrix_import_no_rows"))
        return Imported(None, tuple(work.faults))
    given = {row["function"].casefold() for row in work.rows}
    idle = [function for function in dict.fromkeys(work.idle) if function.casefold() not in given]
    draft = Draft(
        system, name, edition, _told_where(work.rows, file), {right: NativeRight(right) for right in rights}, levels, idle)
    return Imported(draft, tuple(work.faults))


def _parted(sheet: Sheet) -> tuple[list[tuple[int, tuple[str, ...]]], dict[int, str]]:
    """The rows of the table, and the lines that explain asterisks, by their number."""
    body: list[tuple[int, tuple[str, ...]]] = []
    legend: dict[int, str] = {}
    for number, cells in sheet.body:
        texts = [text for text in cells if text]
        head = texts[0] if texts else ""
        stars = len(head) - len(head.lstrip("*"))
        if stars and len(texts) <= 2 and "".join(texts).strip("* "):
            legend[stars] = " ".join(texts).lstrip("*").strip()
        else:
            body.append((number, cells))
    return body, legend


def _is_crossed(sheet: Sheet, column: Column) -> bool:
    texts = [cells[column.place] for _, cells in sheet.body if cells[column.place]]
    marks = sum(read_cell(text).gives for text in texts)
    return 2 * marks > len(texts)


def _holders(work: _Import) -> Iterator[tuple[int, tuple[str, ...], Holder]]:
    """Each row with whom it is about; an empty cell continues the function above it (merged over rows)."""
    column = work.sheet.columns[[column.kind for column in work.sheet.columns].index("function")]
    last: Holder | None = None
    for line, cells in work.sheet.body:
        text = cells[work.sheet.function]
        if text:
            last = read_function(text)
            for function in last.functions:
                if work.functions and function != "*" and function.casefold() not in {word.casefold() for word in work.functions}:
                    work.fault("matrix_import_function_unknown", line, column, **facts_of_unknown(function, work.functions))
        if last is not None and last.functions:
            yield line, cells, last


def _crosses(work: _Import) -> None:
    """Functions down, rights across. A group of columns whose headings return in other groups is a right, and the headings its levels."""
    rights = [column for column in work.sheet.columns if not column.kind or column.kind == "right"]
    scope = next((column for column in work.sheet.columns if column.kind == "scope"), None)
    returning = {heading for heading, count in Counter(column.heading.casefold() for column in rights).items() if count > 1}
    for line, cells, holder in _holders(work):
        work.idle += [function for function in holder.functions if function != "*"]
        note = _note(work, cells)
        wide = read_cell(cells[scope.place]).scope if scope else None
        for column in rights:
            text = cells[column.place]
            meant = read_cell(text)
            for part, alike in meant.unknown:
                work.fault("matrix_import_cell_unclear", line, column, value=part, did_you_mean=alike)
            if not meant.gives:
                continue
            right, level = column.heading, meant.level
            if column.group and column.heading.casefold() in returning:
                right, level = column.group, level or _level(work, line, column)
            work.give(line, column, holder, right, replace(meant, level=level, scope=meant.scope or wide), note)


def _level(work: _Import, line: int, column: Column) -> str | None:
    word = column.heading.casefold()
    if word in LEVELS:
        return word
    work.fault("matrix_import_level_unclear", line, column, value=column.heading, did_you_mean=nearest(column.heading, LEVELS))
    return None


def _list(work: _Import, named: Column) -> None:
    """One right a row, named in a column."""
    by_kind = {column.kind: column for column in work.sheet.columns}
    for line, cells, holder in _holders(work):
        scope_text = cells[by_kind["scope"].place] if "scope" in by_kind else ""
        wide = read_cell(scope_text)
        for part, alike in wide.unknown:
            work.fault("matrix_import_scope_unclear", line, by_kind["scope"], value=part, did_you_mean=nearest(alike, SCOPES))
        more: tuple[str, ...] = ()
        stars = wide.stars
        if "condition" in by_kind and (told := cells[by_kind["condition"].place]):
            if told.strip("* "):
                more, widest = read_remark(told)
                if not more and widest is None:
                    work.fault("matrix_import_remark_unclear", line, by_kind["condition"], value=told)
            else:
                stars = max(stars, len(told.strip()))
        for right in filter(None, (part.strip() for part in cells[named.place].replace("\n", ",").split(","))):
            bare = right.rstrip("* ")
            if not bare:
                continue
            meant = Meant(True, scope=wide.scope, stars=max(stars, len(right) - len(bare)))
            work.give(line, named, holder, bare, meant, _note(work, cells), more)


def _note(work: _Import, cells: Sequence[str]) -> str:
    return ", ".join(cells[column.place] for column in work.sheet.columns if column.kind == "note" and cells[column.place]).replace(";", ",")


def _told_where(rows: Sequence[Cells], file: str) -> list[Cells]:
    """Each row once, with the file and line it came from in its note."""
    seen: dict[tuple[str, ...], Cells] = {}
    for row in rows:
        key = tuple(row[name].casefold() for name in ("function", "right", "level", "scope", "conditions"))
        note = ", ".join(filter(None, (row["note"], f"{file}:{row['line']}")))
        seen.setdefault(key, {name: text for name, text in row.items() if name != "line"} | {"note": note})
    return list(seen.values())
