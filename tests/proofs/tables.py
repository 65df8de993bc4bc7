"""Tables of what the long proofs measured: each proof keeps its own, `python -m tests.proofs` writes them all to docs/proofs.md.

A proof that is run alone replaces its own table and no other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "proofs"
PAGE = ROOT / "docs" / "proofs.md"
INTRO = """# What was proved, in figures

Made by `make proof`, which runs the proofs and then writes this page; figures are of the machine that ran them. A proof that fails makes
`make proof` fail: its table here is then of the last time that it did not.
"""


@dataclass(frozen=True)
class Table:
    """One table. name: of its file, which also decides its place; title: heading; about: what was done, and what must hold; head, rows."""

    name: str
    title: str
    about: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | int | float]]

    def markdown(self) -> str:
        """Return it as a section of a page."""
        lines = [self.head, ["-" if column == 0 else "-:" for column in range(len(self.head))], *self.rows]
        told = "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
        return f"## {self.title}\n\n{self.about}\n\n{told}\n"


def keep(table: Table) -> None:
    """Given a table, keep it for the page, in the place of an earlier one of its name."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{table.name}.json").write_text(json.dumps(asdict(table), ensure_ascii=False, indent=1), encoding="utf-8")


def kept() -> list[Table]:
    """Return the tables kept so far, by name."""
    return [Table(**json.loads(file.read_text(encoding="utf-8"))) for file in sorted(FOLDER.glob("*.json"))]


def page(tables: Sequence[Table]) -> str:
    """Given tables, return the page of them."""
    return "\n".join([INTRO, *(table.markdown() for table in tables)])
