"""Tells how a verdict came about, by ruling on its case once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditor.expect.ruling import Rulebook, rule_on
from auditor.model.errors import Reason
from auditor.model.judged import Case, Judged, Lack, Ruling
from auditor.model.matrix import Matrix, MatrixRow


@dataclass(frozen=True)
class ExplainedGrant:
    """One place a grant reaches, and how it was judged. position: in Judged.grants; matrix: None without one; row: the matrix row that
    covers, forbids or came nearest, None if none; reasons: the chain, for the catalogue."""

    position: int
    case: Case
    ruling: Ruling
    matrix: Matrix | None
    row: MatrixRow | None
    reasons: tuple[Reason, ...]


def explain_grant(judged: Judged, matrices: Sequence[Matrix], grant_row: int) -> tuple[ExplainedGrant, ...]:
    """Given what was judged, the same matrices in the same order, and the position of a grant in the snapshot, return how each place it
    reaches was judged, none if there is no such grant."""
    positions = np.flatnonzero(judged.grants["grant_row"].to_numpy() == grant_row)
    return tuple(_explain(judged, matrices, int(position)) for position in positions)


def _explain(judged: Judged, matrices: Sequence[Matrix], position: int) -> ExplainedGrant:
    case = judged.cases[int(judged.grants["case"].iat[position])]
    matrix = matrices[case.matrix] if case.matrix >= 0 else None
    ruling = rule_on(case, Rulebook(matrix) if matrix is not None else None)
    row = next((row for row in matrix.rows if row.line == ruling.row), None) if matrix is not None else None
    reasons = [
        Reason(f"{'before' if engaged.is_past else 'now'}_{engaged.relation}", {"function": engaged.function or "-"}) for engaged in case.engaged
    ]
    if case.register != "none":
        reasons.append(Reason(f"register_{case.register}"))
    if matrix is not None and row is not None:
        reasons.append(Reason("matrix_row", row_facts(matrix, row)))
    reasons += [lack_reason(lack) for lack in ruling.lacks]
    if ruling.reason:
        reasons.append(Reason(ruling.reason))
    return ExplainedGrant(position, case, ruling, matrix, row, tuple(reasons))


def lack_reason(lack: Lack) -> Reason:
    """Given a lack, return it for the catalogue."""
    return Reason(f"lack_{lack.what}", {"wanted": lack.wanted or "-", "held": lack.held or "-"})


def row_facts(matrix: Matrix, row: MatrixRow) -> dict[str, str | int]:
    """Given a matrix and one of its rows, return the facts that name it: matrix, line, text (its cells, empty ones left out) and note."""
    cells = (row.function, row.right, row.level, row.scope, row.stance, " & ".join(map(str, row.conditions)), row.mode)
    text = "; ".join(cell for cell in cells if cell)
    return {"matrix": matrix.name, "line": row.line, "text": text, "note": row.note or "-"}
