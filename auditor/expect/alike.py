"""Finds the grants that cannot but be judged alike, so that one of them is: most of a board's rights are groups that tell no place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from auditor.expect.codes import Codes, Narrow, intern
from auditor.expect.effective import SCOPE_WORDS

PLACED = np.array([word in ("school", "group", "folder") for word in SCOPE_WORDS])
"""Per scope whether it depends on where it lies, and who works there, how a grant of it is judged."""


def lookalikes(scope: Narrow, meaning: Narrow, person: Narrow, likeness: Codes, is_named: npt.NDArray[np.bool_]) -> tuple[Narrow, Codes]:
    """Given the scope (in SCOPE_WORDS), meaning and person of each row to judge, per person a number that persons share whose engagements look
    the same, and whether a register or a matrix names them, return per row its place among the rows to judge one by one, and those rows.

    Rows that tell no place, of persons whom nothing names, are judged by meaning, scope and engagements alone: the first of each stands for
    all. Every other row stands for itself. The rows returned are in order, so what is met first in them is met first in all.
    """
    chosen = PLACED[scope] | is_named[person]
    others = np.flatnonzero(~chosen)
    parts = [codes[others] for codes in (meaning, scope)] + [likeness[person[others]]]
    number, first = intern([(codes, int(codes.max(initial=0)) + 1) for codes in parts])
    chosen[others[first]] = True
    place = np.cumsum(chosen, dtype=np.int32) - np.int32(1)
    place[others] = place[others[first]][number]
    return place, np.flatnonzero(chosen)
