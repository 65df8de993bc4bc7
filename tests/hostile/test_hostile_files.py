"""Every hostile file is refused with the answer promised, within its seconds and memory, and no process but a child ends of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from connectors.files import folder
from tests.hostile.corpus import CORPUS, CSV_HEAD, Hostile, lay_out, tricks
from tests.hostile.measure import outcome
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


def test_a_hard_link_is_the_file_it_is(tmp_path: Path) -> None:
    """No link can be seen in it, and backups are made of them: it is read by the rights of the file, and by what stands in it."""
    faults = tricks(tmp_path)
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "secret.csv")
    assert "hard.csv" not in faults and outcome(tmp_path, "hard.csv", "parnassys-overview") == "ok"


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = tmp_path / "export.csv"
    export.write_bytes(CSV_HEAD + b"1;a;99AA00;IB\n")
    looked = os.fstat

    def growing(handle: int) -> os.stat_result:
        found = looked(handle)
        with export.open("ab") as file:
            file.write(b"2;b;99AA00;IB\n")
        return found

    monkeypatch.setattr(folder.os, "fstat", growing)
    assert outcome(tmp_path, "export.csv", "parnassys-overview") == "file_changing"


@pytest.mark.proof
def test_every_file_gets_its_answer_in_its_seconds_and_memory(tmp_path: Path) -> None:
    costs: dict[str, Cost] = {}
    wrong: list[str] = []
    sizes: dict[str, float] = {}
    for place in range(0, len(CORPUS), 20):  # some of these are large: they are not all there at once
        chosen = CORPUS[place: place + 20]
        here = tmp_path / str(place)
        lay_out(here, chosen)
        sizes |= {one.name: (here / one.name).stat().st_size for one in chosen}
        costs |= measured(here, [one.name for one in chosen])
        wrong += slips(chosen, costs)
        for one in chosen:
            (here / one.name).unlink()
    rows = [
        [f"{one.threat}: {one.title}", one.name, f"{sizes[one.name] / 1e6:.2f}", costs[one.name]["answer"], costs[one.name]["cpu"],
         costs[one.name]["seconds"], costs[one.name]["megabytes"], costs[one.name]["child"] if costs[one.name]["child"] else "-"]
        for one in CORPUS]
    write_section("hostile-files", "Hostile files", table(
        "Each file was read by its own layout in a process that could be measured. The answer is a code of the catalogue; `ok` means that it "
        "is harmless and read. Memory is the peak above what the process had before; that of a child counts its parent's at the start.",
        ["threat", "file", "MB", "answer", "CPU s", "wall s", "peak MB", "child MB"], rows))
    assert wrong == []
