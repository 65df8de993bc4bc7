"""Describes a matrix as plain data, for `auditor matrix show`."""

from __future__ import annotations

from typing import Any

from auditor.model.matrix import Matrix, MatrixRow
from matrices.grammar import write_conditions
from matrices.rowfile import HEADER


def describe(matrix: Matrix) -> dict[str, Any]:
    """Given a matrix, return what it says as JSON-able data.

    Keys: system, name, edition, owner, adopted_on (ISO or None), adopted_by, is_norm, privacy_class, digest, path, register,
    functions, rights (per right: its levels lowest first, native names, what it can do per module, and how many rows name it)
    and rows (line and the columns of rows.csv as text).
    """
    rights = {row.right: None for row in matrix.rows} | {meaning.right: None for meaning in matrix.natives.values()}
    return {
        "system": matrix.system, "name": matrix.name, "edition": matrix.edition, "owner": matrix.owner,
        "adopted_on": matrix.adopted_on.isoformat() if matrix.adopted_on else None, "adopted_by": matrix.adopted_by,
        "is_norm": matrix.is_norm, "privacy_class": matrix.privacy_class, "digest": matrix.digest, "path": matrix.path,
        "register": dict(matrix.register),
        "functions": sorted({row.function for row in matrix.rows if row.function != "*"} | matrix.functions, key=str.casefold),
        "rights": [_right(matrix, right) for right in sorted(rights, key=str.casefold)],
        "rows": [{"line": row.line} | row_cells(row) for row in matrix.rows],
    }


def row_cells(row: MatrixRow) -> dict[str, str]:
    """Given a row, return its cells as rows.csv has them, by column."""
    cells = (
        row.function, row.right, row.level or "", row.scope or "", row.stance, write_conditions(row.conditions), row.mode,
        ", ".join(sorted(row.holders)), "" if row.max_holders is None else str(row.max_holders), row.note,
    )
    return dict(zip(HEADER, cells, strict=True))


def _right(matrix: Matrix, right: str) -> dict[str, Any]:
    natives = {name: meaning for name, meaning in matrix.natives.items() if meaning.right == right}
    return {
        "right": right, "levels": list(matrix.levels.get(right, ())),
        "natives": [
            {"name": name, "level": meaning.level, "scope": meaning.scope or meaning.scope_from} for name, meaning in natives.items()
        ],
        "modules": {name: dict(matrix.modules[name]) for name in dict.fromkeys((right, *natives)) if name in matrix.modules},
        "rows": sum(row.right == right for row in matrix.rows),
    }
