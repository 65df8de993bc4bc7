"""Store figures: a later night against a full snapshot by executemany, size after thirty nights, and a board of a million accounts.

Run `python tests/benchmarks/bench_store.py [GRANTS]`; all ratios come from this one run.
"""

from __future__ import annotations

import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.assessment import FINDINGS, Assessment, Changes
from auditor.model.coverage import Coverage, SourceReport, SourceState
from auditor.model.links import LINKS
from auditor.model.past import Past, Reference
from auditor.model.snapshot import Snapshot
from auditor.model.tables import TABLES
from auditor.store import ScanRecord, Store

DAY = date(2026, 9, 1)


def category(codes: Any, words: list[str]) -> pd.Series[Any]:
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype="str")))


def grants_of(accounts: int, rng: np.random.Generator) -> pd.DataFrame:
    names = [f"esis-{number:07d}" for number in range(accounts)]
    count = accounts * 3
    school = np.repeat(rng.integers(0, 60, accounts), 3)
    return TABLES["grants"].frame({
        "system": category(np.zeros(count, dtype=np.int8), ["esis"]),
        "account": category(np.repeat(np.arange(accounts), 3), names),
        "right": category(rng.integers(0, 200, count), [f"Recht {number}" for number in range(200)]),
        "level": category(rng.integers(-1, 3, count), ["lezen", "beperkt", "volledig"]),
        "scope": category(rng.integers(0, 3, count), ["school", "group", "board"]),
        "school": category(school, [f"{number:02d}AA" for number in range(60)]),
        "group": category(rng.integers(-1, 2000, count), [f"groep {number}" for number in range(2000)]),
        "source": category(np.zeros(count, dtype=np.int8), ["esis"]),
    }, file="overzicht.csv", rows=np.arange(count) + 2)


def accounts_of(count: int, rng: np.random.Generator) -> pd.DataFrame:
    text = lambda form: pd.Series([form.format(number) for number in range(count)], dtype="str")  # noqa: E731
    return TABLES["accounts"].frame({
        "system": category(np.zeros(count, dtype=np.int8), ["esis"]), "account": text("esis-{:07d}"), "username": text("user{:07d}"),
        "display_name": text("Voornaam van Achternaam {}"), "mail": text("user{}@voorbeeld.example"), "number": text("{:06d}"),
        "kind": category(np.zeros(count, dtype=np.int8), ["person"]), "status": category(rng.integers(0, 2, count), ["enabled", "disabled"]),
        "school": category(rng.integers(0, 60, count), [f"{number:02d}AA" for number in range(60)]),
        "last_used_on": pd.Series((np.datetime64(DAY) - rng.integers(0, 200, count)).astype("datetime64[s]")),
        "source": category(np.zeros(count, dtype=np.int8), ["esis"]),
    }, file="overzicht.csv", rows=np.arange(count) + 2)


def links_of(accounts: pd.DataFrame) -> pd.DataFrame:
    count = len(accounts)
    return LINKS.frame({
        "system": accounts["system"], "account": accounts["account"], "situation": category(np.zeros(count, dtype=np.int8), ["linked"]),
        "person": accounts["number"].astype("category"), "tier": category(np.zeros(count, dtype=np.int8), ["number"]),
        "source": accounts["source"],
    })


