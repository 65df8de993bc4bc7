"""Grants whose question stayed open: their scope, their level or their holder's function is not known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from auditor.assess.distinct import counted
from auditor.model.errors import Reason
from auditor.model.finding import NotAssessed
from auditor.rules.view import AuditView

OPEN_SCOPE = ("scope_unknown", "group_unknown")
"""Reasons of a ruling that covers while the scope question stays open (rules 1: right and level are judged, the scope is not)."""
RULE_OF = {
    "scope_unknown": "scope-too-wide", "group_unknown": "scope-too-wide", "level_unknown": "level-too-high",
    "function_unknown": "right-outside-matrix", "draft_row": "right-outside-matrix", "owner_not_assessable": "right-outside-matrix",
}


def unanswered_grants(view: AuditView) -> Iterator[NotAssessed]:
    """Given a day, return per system how many rights were not, or not wholly, judged for a reason that asks for something."""
    reasons = np.array([ruling.reason for ruling in view.judged.rulings], dtype=object)
    open_cases = np.isin(reasons.astype(str), list(RULE_OF)) if len(reasons) else np.zeros(0, dtype=bool)
    if not open_cases.any():
        return
    case = view.grant_arrays["case"]
    rows = np.flatnonzero(open_cases[case])
    for (system, reason), count in counted(view.grant_arrays["system"].take(rows), reasons[case[rows]]):
        yield NotAssessed(RULE_OF[reason], Reason(f"open_{reason}", {"count": count}), system, None, frozenset(), count)
