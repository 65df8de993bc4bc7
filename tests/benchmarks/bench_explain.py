"""How long one question takes over a large night: `python -m tests.benchmarks.bench_explain [ACCOUNTS] [--keep DIR]`.

A generated organisation is scanned once; then `explain` is asked of a finding and of an account without findings, and `history` of an account,
a person and a right. CPU seconds of each question, the median of three, without imports: those are printed apart.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
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


def main() -> None:
    """Scan once, ask each question, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("accounts", nargs="?", type=int, default=300_000)
    parser.add_argument("--keep", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = wanted.keep or Path(made) / "board"
        if not (folder / "var").exists():
            generate(folder, wanted.accounts, 7, night=1)
            run_scan(load(folder / "auditor.toml"), DAYS[1], now=at_night(DAYS[1]), kind="nightly")
        began = time.process_time()
        from auditor.app.chains import chain_of_account, chain_of_finding
        from auditor.app.histories import history_of
        from auditor.store import Store

        workspace = load(folder / "auditor.toml")
        print(f"imports of the questions, CPU s: {time.process_time() - began:.2f}")
        with Store(workspace.path(workspace.config.folders.database)) as store:
            grants = store.table_at("grants")
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
                "history of a right, that day": lambda: history_of(store, str(grants["right"].iloc[0]), None, DAYS[1]),
            }
            print(f"{len(grants):,} grants\n")
            for name, question in questions.items():
                print(f"{name:<36}{seconds(question):8.2f} CPU s")


if __name__ == "__main__":
    main()
