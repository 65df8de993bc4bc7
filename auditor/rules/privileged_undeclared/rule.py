"""Privileged groups and directory roles whose member nobody declared by name.

What: in a directory (parameter `systems`) an account in use is a member of a group or holds a role that can change others' rights
(`rights.is_privileged`, or the matrix says so), and no row of a matrix names its owner, no running temporary right gives it, and it is no
service or emergency account. It is judged in systems without a matrix too. An account that already is an orphan, a leaver's or an undeclared
service account carries that finding alone, with its privileged rights as weight.
Why: whoever is in such a group can give itself everything else (KERO 13, ISO 27001 8.2).
Known false positives: a second account for administration whose owner is declared under another right.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.meanings import matrix_of
from auditor.expect.numbers import persons_of
from auditor.expect.ruling import TEMPORARY
from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.model.judged import COVERED
from auditor.rules.closest import matrix_row
from auditor.rules.declared import register_rows
from auditor.rules.hits import Rows, cells, chosen, grants_as_rows, status_note, taken
from auditor.rules.of_people import folded, in_use
from auditor.rules.settled import is_kind, is_of_pupil
from auditor.rules.view import AuditView

KINDS = frozenset({"group", "directory role"})


def check(view: AuditView) -> Hits:
    """Members of privileged groups and directory roles that stand by name in no matrix and no register."""
    rows = chosen(_is_privileged(view))
    rows = rows[_is_asked(view)[view.grant_arrays["account_row"][rows]]]
    rows = rows[~_is_declared(view, rows)]
    if not len(rows):
        return Hits(Columns(), ("native", "status_note"), use_facts=("status_note",))
    found = grants_as_rows(view, rows)
    native = cells(view.grant_arrays["native"], rows)
    note = status_note(view, found["account_row"])
    return Hits(found.assign(native=native, status_note=note), ("native", "status_note"), use_facts=("status_note",))


def _is_privileged(view: AuditView) -> npt.NDArray[np.bool_]:
    """For each judged grant whether its right is a group or directory role that the source, or over it the matrix, calls privileged."""
    rights = view.snapshot.table("rights")
    kinds = rights["kind"].array
    is_told = np.array([*(str(kind) in KINDS for kind in kinds.categories), False])[kinds.codes]
    told = rights.loc[is_told, ["system", "right", "is_privileged"]]
    heavy = told["is_privileged"].fillna(False).to_numpy(dtype=bool)
    of_system, names = told["system"].array, told["right"].to_numpy(dtype=object)
    systems, natives = view.grant_arrays["system"].categories, view.grant_arrays["native"].categories
    table = np.zeros((len(systems) + 1, len(natives) + 1), dtype=bool)
    for place, system in enumerate(systems):
        if not any(fnmatchcase(str(system), pattern) for pattern in view.parameters["systems"]):
            continue
        own = chosen(of_system == system)
        is_heavy = dict(zip(names[own].tolist(), heavy[own].tolist(), strict=True))
        number = matrix_of(str(system), view.matrices)
        for native, meaning in view.matrices[number].natives.items() if number >= 0 else ():
            if meaning.is_privileged is not None and native in is_heavy:
                is_heavy[native] = meaning.is_privileged
        seats = natives.get_indexer(pd.Index([native for native, is_one in is_heavy.items() if is_one], dtype="str"))
        table[place, seats[seats >= 0]] = True
    found: npt.NDArray[np.bool_] = table[view.grant_arrays["system"].codes, view.grant_arrays["native"].codes]
    return found


def _is_asked(view: AuditView) -> npt.NDArray[np.bool_]:
    """For each account whether this rule speaks of it: not when a finding of family A or B already does."""
    live = view.account_arrays["is_live"]
    apart = is_kind(view, "judged_kind", "service", "emergency", "shared")
    personal = (in_use(view) | (live & (is_kind(view, "situation", "set_aside") | is_of_pupil(view)))) & ~apart
    return np.asarray(personal | (live & _is_declared_shared(view)))


def _is_declared_shared(view: AuditView) -> npt.NDArray[np.bool_]:
    """Accounts the register knows as shared: family A leaves them alone, and being shared is no reason for a privileged right."""
    found = np.zeros(len(view.accounts), dtype=bool)
    rows = chosen(is_kind(view, "judged_kind", "shared"))
    kinds = view.snapshot.table("service_accounts")["kind"].to_numpy(dtype=object)
    found[rows] = taken(kinds, register_rows(view, rows), None) == "shared"
    return found


def _is_declared(view: AuditView, rows: Rows) -> npt.NDArray[np.bool_]:
    """For each of these grants whether a row names its holder, or a temporary right for this very person and right runs today."""
    grants = view.grant_arrays
    cases, places = np.unique(grants["case"][rows], return_inverse=True)
    by_name = np.array([_is_named(view, int(case)) for case in cases], dtype=bool)[places] if len(cases) else np.zeros(0, dtype=bool)
    register = view.snapshot.table("temporary_rights")
    runs = ~(register["starts_on"] > view.day).to_numpy() & ~(register["ends_on"] < view.day).to_numpy()
    running = register.loc[runs, ["person", "system", "right"]]
    given = set(zip(persons_of(running["person"], view.people).tolist(), folded(running["system"]), folded(running["right"]), strict=True))
    words = (folded(cells(grants[name], rows)) for name in ("system", "native", "right"))
    asked = zip(grants["person_row"][rows].tolist(), *words, strict=True)
    temporary = [(person, system, native) in given or (person, system, right) in given for person, system, native, right in asked]
    return np.asarray(by_name | np.array(temporary, dtype=bool))


def _is_named(view: AuditView, case: int) -> bool:
    ruling = view.judged.rulings[case]
    if ruling.reason == TEMPORARY:
        return True
    row = matrix_row(view, case)
    return ruling.verdict == COVERED and row is not None and bool(row.holders)
