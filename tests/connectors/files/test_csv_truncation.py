"""A CSV cut off anywhere: the reader refuses all but cuts at the end of a line, and the guard on lost ids nearly all of those.

The guard itself is the collector's; here its rule (10 % of the ids gone) is computed beside the reader.
"""

from __future__ import annotations

import pytest

from auditor.model.errors import InputError
from connectors.files.csv_reader import Dialect, read_csv

ROWS = 1_500
LOST = 0.10
DIALECT = Dialect(("utf-8", "cp1252"), (";",))


def export(newline: str) -> bytes:
    lines = ["Personeelsnummer;Naam;Functie;School;Einddatum"]
    lines += [f"{100000 + row};Roos van Rietzanger {row};Leerkracht;99AA{row % 6:02d};31-07-2027" for row in range(ROWS)]
    return "".join(line + newline for line in lines).encode()


def accepted(data: bytes, offsets: range) -> tuple[int, int]:
    """How many cuts the reader accepts, and how many of those the guard lets pass."""
    by_reader = by_guard = 0
    for offset in offsets:
        try:
            table = read_csv(data[:offset], "export.csv", DIALECT)
        except InputError:
            continue
        by_reader += 1
        ids = len(set(table.columns["Personeelsnummer"].texts()))
        by_guard += ids > ROWS * (1 - LOST)
    return by_reader, by_guard


def test_of_every_97th_cut_only_line_ends_pass_and_the_guard_stops_most_of_those() -> None:
    data = export("\n")
    offsets = range(0, len(data), 97)
    by_reader, by_guard = accepted(data, offsets)
    assert by_reader == sum(data[offset - 1:offset] == b"\n" and data.count(b"\n", 0, offset) > 1 for offset in offsets)
    assert by_reader / len(offsets) <= 0.023
    assert by_guard / len(offsets) <= 0.0045  # a tenth of few; the full sweep holds 0.25 %


def test_every_cut_in_the_last_lines_is_judged_alike() -> None:
    data = export("\r\n")
    last = range(len(data) - 400, len(data))
    by_reader, _ = accepted(data, last)
    assert by_reader == sum(data[offset - 1:offset] == b"\n" for offset in last)


@pytest.mark.proof
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_offset_of_1500_rows(newline: str) -> None:
    data = export(newline)
    by_reader, by_guard = accepted(data, range(len(data)))
    print(f"{len(data)} offsets: reader accepts {by_reader} ({by_reader / len(data):.2%}), with the guard {by_guard} ({by_guard / len(data):.3%})")
    assert by_reader / len(data) <= 0.023
    assert by_guard / len(data) <= 0.0025
