"""A table on the page of proofs."""

from __future__ import annotations

from collections.abc import Sequence


def table(about: str, head: Sequence[str], rows: Sequence[Sequence[str | int | float]]) -> list[str]:
    """Given what was done, the names of columns and the rows, return the lines of a section: a bar in a cell breaks no column."""
    lines = [head, ["---" if column == 0 else "---:" for column in range(len(head))], *rows]
    return [about, "", *("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)]
