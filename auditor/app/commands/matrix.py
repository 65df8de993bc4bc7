"""`auditor matrix check|show`: are the declared matrices sound, and what do they say?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from auditor.app.aligned import aligned
from auditor.app.cli import Call
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError, ConfigError, Fault
from auditor.model.matrix import Matrix


def check(call: Call) -> Exit:
    """Print every error and warning of the matrices; errors give exit 1, warnings none."""
    from matrices.lint import lint
    from matrices.load import load_matrices

    folder: Path = call.arguments.folder or _folder(call)
    faults: tuple[Fault, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    try:
        matrices = load_matrices(folder)
    except ConfigError as error:
        faults = error.faults
    warnings = lint(matrices)
    if call.is_json:
        print(json.dumps({
            "folder": str(folder), "matrices": [matrix.name for matrix in matrices],
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
            print(call.words.text("cli.matrix.none", folder=str(folder)))
    return Exit.ERROR if faults else Exit.OK


def show(call: Call) -> Exit:
    """Print the matrix of one system."""
    from matrices.load import load_matrices
    from matrices.show import describe

    system: str = call.arguments.system
    matrix = next((matrix for matrix in load_matrices(_folder(call)) if matrix.applies_to(system)), None)
    if matrix is None:
        raise AuditorError("no_matrix_of_system", system=system)
    described = describe(matrix)
    if call.is_json:
        print(json.dumps(described, ensure_ascii=False, indent=2))
        return Exit.OK
    words = call.words
    adopted = words.text("cli.matrix.adopted", owner=matrix.owner or "", day=matrix.adopted_on) if matrix.adopted_on and matrix.owner else (
        words.text("cli.matrix.not_adopted"))
    print(f"{matrix.name} ({matrix.system}), {matrix.edition}. {adopted}")
    print(words.text("cli.matrix.privacy_class", level=matrix.privacy_class))
    print()
    _table(call, described["rows"])
    return Exit.OK


def _table(call: Call, rows: list[dict[str, Any]]) -> None:
    names = ("function", "right", "level", "scope", "stance", "conditions", "holders")
    print(aligned([call.words.text(f"cli.matrix.column.{name}") for name in names], [[str(row[name]) for name in names] for row in rows]))


def _folder(call: Call) -> Path:
    from auditor.app.workspaces import load_workspace

    workspace = load_workspace(call.config)
    return workspace.path(workspace.config.folders.matrices)


def _plain(call: Call, fault: Fault) -> dict[str, Any]:
    return {"file": fault.file, "line": fault.line, "column": fault.column, "code": fault.code, "text": call.words.fault(fault)}
