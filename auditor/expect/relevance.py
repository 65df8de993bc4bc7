"""Leaves out of a case what no row for its right asks, so that fewer cases are distinct and each verdict stays the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditor.expect.codes import Codes
from auditor.expect.engaged import Profiles, profiled
from auditor.expect.ruling import Rulebook, is_for
from auditor.model.matrix import MatrixRow

Word = tuple[int, str, str | None]
"""A matrix (its place, -1 for none), right and level."""


def narrow(profiles: Profiles, words: Sequence[Word], books: Sequence[Rulebook]) -> tuple[Codes, Profiles]:
    """Given profiles of engagements and the words of grants, return per word and profile the profile as a case of that right holds it,
    -1 when it holds none; and those profiles.

    Conditions that no row for the right names are left False. A past engagement is left out unless a row gives its function the right:
    all that the judge asks of it is whether it covered. Of hundreds of rights most ask the same: what they ask is worked out once.
    """
    theirs = _Theirs(profiles.functions)
    asked: dict[tuple[int, frozenset[int]], int] = {}
    question = [asked.setdefault(_asked(right, books[matrix], theirs) if matrix >= 0 else (0, frozenset()), len(asked)) for matrix, right, _ in words]
    shape = (len(asked), len(profiles.function))
    mask = np.array([bits for bits, _ in asked], dtype=np.int64)
    gives = np.zeros((len(asked), len(profiles.functions)), dtype=bool)
    for place, (_, given) in enumerate(asked):
        gives[place, list(given)] = True
    parts = (np.broadcast_to(part, shape).ravel() for part in (profiles.function, profiles.crossing, profiles.past))
    number, narrowed = profiled(profiles.functions, (profiles.bits[None, :] & mask[:, None]).ravel(), *parts)
    is_idle = (profiles.past[None, :] > 0) & ~gives[:, profiles.function]
    return np.where(is_idle, -1, number.reshape(shape))[question], narrowed


def _asked(right: str, book: Rulebook, theirs: _Theirs) -> tuple[int, frozenset[int]]:
    """The conditions that rows for a right name, as bits, and the functions to which a row gives it."""
    conditions = {condition for forbidden in (False, True) for row in book.rows(right, "*", forbidden) for condition in row.conditions}
    given = frozenset[int]().union(*(theirs.of(row) for row in book.rows(right, "*")))
    return sum(1 << book.conditions[condition] for condition in conditions), given


class _Theirs:
    """Which functions a row is about, found by their words and kept: asked of each row for each right."""

    def __init__(self, functions: Sequence[str]) -> None:
        self.functions = functions
        self.named: dict[str, list[int]] = {}
        for place, function in enumerate(functions):
            self.named.setdefault(function.casefold(), []).append(place)
        self.found: dict[int, frozenset[int]] = {}

    def of(self, row: MatrixRow) -> frozenset[int]:
        if id(row) not in self.found:  # rows are compared by all they say; the rulebooks keep them alive
            places = range(len(self.functions)) if row.function == "*" else self.named.get(row.function.casefold(), ())
            self.found[id(row)] = frozenset(place for place in places if is_for(row, self.functions[place]))
        return self.found[id(row)]
