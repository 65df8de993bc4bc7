"""Whether the database still holds what was sealed: the chain, every row of history, event, evidence and decision under it, and what the next
night starts from."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from auditor.model.errors import Reason
from auditor.model.links import LINKS
from auditor.store import chain
from auditor.store.coverage import coverage_digest
from auditor.store.digests import CHUNK, RowsDigest, ids_digest
from auditor.store.encoding import ABSENT
from auditor.store.history import unpack_ids
from auditor.store.layouts import LAYOUTS, Layout
from auditor.store.marks import marks_that_differ
from auditor.store.memory import kept_differs, memory_differs
from auditor.store.open_rows import load_open
from auditor.store.past import table_frame
from auditor.store.reading import SOURCE, Rows, read_rows
from auditor.store.scans import scan_digest
from auditor.store.sealed_rows import SEALED, row_digest
from auditor.store.seals import Seals, seals_of
from auditor.store.words import Words, words_digest

_LISTS = {
    "events": "SELECT key, change, rule, previous_rule, score, reason FROM events WHERE scan = ? ORDER BY id",
    "evidence": "SELECT key, body FROM evidence WHERE scan = ? ORDER BY id",
    "words": "SELECT id, word FROM words WHERE since_scan = ? ORDER BY id",
}


def list_digest(connection: sqlite3.Connection, what: str, scan: int) -> str:
    """Given events, evidence or words, return the digest of what a scan wrote of them."""
    rows = connection.execute(_LISTS[what], (scan,)).fetchall()
    return words_digest(rows) if what == "words" else hashlib.sha256(chain.canonical(rows).encode()).hexdigest()


def problems(connection: sqlite3.Connection, checked: str = "") -> list[Reason]:
    """Given a checkpoint that went out earlier (or none), return all that does not agree with what was sealed; empty when all does."""
    found: list[Reason] = []
    entries = chain.links(connection)
    if checked and not chain.holds(entries, checked):
        found.append(Reason("chain_cut", {"checkpoint": checked}))
    seals = seals_of(entries)
    for entry in entries:
        if not entry.is_intact:
            found.append(Reason("chain_broken", {"entry": entry.n}))
        elif entry.what == "scan":
            payload = entry.payload
            scan = int(payload["scan"])
            found += [Reason("sealed_differs", {"scan": scan, "part": part}) for part in _scan_parts(connection, scan, payload, seals)]
        elif entry.what in SEALED:
            payload = entry.payload
            number = payload["id"]
            if (entry.what, number) not in seals.gone and row_digest(connection, entry.what, number) != payload["sha256"]:
                found.append(Reason("sealed_differs", {"scan": 0, "part": f"{entry.what} {number}"}))
    found += marks_that_differ(connection, entries, seals.gone) + _unsealed(connection, entries, seals)
    for layout in LAYOUTS.values():
        found += _table_problems(connection, layout, seals)
    if memory_differs(connection, entries):
        found.append(Reason("memory_differs"))
    open_links = read_rows(connection, LAYOUTS["links"], "valid_until_scan IS NULL")
    if kept_differs(connection, table_frame(LINKS, open_links, Words(connection))):
        found.append(Reason("open_rows_differ", {"table": "links"}))
    return found


def _scan_parts(connection: sqlite3.Connection, scan: int, payload: Mapping[str, Any], seals: Seals) -> list[str]:
    found = [] if scan_digest(connection, scan) == payload["row"] else ["scan"]
    if coverage_digest(connection, scan) != payload["coverage"]:
        found.append("coverage")
    return found + [what for what in _LISTS if list_digest(connection, what, scan) != seals.lists_left.get((what, scan), payload[what])]


def _unsealed(connection: sqlite3.Connection, entries: Sequence[chain.Link], seals: Seals) -> list[Reason]:
    """Rows that no entry of the chain speaks of."""
    found = []
    for what, table in (("scan", "scans"), *((what, table) for what, (table, _) in SEALED.items())):
        count = int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        sealed = sum(entry.what == what for entry in entries) - sum(kind == what for kind, _ in seals.gone)
        if count != sealed and all(entry.is_intact for entry in entries):
            found.append(Reason("unsealed_rows", {"table": table, "rows": count, "sealed": sealed}))
    scans = "(SELECT number FROM scans)"
    for table, column in (("events", "scan"), ("evidence", "scan"), ("words", "since_scan"), ("coverage", "scan"), ("unobserved", "scan")):
        if connection.execute(f"SELECT 1 FROM {table} WHERE {column} NOT IN {scans} LIMIT 1").fetchone():
            found.append(Reason("unsealed_rows", {"table": table, "rows": 1, "sealed": 0}))
    return found


def _table_problems(connection: sqlite3.Connection, layout: Layout, seals: Seals) -> list[Reason]:
    rows = read_rows(connection, layout)
    unobserved = {scan: ids_digest(unpack_ids(ids)) for scan, ids in
                  connection.execute("SELECT scan, ids FROM unobserved WHERE name = ?", (layout.name,))}
    wrong = []
    steps = seals.steps.get(layout.name, {})
    first = 0
    for scan, step in sorted(steps.items()):
        own = rows.keep((rows.ids >= step.first_id) & (rows.ids < step.first_id + step.opened))
        opened_count, opened_digest, closed_count, closed_digest = seals.left(layout.name, scan)
        is_opened = len(own.ids) == opened_count and bool((own.since == scan).all())
        is_same = not opened_count or rows_digest(layout, own) == opened_digest
        closed = rows.ids[rows.until == scan]
        is_closed = len(closed) == closed_count and (not len(closed) or ids_digest(closed) == closed_digest)
        if not (is_opened and is_same and is_closed and unobserved.get(scan, "") == step.unobserved_digest):
            wrong.append(Reason("sealed_differs", {"scan": scan, "part": layout.name}))
        first += opened_count
    if first != len(rows.ids) or not set(np.unique(rows.until[rows.until != ABSENT]).tolist()) <= set(steps):
        wrong.append(Reason("unsealed_rows", {"table": layout.name, "rows": len(rows.ids), "sealed": first}))
    if not np.array_equal(np.sort(load_open(connection, layout.name).ids), rows.ids[rows.until == ABSENT]):
        wrong.append(Reason("open_rows_differ", {"table": layout.name}))
    return wrong


def rows_digest(layout: Layout, rows: Rows) -> str:
    """Given rows of history, return the digest that they had when they were written."""
    columns = [*layout.columns, SOURCE]
    digest = RowsDigest(layout.name, (stored.name for stored in columns))
    for begin in range(0, len(rows.ids), CHUNK):
        for stored in columns:
            values = rows.columns[stored.name][begin:begin + CHUNK]
            if stored.encoding == "text":
                digest.texts(values)
            elif stored.encoding == "number":
                digest.real(values)
            else:
                digest.whole(values)
    return digest.hex()
