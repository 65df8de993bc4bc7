"""The little Markdown that the generated pages need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Made from the code by `python -m docs.generate`; do not edit. `make check` fails when this page and the code differ. -->"


def cell(value: object) -> str:
    """Given a value, return it as text that stays within one cell of a table."""
    return " ".join(str(value).split()).replace("|", "\\|") or "-"


def code(value: object) -> str:
    """Given a value, return it as code; a text with a backtick in it gets a longer fence, an empty one a dash."""
    text = str(value).replace("\t", "<tab>")
    if not text:
        return "-"
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def codes(values: Iterable[object]) -> str:
    """Given values, return each as code with commas between, a dash when there are none."""
    return ", ".join(code(value) for value in values) or "-"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Given a header and rows of as many cells, return a table that ends in a newline."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cell(value) for value in line) + " |\n" for line in lines)


def bullets(lines: Iterable[str]) -> str:
    """Given lines, return them as a list that ends in a newline."""
    return "".join(f"- {line}\n" for line in lines)


def anchor(heading: str) -> str:
    """Given a heading, return the fragment by which it is linked to: lower case, blanks as hyphens, no other signs."""
    return "".join(sign for sign in heading.lower().replace(" ", "-") if sign.isalnum() or sign in "-_")
