"""Measures reading against csv.reader in one run: `python -m tests.benchmarks.bench_reading [ROWS]` (1,000,000 by default).

A CSV of ROWS rows in cp1252 (semicolons, two columns of days, names with accents) is written to a temporary folder. Printed are CPU seconds
and the ratio to csv.reader throwing the rows away: of the strict reader, of the same with strict days, and of a ParnasSys overview read to
canonical tables. Each is done twice and the better counts, so that imports are left out.
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from connectors.files.build import Origin, build
from connectors.files.convert import Converter
from connectors.files.csv_reader import Dialect, read_csv
from connectors.files.headings import match
from connectors.files.opened import read_raw
from connectors.files.shelf import load_layouts

FIRST = ("Fenna", "Renée", "Jorrit", "Zoë", "Sanne", "Daan", "Imke", "Noé")
LAST = ("Rietzanger", "Zilverreiger", "Fuut", "Lisdodde", "Aalscholver", "IJsvogel", "Müller", "Waterhoen")
ROLES = ("Leerkracht", "Leerkracht beperkt", "Intern begeleider", "Applicatiebeheerder", "Administratie")
DIALECT = Dialect(("utf-8", "cp1252"), (";",))


def write(path: Path, rows: int) -> None:
    """Write a ParnasSys overview of ROWS rows, three roles an employee, one column of days more than the layout knows."""
    draw = random.Random(1)
    days = [f"{date(2024, 1, 1) + timedelta(days=n):%d-%m-%Y}" for n in range(900)]
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write("Medewerker-id;Gebruikersnaam;Roepnaam;Tussenvoegsel;Achternaam;E-mailadres;Personeelsnummer;BRIN;Rol;Groepen;Status;"
                   "Laatst ingelogd;Tweefactor;Aangemaakt op\r\n")
        for row in range(rows):
            one = row // 3
            first, last = FIRST[one % 8], LAST[one // 8 % 8]
            file.write(
                f"{100000 + one};{first.lower()}.{one};{first};van der;{last};{one}@waterlanden.example;{200000 + one};99AA{one % 40:02d};"
                f"{ROLES[row % 3 + one % 2]};1/2A,3B;Actief;{draw.choice(days)};J;{draw.choice(days)}\r\n")


def best(work: Callable[[], object]) -> float:
    """Given a piece of work, return the CPU seconds of the better of two runs."""
    taken = []
    for _ in range(2):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def main(rows: int) -> None:
    """Write the file, measure, print."""
    layout = load_layouts()["parnassys-overview"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "parnassys.csv"
        write(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")

        def thrown_away() -> None:
            with path.open(encoding="cp1252", newline="") as file:
                for _ in csv.reader(file, delimiter=";"):
                    pass

        def with_days() -> None:
            raw = read_csv(path.read_bytes(), path.name, DIALECT)
            converter = Converter(raw.file, raw.lines, ("ymd", "dmy"), ())
            for header in ("Laatst ingelogd", "Aangemaakt op"):
                converter.days(raw.columns[header], header)

        def to_tables() -> None:
            raw, headings = read_raw(path.read_bytes(), path.name, layout, 1)
            built = build(raw, layout, match(raw.headers, layout).found, Origin("parnassys", {"system": "parnassys"}))
            assert not built.faults and headings.found

        base = best(thrown_away)
        works = {
            "csv.reader, rows thrown away": thrown_away, "strict reader": lambda: read_csv(path.read_bytes(), path.name, DIALECT),
            "strict reader with strict days": with_days, "to canonical tables": to_tables}
        for name, work in works.items():
            cpu = best(work)
            print(f"{name:32s} {cpu:7.2f} CPU s   {cpu / base:5.2f} x csv.reader")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
