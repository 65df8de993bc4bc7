"""How long a changed matrix takes over past nights: `python -m tests.benchmarks.bench_backtest [--nights 30] [--keep DIR]`.

A generated board of 1,500 staff and 12,000 pupils is scanned night after night; some rights go and come every night, half-way the exports
change as between two real nights. Then its ParnasSys matrix loses a row and tightens one, and `matrix backtest` is asked over all nights.
Printed: wall seconds of the whole question, and of one night's scan in the same run to compare with.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as at
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from auditor.app.backtesting import backtest
from auditor.app.commands.demo import at_night
from auditor.app.nightly import read_matrices, run_scan
from auditor.config.load import Workspace, load, policy_of
from auditor.store import Store
from matrices.load import load_matrix
from tests.boards.generate import generate

FIRST = date(2026, 11, 24)
STAFF, PUPILS = 1_500, 12_000


def scan_nights(folder: Path, nights: int) -> list[float]:
    """Scan so many nights on end in a new workspace, and return the wall seconds of each."""
    generate(folder, 0, 7, night=1, staff=STAFF, pupils=PUPILS)
    seconds = []
    for number in range(nights):
        if number == nights // 2:
            generate(folder, 0, 7, night=2, staff=STAFF, pupils=PUPILS)
        export = folder / "exports" / "parnassys.csv"
        whole = export.read_bytes()
        lines = whole.splitlines(keepends=True)
        export.write_bytes(b"".join(line for place, line in enumerate(lines) if not place or place % 997 != number))
        night = FIRST + timedelta(days=number)
        morning = datetime.combine(night, at(5), UTC).timestamp()
        for path in folder.rglob("*.csv"):
            os.utime(path, (morning, morning))
        began = time.perf_counter()
        run_scan(load(folder / "auditor.toml"), night, now=at_night(night), kind="nightly")
        seconds.append(time.perf_counter() - began)
        export.write_bytes(whole)
    return seconds


def changed(folder: Path) -> Path:
    """Write the board's ParnasSys matrix without its directors and with teachers a level lower, and return where."""
    old, new = folder / "matrices" / "parnassys", folder / "draft"
    new.mkdir(exist_ok=True)
    (new / "matrix.toml").write_bytes((old / "matrix.toml").read_bytes())
    lines = (old / "rows.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    kept = [line.replace("leerkracht;Leerkracht;volledig", "leerkracht;Leerkracht;beperkt") for line in lines if not line.startswith("directeur;")]
    (new / "rows.csv").write_text("".join(kept), encoding="utf-8-sig")
    return new


def measure(workspace: Workspace, folder: Path, nights: int) -> None:
    """Ask the question and print how long it took."""
    matrices, _ = read_matrices(workspace)
    began = time.perf_counter()
    with Store(workspace.path(workspace.config.folders.database)) as store:
        told = backtest(store, matrices, load_matrix(changed(folder)), policy_of(workspace.config), nights)
    seconds = time.perf_counter() - began
    last = told.nights[-1]
    print(f"backtest: {seconds:.2f} s over {len(told.nights)} nights, {told.judged} of them judged anew")
    print(f"last night: {len(last.appearing)} appear, {len(last.vanishing)} vanish, {last.before} before, {last.after} after")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--nights", type=int, default=30)
    arguments.add_argument("--keep", type=Path)
    given = arguments.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp())
    if not (folder / "var" / "auditor.db").exists():
        seconds = scan_nights(folder, given.nights)
        print(f"scan of one night: {statistics.median(seconds):.2f} s")
    measure(load(folder / "auditor.toml"), folder, given.nights)


if __name__ == "__main__":
    main()
