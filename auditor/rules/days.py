"""Whether what was due is proven: facts have the day of their own source (rules 1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.rules.view import AuditView

Flags = npt.NDArray[np.bool_]


def overdue(view: AuditView, due: Any, which: Flags) -> tuple[Flags, Flags]:
    """Given for each account the last day that is still fine (NaT: no such day) and which accounts are asked about, return those that are
    past it, proven by a source of a later day, and those that are past it while their source is too old to prove it."""
    last = np.asarray(due, dtype="datetime64[s]")
    past = which & (last < view.day)
    proven = view.account_arrays["source_day"] > last
    return past & proven, past & ~proven
