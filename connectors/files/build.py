"""From a file's columns of text to canonical tables, as its layout says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from auditor.model.errors import Fault, Reason
from auditor.model.tables import TABLES, combine
from connectors.files import columns as col
from connectors.files.cells import Cells
from connectors.files.layout import Layout, TableRule, Value
from connectors.files.persons import one_person_each, with_other_numbers
from connectors.files.raw import Column, RawTable

Rows = npt.NDArray[np.intp]
MOST_FAULTS = 50


@dataclass(frozen=True)
class Built:
    """What one file gives. tables: by name; delivers: "table.column" names it fills; aliases: personnel number -> the number that
    stands for the same person; lookups: table -> (column, "table.column") that the source's other files must resolve; school: the one
    school the file is of, as it writes it; day: of the export, from inside it."""

    tables: Mapping[str, pd.DataFrame]
    delivers: frozenset[str]
    faults: tuple[Fault, ...] = ()
    notes: tuple[Reason, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    lookups: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    school: str | None = None
    day: date | None = None


@dataclass(frozen=True)
class Origin:
    """Where rows come from. source: name of the configured source; options: the settings of the part, `system` among them."""

    source: str
    options: Mapping[str, str] = field(default_factory=dict)


def build(raw: RawTable, layout: Layout, found: Mapping[str, str], origin: Origin) -> Built:
    """Given a file's columns, its layout, which header of the layout is which of the file, and its origin, return its canonical tables.

    Faults are gathered and returned, not raised, so that one file tells all that is wrong with it.
    """
    cells = Cells(raw, layout, found, origin.options)
    cells.check()
    tables: dict[str, list[pd.DataFrame]] = {}
    delivers: set[str] = set()
    aliases: dict[str, str] = {}
    lookups: dict[str, tuple[str, str]] = {}
    for rule in layout.tables:
        made = _Filling(cells, rule, origin)
        frame = made.frame()
        same = cells.cell(layout.same_person) if rule.table == "persons" and layout.same_person else None
        if same is not None:
            frame, aliases = one_person_each(frame, made.column_here(same))
        other = cells.cell(layout.other_number) if rule.table == "persons" and layout.other_number else None
        if other is not None:
            frame, aliases = with_other_numbers(frame, made.column_here(other))
        tables.setdefault(rule.table, []).append(frame)
        delivers |= made.delivers
        for name, value in rule.columns.items():
            if value.lookup:
                lookups[rule.table] = (name, value.lookup)
    frames = {name: combine(TABLES[name], parts) for name, parts in tables.items()}
    faults = (*cells.faults, *_faults_of_required(frames, raw.file)) if not cells.faults else cells.faults
    return Built(
        frames if not faults else {}, frozenset(delivers), tuple(faults[:MOST_FAULTS]), (*raw.notes, *cells.notes), aliases, lookups,
        _only(cells, layout.file_school), cells.day())


class _Filling:
    """One canonical table being filled from one file."""

    def __init__(self, cells: Cells, rule: TableRule, origin: Origin) -> None:
        self.cells = cells
        self.rule = rule
        self.origin = origin
        self.table = TABLES[rule.table]
        self.delivers: set[str] = set()
        self.columns: dict[str, Column] = {}
        self.aligned: dict[str, Column] = {}
        self.several: dict[str, npt.NDArray[np.datetime64]] = {}
        self.blank: dict[str, npt.NDArray[np.bool_]] = {}
        self.rows: Rows = cells.kept_rows()

    def frame(self) -> pd.DataFrame:
        """Return the canonical frame."""
        for name, value in self.rule.columns.items():
            self._evaluate(name, value)
        self._leave_out()
        self._one_row_each()
        filled: dict[str, object] = {name: self._converted(name) for name in self.columns if name != "source"}
        filled.update({name: days[self.rows] for name, days in self.several.items()})
        filled["row"] = self.cells.raw.lines[self.rows]
        if "source" in self.columns:
            own = col.constant(self.origin.source, len(self.rows))
            filled["source"] = col.category_of(col.first_filled([self.column_here(self.columns["source"]), own]))
        return self.table.frame(filled, source=self.origin.source, file=self.cells.raw.file)

    def column_here(self, column: Column) -> Column:
        """Given a column of the whole file, return it for the rows of this table."""
        return column.take(self.rows)

    def _evaluate(self, name: str, value: Value) -> None:
        if value.days:
            self.several[name], is_known = self.cells.day_of_several(value)
            self.delivers |= {f"{self.table.name}.{name}"} if is_known else set()
            return
        column, is_known = self.cells.value(value)
        if column is None:
            return
        self.columns[name] = column
        if is_known:
            self.delivers.add(f"{self.table.name}.{name}")
        if value.exclude:
            self.rows = self.rows[~self.cells.among(column, value.exclude)[self.rows]]

    def _leave_out(self) -> None:
        for header, texts in self.rule.when.items():
            column = self.cells.cell(header)
            if column is None:
                self.rows = self.rows[:0]
                return
            self.rows = self.rows[self.cells.holds(column, header, texts)[self.rows]]
        for name, value in self.rule.columns.items():
            if value.split and name in self.columns:
                places, texts_there = col.split(self.columns[name].take(self.rows), value.split)
                self.rows = self.rows[places]
                self.aligned = {**{other: column.take(places) for other, column in self.aligned.items()}, name: texts_there}
        for name in self.rule.require:
            if name not in self.columns:
                self._keep(np.zeros(len(self.rows), dtype=bool))
                return
            self._keep(~col.is_empty(self._here(name)))

    def _keep(self, chosen: npt.NDArray[np.bool_]) -> None:
        if not chosen.all():
            self._take(np.flatnonzero(chosen))

    def _take(self, places: Rows) -> None:
        self.rows = self.rows[places]
        self.aligned = {name: column.take(places) for name, column in self.aligned.items()}

    def _here(self, name: str) -> Column:
        return self.aligned[name] if name in self.aligned else self.columns[name].take(self.rows)

    def _one_row_each(self) -> None:
        """Keep the first row of every key; say where rows with the same key differ."""
        key = [name for name in self.rule.key if name in self.columns]
        if not key or not len(self.rows):
            return
        numbers, first = col.grouped([self._here(name) for name in key])
        if len(first) == len(numbers):
            return
        again = np.flatnonzero(first[numbers] != np.arange(len(numbers)))
        against = first[numbers[again]]
        if self.rule.twice == "refuse":
            lines = self.cells.raw.lines[self.rows]
            self.cells.fault("row_twice", int(lines[again[0]]), ", ".join(key), first=int(lines[against[0]]))
        for name in self.columns:
            if name in key:
                continue
            differs = again[col.differ(self._here(name), again, against)]
            if not len(differs):
                continue
            if name in self.rule.vary:
                varied = np.zeros(len(first), dtype=bool)
                varied[numbers[differs]] = True
                self.blank[name] = varied
            elif self.rule.twice == "note":
                line = int(self.cells.raw.lines[self.rows[differs[0]]])
                self.cells.note("rows_disagree", table=self.table.name, column=name, count=len(np.unique(numbers[differs])), line=line)
        self._take(first)

    def _converted(self, name: str) -> object:
        kind = self.table.column(name).kind
        value = self.rule.columns[name]
        if kind in ("text", "category"):
            column = self._here(name)
            if name in self.blank:
                column = col.emptied(column, self.blank[name])
            return col.text_of(column) if kind == "text" else col.category_of(column)
        found: Any = self.cells.converted(self.columns[name], value, kind)
        return found[self.rows]


def _faults_of_required(frames: Mapping[str, pd.DataFrame], file: str) -> list[Fault]:
    """A value that the table cannot do without and that came out empty, after rewriting and joining."""
    faults = []
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            if column.required and (absent := np.asarray(frame[column.name].array.isna())).any():
                line = int(frame["row"].to_numpy()[int(np.argmax(absent))])
                faults.append(Fault(file, "value_absent", line, facts={"column": f"{name}.{column.name}", "count": int(absent.sum())}))
    return faults


def _only(cells: Cells, header: str | None) -> str | None:
    """The one text of a column, None if there are several or none."""
    column = cells.cell(header) if header else None
    if column is None or not len(column):
        return None
    used = np.bincount(column.codes, minlength=len(column.words)) > 0
    words = [word for word in column.words.filter(pa.array(used))[:3].to_pylist() if word]
    return words[0] if len(words) == 1 else None
