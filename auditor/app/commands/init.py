"""`auditor init`: a new workspace with settings, registers and matrices to edit."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from auditor.app.cli import Call
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError
from auditor.model.tables import REGISTERS, TABLES
from matrices.rowfile import HEADER as ROWS_HEADER
from reports.texts import Words

EXPLAINED = "uitleg.csv"
"""What each column means, beside the spreadsheets it is about; no scan reads it."""


def run(call: Call) -> Exit:
    """Make the folder; refuse one that already holds a configuration."""
    folder: Path = call.arguments.folder
    if (folder / "auditor.toml").exists():
        raise AuditorError("workspace_exists", folder=str(folder))
    made = make_workspace(folder, call.arguments.template, call.words)
    if call.is_json:
        print(json.dumps({"workspace": str(folder), "made": made}, ensure_ascii=False))
    else:
        print(call.words.text("cli.init.made", folder=str(folder), count=len(made)))
        print(call.words.text("cli.init.next", folder=str(folder)))
    return Exit.OK


def make_workspace(folder: Path, template: str, words: Words) -> list[str]:
    """Given a new folder, the name of a board's templates and the words of a language, make the workspace and return the files made, seen
    from it. Registers the template fills come from it; the others have their header only."""
    for name in ("exports", "matrices", "registers", "layouts", "var"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "var").chmod(0o700)
    for register in REGISTERS:
        _spreadsheet(folder / "registers" / f"{register}.csv", [TABLES[register].names])
    made = copy_tree(files("auditor.app").joinpath(f"templates/{template}"), folder)
    made += [name for register in REGISTERS if (name := f"registers/{register}.csv") not in made]
    _spreadsheet(folder / "registers" / EXPLAINED, [_headings(words), *_register_lines(words)])
    _spreadsheet(folder / "matrices" / EXPLAINED, [_headings(words), *_matrix_lines(words)])
    made += [f"registers/{EXPLAINED}", f"matrices/{EXPLAINED}"]
    return made + [f"matrices/{name}" for name in copy_tree(files("matrices").joinpath(template), folder / "matrices")]


def _spreadsheet(file: Path, rows: Iterable[Sequence[str]]) -> None:
    """With a byte order mark and `;`: Excel opens it as it is."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(rows)


def _headings(words: Words) -> list[str]:
    return [words.text(f"registers.heading.{name}") for name in ("file", "column", "needed", "means")]


def _register_lines(words: Words) -> Iterator[list[str]]:
    for register in REGISTERS:
        for column in TABLES[register].columns:
            own = f"registers.{register}.{column.name}"
            means = words.text(own if words.has(own) else f"registers.column.{column.name}")
            yield [f"{register}.csv", column.name, words.text(f"registers.heading.{'yes' if column.required else 'no'}"), means]


def _matrix_lines(words: Words) -> Iterator[list[str]]:
    for name in ROWS_HEADER:
        needed = "yes" if name in ("function", "right", "stance") else "no"
        yield ["rows.csv", name, words.text(f"registers.heading.{needed}"), words.text(f"registers.rows.{name}")]


def copy_tree(source: Traversable, target: Path) -> list[str]:
    """Given a folder of package data, copy its files under the target and return their names, seen from it."""
    copied = []
    target.mkdir(parents=True, exist_ok=True)
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith(("__", ".")) or entry.name.endswith(".py"):
            continue
        if entry.is_dir():
            copied += [f"{entry.name}/{name}" for name in copy_tree(entry, target / entry.name)]
        else:
            (target / entry.name).write_bytes(entry.read_bytes())
            copied.append(entry.name)
    return copied
