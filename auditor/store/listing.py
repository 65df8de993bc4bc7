"""Findings of any night as plain dictionaries, with their events and frozen evidence; wording them is done elsewhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from auditor.model.finding import Change, State
from auditor.store.finding_decisions import load_finding_decisions, with_pending
from auditor.store.past import load_standing
from auditor.store.scans import load_days
from auditor.store.words import Words

DECIDED = (State.ACKNOWLEDGED, State.WAIVED, State.FALSE_POSITIVE)
Resolved = Literal["none", "tonight", "all"]


def list_findings(
    connection: sqlite3.Connection, scan: int, keys: Collection[str] | None, resolved: Resolved, has_evidence: bool, has_history: bool,
    since: int | None = None,
) -> list[dict[str, Any]]:
    """Given a scan, return its findings as it left them, in the order in which they were first stored; with the changes of that scan, or
    (since) all changes after an earlier scan taken together."""
    days = load_days(connection)
    is_newest = scan == max(days, default=0)
    frame = load_standing(connection, scan, Words(connection), keys)
    if is_newest:
        frame = with_pending(connection, frame)
    events = _changes(connection, scan, scan - 1 if since is None else since)
    is_resolved = frame["state"] == State.RESOLVED
    wanted = pd.Series(np.ones(len(frame), dtype=np.bool_))
    if resolved == "none":
        wanted &= ~is_resolved
    elif resolved == "tonight":
        wanted &= ~is_resolved | frame["key"].isin([key for key, (change, _) in events.items() if change == Change.RESOLVED])
    if keys is not None:
        wanted &= frame["key"].isin(list(keys))
    found = _records(frame[wanted])
    shown = {row["key"] for row in found} if keys is not None else None
    evidence = load_evidence(connection, scan, shown) if has_evidence else {}
    history = load_events(connection, scan, shown, days) if has_history else {}
    decided = load_finding_decisions(connection, shown, None if is_newest else scan)
    began = _began(connection, scan, shown)
    for row in found:
        row["last_confirmed_on"] = row.pop("confirmed_until") or days[scan]
        row["found_at"] = began.get(row["key"])
        row["change"], row["previous_rule"] = events.get(row["key"], (_unmoved(row), None))
        row["decision"] = decided[row["key"]][-1] if row["state"] in DECIDED and row["key"] in decided else None
        if has_evidence:
            row["evidence"] = evidence.get(row["key"], {})
        if has_history:
            row["history"] = sorted([*history.get(row["key"], []), *decided.get(row["key"], [])], key=lambda event: event["on"])
    return found


def _changes(connection: sqlite3.Connection, scan: int, since: int) -> dict[str, tuple[str, str | None]]:
    """Change and previous rule of each finding over the scans after `since` until `scan`, by key.

    A finding that came and went in between is resolved; one that was there at first and changed its reason, and changed it back, is the
    only one not told. What a scan could not assess and a later one could is no change.
    """
    told: dict[str, tuple[str, str | None]] = {}
    for key, change, previous in connection.execute(
            "SELECT key, change, previous_rule FROM events WHERE scan > ? AND scan <= ? ORDER BY id", (since, scan)):
        first = told.get(key)
        if first is None or since == scan - 1:
            told[key] = (change, previous)
        elif change == Change.RESOLVED:
            told[key] = (change, None)
        elif change == Change.REOPENED:
            # solved and back within the time looked at: as it was, unless it was not there at first
            told[key] = (str(Change.NEW), None) if first[0] == Change.NEW else (change, None)
        elif first[0] in (Change.PERSISTING, Change.NOT_ASSESSED, Change.RESOLVED):
            told[key] = (change, previous)
    return told


def _began(connection: sqlite3.Connection, scan: int, keys: Collection[str] | None) -> dict[str, datetime]:
    """Given a scan, return by key when the scan began that found it (or found it again) last: from there the hours of a breach run (OPOR E)."""
    condition, parameters = _of_keys(keys)
    found = connection.execute(
        f"SELECT key, started_at FROM (SELECT key, max(scan) AS last FROM events WHERE change IN (?, ?) AND scan <= ?{condition} GROUP BY key) "
        "JOIN scans ON number = last", (str(Change.NEW), str(Change.REOPENED), scan, *parameters))
    instants: dict[str, datetime] = {}  # a scan finds many
    return {key: instants.setdefault(text, datetime.fromisoformat(text)) for key, text in found}


def load_evidence(connection: sqlite3.Connection, scan: int, keys: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """Given a scan, return by key the evidence frozen last, at that scan or before."""
    condition, parameters = _of_keys(keys)
    found = connection.execute(f"SELECT key, body FROM evidence WHERE scan <= ?{condition} ORDER BY id", (scan, *parameters))
    return {key: json.loads(body) for key, body in dict(found).items()}


def load_events(
    connection: sqlite3.Connection, scan: int, keys: Collection[str] | None, days: dict[int, date],
) -> dict[str, list[dict[str, Any]]]:
    """Given a scan, return by key the events until then, oldest first: scan, on, change, rule, previous_rule, score, reason."""
    condition, parameters = _of_keys(keys)
    names = ("scan", "change", "rule", "previous_rule", "score", "reason")
    found: dict[str, list[dict[str, Any]]] = {}
    for key, *values in connection.execute(
            f"SELECT key, {', '.join(names)} FROM events WHERE scan <= ?{condition} ORDER BY id", (scan, *parameters)):
        event = dict(zip(names, values, strict=True))
        found.setdefault(key, []).append({"on": days[event["scan"]], **event})
    return found


def _of_keys(keys: Collection[str] | None) -> tuple[str, tuple[str, ...]]:
    if keys is None:
        return "", ()
    return " AND key IN (SELECT value FROM json_each(?))", (json.dumps(sorted(keys)),)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if column.dtype.kind == "M":
            days = column.to_numpy().astype("datetime64[D]").astype(object)
            columns[name] = [None if day is None else day for day in days]
        else:
            values = column.to_numpy(dtype=object)
            columns[name] = [None if is_absent else value for value, is_absent in zip(values, column.isna(), strict=True)]
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _unmoved(row: dict[str, Any]) -> str | None:
    if row["state"] == State.RESOLVED:
        return None
    return str(Change.NOT_ASSESSED if row["not_assessed_since"] else Change.PERSISTING)
