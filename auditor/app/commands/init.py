"""`auditor init`: a new workspace with settings, registers and matrices to edit."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from auditor.app.cli import Call
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError
from auditor.model.tables import REGISTERS, TABLES


def run(call: Call) -> Exit:
    """Make the folder; refuse one that already holds a configuration."""
    folder: Path = call.arguments.folder
    if (folder / "auditor.toml").exists():
        raise AuditorError("workspace_exists", folder=str(folder))
    made = make_workspace(folder, call.arguments.template)
    if call.is_json:
        print(json.dumps({"workspace": str(folder), "made": made}, ensure_ascii=False))
    else:
        print(call.words.text("cli.init.made", folder=str(folder), count=len(made)))
        print(call.words.text("cli.init.next", folder=str(folder)))
    return Exit.OK


def make_workspace(folder: Path, template: str) -> list[str]:
    """Given a new folder and the name of a board's matrices, make the workspace and return the files made, seen from it."""
    for name in ("exports", "matrices", "registers", "layouts", "var"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "var").chmod(0o700)
    made = ["auditor.toml"]
    text = files("auditor.app").joinpath("templates/auditor.toml").read_text(encoding="utf-8")
    (folder / "auditor.toml").write_text(text, encoding="utf-8")
    for register in REGISTERS:
        file = folder / "registers" / f"{register}.csv"
        file.write_text(";".join(TABLES[register].names) + "\n", encoding="utf-8-sig")
        made.append(f"registers/{register}.csv")
    copied = copy_tree(files("matrices").joinpath(template), folder / "matrices")
    return made + [f"matrices/{name}" for name in copied]


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
