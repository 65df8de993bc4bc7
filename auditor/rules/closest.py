"""What the nine closest-miss rules share: the judge's verdict, told as facts of its case.

The judge has decided (auditor.expect); a rule of family C only picks the grants whose first lack is its own, so that one uncovered grant
gives exactly one finding (rules 1, "The closest miss").
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from auditor.model.finding import Hits
from auditor.model.matrix import MatrixRow
from auditor.rules.hits import Rows, chosen, grants_as_rows, status_note
from auditor.rules.view import AuditView

WANTED = ("level", "scope", "condition", "holder")
CASE_FACTS = ("row_function", "row_right", *(f"wanted_{what}" for what in WANTED), "lacks", "row_note")
"""Facts of a case: function and right of the matrix row that came nearest (or forbids), what it wants where the grant or person lacks
it, every lack as `what: wanted < held`, and the row's note. The row's line is evidence, not a fact: it moves when a row is added."""


def rows_with(view: AuditView, verdict: str) -> Rows:
    """Given a verdict, return the positions of the judged grants that got it."""
    column = view.grants["verdict"]
    if verdict not in column.cat.categories:
        return np.zeros(0, dtype=np.intp)
    return chosen(column.cat.codes.to_numpy() == column.cat.categories.get_loc(verdict))


def closest_miss(view: AuditView, verdict: str) -> Hits:
    """Given the slug of a closest-miss rule, return a hit for every grant with that verdict."""
    return grant_hits(view, rows_with(view, verdict))


def grant_hits(view: AuditView, rows: Rows, more: dict[str, Any] | None = None, unsure: pd.DataFrame | None = None) -> Hits:
    """Given positions of judged grants and further facts aligned with them, return the hits with the facts of their cases."""
    if not len(rows):
        return Hits(pd.DataFrame(), (*CASE_FACTS, "functions", *(more or {}), "status_note"), unsure, ("status_note",))
    subjects = grants_as_rows(view, rows)
    facts = {**case_facts(view, rows), "functions": _functions(view, subjects), **(more or {})}
    use = {"status_note": status_note(view, subjects["account_row"].to_numpy(dtype=np.intp))}
    return Hits(subjects.assign(**facts, **use), (*facts, *use), unsure, tuple(use))


def case_facts(view: AuditView, rows: Rows) -> dict[str, Any]:
    """Given positions of judged grants, return CASE_FACTS for each; worked out once per distinct case."""
    cases, places = np.unique(view.grants["case"].to_numpy()[rows], return_inverse=True)
    told = [_told(view, int(case)) for case in cases]
    return {
        name: pd.Categorical.from_codes(*_coded([facts.get(name) for facts in told], places)) for name in CASE_FACTS
    }


def matrix_row(view: AuditView, case: int) -> MatrixRow | None:
    """Given the position of a case, return the matrix row its ruling names, None if it names none."""
    line, matrix = view.judged.rulings[case].row, view.judged.cases[case].matrix
    if line is None or matrix < 0:
        return None
    return next((row for row in view.matrices[matrix].rows if row.line == line), None)


def _told(view: AuditView, case: int) -> dict[str, str]:
    ruling = view.judged.rulings[case]
    row = matrix_row(view, case)
    facts = {f"wanted_{lack.what}": lack.wanted for lack in reversed(ruling.lacks)}
    if ruling.lacks:
        facts["lacks"] = "; ".join(f"{lack.what}: {lack.wanted} < {lack.held}" for lack in ruling.lacks)
    if row is not None:
        facts |= {"row_function": row.function, "row_right": row.right} | ({"row_note": row.note} if row.note else {})
    return facts


def _coded(values: list[str | None], places: Rows) -> tuple[Any, Any]:
    words = sorted({value for value in values if value is not None})
    code_of = {word: code for code, word in enumerate(words)}
    codes = np.array([-1 if value is None else code_of[value] for value in values], dtype=np.int32)
    return (codes[places] if len(values) else np.zeros(0, dtype=np.int32)), pd.Index(words, dtype="str")


def _functions(view: AuditView, subjects: pd.DataFrame) -> pd.Series[Any]:
    rows = subjects["person_row"].to_numpy()
    functions = view.people.persons["functions"]
    return functions.reindex(pd.Index(np.where(rows < 0, -1, rows))).reset_index(drop=True)
