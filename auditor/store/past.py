"""The past as the core may know it, put together from history."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.arrows import categorised, spelled
from auditor.model.links import LINKS
from auditor.model.past import FINDINGS_PAST, FileMemory, Past
from auditor.model.report import MatrixEdition, MatrixLine
from auditor.model.tables import TABLES, Table
from auditor.store.coverage import load_coverage
from auditor.store.decisions import load_link_decisions
from auditor.store.encoding import ABSENT, Ints
from auditor.store.finding_decisions import with_pending
from auditor.store.history import unpack_ids
from auditor.store.kept_frames import load_kept
from auditor.store.layouts import FINDINGS_LAYOUT, LAYOUTS, MATRICES_LAYOUT
from auditor.store.reading import EVERY, SOURCE, Only, Rows, chosen, read_rows, series
from auditor.store.references import load_references
from auditor.store.scans import load_days, load_last_scan
from auditor.store.words import Words

VALID_AT = "valid_from_scan <= ? AND (valid_until_scan IS NULL OR valid_until_scan > ?)"


def load_past(connection: sqlite3.Connection, as_of: date) -> tuple[Past, pd.DataFrame | None]:
    """Given the day to judge, return what the last scan of that day or before left behind, and the standing of all findings (see
    load_standing) with what people decided since; None before the first scan."""
    decisions = load_link_decisions(connection)
    last = load_last_scan(connection, as_of)
    if last is None:
        return Past(decisions=decisions), None
    words = Words(connection)
    standing = _decided(connection, last.number, load_standing(connection, last.number, words))
    past = Past(
        scan=last.number, as_of=last.as_of,
        links=_links(connection, last.number, words),
        decisions=decisions,
        persons=load_persons(connection, last.number, words),
        employments=load_employments(connection, last.number, words),
        findings=past_findings(standing),
        references=load_references(connection),
        files=_files(connection),
        blocked_on=_blocked_on(connection, last.number),
        matrix_digests={line.system: line.digest for line in load_editions(connection)},
    )
    return past, standing


def load_people_past(connection: sqlite3.Connection, scan: int) -> Past:
    """Given a scan, return who was known after it: persons and employments, and nothing else of the past."""
    words = Words(connection)
    return Past(
        scan=scan, as_of=load_days(connection)[scan], persons=load_persons(connection, scan, words),
        employments=load_employments(connection, scan, words))


def load_matrices(connection: sqlite3.Connection, scan: int, words: Words) -> list[MatrixLine]:
    """Given a scan, return the matrix editions it judged by."""
    rows = read_rows(connection, MATRICES_LAYOUT, VALID_AT, (scan, scan))
    frame = pd.DataFrame({stored.name: series(stored, rows.columns[stored.name], words) for stored in MATRICES_LAYOUT.columns})
    return [
        MatrixLine(line.system, line.name, line.edition, line.adopted_on.date() if pd.notna(line.adopted_on) else None, bool(line.is_norm),
                   line.digest)
        for line in frame.itertuples(index=False)
    ]


def load_editions(connection: sqlite3.Connection) -> list[MatrixEdition]:
    """Return every edition of every matrix that a scan judged by, in the order in which they came."""
    words, days = Words(connection), load_days(connection)
    rows = read_rows(connection, MATRICES_LAYOUT)
    frame = pd.DataFrame({stored.name: series(stored, rows.columns[stored.name], words) for stored in MATRICES_LAYOUT.columns})
    return [
        MatrixEdition(
            line.system, line.name, line.edition, _text(line.owner), line.adopted_on.date() if pd.notna(line.adopted_on) else None,
            _text(line.adopted_by), bool(line.is_norm), line.digest, days[int(since)], days[int(until)] if until != ABSENT else None)
        for line, since, until in zip(frame.itertuples(index=False), rows.since, rows.until, strict=True)
    ]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def table_frame(table: Table, rows: Rows, words: Words) -> pd.DataFrame:
    """Given rows of history of a canonical table (or links), return them as its frame; file and line are not kept."""
    columns: dict[str, object] = {
        stored.name: series(stored, rows.columns[stored.name], words) for stored in LAYOUTS[table.name].columns
    }
    if len(rows.ids):
        columns["source"] = series(SOURCE, rows.columns["source"], words)
    return table.frame(columns)


def load_standing(connection: sqlite3.Connection, scan: int, words: Words, keys: Collection[str] | None = None) -> pd.DataFrame:
    """Given a scan, return the standing of all findings after it: the columns of FINDINGS_LAYOUT, categories as texts."""
    only: Only = (VALID_AT, [scan, scan])
    if keys is not None:
        named = f"{VALID_AT} AND key IN (SELECT value FROM json_each(?))"
        only = chosen(connection, FINDINGS_LAYOUT.name, (named, [scan, scan, json.dumps(list(keys))]))
    rows = read_rows(connection, FINDINGS_LAYOUT, *only)
    found: dict[str, Any] = {}
    for stored in FINDINGS_LAYOUT.columns:
        held = series(stored, rows.columns[stored.name], words).array
        found[stored.name] = spelled(held) if stored.is_category else held
    return pd.DataFrame(found, index=pd.RangeIndex(len(rows.ids)), copy=False)


def _decided(connection: sqlite3.Connection, scan: int, standing: pd.DataFrame) -> pd.DataFrame:
    """The standing after a scan, with what people decided since if no scan came after it."""
    newest = load_last_scan(connection)
    return with_pending(connection, standing) if newest and newest.number == scan else standing


def past_findings(standing: pd.DataFrame) -> pd.DataFrame:
    """Given the standing of all findings, return it with the columns and dtypes of FINDINGS_PAST."""
    found: dict[str, Any] = {}
    for name, dtype in zip(FINDINGS_PAST.columns, FINDINGS_PAST.dtypes.array, strict=True):
        if isinstance(dtype, pd.CategoricalDtype):
            found[name] = categorised(standing[name])
        else:
            found[name] = standing[name].array if standing[name].dtype == dtype else standing[name].astype(dtype).array
    return pd.DataFrame(found, index=pd.RangeIndex(len(standing)), copy=False)


def _links(connection: sqlite3.Connection, scan: int, words: Words) -> pd.DataFrame:
    newest = load_last_scan(connection)
    kept = load_kept(connection, LINKS) if newest and newest.number == scan else None
    if kept is not None:
        return kept
    return table_frame(LINKS, read_rows(connection, LAYOUTS["links"], VALID_AT, (scan, scan)), words)


def load_persons(connection: sqlite3.Connection, scan: int, words: Words, only: Only = EVERY) -> pd.DataFrame:
    """Given a scan, return everyone known after it, each once: as last read."""
    rows = read_rows(connection, LAYOUTS["persons"], f"valid_from_scan <= ? AND ({only[0]})", (scan, *only[1]))
    frame = table_frame(TABLES["persons"], rows, words)
    if len(frame["person"].cat.categories) == len(frame):
        return frame  # each person once
    # the open version of a person, or else the newest closed one: of those written to one place the last one stays
    is_closed = _is_closed(rows, scan)
    order = np.concatenate([np.flatnonzero(is_closed), np.flatnonzero(~is_closed)])
    person = frame["person"].array
    last = np.full(len(person.categories), -1, dtype=np.int64)
    last[person.codes[order]] = order
    return frame.take(np.sort(last)).reset_index(drop=True)


def load_employments(connection: sqlite3.Connection, scan: int, words: Words, only: Only = EVERY) -> pd.DataFrame:
    """Given a scan, return every version of every employment until it, with `seen_from` and `seen_until`; see Past.employments."""
    rows = read_rows(connection, LAYOUTS["employments"], f"valid_from_scan <= ? AND ({only[0]})", (scan, *only[1]))
    days = load_days(connection)
    table = np.full(max(days) + 1, np.datetime64("NaT", "s"), dtype="datetime64[s]")
    for number, day in days.items():
        table[number] = np.datetime64(day, "s")
    is_closed = _is_closed(rows, scan)
    until = np.full(len(rows.ids), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    until[is_closed] = table[_last_observed(connection, "employments", rows.ids[is_closed], rows.until[is_closed])]
    frame = table_frame(TABLES["employments"], rows, words)
    return frame.assign(seen_from=pd.Series(table[rows.since]), seen_until=pd.Series(until))


def _is_closed(rows: Rows, scan: int) -> Any:
    return (rows.until != ABSENT) & (rows.until <= scan)


def _last_observed(connection: sqlite3.Connection, name: str, ids: Ints, until: Ints) -> Ints:
    """The last scan before `until` that saw each row: scans in which its source was not read do not count."""
    last = until - 1
    nights = connection.execute("SELECT scan, ids FROM unobserved WHERE name = ? ORDER BY scan DESC", (name,))
    for night, packed in nights:
        last = np.where((last == night) & np.isin(ids, unpack_ids(packed)), night - 1, last)
    return last


def _files(connection: sqlite3.Connection) -> Mapping[str, FileMemory]:
    found = connection.execute("SELECT source, sha256, repeats, last_as_of FROM file_memory")
    return {source: FileMemory(sha256, repeats, date.fromisoformat(day) if day else None) for source, sha256, repeats, day in found}


def _blocked_on(connection: sqlite3.Connection, last: int) -> Mapping[str, frozenset[date]]:
    """By source, the days of the scans up to `last` that found it blocked, back to the first that did not."""
    found: dict[str, set[date]] = {}
    running: set[str] | None = None
    for number, day in sorted(load_days(connection).items(), reverse=True):
        if number > last:
            continue
        blocked = {report.source for report in load_coverage(connection, number).sources if report.is_blocked}
        running = blocked if running is None else running & blocked
        if not running:
            break
        for source in running:
            found.setdefault(source, set()).add(day)
    return {source: frozenset(days) for source, days in found.items()}
