"""Fictional nights for the store: a small board whose tables, links and findings tests can vary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from auditor.model.assessment import FINDINGS, Assessment, Changes
from auditor.model.coverage import Coverage, SourceReport, SourceState
from auditor.model.finding import Change, State, finding_key
from auditor.model.links import LINKS
from auditor.model.matrix import Matrix
from auditor.model.past import Past, Reference
from auditor.model.reading import Receipt
from auditor.model.snapshot import Snapshot
from auditor.model.tables import TABLES
from auditor.store import ScanRecord, Store

FIRST_NIGHT = date(2026, 9, 1)


def ok(source: str, role: str = "system", system: str | None = "esis", **more: object) -> SourceReport:
    """A source that was read completely."""
    return SourceReport(source, role, SourceState.OK, system, **more)  # type: ignore[arg-type]


def accounts(rows: Sequence[Mapping[str, object]], source: str = "esis") -> pd.DataFrame:
    """Accounts with some columns given; the others absent."""
    names = sorted({name for row in rows for name in row})
    columns: dict[str, object] = {name: [row.get(name) for row in rows] for name in names}
    columns.setdefault("system", ["esis"] * len(rows))
    columns.setdefault("kind", ["person"] * len(rows))
    columns.setdefault("status", ["enabled"] * len(rows))
    for name in ("created_on", "last_used_on", "last_attempt_on", "password_set_on", "expires_on"):
        if name in columns:
            columns[name] = pd.to_datetime(pd.Series(columns[name]))
    columns.setdefault("source", [source] * len(rows))
    return TABLES["accounts"].frame(columns, file="overzicht.csv", rows=np.arange(len(rows)) + 2)


def links_of(table: pd.DataFrame) -> pd.DataFrame:
    """Links that follow the accounts: every account unmatched."""
    return LINKS.frame({
        "system": table["system"], "account": table["account"], "situation": ["unmatched"] * len(table), "tier": ["none"] * len(table),
    })


def findings_frame(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Today's findings (FINDINGS) from `account`, `rule`, `score` and other columns."""
    data: dict[str, list[object]] = {name: [] for name in FINDINGS}
    for row in rows:
        full = {
            "key": finding_key("owner", (str(row.get("system", "esis")), str(row["account"]))), "rule": "orphan-account", "cluster": "owner",
            "system": "esis", "score": 3, "fingerprint": 7, "mails": True, "account_row": -1, "person_row": -1, "grant_row": -1, "hit": 0,
        } | dict(row)
        for name, column in data.items():
            column.append(full.get(name))
    return pd.DataFrame({
        name: pd.Series(data[name], dtype="str" if dtype == "category" else None).astype(dtype) for name, dtype in FINDINGS.items()
    })


def compared(past: Past, today: pd.DataFrame, fates: Mapping[str, bool], resolved_by: str = "repaired") -> Changes:
    """Changes as auditor.changes would give them; fates: by key whether an absent finding could be judged (True unless said)."""
    known = {key: row for row, key in enumerate(past.findings["key"])}
    held = past.findings
    change, previous, place = [], [], []
    for key, rule in zip(today["key"], today["rule"].astype("str"), strict=True):
        row = known.get(key, -1)
        place.append(row)
        before = held["rule"].iat[row] if row >= 0 else None
        was_resolved = row >= 0 and held["state"].iat[row] == State.RESOLVED
        previous.append(before if before not in (None, rule) and not was_resolved else None)
        change.append(
            Change.NEW if row < 0 else Change.REOPENED if was_resolved else Change.REASON_CHANGED if before != rule else Change.PERSISTING)
    gone = [(row, Change.RESOLVED if fates.get(key, True) else Change.NOT_ASSESSED) for key, row in known.items()
            if key not in set(today["key"]) and held["state"].iat[row] != State.RESOLVED]
    return Changes(
        pd.DataFrame({
            "change": pd.Series(change, dtype="str").astype("category"), "past_row": np.array(place, dtype=np.int64),
            "previous_rule": pd.Series(previous, dtype="str").astype("category"),
            "must_freeze": np.array([one != Change.PERSISTING for one in change], dtype=np.bool_),
        }),
        pd.DataFrame({
            "past_row": np.array([row for row, _ in gone], dtype=np.int64),
            "change": pd.Series([str(one) for _, one in gone], dtype="str").astype("category"),
            "resolved_by": pd.Series([resolved_by if one is Change.RESOLVED else None for _, one in gone], dtype="str").astype("category"),
        }),
    )


