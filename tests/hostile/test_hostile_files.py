"""Every hostile file is refused with the answer promised, within its seconds and memory, and no process but a child ends of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.corpus import CORPUS, Hostile, lay_out, tricks
from tests.hostile.tables import table
from tests.proofs import ROOT, write_section

Cost = dict[str, Any]


def measured(folder: Path, names: list[str]) -> dict[str, Cost]:
    """What reading each of these files in the folder cost."""
    command = [sys.executable, "-m", "tests.hostile.measure", str(folder), *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {cost["name"]: cost for cost in map(json.loads, done.stdout.splitlines())}


def slips(chosen: tuple[Hostile, ...], costs: dict[str, Cost]) -> list[str]:
    """What does not hold, in words. CPU seconds count: how busy the machine is says nothing of a file."""
    found = []
    for one in chosen:
        cost = costs[one.name]
        if cost["answer"] != one.answer:
            found.append(f"{one.name}: {cost['answer']}, promised {one.answer}")
        elif cost["cpu"] > one.seconds or cost["megabytes"] > one.megabytes or cost["child"] > max(one.megabytes, BASE):
            found.append(f"{one.name}: {cost['cpu']} CPU s, {cost['megabytes']} MB and {cost['child']} MB in a child: more than promised")
    return found


BASE = 250
"""Megabytes a child is counted with before it did anything: those of the process it came from."""


def test_every_light_file_gets_its_answer_in_time(tmp_path: Path) -> None:
    chosen = tuple(one for one in CORPUS if not one.is_heavy)
    lay_out(tmp_path, chosen)
    faults = tricks(tmp_path)
    costs = measured(tmp_path, [*(one.name for one in chosen), *faults])
    assert slips(chosen, costs) == []
    assert {name: costs[name]["answer"] for name in faults} == faults


@pytest.mark.proof
def test_every_file_gets_its_answer_in_its_seconds_and_memory(tmp_path: Path) -> None:
    costs: dict[str, Cost] = {}
    wrong: list[str] = []
    sizes: dict[str, float] = {}
    for place in range(0, len(CORPUS), 20):  # some of these are large: they are not all there at once
        chosen = CORPUS[place: place + 20]
        folder = tmp_path / str(place)
        lay_out(folder, chosen)
        sizes |= {one.name: (folder / one.name).stat().st_size for one in chosen}
        costs |= measured(folder, [one.name for one in chosen])
        wrong += slips(chosen, costs)
        for one in chosen:
            (folder / one.name).unlink()
    rows = [
        [f"{one.threat}: {one.title}", one.name, f"{sizes[one.name] / 1e6:.2f}", costs[one.name]["answer"], costs[one.name]["cpu"],
         costs[one.name]["seconds"], costs[one.name]["megabytes"], costs[one.name]["child"] if costs[one.name]["child"] else "-"]
        for one in CORPUS]
    write_section("hostile-files", "Hostile files", table(
        "Each file was read by its own layout in a process that could be measured. The answer is a code of the catalogue; `ok` means that it "
        "is harmless and read. Memory is the peak above what the process had before; that of a child counts its parent's at the start.",
        ["threat", "file", "MB", "answer", "CPU s", "wall s", "peak MB", "child MB"], rows))
    assert wrong == []
