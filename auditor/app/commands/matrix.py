"""`auditor matrix check|show`: are the declared matrices sound, and what do they say?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor.app.aligned import aligned
from auditor.app.cli import Call
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError, ConfigError, Fault
from auditor.model.matrix import Matrix
from auditor.model.report import MatrixEdition
from reports.visible import visible


def check(call: Call) -> Exit:
    """Print every error and warning of the matrices; errors give exit 1, warnings none."""
    from auditor.app.commands.matrix_work import known_functions
    from matrices.lint import lint
    from matrices.load import sound_matrices

    given: Path | None = call.arguments.folder
    folder, shown = (given, given) if given else _folder(call)
    matrices, faults = sound_matrices(folder, shown)
    warnings = lint(matrices, known_functions(call) or None)
    if call.is_json:
        print(json.dumps({
            "folder": str(shown), "matrices": [matrix.name for matrix in matrices],
            "errors": [_plain(call, fault) for fault in faults], "warnings": [_plain(call, fault) for fault in warnings],
        }, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            print(f"{call.words.text('cli.matrix.error')}  {call.words.fault(fault)}")
        for fault in warnings:
            print(f"{call.words.text('cli.matrix.warning')}  {call.words.fault(fault)}")
        for matrix in matrices:
            print(call.words.text("cli.matrix.fine", name=matrix.name, system=matrix.system, count=len(matrix.rows)))
        if not matrices and not faults:
            print(call.words.text("cli.matrix.none", folder=str(shown)))
    return Exit.ERROR if faults else Exit.OK


def show(call: Call) -> Exit:
    """Print the matrix of one system; one that cannot be read hides only itself."""
    from matrices.load import sound_matrices
    from matrices.show import describe

    system: str = call.arguments.system
    matrices, faults = sound_matrices(*_folder(call))
    matrix = next((matrix for matrix in matrices if matrix.applies_to(system)), None)
    if matrix is None and faults:
        raise ConfigError(faults)
    if matrix is None:
        raise AuditorError("no_matrix_of_system", system=system)
    editions = _editions(call, matrix)
    described = describe(matrix) | {"editions": [vars(edition) for edition in editions]}
    if call.is_json:
        print(json.dumps(described, ensure_ascii=False, indent=2, default=str))
        return Exit.OK
    words = call.words
    adopted = words.text("cli.matrix.adopted", owner=matrix.owner or "", day=matrix.adopted_on) if matrix.adopted_on and matrix.owner else (
        words.text("cli.matrix.not_adopted"))
    print(f"{matrix.name} ({matrix.system}), {matrix.edition}. {adopted}")
    print(words.text("cli.matrix.privacy_class", level=matrix.privacy_class))
    print()
    _table(call, described["rows"])
    _more(call, described, editions)
    return Exit.OK


def _more(call: Call, described: Mapping[str, Any], editions: Sequence[MatrixEdition]) -> None:
    """The system register, the order of levels, what a right can do per module, and by which editions was judged; each if there is any."""
    text = call.words.text
    parts = {
        "register": [f"{text('matrix_work.register.' + key)}: {value}" for key, value in described["register"].items()],
        "levels": [f"{right['right']}: {' < '.join(right['levels'])}" for right in described["rights"] if right["levels"]],
        "modules": [
            f"{name}: " + "; ".join(f"{module} {what}" for module, what in can.items())
            for right in described["rights"] for name, can in right["modules"].items()
        ],
        "editions": [_edition(call, edition) for edition in editions],
    }
    for name, lines in parts.items():
        if lines:
            print(f"\n{text('matrix_work.show.' + name)}")
            print("\n".join(f"  {visible(line)}" for line in lines))


def _edition(call: Call, edition: MatrixEdition) -> str:
    words = call.words
    adopted = words.text("matrix_work.show.not_adopted")
    if edition.adopted_on and edition.owner:
        adopted = words.text("matrix_work.show.adopted", day=words.short_day(edition.adopted_on), by=edition.adopted_by or "-", owner=edition.owner)
    return words.text(
        "matrix_work.show.edition", edition=edition.edition, since=words.short_day(edition.since), adopted=adopted, digest=edition.digest[:12])


def _editions(call: Call, matrix: Matrix) -> list[MatrixEdition]:
    from auditor.config.load import load
    from auditor.store import Store

    workspace = load(call.config)
    database = workspace.path(workspace.config.folders.database)
    if not database.exists():
        return []
    with Store(database) as store:
        return [edition for edition in store.matrix_editions() if edition.system == matrix.system]


def _table(call: Call, rows: list[dict[str, Any]]) -> None:
    names = ("function", "right", "level", "scope", "stance", "conditions", "holders")
    print(aligned([call.words.text(f"cli.matrix.column.{name}") for name in names], [[str(row[name]) for name in names] for row in rows]))


def _folder(call: Call) -> tuple[Path, Path]:
    """The board's matrices: where they lie, and how its configuration calls that folder."""
    from auditor.app.workspaces import load_workspace

    workspace = load_workspace(call.config)
    named = workspace.config.folders.matrices
    return workspace.path(named), named


def _plain(call: Call, fault: Fault) -> dict[str, Any]:
    return {"file": fault.file, "line": fault.line, "column": fault.column, "code": fault.code, "text": call.words.fault(fault)}
