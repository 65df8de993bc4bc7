"""Judges every grant: finds the distinct cases, has each ruled on once, and gives the rulings back to the grants by code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from auditor.expect.accounts import accounts_of
from auditor.expect.alike import lookalikes
from auditor.expect.cases import Evidence, cases_inside, cases_outside, words_of
from auditor.expect.codes import Narrow, compact, spread
from auditor.expect.effective import SCOPE_WORDS, Reach, reach
from auditor.expect.engaged import engagements
from auditor.expect.folders import declared_members
from auditor.expect.holders import named_holders
from auditor.expect.meanings import Meaning, meanings
from auditor.expect.numbers import persons_of
from auditor.expect.places import Places, places
from auditor.expect.register import OUTCOMES, register_outcomes
from auditor.expect.relations import relations
from auditor.expect.relevance import narrow
from auditor.expect.ruling import OUTSIDE, Rulebook, rule_on
from auditor.expect.scopes import RELATIONS
from auditor.expect.standing import owners, reasons
from auditor.model.judged import VERDICTS, Judged, Ruling
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from auditor.model.people import People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot

MODES = ("draft", "watch", "alert")


def judge(
    snapshot: Snapshot, people: People, links: pd.DataFrame, matrices: Sequence[Matrix], policy: Policy, past: Past,
) -> Judged:
    """Given the night's facts, who is known, whose accounts are whose and the matrices, return the verdict on each grant.

    `policy` and `past` have already had their say in `people` (periods, former employments); beside that the judge asks the policy
    whether last year's groups still count, and from when rights are expected.
    """
    grants, accounts = snapshot.table("grants"), snapshot.table("accounts")
    books = [Rulebook(matrix) for matrix in matrices]
    account_of = accounts_of(grants, accounts)
    owner = owners(links, people)
    meaning_of, meant = meanings(grants, matrices)
    where = places(snapshot, people, policy)
    far = reach(snapshot, where, account_of, owner, meaning_of, meant)
    staff = engagements(snapshot, people, where, books)
    named = named_holders(people, books)
    entered = persons_of(snapshot.table("temporary_rights")["person"], people)

    account, meaning = account_of[far.grant], meaning_of[far.grant]
    person = np.append(owner, -1).astype(np.int32)[account]
    matrix_of = np.array([entry.matrix for entry in meant] + [-1])
    latest_start = np.datetime64(snapshot.as_of + timedelta(days=policy.early_days), "s")
    barred = np.append(reasons(accounts, links, owner, people, latest_start), np.int8(OUTSIDE.index("account_missing")))[account]
    barred[(barred < 0) & (matrix_of < 0)[meaning]] = OUTSIDE.index("no_matrix")
    case, cases = cases_outside(barred)

    inside = np.flatnonzero(barred < 0)
    is_named = np.append(named.seat > 0, False)
    is_named[entered] = True
    alike, first = lookalikes(far.scope[inside], meaning[inside], person[inside], staff.likeness, is_named)
    rows = inside[first]
    held, whose, meant_by = far.at(rows), person[rows].astype(np.int64), meaning[rows].astype(np.int64)
    matrix = matrix_of[meant_by]
    words, seat = words_of(meant)
    word = seat[meant_by]
    narrowed, profiles = narrow(staff.profiles, words, books)
    pair, step = spread(staff.count[whose])
    engagement = staff.start[whose[pair]] + step
    profile = narrowed[word[pair], staff.profile[matrix[pair], staff.look[engagement]]]
    matters = profile >= 0
    pair, engagement, profile = pair[matters], engagement[matters], profile[matters]
    relation = relations(
        where, held.scope[pair], held.school[pair], held.group[pair], whose[pair], staff.school[engagement], staff.is_past[engagement])
    register = register_outcomes(snapshot, entered, where, held, whose, meant_by, meant, matrices)
    declared = declared_members(snapshot, people, where, held, whose, meant_by, meant)
    register[declared & (register != OUTCOMES.index("running"))] = OUTCOMES.index("declared")
    evidence = Evidence(
        word=word, scope=held.scope, register=register, holder=named.bits[matrix, named.seat[whose]],
        asks_unknown=staff.asks_unknown[whose].astype(np.int64), pair=pair, engaged=profile * len(RELATIONS) + relation,
    )
    number, more = cases_inside(evidence, words, profiles, books)
    case[inside] = (number + len(cases)).astype(np.int32)[alike]
    cases += more
    rulings = tuple(rule_on(one, books[one.matrix] if one.matrix >= 0 else None) for one in cases)
    lone = np.unique(grants["system"].array.codes[(matrix_of < 0)[meaning_of]])
    return Judged(
        grants=_frame(grants, far, account, person, meaning, meant, case, rulings, where),
        cases=tuple(cases), rulings=rulings, unknown_functions=staff.unknown,
        without_matrix=frozenset(str(grants["system"].cat.categories[code]) for code in lone.tolist()),
    )


def _frame(
    grants: pd.DataFrame, far: Reach, account: Narrow, person: Narrow, meaning: Narrow, meant: Sequence[Meaning], case: Narrow,
    rulings: Sequence[Ruling], where: Places,
) -> pd.DataFrame:
    """The verdicts as JUDGED: of ready arrays, which pandas does not copy."""
    rights, right = _numbered([entry.right for entry in meant])
    levels, level = _numbered([entry.level for entry in meant])
    verdict = np.array([VERDICTS.index(ruling.verdict) for ruling in rulings], dtype=np.int8)
    mode = np.array([MODES.index(ruling.mode) for ruling in rulings], dtype=np.int8)
    return pd.DataFrame({
        "grant_row": far.grant, "account_row": account, "person_row": person, "system": _taken(grants["system"], far.grant),
        "native": _taken(grants["right"], far.grant), "right": _category(right[meaning], rights), "level": _category(level[meaning], levels),
        "scope": _category(far.scope, SCOPE_WORDS), "school": _category(far.school, where.schools),
        "group": _category(far.group, where.groups), "verdict": _category(verdict[case], VERDICTS), "case": case,
        "mode": _category(mode[case], MODES),
    }, index=pd.RangeIndex(len(case)), copy=False)


def _numbered(words: Sequence[str | None]) -> tuple[list[str], Narrow]:
    place: dict[str, int] = {}
    seats = [-1 if word is None else place.setdefault(word, len(place)) for word in words]
    return list(place), compact(seats, len(place))


def _category(codes: Narrow, words: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index(list(words), dtype="str")), validate=False)


def _taken(column: pd.Series[Any], rows: Narrow) -> pd.Categorical:
    return pd.Categorical.from_codes(column.array.codes[rows], dtype=column.dtype, validate=False)
