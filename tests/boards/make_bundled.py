"""Makes the bundled fictional board, Stichting De Waterlanden: `python -m tests.boards.make_bundled` rewrites auditor/demo/board.

The board is a workspace: auditor.toml (kept by hand), registers, matrices, and the exports that arrived on each day under
nights/<day>/{exports,registers}: whoever plays a night lays that day's files over those of the nights before, dated that night. A date in
a file's name is its day: the export of AFAS users is from the Friday before, and too old on the second night.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from tests.boards.truth import Expected, save_truth
from tests.boards.waterlanden.account_cases import plant_accounts
from tests.boards.waterlanden.cases import plant
from tests.boards.waterlanden.exports import (
    write_active_directory,
    write_afas_hr,
    write_afas_users,
    write_entra,
    write_esis,
    write_parnassys,
    write_pupils,
)
from tests.boards.waterlanden.facts import FIRST_NIGHT, OFFICE, SCHOOLS, SECOND_NIGHT
from tests.boards.waterlanden.registers import write_matrices, write_registers
from tests.boards.waterlanden.staff import furnish
from tests.boards.waterlanden.world import World

BOARD = Path(__file__).parents[2] / "auditor" / "demo" / "board"
MADE = ("nights", "registers", "matrices")
SEED = 2026
DAILY = "99AA00"


def make(folder: Path) -> list[Expected]:
    """Given a folder, write registers, matrices, the exports of two nights and truth.csv into it; return the truth."""
    for name in MADE:
        shutil.rmtree(folder / name, ignore_errors=True)
    world = World(Random(SEED))
    furnish(world)
    plan = plant(world)
    plant_accounts(world, plan)
    write_registers(world, folder / "registers")
    write_matrices(world, folder / "matrices")
    first = folder / "nights" / FIRST_NIGHT.isoformat() / "exports"
    write_afas_users(world, first)  # made on the Friday before; the second night brings no newer one
    write_pupils(world, first)
    _write_systems(world, first)
    for change in plan.overnight:
        change()
    second = folder / "nights" / SECOND_NIGHT.isoformat()
    _write_systems(world, second / "exports")
    write_registers(world, second / "registers")
    # Only what changed came in again: schools do not export their pupil administration every day, nor is a register retyped.
    # De Rietkraag does: only a new overview proves that what ended on the first day is still held on the second.
    for path in sorted((second / "exports").glob("parnassys_*")):
        if DAILY not in path.name:
            _drop_if_same(path, first / path.name)
    for path in sorted((second / "registers").iterdir()):
        _drop_if_same(path, folder / "registers" / path.name)
    save_truth(folder / "truth.csv", plan.expected)
    return plan.expected


def _write_systems(world: World, folder: Path) -> None:
    write_afas_hr(world, folder)
    for code in (*(school.code for school in SCHOOLS if school.las == "parnassys"), OFFICE):
        write_parnassys(world, folder, code)
    write_esis(world, folder)
    write_active_directory(world, folder)
    write_entra(world, folder)


def _drop_if_same(path: Path, other: Path) -> None:
    if path.read_bytes() == other.read_bytes():
        path.unlink()


if __name__ == "__main__":
    BOARD.mkdir(parents=True, exist_ok=True)
    expected = make(BOARD)
    print(f"{len(expected)} expected findings written beside {BOARD}")
