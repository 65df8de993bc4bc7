"""What the absence of an earlier finding means: solved, or only not seen (design law 5).

A finding that is not there today is resolved only when today could have shown it: its rule is on, everything the rule needs was read for
its system, school and person, and nothing that fired or might have fired in its place was held back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.assess.among import is_among
from auditor.assess.distinct import distinct_rows
from auditor.assess.grants_left import Left, grants_left
from auditor.assess.identity import fields_of, stamp_keys
from auditor.assess.needs import Needs
from auditor.assess.running import Outcome
from auditor.assess.scoring import setting_of
from auditor.model.judged import COVERED, NOT_JUDGED, UNKNOWN_RIGHT
from auditor.rules.hits import cells
from auditor.rules.registry import SLUGS, spec_of
from auditor.rules.spec import RuleSpec
from auditor.rules.view import AuditView

REPAIRED, NORM_CHANGED, DECLARED = "repaired", "norm_changed", "declared"


def judge_absences(
    view: AuditView, needs: Needs, outcomes: Sequence[Outcome], findings: pd.DataFrame, successor_of: Mapping[str, str],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.object_]]:
    """Given the past and today's findings, return for each row of Past.findings whether its absence is a resolution, and by what.

    Rows that are there today, or resolved already, are True and "repaired" without a meaning.
    """
    past = view.past.findings
    fates = np.ones(len(past), dtype=bool)
    resolved_by = np.full(len(past), REPAIRED, dtype=object)
    gone = ~is_among(past["key"], findings["key"]) & (past["state"] != "resolved").to_numpy()
    rows = np.flatnonzero(gone)
    if not len(rows):
        return fates, resolved_by
    lost = past.take(rows).reset_index(drop=True)
    judgeable = _judgeable(view, needs, lost)
    judgeable &= ~is_among(lost["key"], _doubtful_keys(outcomes, lost, successor_of))
    left = grants_left(view, lost, successor_of)
    fates[rows] = judgeable & ~np.array([_is_held_back(one, rule) for one, rule in zip(left, lost["rule"], strict=True)], dtype=bool)
    resolved_by[rows] = _reasons(view, lost, left)
    return fates, resolved_by


def _judgeable(view: AuditView, needs: Needs, lost: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Per lost finding whether its rule could be judged for its system, school and person; asked once per distinct place."""
    distinct, places = distinct_rows(lost["rule"], lost["system"], lost["school"])
    could = [_could(view, needs, rule, system, school) for rule, system, school in distinct]
    fates = np.asarray(np.array(could, dtype=bool)[places], dtype=bool)
    fates = fates & ~_hides_in_missing_school(view, needs, lost) & ~needs.unread.are_unread(lost)
    is_known: npt.NDArray[np.bool_] = _is_wholly_known(view, lost) if needs.hr_schools else ~_is_unassessable(view, lost)
    return np.asarray(fates & (is_known | ~_leans_on_hr(lost)), dtype=bool)


def _could(view: AuditView, needs: Needs, rule: str | None, system: str | None, school: str | None) -> bool:
    if rule not in SLUGS:
        return False
    spec = spec_of(rule)
    setting = setting_of(view, rule, system, school)
    if (setting is not None and not setting.is_on) or needs.gaps(spec, system) or needs.forgets(spec):
        return False
    return school not in needs.missing_schools(spec, system)


