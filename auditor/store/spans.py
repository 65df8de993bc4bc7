"""Who had what, and since when: rows of history with the days between which they were so."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from auditor.store.layouts import LAYOUTS, Stored
from auditor.store.scans import load_days
from auditor.store.words import Words

_EPOCH = date(1970, 1, 1)


def spans(
    connection: sqlite3.Connection, words: Words, name: str, where: Mapping[str, str], on: int | None = None,
) -> list[dict[str, Any]]:
    """Given the name of a table of history and texts that some of its columns have, return its rows, oldest first.

    Each row: its columns (dates as dates, absent as None), `source`, `since` (day of the first scan that had it) and `gone` (day of the
    first scan that no longer had it, None while it is still so). on: only what was so at this scan.
    """
    layout = LAYOUTS[name]
    stored = {column.name: column for column in layout.columns}
    conditions, parameters = [], list[object]()
    for column, text in where.items():
        conditions.append(f'"{column}" = ?')
        parameters.append(words.known(text) if stored[column].encoding == "word" else text)
    if on is not None:
        conditions.append("valid_from_scan <= ? AND (valid_until_scan IS NULL OR valid_until_scan > ?)")
        parameters += [on, on]
    columns = ", ".join(f'"{column}"' for column in stored)
    days = load_days(connection)
    found = []
    for since, until, source, *values in connection.execute(
            f'SELECT valid_from_scan, valid_until_scan, source, {columns} FROM "{name}" WHERE {" AND ".join(conditions) or 1} ORDER BY version_id',
            parameters):
        row = {column.name: _plain(column, value, words) for column, value in zip(layout.columns, values, strict=True)}
        found.append(row | {"source": words[source] if source else None, "since": days[since], "gone": days[until] if until else None})
    return found


def _plain(column: Stored, value: Any, words: Words) -> Any:
    if value is None:
        return None
    if column.encoding == "word":
        return words[value] if value else None
    if column.encoding == "day":
        return _EPOCH + timedelta(days=value)
    return bool(value) if column.encoding == "flag" else value
