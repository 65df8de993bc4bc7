"""Rights with more holders than declared, or with others than those named.

What: a right for which the matrix says how many people may hold it (`max_holders`) or who (`holders`), and more people hold it, or
somebody the matrix does not name holds it without a row that covers. A row for the whole board counts over the board, a narrower one per
school. People who hold it by a running temporary right are declared elsewhere and not counted; while a row for the right is a draft, names
are not held against anybody.
Why: exactly three supervisors exist, by name (KIND); every one more can see and change everything.
Known false positives: a successor who is named in a matrix that is not adopted yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.meanings import matrix_of
from auditor.expect.numbers import seats
from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.model.judged import COVERED
from auditor.model.matrix import Matrix
from auditor.rules.hits import Rows
from auditor.rules.of_people import judged_cases, told_people
from auditor.rules.view import AuditView

FACTS = ("holders", "most", "unnamed", "who", "others")
"""who and others are evidence and stand in no sentence: a sentence may be mailed."""
NARROW = ("own", "folder", "group", "school")


@dataclass(frozen=True)
class Declared:
    """What a matrix says of the holders of one right. most: how many, None for any number; names: who, None for anybody; is_per_school:
    counted at each school."""

    right: str
    most: int | None
    names: frozenset[str] | None
    is_per_school: bool


def check(view: AuditView) -> Hits:
    """One hit per right (and school, where a row counts per school) with too many holders or with holders nobody named."""
    is_asked, is_temporary = judged_cases(view)
    held = view.grant_arrays["system"]
    rows = np.flatnonzero((is_asked & ~is_temporary)[view.grant_arrays["case"]])
    rows = rows[np.argsort(held.codes[rows], kind="stable")]  # in order of system, so that each looks at its own alone
    ends = np.searchsorted(held.codes[rows], np.arange(len(held.categories)), side="right")
    parts = np.split(rows, ends)[:len(held.categories)]
    words = np.array([str(word).casefold() for word in view.grant_arrays["right"].categories.tolist()], dtype=object)
    told = [one for system, part in zip(held.categories, parts, strict=True) for one in _of_system(view, str(system), part, words)]
    return Hits(Columns(pd.DataFrame(told)), FACTS)


def declared(matrix: Matrix) -> list[Declared]:
    """Given a matrix, return what it says of how many and who may hold a right: the highest number and all names of the right's rows."""
    by_right: dict[tuple[str, bool], list[Any]] = {}
    for row in matrix.rows:
        if row.right != "*" and row.stance != "forbidden":
            by_right.setdefault((row.right, row.scope in NARROW), []).append(row)
    found = []
    for (right, is_per_school), rows in by_right.items():
        drafts = any(row.mode == "draft" for row in matrix.rows if row.right.casefold() == right.casefold())
        limits = [row.max_holders for row in rows if row.max_holders is not None and row.mode != "draft"]
        are_named = not drafts and all(row.holders for row in rows)
        if limits or are_named:
            names = frozenset().union(*(row.holders for row in rows)) if are_named else None
            found.append(Declared(right, max(limits) if limits else None, names, is_per_school))
    return found


def _of_system(view: AuditView, system: str, rows: Rows, words: npt.NDArray[np.object_]) -> Iterator[dict[str, Any]]:
    """What is exceeded in one system. words: the rights' names without capitals, by code."""
    place = matrix_of(system, view.matrices)
    limits = declared(view.matrices[place]) if place >= 0 else []
    if not limits:
        return
    codes = view.grant_arrays["right"].codes[rows]
    for limit in limits:
        yield from _exceeding(view, system, limit, rows[np.append(words == limit.right.casefold(), False)[codes]])


def _exceeding(view: AuditView, system: str, limit: Declared, rows: Rows) -> Iterator[dict[str, Any]]:
    """Of the grants of a right the places (each school, or the board) with too many holders or with holders nobody named."""
    schools = view.grant_arrays["school"]
    rows = rows[schools.codes[rows] >= 0] if limit.is_per_school else rows
    place = schools.codes[rows].astype(np.int64) if limit.is_per_school else np.zeros(len(rows), dtype=np.int64)
    person = view.grant_arrays["person_row"][rows].astype(np.int64)
    size = len(view.people.persons) + 1
    holders, others = np.unique(place * size + person), np.unique((place * size + person)[_is_unnamed(view, limit, rows, person)])
    number = np.bincount(holders // size)
    is_over = number > limit.most if limit.most is not None else np.zeros(len(number), dtype=bool)
    for at in np.union1d(np.flatnonzero(is_over), others // size).tolist():
        unnamed = others[others // size == at] % size
        yield {
            "system": system, "right": limit.right, "scope": None if limit.is_per_school else "board",
            "school": str(schools.categories[at]) if limit.is_per_school else None,
            "holders": int(number[at]), "most": limit.most, "unnamed": len(unnamed) or None,
            "who": told_people(view, (holders[holders // size == at] % size).tolist()), "others": told_people(view, unnamed.tolist()) or None,
        }


def _is_unnamed(view: AuditView, limit: Declared, rows: Rows, person: Rows) -> npt.NDArray[np.bool_]:
    """Grants that no row covers, of people whom the matrix does not name."""
    if limit.names is None or not len(rows):
        return np.zeros(len(rows), dtype=bool)
    verdicts = view.grant_arrays["verdict"]
    is_covered = np.array([*(word == COVERED for word in verdicts.categories), False])[verdicts.codes[rows]]
    return np.asarray(~is_covered & ~np.isin(person, seats(pd.Index(sorted(limit.names), dtype="str"), view.people)))
