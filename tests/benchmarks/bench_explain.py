"""How long one question takes over a large night: `python -m tests.benchmarks.bench_explain [ACCOUNTS] [--nights N] [--keep DIR]`.

A generated organisation is scanned once. With --nights so many nights stand behind it, in each of which one in 200 grants and one in 1,000
accounts, links, persons and employments is another than before: written straight into the tables of history, for a scan each would take hours.
Then `explain` is asked of a finding and of an account without findings, and `history` of an account, a person and a right. CPU seconds of each
question, the median of three, without imports: those are printed apart.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from auditor.app.commands.demo import at_night
from auditor.app.nightly import run_scan
from auditor.config.load import load
from tests.boards.generate import DAYS, generate

RUNS = 3


def seconds(question: Callable[[], object]) -> float:
    """Given a question, return the CPU seconds of asking it, the median of three; nothing is kept in between but what the program keeps."""
    taken = []
    for _ in range(RUNS):
        began = time.process_time()
        assert question(), "the question has an answer"
        taken.append(time.process_time() - began)
    return statistics.median(taken)


CHANGES = {"grants": 200, "accounts": 1_000, "links": 1_000, "persons": 1_000, "employments": 1_000}
"""Of each table one row in so many changes every night."""


def add_nights(database: Path, nights: int) -> None:
    """Given the database of one night, write so many nights behind it: rows that end with a night, and begin anew as they were."""
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("synchronous = OFF", "journal_mode = OFF", "cache_size = -2000000"):
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("SELECT max(number) FROM scans").fetchone()[0] > 1:
        return  # it was filled before
    connection.execute("BEGIN")
    names = {table: [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')] for table in (*CHANGES, "scans", "coverage")}
    ids = {table: connection.execute(f'SELECT max(version_id) FROM "{table}"').fetchone()[0] or 0 for table in CHANGES}
    for number in range(2, nights + 1):
        for table, first in (("scans", "number"), ("coverage", "scan")):
            columns = ", ".join(f'"{name}"' for name in names[table] if name not in (first, "as_of"))
            day = f"'{DAYS[1] + timedelta(days=number - 1)}'"
            connection.execute(
                f'INSERT INTO {table} ({first}, as_of, {columns}) SELECT {number}, {day}, {columns} FROM {table} WHERE {first} = 1')
        for table, share in CHANGES.items():
            columns = ", ".join(f'"{name}"' for name in names[table] if name not in ("version_id", "valid_until_scan"))
            connection.execute("CREATE TEMP TABLE some (id INTEGER PRIMARY KEY)")
            connection.executemany("INSERT INTO some VALUES (?)", ((one,) for one in range(number % share + 1, ids[table] + 1, share)))
            connection.execute(
                f'INSERT INTO "{table}" (valid_until_scan, {columns}) SELECT {number}, {columns} FROM "{table}" JOIN some ON id = version_id')
            connection.execute(f'UPDATE "{table}" SET valid_from_scan = {number} WHERE version_id IN (SELECT id FROM some)')
            connection.execute("DROP TABLE some")
    connection.execute("COMMIT")
    connection.close()


def main() -> None:
    """Scan once, ask each question, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("accounts", nargs="?", type=int, default=300_000)
    parser.add_argument("--nights", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = wanted.keep or Path(made) / "board"
        if not (folder / "var").exists():
            generate(folder, wanted.accounts, 7, night=1)
            run_scan(load(folder / "auditor.toml"), DAYS[1], now=at_night(DAYS[1]), kind="nightly")
        add_nights(folder / "var" / "auditor.db", wanted.nights)
        began = time.process_time()
        from auditor.app.chains import chain_of_account, chain_of_finding
        from auditor.app.histories import history_of
        from auditor.store import Store

        workspace = load(folder / "auditor.toml")
        print(f"imports of the questions, CPU s: {time.process_time() - began:.2f}")
        with Store(workspace.path(workspace.config.folders.database)) as store:
            grants, last = store.table_at("grants"), store.last_scan()
            assert last is not None
            found = store.findings(resolved="none", has_evidence=False)
            key = next(row["key"] for row in found if row["rule"] == "scope-elsewhere")
            flagged = {row["account"] for row in found}
            links = store.table_at("links").astype("object")
            held = set(grants["account"].astype("str"))
            fine = next(row for row in links[links["situation"] == "linked"].itertuples() if row.account in held - flagged and row.person)
            questions: dict[str, Callable[[], object]] = {
                "explain a finding": lambda: chain_of_finding(workspace, store, key, "nl"),
                "explain an account that is fine": lambda: chain_of_account(workspace, store, fine.account, fine.system, "nl"),
                "history of an account": lambda: history_of(store, fine.account, fine.system, None),
                "history of a person": lambda: history_of(store, str(fine.person), None, None),
                "history of a right, that day": lambda: history_of(store, str(grants["right"].iloc[0]), None, last.as_of),
            }
            rows = sum(row["since"] is not None for row in store.spans("grants", {"account": fine.account, "system": fine.system}))
            print(f"{len(grants):,} grants, {last.number} nights; {rows} rows of grants of that account\n")
            for name, question in questions.items():
                print(f"{name:<36}{seconds(question):8.2f} CPU s")


if __name__ == "__main__":
    main()
