"""Interns what may be read of each grant into distinct cases: a board has a million grants and a few thousand situations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
import pandas as pd

from auditor.expect.codes import Codes, Narrow, intern
from auditor.expect.effective import SCOPE_WORDS
from auditor.expect.engaged import Profiles
from auditor.expect.meanings import Meaning
from auditor.expect.register import OUTCOMES
from auditor.expect.relevance import Word
from auditor.expect.ruling import FUNCTION_UNKNOWN, OUTSIDE, Rulebook
from auditor.expect.scopes import RELATIONS
from auditor.expect.sets import intern_sets
from auditor.model.judged import Case, Engaged

_ORDER = attrgetter("is_past", "function", "relation", "works_across_groups", "conditions")


@dataclass(frozen=True)
class Evidence:
    """What is known of each grant to judge, as codes. word: place among the words; scope: in SCOPE_WORDS; register: in OUTCOMES; holder: bits
    of the rows that name the owner; asks_unknown: 1 when the owner has a function nobody knows; pair, engaged: per pair of grant and
    engagement the grant (in order) and the code profile * len(RELATIONS) + relation."""

    word: Codes
    scope: Codes
    register: Codes
    holder: Codes
    asks_unknown: Codes
    pair: Codes
    engaged: Codes


def cases_outside(outside: Narrow) -> tuple[Narrow, list[Case]]:
    """Given per grant the place in OUTSIDE of why it is not judged (-1: it is), return per grant its case (-1), one case a reason."""
    is_present = np.zeros(len(OUTSIDE) + 1, dtype=bool)
    is_present[outside] = True
    present = np.flatnonzero(is_present[:-1])
    seat = np.full(len(OUTSIDE) + 1, -1, dtype=np.int32)
    seat[present] = np.arange(len(present))
    empty = [Case(-1, "", None, "unknown", (), OUTCOMES[0], (), OUTSIDE[reason]) for reason in present.tolist()]
    return seat[outside], empty


def cases_inside(
    evidence: Evidence, words: Sequence[Word], profiles: Profiles, books: Sequence[Rulebook],
) -> tuple[Codes, list[Case]]:
    """Given what is known of each grant, return per grant its case, and the distinct cases."""
    sets, engaged_sets = intern_sets(evidence.pair, evidence.engaged, len(evidence.word))
    holder, holder_values = pd.factorize(evidence.holder)
    number, first = intern([
        (evidence.word, len(words)), (evidence.scope, len(SCOPE_WORDS)), (evidence.register, len(OUTCOMES)),
        (holder, max(1, len(holder_values))), (evidence.asks_unknown, 2), (sets, len(engaged_sets)),
    ])
    seen: dict[tuple[int, int], Engaged] = {}

    def engaged(code: int, matrix: int) -> Engaged:
        if (matrix, code) not in seen:
            profile, relation = divmod(code, len(RELATIONS))
            seen[matrix, code] = profiles.engaged(profile, RELATIONS[relation], len(books[matrix].conditions))
        return seen[matrix, code]

    columns = (evidence.word, evidence.scope, evidence.register, evidence.holder, evidence.asks_unknown, sets)
    cases: list[Case] = []
    for word, scope, register, bits, asks_unknown, items in zip(*(column[first].tolist() for column in columns), strict=True):
        matrix, right, level = words[word]
        cases.append(Case(
            matrix=matrix, right=right, level=level, scope=SCOPE_WORDS[scope],
            engaged=tuple(sorted((engaged(code, matrix) for code in engaged_sets[items]), key=_ORDER)), register=OUTCOMES[register],
            holder_of=tuple(bool(bits >> place & 1) for place in range(len(books[matrix].named))),
            reason=FUNCTION_UNKNOWN if asks_unknown else "",
        ))
    return number, cases


def words_of(meanings: Sequence[Meaning]) -> tuple[list[Word], Codes]:
    """Given meanings, return their distinct words, and per meaning its place among them: meanings that differ only in where their scope
    comes from are one word, for the scope itself is in the case."""
    place: dict[Word, int] = {}
    seats = [place.setdefault((meaning.matrix, meaning.right, meaning.level), len(place)) for meaning in meanings]
    return list(place), np.array(seats, dtype=np.int64)
