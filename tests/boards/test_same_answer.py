"""Same input, same answer: neither the order of rows nor of sources changes a finding (promise P18)."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest

from auditor.app.commands.demo import at_night
from auditor.app.nightly import run_scan
from auditor.config.load import load
from auditor.store import Store
from tests.boards.generate import DAYS, generate
from tests.proofs import write_promise


def shuffle(folder: Path, seed: int) -> None:
    """Put the rows of every export and register, and the sources of the configuration, in another order."""
    dice = random.Random(seed)
    for path in sorted([*(folder / "exports").glob("*.csv"), *(folder / "registers").glob("*.csv")]):
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = file.readlines()
        dice.shuffle(rows)
        stamp = path.stat().st_mtime
        path.write_text("".join([head, *rows]), encoding="utf-8", newline="")
        os.utime(path, (stamp, stamp))
    config = folder / "auditor.toml"
    head, *sources = re.split(r"(?m)^(?=\[sources\.)", config.read_text(encoding="utf-8"))
    dice.shuffle(sources)
    config.write_text("\n".join([head, *sources]), encoding="utf-8")


def answer(folder: Path, night: int) -> str:
    """Scan, and return a digest of every finding: all that is stored of it, and its evidence but for the lines that moved."""
    workspace = load(folder / "auditor.toml")
    run_scan(workspace, DAYS[night], now=at_night(DAYS[night]), kind="nightly")
    with Store(workspace.path(workspace.config.folders.database)) as store:
        found = sorted((_plain(row) for row in store.findings(resolved="all")), key=lambda row: str(row["key"]))
    return hashlib.sha256(json.dumps(found, sort_keys=True, default=str).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        # Which of the lines of an account is told of depends on the order; and sources are told in the order of the configuration.
        return {name: _plain(part) for name, part in value.items() if name not in ("row", "found_at")}
    if isinstance(value, list):
        return sorted((_plain(part) for part in value), key=lambda part: json.dumps(part, sort_keys=True, default=str))
    return value


def same(folder: Path, seeds: range, accounts: int) -> int:
    """In how many of these orders both nights gave the same answer."""
    told = {}
    for seed in (-1, *seeds):
        place = folder / str(seed)
        for night in (1, 2):
            generate(place, accounts, seed=3, anomaly_rate=0.03, night=night)
            if seed >= 0:
                shuffle(place, seed)
            told[seed, night] = answer(place, night)
    return sum(told[seed, 1] == told[-1, 1] and told[seed, 2] == told[-1, 2] for seed in seeds)


def test_shuffled_rows_and_sources_give_the_same_findings(tmp_path: Path) -> None:
    assert same(tmp_path, range(1), 1_200) == 1


@pytest.mark.proof
def test_ten_orders_give_the_same_findings(tmp_path: Path) -> None:
    equal = same(tmp_path, range(10), 3_000)
    write_promise("P18", "shuffled rows and sources: identical findings hash", f"{equal} of 10 orders identical, both nights, every rule planted")
    assert equal == 10