def _hides_in_missing_school(view: AuditView, needs: Needs, lost: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Findings without a school in a system that misses one: their account may be in the slice that was not read."""
    partial = [system for system in needs.systems if needs.coverage.missing_schools_of_system(system)]
    here: npt.NDArray[np.bool_] = is_among(lost["system"], partial) & lost["school"].isna().to_numpy(dtype=bool)
    if here.any():
        present = view.accounts.loc[is_among(view.accounts["system"], partial), "account"]
        here &= ~is_among(lost["account"], present)
    return here


def _leans_on_hr(lost: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Findings that need HR, and those about a row of no system: it may stand in the school that HR misses."""
    known = [rule for rule in lost["rule"].unique() if rule in SLUGS]
    of_hr = is_among(lost["rule"], [rule for rule in known if "hr" in spec_of(rule).needs])
    of_any = is_among(lost["rule"], [rule for rule in known if "sources" in spec_of(rule).needs])
    return np.asarray(of_hr | (of_any & lost["system"].isna().to_numpy()), dtype=bool)


def _is_wholly_known(view: AuditView, lost: pd.DataFrame) -> npt.NDArray[np.bool_]:
    persons = view.people.persons
    known = persons.loc[persons["is_assessable"] & persons["in_hr"], "person"]
    return is_among(lost["person"], known)


def _is_unassessable(view: AuditView, lost: pd.DataFrame) -> npt.NDArray[np.bool_]:
    persons = view.people.persons
    return is_among(lost["person"], persons.loc[~persons["is_assessable"], "person"])


def _doubtful_keys(outcomes: Sequence[Outcome], lost: pd.DataFrame, successor_of: Mapping[str, str]) -> set[str]:
    """Keys of what fired and may not be said, or could not be judged; only where it concerns something that was lost."""
    keys: set[str] = set()
    for outcome in outcomes:
        doubtful, spec = outcome.doubtful, outcome.spec
        if not len(doubtful):
            continue
        alike = lost["rule"] == spec.slug if spec.cluster == "rule" else lost["cluster"] == spec.cluster
        mine = lost[alike.to_numpy(dtype=bool)]
        if not len(mine):  # a key of another cluster, or of another rule, is another key
            continue
        is_near = pd.isna(doubtful["account"]) | is_among(doubtful["account"], mine["account"].dropna().unique())
        if "person" in fields_of(spec):
            is_near &= pd.isna(doubtful["person"]) | is_among(doubtful["person"], mine["person"].dropna().unique())
        if is_near.any():
            keys.update(stamp_keys(doubtful.take(is_near), spec, successor_of))
    return keys


def _is_held_back(left: Left | None, rule: str) -> bool:
    """Whether the right is still held and the judge could not say that it may be."""
    if left is None or left.reason in ("account_not_live", "account_set_aside"):
        return False
    if left.verdict == COVERED:
        return rule.startswith("scope-") and left.is_scope_open
    return left.verdict == NOT_JUDGED


def _reasons(view: AuditView, lost: pd.DataFrame, left: Sequence[Left | None]) -> list[str]:
    owners = _owners_today(view, lost)
    changed = {matrix.system for matrix in view.matrices if view.past.matrix_digests.get(matrix.system, matrix.digest) != matrix.digest}
    subjects = zip(lost["rule"].tolist(), lost["system"].tolist(), lost["account"].tolist(), left, strict=True)
    return [
        _reason(spec_of(rule) if rule in SLUGS else None, one, owners.get((system, account)), changed)
        for rule, system, account, one in subjects
    ]


def _reason(spec: RuleSpec | None, left: Left | None, owner: tuple[str, str] | None, changed: set[str]) -> str:
    if spec is None:
        return REPAIRED
    if spec.slug == "function-unknown":
        return NORM_CHANGED
    if spec.cluster == "owner" and owner is not None:
        situation, tier = owner
        return DECLARED if tier == "decided" or situation == "set_aside" else REPAIRED
    if left is None:
        return REPAIRED
    if spec.slug == UNKNOWN_RIGHT or left.verdict == UNKNOWN_RIGHT or left.matrix in changed:
        return NORM_CHANGED
    is_declared = left.reason in ("temporary_right", "account_set_aside") or spec.slug == "declaration-unsigned"
    return DECLARED if is_declared else REPAIRED


def _owners_today(view: AuditView, lost: pd.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """Situation and tier of the accounts that lost an owner finding and can still be used."""
    names = lost.loc[(lost["cluster"] == "owner").to_numpy(), "account"]
    accounts = view.account_arrays
    near = np.flatnonzero(is_among(accounts["account"], names) & accounts["is_live"])
    cells_of = (np.asarray(cells(accounts[name], near), dtype=object).tolist() for name in ("system", "account", "situation", "tier"))
    told = zip(*cells_of, strict=True)
    return {(system, account): (situation, tier) for system, account, situation, tier in told}
