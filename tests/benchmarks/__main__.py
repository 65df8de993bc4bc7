"""Runs every benchmark, one after the other, each in a process of its own: `python -m tests.benchmarks`.

Each prints its table; figures are ratios measured in one run, because seconds differ from machine to machine.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ARGUMENTS = {"bench_scan": [["10000", "100000", "1000000"], ["--board"]]}


def main() -> int:
    """Run them all; return 1 if one failed."""
    failed = 0
    for file in sorted(HERE.glob("bench_*.py")):
        for arguments in ARGUMENTS.get(file.stem, [[]]):
            print(f"\n== {file.stem} {' '.join(arguments)}", flush=True)
            command = [sys.executable, "-m", f"tests.benchmarks.{file.stem}", *arguments]
            failed |= subprocess.run(command, cwd=HERE.parents[1], check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
