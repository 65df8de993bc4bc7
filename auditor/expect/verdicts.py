"""Judges every grant: finds the distinct cases, has each ruled on once, and gives the rulings back to the grants by code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from auditor.expect.cases import Evidence, cases_inside, cases_outside, words_of
from auditor.expect.codes import Codes, spread
from auditor.expect.effective import SCOPE_WORDS, Reach, reach
from auditor.expect.engaged import engagements
from auditor.expect.folders import declared_members
from auditor.expect.holders import holder_bits
from auditor.expect.meanings import Meaning, meanings
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
    account = snapshot.keys("accounts").rows_of(grants, ["system", "account"]).astype(np.int64)
    owner = owners(links, people)
    meaning_of, meant = meanings(grants, matrices)
    where = places(snapshot, people, policy)
    far = reach(snapshot, where, account, owner, meaning_of, meant)
    staff = engagements(snapshot, people, where, books)

    matrix_of = np.array([entry.matrix for entry in meant] + [-1], dtype=np.int64)[meaning_of]
    latest_start = np.datetime64(snapshot.as_of + timedelta(days=policy.early_days), "s")
    barred = np.append(reasons(accounts, links, owner, people, latest_start), OUTSIDE.index("account_missing"))[account]
    barred[(barred < 0) & (matrix_of < 0)] = OUTSIDE.index("no_matrix")
    number, cases = cases_outside(barred[far.grant])

    rows = np.flatnonzero(number < 0)
    grant = far.grant[rows]
    person, meaning, matrix = owner[account[grant]], meaning_of[grant], matrix_of[grant]
    words, seat = words_of(meant)
    word = seat[meaning]
    narrowed, profiles = narrow(staff.profiles, words, books)
    pair, step = spread(staff.count[person])
    engagement = staff.start[person[pair]] + step
    profile = narrowed[word[pair], staff.profile[matrix[pair], engagement]]
    matters = profile >= 0
    pair, engagement, profile = pair[matters], engagement[matters], profile[matters]
    held = rows[pair]
    relation = relations(
        where, far.scope[held], far.school[held], far.group[held], person[pair], staff.school[engagement], staff.is_past[engagement])
    register = register_outcomes(snapshot, people, where, far, rows, person, meaning, meant, matrices)
    declared = declared_members(snapshot, people, where, far, rows, person, meaning, meant)
    register[declared & (register != OUTCOMES.index("running"))] = OUTCOMES.index("declared")
    evidence = Evidence(
        word=word, scope=far.scope[rows], register=register,
        holder=holder_bits(people, books)[matrix, person], asks_unknown=staff.asks_unknown[person].astype(np.int64), pair=pair,
        engaged=profile * len(RELATIONS) + relation,
    )
    inside, more = cases_inside(evidence, words, profiles, books)
    number[rows] = inside + len(cases)
    cases += more
    rulings = tuple(rule_on(case, books[case.matrix] if case.matrix >= 0 else None) for case in cases)
    lone = np.unique(grants["system"].cat.codes.to_numpy()[matrix_of < 0])
    return Judged(
        grants=_frame(grants, far, account, np.append(owner, -1)[account], meaning_of, meant, number, rulings, where),
        cases=tuple(cases), rulings=rulings, unknown_functions=staff.unknown,
        without_matrix=frozenset(str(grants["system"].cat.categories[code]) for code in lone.tolist()),
    )


def _frame(
    grants: pd.DataFrame, far: Reach, account: Codes, owner: Codes, meaning_of: Codes, meant: Sequence[Meaning], number: Codes,
    rulings: Sequence[Ruling], where: Places,
) -> pd.DataFrame:
    rights, right = _numbered([entry.right for entry in meant])
    levels, level = _numbered([entry.level for entry in meant])
    verdict = np.array([VERDICTS.index(ruling.verdict) for ruling in rulings], dtype=np.int8)
    mode = np.array([MODES.index(ruling.mode) for ruling in rulings], dtype=np.int8)
    grant, meaning = far.grant, meaning_of[far.grant]
    return pd.DataFrame({
        "grant_row": grant.astype(np.int32), "account_row": account[grant].astype(np.int32), "person_row": owner[grant].astype(np.int32),
        "system": _taken(grants["system"], grant), "native": _taken(grants["right"], grant), "right": _category(right[meaning], rights),
        "level": _category(level[meaning], levels), "scope": _category(far.scope, SCOPE_WORDS), "school": _category(far.school, where.schools),
        "group": _category(far.group, where.groups), "verdict": _category(verdict[number], VERDICTS), "case": number.astype(np.int32),
        "mode": _category(mode[number], MODES),
    })


def _numbered(words: Sequence[str | None]) -> tuple[list[str], Codes]:
    place: dict[str, int] = {}
    seats = [-1 if word is None else place.setdefault(word, len(place)) for word in words]
    return list(place), np.array(seats, dtype=np.int64)


def _category(codes: Any, words: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(words), dtype="str"))


def _taken(column: pd.Series[Any], rows: Codes) -> pd.Categorical:
    return pd.Categorical.from_codes(column.cat.codes.to_numpy()[rows], dtype=column.dtype)
