"""The shipped board is what its maker makes, and it holds what the issue asks."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from auditor.model.tables import REGISTERS, TABLES
from tests.boards.make_bundled import BOARD, MADE, make
from tests.boards.truth import load_truth
from tests.boards.waterlanden.facts import FIRST_NIGHT


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The board, made anew."""
    folder = tmp_path_factory.mktemp("made")
    make(folder)
    return folder


def _files(folder: Path) -> dict[str, Path]:
    paths = [folder / "truth.csv", *(path for name in MADE for path in (folder / name).rglob("*") if path.is_file())]
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _content(path: Path) -> object:
    # A workbook is a zip: its bytes depend on the library that packs it, its cells do not.
    if path.suffix == ".xlsx":
        return [tuple(cell.value for cell in row) for row in load_workbook(path).active.iter_rows()]
    return path.read_bytes()


def test_the_shipped_board_is_what_the_maker_makes(made: Path) -> None:
    shipped, anew = _files(BOARD), _files(made)
    assert sorted(shipped) == sorted(anew)
    assert [name for name in shipped if _content(shipped[name]) != _content(anew[name])] == []


def test_the_board_has_the_size_the_issue_asks() -> None:
    exports = BOARD / "nights" / FIRST_NIGHT.isoformat() / "exports"
    with (exports / "afas-employments.csv").open(encoding="utf-8", newline="") as file:
        people = {row["Medewerker"] for row in csv.DictReader(file, delimiter=";")}
    with (exports / "leerlingen.csv").open(encoding="utf-8", newline="") as file:
        pupils = list(csv.DictReader(file, delimiter=";"))
    assert 160 <= len(people) <= 220
    assert len(pupils) == 900
    assert set(pupils[0]) == {"Leerlingnummer", "BRIN6", "Ingeschreven tot"}


def test_registers_have_the_declared_headers() -> None:
    for path in (BOARD / "registers").glob("*.csv"):
        assert path.stem in REGISTERS
        assert path.read_text(encoding="utf-8").splitlines()[0] == ";".join(TABLES[path.stem].names)


def test_a_finding_of_the_first_night_has_a_fate_on_the_second() -> None:
    first, second = load_truth(BOARD / "truth.csv", 1), load_truth(BOARD / "truth.csv", 2)
    changes = [row.change for row in second]
    assert {row.change for row in first} == {"new"}
    assert len(first) == len(second) - changes.count("new")
    assert {"new", "persisting", "reason_changed", "resolved", "not_assessed"} == set(changes)
