"""Measures the whole scan against merely reading the same files: `python -m tests.benchmarks.bench_scan 10000 100000 1000000`.

`--board` measures the board of 1,500 staff and 12,000 pupils instead. Everything that is compared runs in one go on one machine, each in a
process of its own: bare reading (csv.reader and json.load over every file the scan reads), the first night, the second night. CPU is user
plus system time of the process and its children; peak memory is its resident set. What any board costs, whatever its size, is measured on
one of 1,000 accounts and told apart: "grown" is the ratio of what both cost above that. `--runs` repeats the reading and the second night
and shows medians; `--seed`, `--rate` and `--keep DIR` choose the data and keep it.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READ = ("exports", "registers")
STAFF, PUPILS = 1_500, 12_000
SMALLEST = 1_000
"""Accounts of the board that tells what a scan costs whatever the size."""
LATE_IMPORTS = ("connectors.files.source", "reports.render.html", "holidays.countries.netherlands", "rapidfuzz",
                "pyarrow.compute", "pyarrow.csv")
"""What a scan imports only when it needs it: start-up, and reported with it."""


@dataclass(frozen=True)
class Measured:
    """One process. cpu: whole process; own: CPU of the reading, or of the scan without imports and report; wall in seconds; peak, imported:
    MB; told: what it printed, the CPU of the report among it."""

    cpu: float
    own: float
    wall: float
    peak: float
    imported: float
    told: dict[str, Any]


def bare_reading(workspace: Path) -> dict[str, Any]:
    """Read every file a scan reads, with the standard library, and throw the rows away."""
    rows, size, begun = 0, 0, _cpu()
    for path in sorted(path for name in READ for path in (workspace / name).rglob("*") if path.is_file()):
        size += path.stat().st_size
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for _ in csv.reader(file, delimiter="," if path.name.startswith(("ad-", "entra-")) else ";"):
                rows += 1
    return {"rows": rows, "bytes": size, "own": _cpu() - begun}


def scan(workspace: Path, night: date) -> dict[str, Any]:
    """Scan one night through the public function; imports and the writing of the report are told apart."""
    for name in LATE_IMPORTS:
        importlib.import_module(name)
    from auditor.app.commands.demo import at_night
    from auditor.app.nightly import run_scan
    from auditor.config.load import load
    from auditor.rules.registry import check_of, specs

    for spec in specs():  # the program's own rules and their texts, whatever the board
        check_of(spec.slug)
    imported, imported_rss = _cpu(), _peak()
    stages: dict[str, float] = {}
    outcome = run_scan(load(workspace / "auditor.toml"), night, now=at_night(night), kind="nightly",
                       progress=lambda stage: stages.setdefault(stage, _cpu()))
    return {
        "own": stages["report"] - imported, "report": _cpu() - stages["report"], "imported": imported_rss,
        "counts": dict(outcome.counts), "open": outcome.open_count,
        "states": {report.source: report.state.value for report in outcome.coverage.not_ok},
    }


def measured(*what: str) -> Measured:
    """Given what a child must do, run it in a process of its own and return what it took."""
    begun = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "tests.benchmarks.bench_scan", "--child", *what], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(done.stdout.splitlines()[-1])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(cpu, told.get("own", cpu), wall, told["peak"], told.get("imported", told["peak"]), told)


@dataclass(frozen=True)
class Nights:
    """Both nights of one board: per night the runs of bare reading and of the scan, in order."""

    accounts: int
    reads: dict[int, list[Measured]]
    scans: dict[int, list[Measured]]

    def bare(self, night: int) -> float:
        """CPU seconds of reading alone, without the interpreter's start, as the scan is counted without its imports."""
        return max(statistics.median(one.own for one in self.reads[night]), 1e-3)

    def own(self, night: int) -> float:
        """CPU seconds of the scan, without imports and report."""
        return statistics.median(one.own for one in self.scans[night])


