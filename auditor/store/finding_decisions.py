"""Decisions about findings: written between scans, laid over the standing of the last scan, taken along by the next."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from auditor.model.decision import STATE_AFTER, FindingDecision, Step
from auditor.model.errors import StoreError
from auditor.model.finding import State
from auditor.store.instants import instant
from auditor.store.sealed_rows import seal_row

ZONE = ZoneInfo("Europe/Amsterdam")
NAMES = ("key", "step", "reason", "decided_by", "decided_at", "until", "owner", "score")
EVENT_OF = {Step.ACKNOWLEDGE: "acknowledged", Step.WAIVE: "waived", Step.FALSE_POSITIVE: "false_positive", Step.WITHDRAW: "withdrawn"}
"""How a decision is called in a finding's history."""


def save_finding_decisions(connection: sqlite3.Connection, decided: Sequence[FindingDecision], standing: pd.DataFrame) -> None:
    """Given decisions and the standing of all findings now, write all of them or (raising StoreError) none.

    A key that is not there, a finding that is solved, and a withdrawal where nothing stands are refused.
    """
    found = {key: (state, score) for key, state, score in zip(standing["key"], standing["state"], standing["score"], strict=True)}
    for one in decided:
        if one.key not in found:
            raise StoreError("no_such_finding", key=one.key)
        state, score = found[one.key]
        if state == State.RESOLVED:
            raise StoreError("finding_is_resolved", key=one.key)
        if one.step is Step.WITHDRAW and state == State.OPEN:
            raise StoreError("nothing_to_withdraw", key=one.key)
        values = (one.key, str(one.step), one.reason, one.by, instant(one.at), one.until.isoformat() if one.until else None, one.owner, int(score))
        cursor = connection.execute(
            f"INSERT INTO finding_decisions ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})", values)
        seal_row(connection, "decision", cursor.lastrowid or 0)



def last_number(connection: sqlite3.Connection) -> int:
    """Return the number of the newest decision, 0 when there is none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM finding_decisions").fetchone()[0])


def with_pending(connection: sqlite3.Connection, standing: pd.DataFrame, until: int | None = None) -> pd.DataFrame:
    """Given the standing that the last scan left, return it with the decisions (up to number `until`) that no scan has taken along.

    The last decision on a finding counts. state_score is the score it had when it was decided: a higher one ends an acknowledgement or waiver.
    """
    rows = connection.execute(
        "SELECT key, step, until, score FROM finding_decisions WHERE taken_by_scan IS NULL AND id <= ? ORDER BY id",
        (last_number(connection) if until is None else until,)).fetchall()
    if not rows:
        return standing
    last = {key: (Step(step), day, score) for key, step, day, score in rows}
    places = pd.Index(standing["key"]).get_indexer(pd.Index(list(last)))
    standing = standing.copy()
    state, score_then, until_then = (standing[name].to_numpy(copy=True) for name in ("state", "state_score", "state_until"))
    state = state.astype(object)
    for place, (step, day, score) in zip(places.tolist(), last.values(), strict=True):
        if place < 0 or state[place] == State.RESOLVED:
            continue
        after = STATE_AFTER[step]
        state[place] = str(after)
        score_then[place] = 0 if after is State.OPEN else score
        until_then[place] = np.datetime64(day or "NaT", "s")
    return standing.assign(
        state=pd.Series(state, dtype="str"), state_score=score_then, state_until=pd.Series(until_then).astype(standing["state_until"].dtype))


def take_along(connection: sqlite3.Connection, scan: int, until: int) -> list[int]:
    """Given a scan that was judged with the decisions up to number `until`, mark them as taken along by it. Return their numbers."""
    taken = [int(number) for (number,) in connection.execute(
        "SELECT id FROM finding_decisions WHERE taken_by_scan IS NULL AND id <= ? ORDER BY id", (until,))]
    connection.execute("UPDATE finding_decisions SET taken_by_scan = ? WHERE taken_by_scan IS NULL AND id <= ?", (scan, until))
    return taken


def load_finding_decisions(
    connection: sqlite3.Connection, keys: Collection[str] | None = None, scan: int | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Given keys (None: all) and a scan (None: up to now), return the decisions taken along by it or before, oldest first, by key:
    id, on (date), at, change (see EVENT_OF), by, reason, until, owner, score."""
    condition, parameters = "", list[object]()
    if keys is not None:
        condition, parameters = " AND key IN (SELECT value FROM json_each(?))", [json.dumps(sorted(keys))]
    if scan is not None:
        condition += " AND taken_by_scan <= ?"
        parameters.append(scan)
    found: dict[str, list[dict[str, Any]]] = {}
    for number, *values in connection.execute(f"SELECT id, {', '.join(NAMES)} FROM finding_decisions WHERE 1{condition} ORDER BY id", parameters):
        row = dict(zip(NAMES, values, strict=True))
        found.setdefault(row["key"], []).append({
            "id": number, "on": datetime.fromisoformat(row["decided_at"]).astimezone(ZONE).date(), "at": row["decided_at"],
            "change": EVENT_OF[Step(row["step"])],
            "by": row["decided_by"], "reason": row["reason"], "until": date.fromisoformat(row["until"]) if row["until"] else None,
            "owner": row["owner"], "score": row["score"],
        })
    return found
