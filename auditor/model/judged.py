"""May they have it: the verdict on each grant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from auditor.model.finding import CLOSEST_MISS

COVERED = "covered"
NOT_JUDGED = "not-judged"
UNKNOWN_RIGHT = "right-unknown-to-matrix"
VERDICTS = (COVERED, NOT_JUDGED, UNKNOWN_RIGHT, *CLOSEST_MISS)
"""not-judged: outside family C (account not live, not one person's, owner left), no matrix, function unknown, only a draft row covers,
or a question that cannot be answered; the case's `reason` says which."""

JUDGED = {
    "grant_row": "int32", "account_row": "int32", "person_row": "int32", "system": "category", "native": "category", "right": "category",
    "level": "category", "scope": "category", "school": "category", "group": "category", "verdict": "category", "case": "int32",
    "mode": "category",
}
"""Columns of Judged.grants: one row per grant with its effective scope (a grant whose scope comes from group links gives one row per
linked group). grant_row, account_row: positions in the snapshot's grants and accounts; person_row: position in People.persons, -1 when not
one person's; native: the right as read; right, level: the matrix's words; verdict: see VERDICTS; case: position in Judged.cases; mode: of the
row that flagged or covered it (watch mails nobody)."""


@dataclass(frozen=True)
class Engaged:
    """One engagement as the judge may see it: what the matrix needs, and where the grant lies relative to it.

    function: the board's word, "" when absent; conditions: outcome of each distinct condition of the matrix, in the matrix's order;
    relation: where the grant's scope lies relative to this engagement: own_group, other_group, group_unknown (same school), same_school,
    other_school, board, own, folder, unknown; works_across_groups: the engagement's school is registered so; is_past: see ENGAGEMENTS.
    """

    function: str
    conditions: tuple[bool, ...]
    relation: str
    works_across_groups: bool
    is_past: bool


@dataclass(frozen=True)
class Case:
    """Everything the judge may read: equal cases get equal verdicts. register: running, ended (temporary rights), declared (member of a
    folder) or none;
    held_by: for each row with named holders, whether this person is one."""

    matrix: int
    right: str
    level: str | None
    scope: str
    engaged: tuple[Engaged, ...]
    register: str
    holder_of: tuple[bool, ...]
    reason: str = ""


@dataclass(frozen=True)
class Lack:
    """One thing a row asks that the grant or the person does not meet. what: function, level, scope, condition, holder; wanted, held:
    the two sides in the matrix's words."""

    what: str
    wanted: str
    held: str


@dataclass(frozen=True)
class Ruling:
    """What the judge says of a case. verdict: see VERDICTS; row: line of the matrix row that covers, forbids or came nearest, None if
    none; lacks: every lack of that row; reason: code under `reason.` when not judged; mode: of the row."""

    verdict: str
    row: int | None = None
    lacks: Sequence[Lack] = ()
    reason: str = ""
    mode: str = "alert"


@dataclass(frozen=True)
class Judged:
    """grants: see JUDGED; cases and rulings: aligned, one per distinct case; unknown_functions: functions no matrix or function list
    knows; without_matrix: systems with grants and no matrix."""

    grants: pd.DataFrame
    cases: tuple[Case, ...]
    rulings: tuple[Ruling, ...]
    unknown_functions: frozenset[str] = frozenset()
    without_matrix: frozenset[str] = frozenset()
