"""Plain aligned columns, for what has no rendering of its own."""

from __future__ import annotations

from collections.abc import Sequence

from reports.visible import visible


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Given headings and rows of as many cells, return them as lines of aligned text, made safe for a terminal."""
    lines = [list(headings), *([visible(cell) for cell in row] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(headings))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)
