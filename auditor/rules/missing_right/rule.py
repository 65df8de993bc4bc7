"""Rights that a matrix requires and a person lacks.

What: a row of the matrix with stance required fits somebody's function and conditions, and none of that person's accounts in the system
holds the right at that school. Information. Where more people lack a right than `most_people`, it is one line with their number: a matrix
that is new, or a system most people have no account in, must not give hundreds.
Why: who misses what the work needs borrows another's login (KIND forbids it, and it happens).
Known false positives: somebody on long leave; a right that waits for a training.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.conditions import Circumstances
from auditor.expect.meanings import matrix_of
from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.model.matrix import MatrixRow
from auditor.rules.hits import chosen, together
from auditor.rules.of_people import folded, in_use, persons_as_rows
from auditor.rules.view import AuditView

FACTS = ("people", "functions", "row_note")


def check(view: AuditView) -> Hits:
    """One hit per person and required right, or one per right where too many lack it."""
    told = [part for system in view.snapshot.coverage.systems for part in _of_system(view, system)]
    found = [rows for rows, _ in told if len(rows)]
    unsure = [rows for _, rows in told if len(rows)]
    return Hits(together(*found), FACTS, together(*unsure) if unsure else None, ("people", "functions"))


def _of_system(view: AuditView, system: str) -> Iterator[tuple[Columns, Columns]]:
    place = matrix_of(system, view.matrices)
    rows = [row for row in view.matrices[place].rows if row.stance == "required" and row.mode != "draft" and row.right != "*"] if place >= 0 else []
    by_right: dict[str, list[MatrixRow]] = {}
    for row in rows:
        by_right.setdefault(row.right, []).append(row)
    for right, of_right in by_right.items():
        lacking = _lacking(view, system, right, of_right)
        if len(lacking):
            yield _told(view, system, right, of_right, lacking)


def _told(
    view: AuditView, system: str, right: str, rows: list[MatrixRow], lacking: pd.DataFrame,
) -> tuple[Columns, Columns]:
    """What fires, and what was a finding of its own before and is now only counted."""
    persons = lacking["person_row"].to_numpy(dtype=np.intp)
    each = persons_as_rows(view, persons).assign(
        school=lacking["school"].to_numpy(dtype=object), system=system, right=right, people=None,
        functions=lacking["function"].to_numpy(dtype=object), row_note=rows[0].note or None)
    if len(each) <= int(view.parameters["most_people"]):
        return each, Columns()
    line = Columns({
        "system": [system], "right": [right], "people": np.array([len(np.unique(persons))], dtype=np.float64), "row_note": [rows[0].note or None],
        "functions": [", ".join(sorted(set(lacking["function"].astype("str"))))],
    })
    known = set(view.past.findings.loc[(view.past.findings["rule"] == "missing-right").to_numpy(), "person"].dropna().astype("str"))
    return line, each.take(np.array([person in known for person in each["person"]], dtype=bool)).assign(reason="told_together")


def _lacking(view: AuditView, system: str, right: str, rows: list[MatrixRow]) -> pd.DataFrame:
    """Engagements that count, fit one of the rows, and whose person holds the right nowhere it would count for their school."""
    engagements = view.people.engagements
    asked = engagements["counts"].to_numpy() & _stays(view)[engagements["person_row"].to_numpy()]
    kept = engagements[asked].reset_index(drop=True)
    circumstances = Circumstances(kept, view.people, view.snapshot)
    fits = np.zeros(len(kept), dtype=bool)
    functions = folded(kept["function"])
    for row in rows:
        holds = np.ones(len(kept), dtype=bool) if row.function == "*" else functions == row.function.casefold()
        for condition in row.conditions:
            holds = holds & circumstances.holds(condition)
        fits |= holds
    wanting = kept.loc[fits, ["person_row", "school", "function"]].drop_duplicates(["person_row", "school"])
    continued = view.successors
    school = wanting["school"].astype("object").map(lambda code: continued.get(code, code))
    has = _held(view, system, right)
    lacks = [
        (person, None) not in has and (person, None if pd.isna(code) else code) not in has
        for person, code in zip(wanting["person_row"].tolist(), school.tolist(), strict=True)
    ]
    return wanting.assign(school=school)[np.array(lacks, dtype=bool)].sort_values(["person_row"], kind="stable")


def _held(view: AuditView, system: str, right: str) -> set[tuple[int, Any]]:
    """(person, school) of every grant of the right in an account in use; school None where the grant reaches every school or does not say."""
    grants = view.grants
    here = chosen((grants["system"] == system).to_numpy())
    part = grants.take(here)
    part = part[(folded(part["right"]) == right.casefold()) & in_use(view)[part["account_row"].to_numpy()]]
    continued = view.successors
    # A column without any school is one of numbers to pandas, where absent cannot be None.
    schools = [continued.get(code, code) if isinstance(code, str) else None for code in part["school"].tolist()]
    return set(zip(part["person_row"].tolist(), schools, strict=True))


def _stays(view: AuditView) -> npt.NDArray[np.bool_]:
    """People the rule is about: employed, not gone, wholly known, and not still to begin."""
    persons = view.people.persons
    begun = ~(persons["first_day"] > view.day).to_numpy()
    return np.asarray(
        begun & ~persons["has_left"].to_numpy() & ~persons["is_vanished"].to_numpy() & persons["is_assessable"].to_numpy())

