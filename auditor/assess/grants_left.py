"""Rights that lost their finding and are still held: what the judge says of them today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.assess.among import is_among
from auditor.assess.identity import stamp_keys
from auditor.assess.unanswered import OPEN_SCOPE
from auditor.model.columns import Columns
from auditor.model.judged import COVERED, NOT_JUDGED, UNKNOWN_RIGHT
from auditor.rules.hits import Rows, cells, grants_as_rows
from auditor.rules.registry import spec_of
from auditor.rules.view import AuditView


@dataclass(frozen=True)
class Left:
    """verdict, reason: the judge's; matrix: its system pattern, "" when there is none; is_scope_open: covers with a question open."""

    verdict: str
    reason: str
    matrix: str
    is_scope_open: bool


def grants_left(view: AuditView, lost: pd.DataFrame, successor_of: Mapping[str, str]) -> list[Left | None]:
    """Given findings of the past that are not there today, return for each what the judge says of the right it was about.

    None where the right is no longer held, or the finding was not about a right. Of several grants with one key the worst counts:
    not judged before uncovered before covered.
    """
    found: dict[str, Left] = {}
    of_grants = (lost["cluster"] == "grant").to_numpy()
    if of_grants.any():
        rows = _held_by(view, lost[of_grants])
        subjects = grants_as_rows(view, rows)
        _keep(view, found, stamp_keys(subjects, spec_of("right-outside-matrix"), successor_of), rows)
    unknown = (lost["rule"] == UNKNOWN_RIGHT).to_numpy()
    if unknown.any():
        rows = _of_rights(view, lost[unknown])
        grants = Columns({"system": cells(view.grants["system"], rows), "right": cells(view.grants["native"], rows)})
        _keep(view, found, stamp_keys(grants, spec_of(UNKNOWN_RIGHT), successor_of), rows)
    return [found.get(key) for key in lost["key"]]


def _keep(view: AuditView, found: dict[str, Left], keys: list[str], rows: Rows) -> None:
    weight = {NOT_JUDGED: 2, COVERED: 0}
    cases = view.grants["case"].to_numpy()[rows]
    for key, case in zip(keys, cases, strict=True):
        ruling, matrix = view.judged.rulings[case], view.judged.cases[case].matrix
        one = Left(
            ruling.verdict, ruling.reason, view.matrices[matrix].system if matrix >= 0 else "",
            ruling.verdict == COVERED and ruling.reason in OPEN_SCOPE,
        )
        known = found.get(key)
        if known is None or weight.get(one.verdict, 1) > weight.get(known.verdict, 1):
            found[key] = one


def _held_by(view: AuditView, lost: pd.DataFrame) -> Rows:
    """Positions of judged grants of the accounts that lost a finding."""
    near = np.append(is_among(view.accounts["account"], lost["account"].unique()), False)
    return np.flatnonzero(near[view.grants["account_row"].to_numpy()])


def _of_rights(view: AuditView, lost: pd.DataFrame) -> Rows:
    """One position per system, right and case: enough to know what the judge says of them."""
    grants = view.grants[["system", "native", "case"]]
    near = grants[is_among(grants["native"], lost["right"].unique())].drop_duplicates()
    rows: Rows = near.index.to_numpy(dtype=np.intp)
    return rows
