"""What a rule is shown: one day's facts, enriched, and nothing it could change or ask elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.judged import Judged
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from auditor.model.people import People
from auditor.model.policy import NO_PARAMETERS, Policy
from auditor.model.snapshot import Snapshot
from auditor.rules.enriched import enriched_accounts
from auditor.rules.schools import successors

Kept = TypeVar("Kept")
ACCOUNTS = (
    "situation", "person", "is_pupil", "tier", "contradicts", "candidates", "person_row", "has_left", "left_on", "deadline_on", "leaves_on",
    "renewal_until", "is_vanished", "vanished_after", "is_senior", "is_assessable", "is_live", "judged_kind", "source_day",
    "copy_of", "where", "rights", "weight",
)
"""Columns of AuditView.accounts beside the canonical ones.

situation to candidates: the link's (LINKS); person_row: position in People.persons, -1 for nobody and for pupils; has_left to is_assessable: that
person's, False or NaT where there is none (is_assessable: True); is_live: not known to be disabled or deleted; judged_kind: kind, with unknown
judged as person; source_day: the own day of the source that delivered the account, for its school where that is known; copy_of: position of the
account that it is a copy of (in Active Directory, of a folder's member in Entra), -1 for none; where: school of the account, else the person's
first school, after merged_into; rights: how many grants it holds; weight: the same, a grant that reaches the whole board or is privileged counting
double.
"""


@dataclass(frozen=True)
class AuditView:
    """One day as a rule sees it.

    links: row by row with accounts; accounts: canonical columns plus ACCOUNTS; matrices: aligned with Case.matrix; parameters: of the
    rule that is being run (defaults of its rule.toml, the board's changes over them); kept: see `once`.
    """

    as_of: date
    policy: Policy
    snapshot: Snapshot
    people: People
    links: pd.DataFrame
    judged: Judged
    matrices: Sequence[Matrix]
    past: Past
    accounts: pd.DataFrame
    parameters: Mapping[str, Any] = field(default_factory=lambda: NO_PARAMETERS)
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def build(
        cls, as_of: date, policy: Policy, snapshot: Snapshot, people: People, links: pd.DataFrame, judged: Judged, matrices: Sequence[Matrix],
        past: Past,
    ) -> AuditView:
        """Given everything known of one day, return what the rules read. Raise ValueError if links are not row by row with the accounts."""
        accounts = enriched_accounts(snapshot, people, links, judged, matrices)
        return cls(as_of, policy, snapshot, people, links, judged, tuple(matrices), past, accounts)

    def once(self, name: str, make: Callable[[AuditView], Kept]) -> Kept:
        """Given a name and what makes something of this day that does not depend on parameters, return it; all rules share it."""
        if name not in self.kept:
            self.kept[name] = make(self)
        return cast(Kept, self.kept[name])

    @property
    def grants(self) -> pd.DataFrame:
        """The judged grants (JUDGED); their account is found through account_row."""
        return self.judged.grants

    @property
    def account_arrays(self) -> Columns:
        """The columns of accounts as arrays: a column of a frame costs a thousand times as much to look at, and rules look often."""
        return self.once("account arrays", lambda view: Columns(view.accounts))

    @property
    def grant_arrays(self) -> Columns:
        """The columns of grants as arrays."""
        return self.once("grant arrays", lambda view: Columns(view.grants))

    @property
    def engagement_arrays(self) -> Columns:
        """The columns of the engagements of people as arrays."""
        return self.once("engagement arrays", lambda view: Columns(view.people.engagements))

    @property
    def successors(self) -> Mapping[str, str]:
        """For every school that was merged the school that continues it in the end."""
        return self.once("successors", lambda view: successors(view.snapshot))

    @property
    def day(self) -> np.datetime64:
        """The day judged, as arrays compare it."""
        return np.datetime64(self.as_of, "s")

    def matrix_of(self, system: str) -> Matrix | None:
        """Given a system, return the first matrix that is about it, None if there is none."""
        return next((matrix for matrix in self.matrices if matrix.applies_to(system)), None)
