"""Yesterday beside today: what is new, what goes on, what is solved, and what nobody could see."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.assessment import Assessment, Changes
from auditor.model.finding import Change, State
from auditor.model.past import Past

SCORE_HIGHER, DATE_PASSED, EVIDENCE_CHANGED = "score_higher", "date_passed", "evidence_changed"
"""Why a decision lapses: an acknowledgement or waiver by a higher score or its date, a false positive by other evidence."""


def compare(past: Past, assessment: Assessment, as_of: date) -> Changes:
    """Given what is known of earlier scans and today's verdict, return every finding's step since then.

    today and gone are as Changes says; gone leaves out what was resolved already. lapsed: positions in Past.findings whose decision no
    longer holds, with SCORE_HIGHER, DATE_PASSED or EVIDENCE_CHANGED; the day named in a decision is the last on which it holds. The
    answer does not depend on the order of rows.
    """
    before, findings = past.findings, assessment.findings
    past_row = pd.Index(before["key"]).get_indexer(pd.Index(findings["key"])).astype(np.int32)
    is_known = past_row >= 0
    previous = _taken(before["rule"], past_row)
    is_other_rule = is_known & (previous != findings["rule"].astype("object").to_numpy())
    was_resolved = is_known & (_taken(before["state"], past_row) == State.RESOLVED.value)
    is_changed = is_known & (_prints(before)[past_row] != findings["fingerprint"].to_numpy(dtype=np.uint64))
    change = np.select(
        [~is_known, was_resolved, is_other_rule],
        [Change.NEW.value, Change.REOPENED.value, Change.REASON_CHANGED.value], Change.PERSISTING.value,
    )
    today = pd.DataFrame({
        "change": _changes(change), "past_row": past_row,
        "previous_rule": _only(is_other_rule, previous),
        "must_freeze": ~is_known | was_resolved | is_other_rule | is_changed | findings["key"].isin(list(assessment.renamed)).to_numpy(),
    })
    gone = _gone(before, assessment, past_row)
    solved = gone.loc[(gone["change"] == Change.RESOLVED.value).to_numpy(), "past_row"]
    systems = dict(zip(findings["key"], findings["system"].astype("object"), strict=True)) if assessment.renamed else {}
    accounts = {(systems.get(key), account) for key, account in assessment.renamed.items()}
    return Changes(today, gone, tuple(_lapsed(before, findings, past_row, is_changed, solved, as_of)), len(accounts))


def _gone(before: pd.DataFrame, assessment: Assessment, past_row: npt.NDArray[np.int32]) -> pd.DataFrame:
    is_gone = (before["state"] != State.RESOLVED.value).to_numpy(dtype=bool).copy()
    is_gone[past_row[past_row >= 0]] = False
    rows = np.flatnonzero(is_gone).astype(np.int32)
    is_solved = assessment.fates[rows]
    why = assessment.resolved_by[rows] if len(assessment.resolved_by) else np.full(len(rows), "repaired", dtype=object)
    return pd.DataFrame({
        "past_row": rows,
        "change": _changes(np.where(is_solved, Change.RESOLVED.value, Change.NOT_ASSESSED.value)),
        "resolved_by": _only(is_solved, why),
    })


def _lapsed(
    before: pd.DataFrame, findings: pd.DataFrame, past_row: npt.NDArray[np.int32], is_changed: npt.NDArray[np.bool_],
    solved: pd.Series[Any], as_of: date,
) -> list[tuple[int, str]]:
    """Decisions that end today; a date also ends one on a finding nobody could see, none on a finding that was just solved."""
    state = before["state"].astype("object").to_numpy()
    is_dated = np.isin(state.astype(str), [State.ACKNOWLEDGED.value, State.WAIVED.value])
    score = np.full(len(before), -1, dtype=np.int16)
    known = past_row >= 0
    score[past_row[known]] = findings["score"].to_numpy()[known]
    is_other = np.zeros(len(before), dtype=bool)
    is_other[past_row[known]] = is_changed[known]
    is_passed = is_dated & (before["state_until"] < pd.Timestamp(as_of)).to_numpy()
    is_passed[solved.to_numpy()] = False
    is_higher = is_dated & (score > before["state_score"].fillna(9).to_numpy(dtype=np.int16))
    is_back = (state == State.FALSE_POSITIVE.value) & is_other
    why = np.select([is_higher, is_passed, is_back], [SCORE_HIGHER, DATE_PASSED, EVIDENCE_CHANGED], "")
    return [(int(row), str(why[row])) for row in np.flatnonzero(why != "")]


def _changes(values: Any) -> pd.Categorical:
    return pd.Categorical(values, categories=[change.value for change in Change])


def _only(where: npt.NDArray[np.bool_], words: npt.NDArray[Any]) -> pd.Series[Any]:
    """The words where they apply, as categories; absent elsewhere."""
    return pd.Series(words, dtype="object").where(where).astype("str").astype("category")


def _taken(column: pd.Series[Any], rows: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = column.astype("object").reindex(pd.Index(rows)).to_numpy()
    return found


def _prints(before: pd.DataFrame) -> npt.NDArray[np.uint64]:
    return np.append(before["fingerprint"].to_numpy(dtype=np.uint64), np.uint64(0))
