"""The page of proofs: a table says what it is about, and a bar in a cell breaks no column."""

from __future__ import annotations

from tests.proofs.tables import Table, page


def test_a_page_has_every_table_with_its_heading_and_escaped_cells() -> None:
    text = page([Table("a", "Eerste", "Wat is gedaan.", ["bestand", "seconden"], [["a|b.csv", 1.5]]), Table("b", "Tweede", "x", ["k"], [])])
    assert text.startswith("# ")
    assert "## Eerste\n\nWat is gedaan.\n\n| bestand | seconden |\n| - | -: |\n| a\\|b.csv | 1.5 |\n" in text
    assert "## Tweede" in text