def board(folder: Path, accounts: int, seed: int, rate: float, runs: int, staff: int | None, pupils: int | None) -> Nights:
    """Given a folder and a size, generate both nights, measure, and return what they took."""
    from tests.boards.generate import DAYS, generate

    found = Nights(accounts or 4 * (staff or 0) + (pupils or 0), {}, {})
    for night, day in DAYS.items():
        generate(folder, accounts, seed, rate, night, staff, pupils)
        kept = folder.with_name(f"{folder.name}-var")
        if night == 2:
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder / "var", kept)
        reads, scans = [], []
        for _ in range(runs if night == 2 else 1):
            if night == 2:
                shutil.rmtree(folder / "var")
                shutil.copytree(kept, folder / "var")
            reads.append(measured("read", str(folder)))
            scans.append(measured("scan", str(folder), day.isoformat()))
        shutil.rmtree(kept, ignore_errors=True)
        found.reads[night], found.scans[night] = reads, scans
        read, told = reads[-1].told, scans[-1].told
        print(f"  night {night}: {read['bytes'] / 1e6:.0f} MB, {read['rows']:,} rows; {told['counts']}; not ok: {told['states']}", file=sys.stderr)
    return found


HEADER = ("accounts", "night", "read CPU s", "scan CPU s", "ratio", "grown", "process CPU s", "process ratio", "report CPU s", "wall s", "peak MB",
          "above imports MB",
          "bytes/account")


def lines_of(board: Nights, smallest: Nights) -> list[tuple[str, ...]]:
    """Given the nights of a board and of the smallest, return the lines of the table."""
    lines: list[tuple[str, ...]] = []
    for night, reads in board.reads.items():
        scans, bare, own = board.scans[night], board.bare(night), board.own(night)
        grown = (own - smallest.own(night)) / max(bare - smallest.bare(night), 1e-3)
        cpu, peak = statistics.median(one.cpu for one in scans), max(one.peak for one in scans)
        above = peak - scans[-1].imported
        lines.append((
            f"{board.accounts:,}", str(night), f"{bare:.2f}", f"{own:.2f}", f"{own / bare:.1f}", "-" if board is smallest else f"{grown:.1f}",
            f"{cpu:.2f}", f"{cpu / statistics.median(one.cpu for one in reads):.1f}",
            f"{statistics.median(one.told['report'] for one in scans):.2f}", f"{statistics.median(one.wall for one in scans):.1f}",
            f"{peak:.0f}", f"{above:.0f}", f"{above * 1e6 / board.accounts:.0f}"))
    return lines


def _cpu() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _child(what: list[str]) -> None:
    told = bare_reading(Path(what[1])) if what[0] == "read" else scan(Path(what[1]), date.fromisoformat(what[2]))
    print(json.dumps(told | {"peak": _peak()}))


def main() -> None:
    """Measure each size asked for and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("accounts", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--board", action="store_true", help=f"the board of {STAFF} staff and {PUPILS} pupils")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=0.03)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    lines: list[tuple[str, ...]] = [HEADER]
    with tempfile.TemporaryDirectory() as home:
        print(f"{SMALLEST:,}:", file=sys.stderr)
        smallest = board(Path(home) / "smallest", SMALLEST, given.seed, given.rate, max(given.runs, 3), None, None)
        lines += lines_of(smallest, smallest)
        sizes: list[tuple[int, int | None, int | None]] = [(0, STAFF, PUPILS)] if given.board else [(size, None, None) for size in given.accounts]
        for accounts, staff, pupils in sizes:
            folder = (given.keep or Path(home)) / f"board-{accounts or 'board'}"
            shutil.rmtree(folder, ignore_errors=True)
            print(f"{accounts or f'{staff} staff, {pupils} pupils'}:", file=sys.stderr)
            lines += lines_of(board(folder, accounts, given.seed, given.rate, given.runs, staff, pupils), smallest)
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADER))]
    for line in lines:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2:])
    else:
        main()
