"""Writes the tables that `make proof` measures into docs/proofs.md: each proof owns one section, between two marks."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "proofs.md"
HEAD = """# Proofs

What `make proof` measured last, against what was demanded. Every section is written by the test that measures it; one that fails leaves
its figures too.
"""


def write_section(name: str, title: str, lines: Sequence[str]) -> None:
    """Given the section's name, its title and its lines, put it in the page in place of what stood there; other sections stay."""
    with _alone():
        _write(name, title, lines)


def _write(name: str, title: str, lines: Sequence[str]) -> None:
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    section = "\n".join((f"<!-- {name} -->", f"## {title}", "", *lines, f"<!-- end of {name} -->"))
    found = re.compile(rf"<!-- {re.escape(name)} -->.*?<!-- end of {re.escape(name)} -->", re.DOTALL)
    page = found.sub(lambda _: section, page) if found.search(page) else f"{page.rstrip()}\n\n{section}\n"
    fresh = PAGE.with_suffix(".part")
    fresh.write_text(page, encoding="utf-8", newline="\n")
    fresh.replace(PAGE)


def write_promise(name: str, demanded: str, measured: str) -> None:
    """Given a promise, what it demands and what was measured, put its row in the table of promises, in order of its number."""
    with _alone():
        page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
        table = re.search(r"<!-- promises -->.*?<!-- end of promises -->", page, re.DOTALL)  # other sections have rows that begin alike
        rows = dict(re.findall(r"^\| (\w\d+[^|]*?) \| (.*) \|$", table[0] if table else "", re.MULTILINE))
        rows[name] = f"{demanded} | {measured}"
        order = sorted(rows, key=lambda row: (row[0], int(re.findall(r"\d+", row)[0]), row))
        _write("promises", "Promises", [
            "| promise | demanded | measured |", "|---|---|---|", *(f"| {row} | {rows[row]} |" for row in order)])


@contextmanager
def _alone() -> Iterator[None]:
    """Two proofs that end at once write one after the other."""
    with PAGE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
