"""People with access to confidential systems who did not sign the code of conduct.

What: an employee with an account in use in a system of privacy class 3 or 4, without a signed declaration of kind `conduct`. One finding a
person, whatever the number of systems. A register of declarations without any code of conduct says nothing about who signed.
Why: every employee, regular replacement and trainee signs the code of conduct (KERO).
Known false positives: a signature on paper that was not entered yet.
"""

from __future__ import annotations

import numpy as np

from auditor.expect.numbers import persons_of
from auditor.model.columns import Columns
from auditor.model.coverage import SourceState
from auditor.model.finding import Hits
from auditor.rules.hits import Rows, cells, chosen
from auditor.rules.of_people import in_use, persons_as_rows
from auditor.rules.settled import is_kind
from auditor.rules.view import AuditView

FACTS = ("systems", "functions")


def check(view: AuditView) -> Hits:
    """Employees without a signature who can log in to a system of the classes this rule is for."""
    systems = _confidential(view)
    rows = chosen(in_use(view) & is_kind(view, "system", *systems))
    owner = view.account_arrays["person_row"][rows].astype(np.intp)
    missing = _unsigned(view)
    uses = np.zeros(len(view.people.persons), dtype=bool)
    uses[owner] = True
    found = missing[uses[missing]]
    if not _is_kept(view):
        return Hits(Columns(), FACTS, _unsure(view, found, "conduct_not_kept"), ("systems",))
    told = persons_as_rows(view, found).assign(
        systems=_systems_of(view, rows, owner, found), functions=cells(view.people.persons["functions"], found))
    not_read = [system for system in systems if not _is_whole(view, system)]
    unsure = _unsure(view, missing[~uses[missing]], "confidential_systems_not_read") if not_read else None
    return Hits(told, FACTS, unsure, ("systems",))


def _confidential(view: AuditView) -> list[str]:
    lowest = int(view.parameters["lowest_class"])
    matrices = {system: view.matrix_of(system) for system in view.snapshot.coverage.systems}
    return [system for system, matrix in matrices.items() if matrix is not None and matrix.privacy_class >= lowest]


def _unsigned(view: AuditView) -> Rows:
    """Positions of employees without a declaration of conduct signed on or before the day."""
    declarations = view.snapshot.table("declarations")
    signed = (declarations["kind"] == "conduct").to_numpy() & (declarations["signed_on"] <= view.day).to_numpy()
    has = np.zeros(len(view.people.persons) + 1, dtype=bool)
    has[persons_of(declarations["person"], view.people)[signed]] = True
    persons = view.people.persons
    return chosen((persons["kind"] == "employee").to_numpy() & persons["in_hr"].to_numpy() & ~has[:-1])


def _is_kept(view: AuditView) -> bool:
    return bool((view.snapshot.table("declarations")["kind"] == "conduct").any())


def _systems_of(view: AuditView, rows: Rows, owner: Rows, persons: Rows) -> list[str]:
    """For each person (ascending) the systems, in order of their names; worked out once per set of systems."""
    systems = view.account_arrays["system"]
    rank = np.argsort(np.argsort(systems.categories.astype("str").to_numpy(dtype=object)))
    uses = np.zeros((len(view.people.persons), len(rank)), dtype=bool)
    uses[owner, rank[systems.codes[rows]]] = True
    names = sorted(map(str, systems.categories))
    sets, which = np.unique(uses[persons], axis=0, return_inverse=True)
    told = [", ".join(name for name, is_used in zip(names, used, strict=True) if is_used) for used in sets.tolist()]
    return [told[at] for at in which.ravel().tolist()]


def _unsure(view: AuditView, persons: Rows, reason: str) -> Columns:
    return persons_as_rows(view, persons).assign(system=None, reason=reason)


def _is_whole(view: AuditView, system: str) -> bool:
    coverage = view.snapshot.coverage
    return coverage.state_of_system(system) is SourceState.OK and not coverage.missing_schools_of_system(system)