def changed(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """0.3 % other level, 0.1 % gone, 0.1 % new rights."""
    count = len(frame)
    levels = frame["level"].cat.codes.to_numpy().copy()
    some = rng.choice(count, count * 3 // 1000, replace=False)
    levels[some] = (levels[some] + 2) % 4 - 1
    rights = frame["right"].cat.codes.to_numpy().copy()
    extra = frame.iloc[rng.choice(count, count // 1000, replace=False)]
    kept = np.delete(np.arange(count), rng.choice(count, count // 1000, replace=False))
    frame = frame.assign(level=category(levels, list(frame["level"].cat.categories)))
    moved = extra.assign(right=category((rights[extra.index] + 7) % 200, list(frame["right"].cat.categories)).set_axis(extra.index))
    together = pd.concat([frame.iloc[kept], moved], ignore_index=True)
    return together.assign(right=together["right"].astype(frame["right"].dtype), level=together["level"].astype(frame["level"].dtype))


def record(day: date, tables: dict[str, pd.DataFrame], past: Past, accepted: dict[str, Reference]) -> ScanRecord:
    empty = pd.DataFrame({name: pd.Series(dtype="str" if dtype == "category" else dtype) for name, dtype in FINDINGS.items()})
    changes = Changes(
        pd.DataFrame({"change": pd.Series(dtype="str"), "past_row": pd.Series(dtype="int64"), "previous_rule": pd.Series(dtype="str"),
                      "must_freeze": pd.Series(dtype="bool")}),
        pd.DataFrame({"past_row": pd.Series(dtype="int64"), "change": pd.Series(dtype="str"), "resolved_by": pd.Series(dtype="str")}))
    coverage = Coverage((SourceReport("esis", "system", SourceState.OK, "esis", as_of=day),))
    accounts = tables.get("accounts", TABLES["accounts"].empty())
    return ScanRecord(
        "nightly", day, datetime(day.year, day.month, day.day, 4, 30, tzinfo=UTC), 1.0, "bench", Snapshot("proef", day, tables, coverage),
        links_of(accounts), past, Assessment(empty, {}, (), np.zeros(len(past.findings), dtype=np.bool_)), changes, accepted=accepted)


def cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def full_snapshot(path: Path, frame: pd.DataFrame) -> float:
    """What a later night costs when all rows are written again as text, by executemany in one transaction."""
    names = [name for name in frame.columns if name not in ("file", "row")]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    declared = ", ".join(f'"{name}" TEXT' for name in names)
    connection.execute(f"CREATE TABLE snapshot (night INTEGER, {declared})")

    def write() -> None:
        columns = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in names]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            f"INSERT INTO snapshot VALUES (1{', ?' * len(names)})", zip(*columns, strict=True))
        connection.execute("COMMIT")

    spent = cpu(write)
    connection.close()
    return spent


def grants_only(grants: int, folder: Path) -> None:
    rng = np.random.default_rng(1)
    frame = grants_of(grants // 3, rng)
    whole = full_snapshot(folder / "whole.db", frame)
    store = Store(folder / "grants.db")
    first = cpu(lambda: store.save(record(DAY, {"grants": frame}, store.past(DAY), {})))
    store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    one_night = store.path.stat().st_size
    later = []
    for night in range(1, 30):
        frame = changed(frame, rng)
        day = DAY + timedelta(days=night)
        made = record(day, {"grants": frame}, store.past(day), {})
        later.append(cpu(lambda made=made: store.save(made)))  # type: ignore[misc]
    store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = store.path.stat().st_size
    print(f"{len(frame):,} grants, 0.5 % changed a night")
    print(f"  full snapshot by executemany  {whole:6.2f} CPU s")
    print(f"  first night                   {first:6.2f} CPU s   {one_night / 1e6:6.1f} MB")
    print(f"  later night (median of 29)    {np.median(later):6.2f} CPU s   ratio {np.median(later) / whole:.2f}   (must 0.8, aim 0.6)")
    print(f"  after 30 nights                              {size / 1e6:6.1f} MB   ratio {size / one_night:.2f}   (must 1.25, aim 1.18)")
    rebuilt = cpu(lambda: store.table_at("grants", 15))
    print(f"  night 15 rebuilt              {rebuilt:6.2f} CPU s;  verify {cpu(store.verify):.2f} CPU s, problems: {len(store.verify())}")
    store.close()


def whole_board(accounts: int, folder: Path) -> None:
    rng = np.random.default_rng(2)
    tables = {"accounts": accounts_of(accounts, rng), "grants": grants_of(accounts, rng)}
    ids = np.sort(rng.integers(0, 2**63, accounts).astype(np.uint64))
    accepted = {"esis": Reference(ids, np.zeros(accounts, dtype=np.int32), ("00AA",), accounts, 0)}
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    store = Store(folder / "board.db")
    made = record(DAY, tables, store.past(DAY), accepted)
    first = cpu(lambda: store.save(made))
    day = DAY + timedelta(days=1)
    tables = tables | {"grants": changed(tables["grants"], rng)}
    past: list[Past] = []
    reading = cpu(lambda: past.append(store.past(day)))
    made = record(day, tables, past[0], accepted)
    later = cpu(lambda: store.save(made))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{accounts:,} accounts with {3 * accounts:,} grants and {accounts:,} links")
    print(f"  first night {first:.2f} CPU s, later night {later:.2f} CPU s, past {reading:.2f} CPU s")
    print(f"  {store.path.stat().st_size / 1e6:.0f} MB; peak memory above start {(peak - base) / accounts:.2f} kB an account")
    store.close()


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        grants_only(size, Path(name))
        whole_board(size, Path(name))
