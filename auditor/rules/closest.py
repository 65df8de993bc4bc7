"""What the nine closest-miss rules share: the judge's verdict, told as facts of its case.

The judge has decided (auditor.expect); a rule of family C only picks the grants whose first lack is its own, so that one uncovered grant
gives exactly one finding (rules 1, "The closest miss").
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.model.judged import COVERED, NOT_JUDGED
from auditor.model.matrix import MatrixRow
from auditor.rules.hits import Rows, cells, chosen, grant_columns, status_note
from auditor.rules.view import AuditView

WANTED = ("level", "scope", "condition", "holder")
CASE_FACTS = ("row_function", "row_right", *(f"wanted_{what}" for what in WANTED), "lacks", "row_note")
"""Facts of a case: function and right of the matrix row that came nearest (or forbids), what it wants where the grant or person lacks
it, every lack as `what: wanted < held`, and the row's note. The row's line is evidence, not a fact: it moves when a row is added."""


def rows_with(view: AuditView, verdict: str) -> Rows:
    """Given a verdict, return the positions of the judged grants that got it."""
    if verdict in (COVERED, NOT_JUDGED):
        return chosen(view.grants["verdict"] == verdict)
    return view.once("rows by verdict", _rows_by_verdict).get(verdict, np.zeros(0, dtype=np.intp))


def _rows_by_verdict(view: AuditView) -> dict[str, Rows]:
    """Positions per verdict, of those that are neither covered nor left unjudged (nearly all are): one look for all rules."""
    column = view.grant_arrays["verdict"]
    codes, words = column.codes, [str(word) for word in column.categories]
    rows = chosen(~np.isin(codes, [place for place, word in enumerate(words) if word in (COVERED, NOT_JUDGED)]))
    of_row = codes[rows]
    return {word: rows[of_row == place] for place, word in enumerate(words) if word not in (COVERED, NOT_JUDGED)}


def closest_miss(view: AuditView, verdict: str) -> Hits:
    """Given the slug of a closest-miss rule, return a hit for every grant with that verdict."""
    return grant_hits(view, rows_with(view, verdict))


def grant_hits(view: AuditView, rows: Rows, more: dict[str, Any] | None = None, unsure: Columns | None = None) -> Hits:
    """Given positions of judged grants and further facts aligned with them, return the hits with the facts of their cases."""
    if not len(rows):
        return Hits(Columns(), (*CASE_FACTS, "functions", *(more or {}), "status_note"), unsure, ("status_note",))
    subjects = grant_columns(view, rows)
    facts = {**case_facts(view, rows), "functions": _functions(view, subjects["person_row"]), **(more or {})}
    use = {"status_note": status_note(view, subjects["account_row"])}
    return Hits(Columns({**subjects, **facts, **use}), (*facts, *use), unsure, tuple(use))


def case_facts(view: AuditView, rows: Rows) -> dict[str, Any]:
    """Given positions of judged grants, return CASE_FACTS for each; worked out once per case."""
    cases = view.grant_arrays["case"][rows]
    told = view.once("facts of cases", _facts_of_cases)
    return {name: pd.Categorical.from_codes(codes[cases], dtype=words, validate=False) for name, (codes, words) in told.items()}


def _facts_of_cases(view: AuditView) -> dict[str, tuple[npt.NDArray[np.int32], pd.CategoricalDtype]]:
    """For each fact its code per case, and its words."""
    told = [_told(view, case) for case in range(len(view.judged.cases))]
    return {name: _coded([facts.get(name) for facts in told]) for name in CASE_FACTS}


def matrix_row(view: AuditView, case: int) -> MatrixRow | None:
    """Given the position of a case, return the matrix row its ruling names, None if it names none."""
    line, matrix = view.judged.rulings[case].row, view.judged.cases[case].matrix
    if line is None or matrix < 0:
        return None
    return view.once("matrix rows by line", _rows_by_line)[matrix].get(line)


def _rows_by_line(view: AuditView) -> list[dict[int, MatrixRow]]:
    return [{row.line: row for row in reversed(matrix.rows)} for matrix in view.matrices]


def _told(view: AuditView, case: int) -> dict[str, str]:
    ruling = view.judged.rulings[case]
    row = matrix_row(view, case)
    facts = {f"wanted_{lack.what}": lack.wanted for lack in reversed(ruling.lacks)}
    if ruling.lacks:
        facts["lacks"] = "; ".join(f"{lack.what}: {lack.wanted} < {lack.held}" for lack in ruling.lacks)
    if row is not None:
        facts |= {"row_function": row.function, "row_right": row.right} | ({"row_note": row.note} if row.note else {})
    return facts


def _coded(values: list[str | None]) -> tuple[npt.NDArray[np.int32], pd.CategoricalDtype]:
    words = sorted({value for value in values if value is not None})
    code_of: dict[str | None, int] = {word: code for code, word in enumerate(words)} | {None: -1}
    return np.array([code_of[value] for value in values], dtype=np.int32), pd.CategoricalDtype(pd.Index(words, dtype="str"))


def _functions(view: AuditView, rows: Rows) -> Any:
    functions = view.people.persons["functions"]
    if len(functions) and not (rows < 0).any():
        return cells(functions, rows)
    found = np.full(len(rows), None)
    found[rows >= 0] = np.asarray(cells(functions, rows[rows >= 0]), dtype=object)
    return found
