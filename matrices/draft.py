"""A matrix in the making: rows as cells, and the folder it is written to. A draft is never adopted by itself."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.model.errors import AuditorError
from auditor.model.matrix import NativeRight
from matrices.load import HEAD, ROWS
from matrices.rowfile import HEADER


@dataclass(frozen=True)
class Draft:
    """system, name, edition, natives, levels, functions: as in Matrix; rows: cells by column of rows.csv, absent ones are empty;
    remark: comment at the top of matrix.toml."""

    system: str
    name: str
    edition: str
    rows: Sequence[Mapping[str, str]]
    natives: Mapping[str, NativeRight] = field(default_factory=dict)
    levels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    functions: Sequence[str] = ()
    remark: str = ""


def write_draft(draft: Draft, folder: Path) -> list[str]:
    """Given a draft and a new folder, write matrix.toml and rows.csv there, every row with mode draft; return the files' names.

    Raise AuditorError if the folder holds a matrix already: what somebody edited is not overwritten.
    """
    if any((folder / name).exists() for name in (HEAD, ROWS)):
        raise AuditorError("matrix_folder_in_use", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HEAD).write_text(_head(draft), encoding="utf-8")
    (folder / ROWS).write_text(_rows(draft), encoding="utf-8-sig", newline="")
    return [HEAD, ROWS]


def _head(draft: Draft) -> str:
    lines = [f"# {line}" for line in draft.remark.splitlines()]
    lines += [
        f"system = {_text(draft.system)}", f"name = {_text(draft.name)}", f"edition = {_text(draft.edition)}",
        'owner = ""', 'adopted_on = ""', 'adopted_by = ""', "privacy_class = 3",
    ]
    if draft.functions:
        lines.append(f"functions = [{', '.join(map(_text, draft.functions))}]")
    if draft.levels:
        lines += ["", "[levels]"]
        lines += [f"{_text(right)} = [{', '.join(map(_text, order))}]" for right, order in draft.levels.items()]
    if draft.natives:
        lines += ["", "[natives]"]
        lines += [f"{_text(name)} = {{ {_meaning(meaning)} }}" for name, meaning in draft.natives.items()]
    return "\n".join(lines) + "\n"


def _meaning(meaning: NativeRight) -> str:
    parts = {"right": meaning.right, "level": meaning.level, "scope": meaning.scope, "scope_from": meaning.scope_from}
    return ", ".join(f"{key} = {_text(value)}" for key, value in parts.items() if value is not None)


def _text(value: str) -> str:
    """A JSON string is a TOML basic string, but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _rows(draft: Draft) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(HEADER)
    defaults = {"stance": "allowed", "mode": "draft"}
    for row in draft.rows:
        writer.writerow([row.get(name, defaults.get(name, "")) for name in HEADER])
    return out.getvalue()
