"""What holds for a whole system, told for each of its accounts; asked once a system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from auditor.rules.view import AuditView


def by_system(view: AuditView, answer: Callable[[str], Any], absent: Any) -> npt.NDArray[Any]:
    """Given a question about a system, return the answer for each account, `absent` for an account without a system."""
    systems = view.account_arrays["system"]
    told: npt.NDArray[Any] = np.array([*(answer(str(system)) for system in systems.categories), absent])[systems.codes]
    return told


def is_delivered(view: AuditView, column: str) -> npt.NDArray[np.bool_]:
    """Given "table.column", return for each account whether its system delivers it: one that does not is said once, as a lack of it all."""
    return by_system(view, lambda system: view.snapshot.coverage.delivers(system, column), False)


def first_match(by_pattern: Mapping[str, Any], system: str, absent: Any) -> Any:
    """Given values by pattern and a system, return the value of the first pattern that matches, `absent` where none does."""
    return next((value for pattern, value in by_pattern.items() if fnmatchcase(system, pattern)), absent)
