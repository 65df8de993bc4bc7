"""What a changed matrix would have found on the nights that are stored: which findings appear and which vanish, per school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from auditor.correlate import known_people
from auditor.expect import judge
from auditor.expect.standing import owners
from auditor.model.coverage import SourceState
from auditor.model.judged import COVERED, NOT_JUDGED, UNKNOWN_RIGHT, Judged
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from auditor.model.people import People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot
from auditor.store import Store
from auditor.store.scans import StoredScan
from auditor.store.window import Window

TABLES_JUDGED = (
    "schools", "functions", "persons", "employments", "tasks", "declarations", "groups", "teaching", "accounts", "group_links", "grants",
    "temporary_rights", "externals", "folders",
)
"""What the judge and those it asks read."""
DATED = ("teaching", "group_links", "temporary_rights", "declarations", "folders")
"""Tables whose rows begin and end without the source saying anything new."""
Key = tuple[str, str, str, str, str, str]
"""system, account, right, scope, school, group: what makes a finding about a right the same finding tomorrow."""


@dataclass(frozen=True)
class NightTold:
    """One night. found: key -> rule with the matrix as it is; after: number of findings
    with the draft; appearing, vanishing: key -> rule;
    changed: key -> rule before and after. is_read: False if the system was not read completely; then nothing is told."""

    scan: int
    as_of: date
    found: Mapping[Key, str] = field(default_factory=dict)
    after: int = 0
    appearing: Mapping[Key, str] = field(default_factory=dict)
    vanishing: Mapping[Key, str] = field(default_factory=dict)
    changed: Mapping[Key, tuple[str, str]] = field(default_factory=dict)
    is_read: bool = True

    @property
    def before(self) -> int:
        """Number of findings with the matrix as it is."""
        return len(self.found)

    def per_school(self) -> dict[str, dict[str, int]]:
        """Return per school ("" for none) how many appear, vanish and change."""
        found: dict[str, dict[str, int]] = {}
        for what, keys in (("appearing", self.appearing), ("vanishing", self.vanishing), ("changed", self.changed)):
            for key in keys:
                found.setdefault(key[4], {"appearing": 0, "vanishing": 0, "changed": 0})[what] += 1
        return dict(sorted(found.items()))

    def per_rule(self) -> dict[str, dict[str, int]]:
        """Return per rule how many appear, vanish and change; what changes counts under its new rule."""
        found: dict[str, dict[str, int]] = {}
        rules = [("appearing", rule) for rule in self.appearing.values()] + [("vanishing", rule) for rule in self.vanishing.values()]
        for what, rule in rules + [("changed", after) for _, after in self.changed.values()]:
            found.setdefault(rule, {"appearing": 0, "vanishing": 0, "changed": 0})[what] += 1
        return dict(sorted(found.items()))


@dataclass(frozen=True)
class Backtested:
    """nights: oldest first; judged: how many had to be judged, for what did not change since the night before costs nothing;
    is_promoted: every row of the draft stood on draft, and was counted as if on alert."""

    nights: tuple[NightTold, ...]
    judged: int
    is_promoted: bool


def backtest(store: Store, matrices: Sequence[Matrix], draft: Matrix, policy: Policy, nights: int) -> Backtested:
    """Given the matrices as they are, a draft for one system and a number of nights, return what the draft would have changed on each of the
    last scans of so many dates, none if nothing is stored.

    The draft takes the place of the matrix with its system. The same judge judges both, on the rows and the day of each night.
    """
    is_promoted = all(row.mode == "draft" for row in draft.rows)
    if is_promoted:
        draft = replace(draft, rows=tuple(replace(row, mode="alert") for row in draft.rows))
    after = [matrix for matrix in matrices if matrix.system != draft.system] + [draft]
    scans = list({scan.as_of: scan for scan in store.scans()}.values())[-nights:]
    if not scans:
        return Backtested((), 0, is_promoted)
    coverages = {scan.number: store.coverage_at(scan.number) for scan in scans}
    systems = sorted({system for coverage in coverages.values() for system in coverage.systems if draft.applies_to(system)})
    window = store.window(scans[0].number, scans[-1].number, (*TABLES_JUDGED, "links"), systems)
    told: list[NightTold] = []
    judged = 0
    seen: tuple[object, ...] = ()
    for scan in scans:
        coverage = coverages[scan.number]
        if not systems or any(coverage.state_of_system(system) is not SourceState.OK for system in systems):
            told.append(NightTold(scan.number, scan.as_of, is_read=False))
            continue
        snapshot = Snapshot(scan.board, scan.as_of, _tables(window, scan), coverage)
        people = known_people(snapshot, policy, store.people_past(scan.number))
        links = window.links(scan.number)
        state = (window.rows(scan.number), _of_people(people, links, snapshot, policy), _running(snapshot, policy))
        if told and state == seen:
            told.append(replace(told[-1], scan=scan.number, as_of=scan.as_of))
            continue
        seen = state
        judged += 1
        found = [_findings(judge(snapshot, people, links, norms, policy, Past()), snapshot, policy) for norms in (matrices, after)]
        told.append(_compared(scan, *found))
    return Backtested(tuple(told), judged, is_promoted)


def _tables(window: Window, scan: StoredScan) -> dict[str, pd.DataFrame]:
    return {name: window.table(name, scan.number) for name in TABLES_JUDGED}


def _of_people(people: People, links: pd.DataFrame, snapshot: Snapshot, policy: Policy) -> tuple[int, ...]:
    """What the judge reads of those who own an account here, as numbers: equal when nobody's standing or work changed."""
    owner = np.unique(owners(links, people))
    owner = owner[owner >= 0]
    persons = people.persons[["person", "numbers", "mail", "upn", "has_left", "is_vanished", "is_assessable"]].iloc[owner]
    is_early = people.persons["first_day"].iloc[owner] > np.datetime64(snapshot.as_of + timedelta(days=policy.early_days), "s")
    work = people.engagements[["person_row", "origin", "function", "school", "kind", "task", "weeks", "share", "counts", "is_past"]]
    work = work[np.isin(work["person_row"].to_numpy(), owner)]
    frames = (persons.assign(is_early=is_early), work)
    return tuple(hash(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()) for frame in frames)


