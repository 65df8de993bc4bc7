"""Builders of small boards for the tests of correlation. All people are fictional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.model.coverage import Coverage, Role, SourceReport, SourceState
from auditor.model.past import Past
from auditor.model.people import People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot
from auditor.model.tables import DTYPES, TABLES, Table

TODAY = date(2026, 11, 24)


def day(text: str) -> date:
    """Given an ISO date, return it as a date."""
    return date.fromisoformat(text)


def table_of(table: Table, rows: Sequence[Mapping[str, Any]], extra: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Given rows as dictionaries, return a conforming frame; columns of `extra` (name -> dtype) are added at the end."""
    columns: dict[str, object] = {}
    for column in table.columns:
        values = [row.get(column.name) for row in rows]
        if column.kind == "date":
            columns[column.name] = pd.Series(np.array(values, dtype="datetime64[s]"))
        elif column.kind in ("category", "text"):
            columns[column.name] = pd.Series(values, dtype="str")
        else:
            columns[column.name] = pd.Series(values, dtype=DTYPES[column.kind])
    frame = table.check(table.frame(columns, source="hr", file="hr.csv", rows=range(2, len(rows) + 2)))
    for name, dtype in (extra or {}).items():
        frame[name] = pd.Series(np.array([row.get(name) for row in rows], dtype=dtype))
    return frame


class Board:
    """A small board: tonight's rows, the past, and how complete HR is."""

    def __init__(self) -> None:
        self.as_of = TODAY
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.old_persons: list[dict[str, Any]] = []
        self.old_employments: list[dict[str, Any]] = []
        self.decisions: list[dict[str, Any]] = []
        self.old_links: list[dict[str, Any]] = []
        self.last_scan: date | None = None
        self.hr = SourceState.OK
        self.schools: dict[str, SourceState] = {}
        self.others: list[SourceReport] = []
        self.policy = Policy(board="demo", managed_domains=frozenset({"demo.example"}))

    def add(self, table: str, **values: Any) -> Board:
        """Add one row to a table of tonight."""
        self.rows.setdefault(table, []).append(values)
        return self

    def person(self, number: str, **values: Any) -> Board:
        """Add an employee to tonight's HR."""
        return self.add("persons", **{"person": number, "kind": "employee", **values})

    def works(self, number: str, starts: str | None, ends: str | None = None, **values: Any) -> Board:
        """Add an employment to tonight's HR, and its person when not yet there."""
        if not any(row["person"] == number for row in self.rows.get("persons", [])):
            self.person(number)
        return self.add("employments", **self._employment(number, starts, ends, values))

    def worked(self, number: str, starts: str | None, ends: str | None = None, seen_until: str | None = None, **values: Any) -> Board:
        """Add an employment to the last accepted read, and its person when not yet there."""
        if not any(row["person"] == number for row in self.old_persons):
            self.old_persons.append({"person": number, "kind": "employee"})
        row = self._employment(number, starts, ends, values)
        self.old_employments.append({**row, "seen_until": day(seen_until) if seen_until else None})
        self.last_scan = self.last_scan or date(2026, 11, 23)
        return self

    @staticmethod
    def _employment(number: str, starts: str | None, ends: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "person": number, "employment": f"{number}-1", "function": "leerkracht", "school": "A", "kind": "permanent",
            "starts_on": day(starts) if starts else None, "ends_on": day(ends) if ends else None, **values,
        }

    def account(self, name: str, **values: Any) -> Board:
        """Add an account of the system esis, with a stable id."""
        return self.add("accounts", **{
            "system": "esis", "account": name, "id_is_stable": True, "username": name, "kind": "person", "status": "enabled", "school": "A",
            **values,
        })

    def role(self, source: str, role: Role, state: SourceState, **values: Any) -> Board:
        """Say how another source was read."""
        self.others.append(SourceReport(source, role, state, **values))
        return self

    @property
    def snapshot(self) -> Snapshot:
        """Tonight as a snapshot."""
        coverage = Coverage((SourceReport("hr", "hr", self.hr, schools=self.schools), *self.others))
        return Snapshot("demo", self.as_of, {name: table_of(TABLES[name], rows) for name, rows in self.rows.items()}, coverage)

    @property
    def past(self) -> Past:
        """The past as the store would tell it."""
        from auditor.model.links import LINK_DECISIONS, LINKS

        return Past(
            scan=1 if self.last_scan else None, as_of=self.last_scan,
            persons=table_of(TABLES["persons"], self.old_persons),
            employments=table_of(TABLES["employments"], self.old_employments, {"seen_from": "datetime64[s]", "seen_until": "datetime64[s]"}),
            decisions=table_of(LINK_DECISIONS, self.decisions), links=table_of(LINKS, self.old_links),
        )

    @property
    def people(self) -> People:
        """Who is known."""
        from auditor.correlate import known_people

        return known_people(self.snapshot, self.policy, self.past)

    def one(self, number: str) -> dict[str, Any]:
        """What is known of one person, dates as dates and absent as None."""
        persons = self.people.persons
        found = persons[persons["person"] == number]
        assert len(found) == 1, f"{number} stands {len(found)} times"
        return plain(found)[0]

    @staticmethod
    def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
        """See `plain`."""
        return plain(frame)

    def engagements(self, number: str) -> list[dict[str, Any]]:
        """The engagements of one person, in order."""
        people = self.people
        row = people.persons.index[people.persons["person"] == number][0]
        return plain(people.engagements[people.engagements["person_row"] == row])


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Given a frame, return its rows as dictionaries with dates for timestamps and None for absent."""
    return [
        {name: None if pd.isna(value) else value.date() if isinstance(value, pd.Timestamp) else value for name, value in row.items()}
        for row in frame.astype(dict.fromkeys(frame.select_dtypes("category"), object)).to_dict("records")
    ]


@pytest.fixture
def board() -> Board:
    """An empty board with a complete HR source and the defaults of the rules catalogue."""
    return Board()


@pytest.fixture(scope="session")
def board_type() -> type[Board]:
    """The builder itself, for tests that need many boards."""
    return Board
