"""Two rights in one hand that functional separation keeps apart.

What: one person holds both rights of a pair in the separation register, with one account or several, in one system or in two.
Why: who can do both can make a mistake or a fraud that nobody sees (functional separation, ISO 27001 5.3).
Known false positives: somebody who stands in for a colleague for a short while, agreed and not declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.coverage import SourceState
from auditor.model.finding import Hits
from auditor.rules.hits import Rows, cells, chosen, together
from auditor.rules.of_people import judged_cases, persons_as_rows
from auditor.rules.view import AuditView

FACTS = ("other_system", "other_right", "apart_because", "logins")
Right = tuple[str, str]


def check(view: AuditView) -> Hits:
    """One hit per person and pair of rights; where one of the two systems was not read whole, nobody's absence proves anything."""
    found, unsure = [], []
    for first, second, reason in _pairs(view):
        one, other = _holders(view, first), _holders(view, second)
        both = np.intersect1d(one, other)
        about = {"system": first[0], "right": first[1], "other_system": second[0], "other_right": second[1]}
        if len(both):
            found.append(persons_as_rows(view, both).assign(**about, apart_because=reason, logins=_logins(view, both, first, second)))
        if not (_is_whole(view, first[0]) and _is_whole(view, second[0])):
            rest = np.setdiff1d(np.union1d(one, other), both)
            unsure.append(persons_as_rows(view, rest).assign(**about, reason="other_system_not_read"))
    return Hits(together(*found), FACTS, together(*unsure) if unsure else None, ("logins",))


def _pairs(view: AuditView) -> Iterator[tuple[Right, Right, str | None]]:
    """Each pair of the register once, in a fixed order, so that turning a row around changes nothing."""
    seen: set[tuple[Right, Right]] = set()
    for row in view.snapshot.table("separation").itertuples(index=False):
        first, second = sorted([(str(row.system), str(row.right)), (str(row.other_system), str(row.other_right))])
        if (first, second) not in seen:
            seen.add((first, second))
            yield first, second, None if pd.isna(row.reason) else str(row.reason)


def _holders(view: AuditView, right: Right) -> Rows:
    """People who hold a right, under the matrix's word or the native one."""
    return np.unique(view.grant_arrays["person_row"][_rows(view, right)]).astype(np.intp)


def _rows(view: AuditView, right: Right) -> Rows:
    system, word = right
    grants = view.grant_arrays
    of_system = chosen(grants["system"] == system)
    is_held = [
        np.array([*(str(name).casefold() == word.casefold() for name in words.categories), False])[words.codes[of_system]]
        for words in (grants["right"], grants["native"])]
    held = of_system[is_held[0] | is_held[1]]
    stays = view.once("cases of people who stay", _of_people_who_stay)
    return np.asarray(held[stays[grants["case"][held]]], dtype=np.intp)


def _of_people_who_stay(view: AuditView) -> Any:
    """For each case whether its account is in use and one person's who has not left; a system without a matrix has them too."""
    is_asked, _ = judged_cases(view)
    return is_asked | np.array([ruling.reason == "no_matrix" for ruling in view.judged.rulings] or [False], dtype=bool)


def _logins(view: AuditView, persons: Rows, *rights: Right) -> list[str]:
    """Per person the accounts that hold either right, as shown."""
    rows = np.concatenate([_rows(view, right) for right in rights])
    owner = view.grant_arrays["person_row"][rows]
    rows = rows[np.isin(owner, persons)]
    owner = view.grant_arrays["person_row"][rows]
    holders = view.grant_arrays["account_row"][rows]
    username, account = (np.asarray(cells(view.account_arrays[name], holders), dtype=object) for name in ("username", "account"))
    shown = np.where(pd.isna(username), account, username).astype(object)
    return [", ".join(sorted(set(shown[owner == person]))) for person in persons]


def _is_whole(view: AuditView, system: str) -> bool:
    coverage = view.snapshot.coverage
    state = coverage.state_of_system(system)
    return state is SourceState.NOT_CONFIGURED or (state is SourceState.OK and not coverage.missing_schools_of_system(system))
