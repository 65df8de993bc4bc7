"""Which accounts already carry a finding about their owner, and say nothing else (rules 1: their single A or B finding)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from auditor.model.coverage import SourceState
from auditor.rules.declared import register_rows
from auditor.rules.hits import chosen

if TYPE_CHECKING:
    from auditor.rules.view import AuditView

Flags = npt.NDArray[np.bool_]
DECLARED = ("shared", "service", "emergency")


def is_spoken_for(view: AuditView) -> Flags:
    """For each account whether the question whose it is comes first: its owner left or vanished, it is disputed, nobody's, or not declared.

    Hygiene of such an account is noise beside that one finding. Without HR nobody can be anybody's: there accounts of a person are judged.
    """
    return view.once("accounts spoken for", _spoken_for)


def _spoken_for(view: AuditView) -> Flags:
    spoken: Flags = view.account_arrays["has_left"] | view.account_arrays["is_vanished"] | is_kind(view, "situation", "disputed")
    loose = is_kind(view, "situation", "unmatched")
    has_hr = view.snapshot.coverage.state_of_role("hr") is not SourceState.NOT_CONFIGURED
    spoken |= loose & (is_kind(view, "kind", "external", "unknown", "pupil") | (is_kind(view, "kind", "person") & has_hr))
    rows = chosen(is_kind(view, "kind", *DECLARED))
    spoken[rows[register_rows(view, rows) < 0]] = True
    return spoken


def is_staff(view: AuditView, *kinds: str) -> Flags:
    """For each account whether it can be used and is of one of these kinds (unknown is judged as person); a pupil's is none of them."""
    return np.asarray(view.account_arrays["is_live"] & is_kind(view, "judged_kind", *kinds) & ~is_of_pupil(view))


def is_of_pupil(view: AuditView) -> Flags:
    """For each account whether it is known to be a pupil's."""
    return view.once("accounts of pupils", lambda shown: shown.accounts["is_pupil"].fillna(False).to_numpy(dtype=bool))


def is_kind(view: AuditView, column: str, *words: str) -> Flags:
    """Given a category column of the accounts and words, return for each account whether it holds one of them."""
    cells: Any = view.account_arrays[column]
    known = np.array([*(word in words for word in cells.categories), False])
    found: Flags = known[cells.codes]
    return found
