"""Leaves out of a case what no row for its right asks, so that fewer cases are distinct and each verdict stays the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditor.expect.codes import Codes
from auditor.expect.engaged import Profiles, profiled
from auditor.expect.ruling import Rulebook, is_for

Word = tuple[int, str, str | None]
"""A matrix (its place, -1 for none), right and level."""


def narrow(profiles: Profiles, words: Sequence[Word], books: Sequence[Rulebook]) -> tuple[Codes, Profiles]:
    """Given profiles of engagements and the words of grants, return per word and profile the profile as a case of that right holds it,
    -1 when it holds none; and those profiles.

    Conditions that no row for the right names are left False. A past engagement is left out unless a row gives its function the right:
    all that the judge asks of it is whether it covered.
    """
    shape = (len(words), len(profiles.function))
    mask = np.zeros(len(words), dtype=np.int64)
    gives = np.zeros((len(words), len(profiles.functions)), dtype=bool)
    for place, (matrix, right, _) in enumerate(words):
        if matrix < 0:
            continue
        book = books[matrix]
        asked = {condition for forbidden in (False, True) for row in book.rows(right, "*", forbidden) for condition in row.conditions}
        mask[place] = sum(1 << book.conditions[condition] for condition in asked)
        given = book.rows(right, "*")
        gives[place] = [any(is_for(row, function) for row in given) for function in profiles.functions] if given else False
    parts = [np.broadcast_to(part, shape).ravel() for part in (profiles.function, profiles.crossing, profiles.past)]
    number, narrowed = profiled(profiles.functions, parts[0], (profiles.bits[None, :] & mask[:, None]).ravel(), parts[1], parts[2])
    is_idle = (profiles.past[None, :] > 0) & ~gives[:, profiles.function]
    return np.where(is_idle, -1, number.reshape(shape)), narrowed
