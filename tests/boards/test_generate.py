"""The generated organisation: of the size asked, the same every time, and with a truth for each night."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from tests.boards.generate import generate


def _rows(path: Path, delimiter: str = ";") -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter, strict=True))


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "other"):
        generate(tmp_path / name, 2_000, seed=3)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.csv"))
    assert files
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes() for file in files)


def test_it_has_as_many_accounts_as_asked(tmp_path: Path) -> None:
    generate(tmp_path, 5_000, seed=1)
    exports = tmp_path / "exports"
    accounts = {("parnassys", row[7], row[0]) for row in _rows(exports / "parnassys.csv")[1:]}
    accounts |= {("esis", row[0]) for row in _rows(exports / "esis.csv")[1:]}
    accounts |= {("afas", row[0]) for row in _rows(exports / "afas-users.csv")[1:]}
    accounts |= {(system, row[14]) for system in ("ad-noord", "ad-zuid") for row in _rows(exports / f"{system}.csv", ",")[1:]}
    accounts |= {("entra", row[5]) for row in _rows(exports / "entra-users.csv", ",")[1:]}
    assert len(accounts) == 5_000


def test_every_row_has_as_many_cells_as_its_header(tmp_path: Path) -> None:
    generate(tmp_path, 2_000, seed=2, night=2)
    for path in tmp_path.rglob("*.csv"):
        is_comma = path.name.startswith(("ad-", "entra-"))
        assert len({len(row) for row in _rows(path, "," if is_comma else ";")}) == 1, path.name


def test_staff_and_pupils_can_be_set_apart(tmp_path: Path) -> None:
    generate(tmp_path, 0, seed=1, staff=150, pupils=1_200)
    assert len(_rows(tmp_path / "exports" / "afas-employments.csv")) == 151
    assert len(_rows(tmp_path / "exports" / "leerlingen.csv")) == 1_201


def test_without_anomalies_nothing_is_expected(tmp_path: Path) -> None:
    assert generate(tmp_path, 3_000, seed=5, anomaly_rate=0.0) == []
    assert generate(tmp_path, 3_000, seed=5, anomaly_rate=0.0, night=2) == []


def test_the_second_night_knows_what_became_of_the_first(tmp_path: Path) -> None:
    first = generate(tmp_path, 20_000, seed=7)
    second = generate(tmp_path, 20_000, seed=7, night=2)
    changes = Counter(row.change for row in second)
    assert {row.change for row in first} == {"new"}
    assert changes["persisting"] + changes["resolved"] == len(first)
    assert changes["new"] > 0
    assert changes["resolved"] > 0