def _running(snapshot: Snapshot, policy: Policy) -> tuple[bytes, ...]:
    """Which rows with a period hold on the day, and which have begun."""
    day = np.datetime64(snapshot.as_of, "s")
    teaching = snapshot.table("teaching")
    found = [np.packbits(policy.runs(teaching["starts_on"], teaching["ends_on"], snapshot.as_of)).tobytes()]
    for name in DATED:
        table = snapshot.table(name)
        for column in ("starts_on", "ends_on", "signed_on"):
            if column in table:
                found.append(np.packbits(table[column].to_numpy() <= day).tobytes())
                found.append(np.packbits(table[column].to_numpy() < day).tobytes())
    return tuple(found)


def _findings(judged: Judged, snapshot: Snapshot, policy: Policy) -> dict[Key, str]:
    """What would be a finding about a right: by its identity, one each; a right nobody declared is one for all who hold it."""
    grants = judged.grants
    verdict = grants["verdict"]
    fires = grants[~verdict.isin([COVERED, NOT_JUDGED]).to_numpy()]
    accounts = snapshot.table("accounts")["account"].to_numpy(dtype=object)
    columns: list[Any] = [
        fires["system"].astype("str"), accounts[fires["account_row"].to_numpy()],
        *(fires[name].astype("str").fillna("") for name in ("right", "scope", "school", "group")), fires["verdict"].astype("str"),
    ]
    found: dict[Key, str] = {}
    for system, account, right, scope, school, group, rule in zip(*columns, strict=True):
        setting = policy.setting(rule, system, school)
        if setting is None or setting.is_on:
            key = (system, "", right, "", "", "") if rule == UNKNOWN_RIGHT else (system, account, right, scope, school, group)
            found[key] = rule
    return found


def _compared(scan: StoredScan, before: Mapping[Key, str], after: Mapping[Key, str]) -> NightTold:
    return NightTold(
        scan.number, scan.as_of, before, len(after),
        appearing={key: after[key] for key in after if key not in before}, vanishing={key: before[key] for key in before if key not in after},
        changed={key: (before[key], after[key]) for key in after if key in before and before[key] != after[key]},
    )
