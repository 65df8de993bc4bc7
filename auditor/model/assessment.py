"""What one scan concludes: today's findings, what could not be judged, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.finding import NotAssessed

FINDINGS = {
    "key": "str", "rule": "category", "cluster": "category", "system": "category", "account": "str", "person": "category",
    "right": "category", "level": "category", "scope": "category", "school": "category", "group": "category", "score": "int8",
    "fingerprint": "uint64", "deadline_on": "datetime64[s]", "mails": "bool", "account_row": "int32", "person_row": "int32",
    "grant_row": "int32", "hit": "int32",
}
"""Columns of Assessment.findings, one row per finding that fires today. mails: False for information, watch rows and renewals; account_row,
person_row: positions in the snapshot's accounts and in People.persons, -1 for none; grant_row: position in Judged.grants, -1 for none;
hit: position among the rule's hits (for its facts)."""


@dataclass(frozen=True)
class Assessment:
    """Today's verdict over all rules.

    findings: see FINDINGS; facts: per rule, its fact columns by `hit`; empty when it is silent; not_assessed: for the report;
    fates: for each row of Past.findings (same order) whether today could judge it: True means that its absence is a resolution;
    resolved_by: for the same rows by what it would be resolved: repaired, norm_changed or declared; empty: repaired; renamed: by key, for
    findings that go on although their account got another id today, the id it had.
    """

    findings: pd.DataFrame
    facts: Mapping[str, Columns]
    not_assessed: tuple[NotAssessed, ...]
    fates: npt.NDArray[np.bool_]
    resolved_by: npt.NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, dtype=object))
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Changes:
    """today: for each row of Assessment.findings its Change (category), its position in Past.findings (`past_row`, -1 when new), and
    `previous_rule` (category, absent unless the reason changed) and `must_freeze` (bool: evidence must be stored anew); gone: one row
    per past finding that is not there today: `past_row`, `change` (resolved or not_assessed), `resolved_by`; lapsed: positions in
    Past.findings whose acknowledgement or waiver lapses today, with why; renamed: number of accounts whose findings go on under a new id."""

    today: pd.DataFrame
    gone: pd.DataFrame
    lapsed: Sequence[tuple[int, str]] = ()
    renamed: int = 0

    def count(self) -> Mapping[str, int]:
        """Counts by Change name, and of accounts by `renamed`, for the summary."""
        counts: Counter[str] = Counter()
        for column in (self.today["change"], self.gone["change"]):
            held = pd.Categorical(column.array)
            numbers = np.bincount(held.codes + 1, minlength=len(held.categories) + 1)[1:]
            counts.update(dict(zip(held.categories, numbers.tolist(), strict=True)))
        counts["renamed"] = self.renamed
        return {name: number for name, number in counts.items() if number}