@dataclass
class Board:
    """A store with nights to play on it."""

    store: Store
    path: Path
    day: date = FIRST_NIGHT

    def record(
        self, tables: Mapping[str, pd.DataFrame], sources: Sequence[SourceReport] | None = None, *,
        findings: Sequence[Mapping[str, object]] = (), fates: Mapping[str, bool] | None = None, kind: str = "nightly",
        accepted: Mapping[str, Reference] | None = None, matrices: Sequence[Matrix] = (), day: date | None = None, **more: object,
    ) -> ScanRecord:
        """What the app would hand over for this night."""
        as_of = day or self.day
        past = self.store.past(as_of)
        today = findings_frame(findings)
        changes = compared(past, today, fates or {})
        frozen = today["key"][changes.today["must_freeze"].to_numpy()]
        table = tables.get("accounts", TABLES["accounts"].empty())
        return ScanRecord(**{
            "kind": kind, "as_of": as_of, "started_at": datetime(as_of.year, as_of.month, as_of.day, 4, 30, tzinfo=UTC), "seconds": 1.5,
            "version": "0.1.0", "snapshot": Snapshot("proef", as_of, tables, Coverage(tuple(sources or (ok("esis"),)))),
            "links": links_of(table), "past": past, "assessment": Assessment(today, {}, (), np.ones(len(past.findings), dtype=np.bool_)),
            "changes": changes, "evidence": {key: {"status": "enabled", "since": as_of} for key in frozen}, "accepted": accepted or {},
            "matrices": matrices, **more,
        })

    def night(self, tables: Mapping[str, pd.DataFrame], sources: Sequence[SourceReport] | None = None, **more: object) -> int:
        """Save one night and move to the next day."""
        number = self.store.save(self.record(tables, sources, **more))  # type: ignore[arg-type]
        self.day += timedelta(days=1)
        return number


def receipt(name: str, sha256: str = "ab" * 32) -> Receipt:
    """A file that was read."""
    return Receipt(name, "esis", sha256, 1200, 30, FIRST_NIGHT, school="11AA", dropped=("Geboortedatum",), dropped_private=1)


def same_rows(left: pd.DataFrame, right: pd.DataFrame, leave_out: Sequence[str] = ("file", "row")) -> bool:
    """Whether two frames hold the same rows in any order, but for some columns."""
    def lines(frame: pd.DataFrame) -> list[tuple[object, ...]]:
        kept = frame.drop(columns=[name for name in leave_out if name in frame])
        return sorted(tuple("(absent)" if pd.isna(value) else str(value) for value in row) for row in kept.astype(object).itertuples(index=False))
    return lines(left) == sorted(lines(right)) if len(left) == len(right) else False


def employments(rows: Sequence[Mapping[str, object]], source: str = "hr") -> pd.DataFrame:
    """Employments with some columns given; the others absent."""
    return _table("employments", rows, source, {"kind": "permanent"})


def persons(rows: Sequence[Mapping[str, object]], source: str = "hr") -> pd.DataFrame:
    """Persons with some columns given; the others absent."""
    return _table("persons", rows, source, {"kind": "employee"})


def _table(name: str, rows: Sequence[Mapping[str, object]], source: str, defaults: Mapping[str, object]) -> pd.DataFrame:
    table = TABLES[name]
    full = [{**defaults, **row} for row in rows]
    columns: dict[str, object] = {}
    for column in {name for row in full for name in row}:
        values = pd.Series([row.get(column) for row in full])
        columns[column] = pd.to_datetime(values) if table.column(column).kind == "date" else values.tolist()
    return table.frame({**columns, "source": [source] * len(full)}, file="hr.csv", rows=np.arange(len(full)) + 2)
