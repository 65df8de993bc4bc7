"""Every finding's standing after a scan, from its standing before and what the scan concluded; and the events in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.arrows import positions, spelled
from auditor.model.finding import Change, State
from auditor.store.layouts import FINDINGS_LAYOUT
from auditor.store.record import ScanRecord

CATEGORIES = tuple(stored.name for stored in FINDINGS_LAYOUT.columns if stored.is_category)
FROM_TODAY = (
    "key", "rule", "cluster", "system", "account", "person", "right", "level", "scope", "school", "group", "score", "fingerprint",
    "deadline_on", "mails",
)
LAPSED = "lapsed_"
JUDGED_AGAIN = "judged_again"

Event = tuple[str, str, str, str | None, int, str | None]
"""key, change, rule, previous rule, score, reason."""


@dataclass(frozen=True)
class Standing:
    """frame: every finding ever found, with the columns of FINDINGS_LAYOUT; events: what changed tonight, in the order of the findings."""

    frame: pd.DataFrame
    events: list[Event]


def stand_after(before: pd.DataFrame, record: ScanRecord) -> Standing:
    """Given the standing of all findings before the scan (frame as in Standing), return it after.

    Today's findings are open, or stay acknowledged, waived or false positive unless that lapses; those that are gone are resolved, or
    flagged as not assessed since; all others stay as they are. Raise ValueError if changes name a finding that is not there.
    """
    lapsed = {_past_key(record, row): why for row, why in record.changes.lapsed}
    known = positions(record.assessment.findings["key"], before["key"])
    gone_keys = record.past.findings["key"].iloc[record.changes.gone["past_row"].to_numpy()]
    left = positions(gone_keys, before["key"])
    if (left < 0).any():
        raise ValueError("changes name a finding that was never stored")
    today, today_events = _today(before, record, lapsed, known)
    gone, gone_events = _gone(before.iloc[left].reset_index(drop=True), record, lapsed)
    is_untouched = np.ones(len(before), dtype=np.bool_)
    is_untouched[known[known >= 0]] = False
    is_untouched[left] = False
    return Standing(_combined([before[is_untouched], gone, today]), [*today_events, *gone_events])


def _today(
    before: pd.DataFrame, record: ScanRecord, lapsed: Mapping[str, str], place: npt.NDArray[np.intp],
) -> tuple[pd.DataFrame, list[Event]]:
    found, changes = record.assessment.findings.reset_index(drop=True), record.changes.today.reset_index(drop=True)
    held = {name: found[name].array for name in FROM_TODAY}
    frame = pd.DataFrame(
        {name: spelled(column) if isinstance(column, pd.Categorical) else column for name, column in held.items()}, index=found.index, copy=False)
    is_lapsed = _are_among(frame["key"], lapsed)
    is_known = place >= 0
    change = changes["change"].to_numpy(dtype=object)
    state = _held(before["state"], place, str(State.OPEN))
    is_open = (change == Change.NEW) | (change == Change.REOPENED) | (state == State.RESOLVED) | is_lapsed
    state[is_open] = str(State.OPEN)
    is_plain = state == State.OPEN
    frame["state"] = pd.Series(state, dtype="str")
    frame["state_score"] = np.where(is_plain, 0, _held(before["state_score"], place, 0)).astype(np.int64)
    frame["state_until"] = _dates(before["state_until"], place, ~is_plain)
    frame["not_assessed_since"] = _dates(before["not_assessed_since"], place, np.zeros(len(frame), dtype=np.bool_))
    frame["reopened"] = _held(before["reopened"], place, 0).astype(np.int64) + (change == Change.REOPENED)
    first = _dates(before["first_seen_on"], place, is_known)
    frame["first_seen_on"] = first.fillna(_stamp(record.as_of))
    for name in ("confirmed_until", "resolved_on"):
        frame[name] = _dates(before[name], place, np.zeros(len(frame), dtype=np.bool_))
    frame["resolved_by"] = pd.Series(pd.NA, index=frame.index, dtype="str")

    was_flagged = _dates(before["not_assessed_since"], place, is_known).notna().to_numpy()
    tells = (change != Change.PERSISTING) | was_flagged | is_lapsed
    previous = changes["previous_rule"].to_numpy(dtype=object)
    events: list[Event] = []
    told = np.flatnonzero(tells)
    for row, key, rule, score in zip(told.tolist(), *_told(frame, told), strict=True):
        reason = LAPSED + lapsed[key] if key in lapsed else JUDGED_AGAIN if was_flagged[row] and change[row] == Change.PERSISTING else None
        events.append((key, change[row], rule, _none(previous[row]), score, reason))
    return frame, events


def _gone(frame: pd.DataFrame, record: ScanRecord, lapsed: Mapping[str, str]) -> tuple[pd.DataFrame, list[Event]]:
    gone = record.changes.gone
    is_resolved = gone["change"].to_numpy(dtype=object) == Change.RESOLVED
    was_resolved = (frame["state"] == State.RESOLVED).to_numpy()
    resolves, flags = is_resolved & ~was_resolved, ~is_resolved & ~was_resolved
    newly_flagged = flags & frame["not_assessed_since"].isna().to_numpy()
    ends = flags & _are_among(frame["key"], lapsed)  # a date passes whether or not anyone could look
    today, confirmed = _stamp(record.as_of), _stamp(record.past.as_of or record.as_of)
    resolved_by = gone["resolved_by"].to_numpy(dtype=object)

    frame["confirmed_until"] = frame["confirmed_until"].mask((resolves | flags) & frame["confirmed_until"].isna(), confirmed)
    frame["not_assessed_since"] = frame["not_assessed_since"].mask(newly_flagged, today).mask(resolves)
    frame["state"] = frame["state"].mask(resolves, str(State.RESOLVED)).mask(ends, str(State.OPEN))
    frame["state_score"] = frame["state_score"].mask(resolves | ends, 0)
    frame["state_until"] = frame["state_until"].mask(resolves | ends)
    frame["resolved_on"] = frame["resolved_on"].mask(resolves, today)
    frame["resolved_by"] = pd.Series(np.where(resolves, resolved_by, frame["resolved_by"].to_numpy(dtype=object)), dtype="str")

    events: list[Event] = []
    told = np.flatnonzero(resolves | newly_flagged | ends)
    for row, key, rule, score in zip(told.tolist(), *_told(frame, told), strict=True):
        change = str(Change.RESOLVED if resolves[row] else Change.NOT_ASSESSED)
        reason = LAPSED + lapsed[key] if ends[row] else _none(resolved_by[row])
        events.append((key, change, rule, None, score, reason))
    return frame, events


def _combined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    names = [stored.name for stored in FINDINGS_LAYOUT.columns]
    some = [frame[names] for frame in frames if len(frame)]
    return pd.concat(some, ignore_index=True) if some else frames[0][names]


def _past_key(record: ScanRecord, row: int) -> str:
    return str(record.past.findings["key"].iat[row])


def _are_among(keys: pd.Series[Any], some: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    if not some:
        return np.zeros(len(keys), dtype=np.bool_)
    found: npt.NDArray[np.bool_] = keys.isin(list(some)).to_numpy()
    return found


def _told(frame: pd.DataFrame, rows: npt.NDArray[np.intp]) -> tuple[list[str], list[str], list[int]]:
    told = frame.iloc[rows]
    return told["key"].tolist(), told["rule"].tolist(), told["score"].tolist()


def _held(column: pd.Series[Any], place: npt.NDArray[np.intp], otherwise: object) -> npt.NDArray[np.object_]:
    result: npt.NDArray[np.object_] = np.full(len(place), otherwise, dtype=object)
    result[place >= 0] = column.to_numpy(dtype=object)[place[place >= 0]]
    return result


def _dates(column: pd.Series[Any], place: npt.NDArray[np.intp], is_kept: npt.NDArray[np.bool_]) -> pd.Series[Any]:
    values = np.full(len(place), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    some = is_kept & (place >= 0)
    values[some] = column.to_numpy(dtype="datetime64[s]")[place[some]]
    return pd.Series(values)


def _stamp(day: date) -> pd.Timestamp:
    return pd.Timestamp(day).as_unit("s")


def _none(value: Any) -> str | None:
    return value if isinstance(value, str) else None
