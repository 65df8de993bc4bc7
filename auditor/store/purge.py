"""Letting go of what may no longer be kept (AVG 5(1)(e)): rows, evidence and use dates, so that no byte is left in the file.

What a purge takes away cannot be verified any more, so the purge itself is sealed: an entry of the chain says when and why, how much, and
the digests of what is left under each earlier seal. The content that went is in no digest and in no entry.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from auditor.store import chain
from auditor.store.digests import ids_digest
from auditor.store.encoding import Ints
from auditor.store.layouts import LAYOUTS, Layout
from auditor.store.memory import seen_digest
from auditor.store.open_rows import load_open, save_open
from auditor.store.reading import read_rows
from auditor.store.seals import Seals, seals_of
from auditor.store.seen import drop_seen
from auditor.store.verify import list_digest, rows_digest

_BATCH = 500
USE_DATES = ("last_used_on", "last_attempt_on", "password_set_on")
"""Facts about the use of an account, as evidence names them (OPOR: six months at most)."""

USE_TABLES = ("overrides",)
"""Tables of which every row is about use: the log of ontheffingen."""
_HAS_USE = " OR ".join(f"body LIKE '%\"{name}\":\"%'" for name in USE_DATES)


@dataclass
class Doomed:
    """What a purge takes away. ids: of rows, by table; keys: of findings, with their events, evidence and decisions;
    link_decisions, mails: ids."""

    ids: dict[str, Ints] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    link_decisions: set[int] = field(default_factory=set)
    mails: set[int] = field(default_factory=set)

    def add(self, name: str, ids: Ints) -> None:
        """Doom more rows of a table."""
        if len(ids):
            self.ids[name] = np.union1d(self.ids.get(name, np.empty(0, dtype=np.int64)), ids)


def purge_old(connection: sqlite3.Connection, as_of: date, person_before: date, use_before: date) -> dict[str, int]:
    """Given the day, and the days before which person data and use dates are too old, let go of both. Return how much went, by kind.

    Rows of history that ended, and findings that were resolved, before `person_before`; use dates, in rows and in evidence, and the log of
    ontheffingen, from before `use_before`.
    """
    doomed = Doomed()
    last, last_use = (_last_scan_before(connection, day) for day in (person_before, use_before))
    for layout in LAYOUTS.values():
        until = last_use if layout.name in USE_TABLES else last
        if until and layout.name != "matrices":
            doomed.add(layout.name, _ids(connection, layout.name, "valid_until_scan <= ?", (until,)))
    solved = connection.execute(
        "SELECT version_id, key FROM findings WHERE valid_until_scan IS NULL AND resolved_on < ?", (_days(person_before),)).fetchall()
    doomed.keys |= {key for _, key in solved}
    used = drop_seen(connection, use_before)
    trimmed = _trim_evidence(connection, last_use)
    doomed.mails |= {number for (number,) in connection.execute(
        "SELECT id FROM outbox WHERE scan <= ? AND state IN ('sent', 'failed', 'cancelled')", (last_use,))}
    return _remove(connection, doomed, as_of, "retention", used, trimmed)


def forget_person(connection: sqlite3.Connection, person: str, as_of: date) -> dict[str, int]:
    """Given a person's number, let go of everything that is no longer so: rows that ended, resolved findings and what they rest on, and
    decisions about links. What the sources still deliver stays: it would be back the next night. Return how much went, by kind."""
    doomed = Doomed()
    accounts = accounts_of(connection, person)
    for layout in LAYOUTS.values():
        names = {stored.name for stored in layout.columns}
        if layout.name != "findings" and "person" in names:
            doomed.add(layout.name, _ids(connection, layout.name, 'valid_until_scan IS NOT NULL AND "person" = ?', (person,)))
        if layout.name in ("accounts", "group_links", "grants", "overrides", "links"):
            for system, account in accounts:
                doomed.add(layout.name, _ids(
                    connection, layout.name, 'valid_until_scan IS NOT NULL AND "account" = ? AND "system" = (SELECT id FROM words WHERE word = ?)',
                    (account, system)))
    solved = "state = (SELECT id FROM words WHERE word = 'resolved')"
    doomed.keys |= {key for (key,) in connection.execute(
        f'SELECT key FROM findings WHERE valid_until_scan IS NULL AND {solved} AND "person" = ?', (person,))}
    for system, account in accounts:
        doomed.keys |= {key for (key,) in connection.execute(
            f'SELECT key FROM findings WHERE valid_until_scan IS NULL AND {solved} AND "account" = ?'
            ' AND "system" = (SELECT id FROM words WHERE word = ?)', (account, system))}
    is_known = bool(_ids(connection, "persons", 'valid_until_scan IS NULL AND "person" = ?', (person,)).size)
    if not is_known:
        doomed.link_decisions |= {number for (number,) in connection.execute("SELECT id FROM link_decisions WHERE person = ?", (person,))}
    return _remove(connection, doomed, as_of, "person", 0, {})


def accounts_of(connection: sqlite3.Connection, person: str) -> list[tuple[str, str]]:
    """Given a person's number, return (system, account) of every account that was ever linked to them."""
    return connection.execute(
        'SELECT DISTINCT w.word, l."account" FROM links l JOIN words w ON w.id = l."system" WHERE l."person" = ?', (person,)).fetchall()


def _remove(
    connection: sqlite3.Connection, doomed: Doomed, as_of: date, why: str, used: int, trimmed: Mapping[str, Collection[int]],
) -> dict[str, int]:
    keys = json.dumps(sorted(doomed.keys))
    if doomed.keys:
        doomed.add("findings", _ids(connection, "findings", "key IN (SELECT value FROM json_each(?))", (keys,)))
    seals = seals_of(chain.links(connection))
    lists: dict[str, set[int]] = {"events": set(), "evidence": set(trimmed.get("evidence", ()))}
    for what in lists:
        found = connection.execute(f"SELECT DISTINCT scan FROM {what} WHERE key IN (SELECT value FROM json_each(?))", (keys,)).fetchall()
        lists[what] |= {scan for (scan,) in found}
        connection.execute(f"DELETE FROM {what} WHERE key IN (SELECT value FROM json_each(?))", (keys,))
    decisions = [number for (number,) in connection.execute(
        "SELECT id FROM finding_decisions WHERE key IN (SELECT value FROM json_each(?))", (keys,))]
    connection.execute("DELETE FROM finding_decisions WHERE key IN (SELECT value FROM json_each(?))", (keys,))
    for number in doomed.link_decisions:
        connection.execute("DELETE FROM link_decisions WHERE id = ?", (number,))
    for number in doomed.mails:
        connection.execute("DELETE FROM outbox WHERE id = ?", (number,))
    tables = {name: _remove_rows(connection, LAYOUTS[name], ids, seals) for name, ids in sorted(doomed.ids.items())}
    gone = {
        "rows": sum(len(ids) for ids in doomed.ids.values()), "findings": len(doomed.keys), "decisions": len(decisions) + len(doomed.link_decisions),
        "use_dates": used, "evidence": len(lists["evidence"]), "mails": len(doomed.mails),
    }
    if any(gone.values()):
        connection.execute("DELETE FROM kept_frames")
        chain.append(connection, "purge", {
            "on": as_of, "why": why, "gone": gone, "tables": tables,
            "lists": {what: {str(scan): list_digest(connection, what, scan) for scan in sorted(scans)} for what, scans in lists.items()},
            "decisions": {"decision": decisions, "link": sorted(doomed.link_decisions), "mail": sorted(doomed.mails)},
            "seen": seen_digest(connection),
        })
    return gone


def _remove_rows(connection: sqlite3.Connection, layout: Layout, ids: Ints, seals: Seals) -> dict[str, list[object]]:
    """Delete rows of one table. Return what is left under each seal that covered one of them: opened, digest, closed, digest."""
    for begin in range(0, len(ids), _BATCH):
        some = ids[begin:begin + _BATCH].tolist()
        connection.execute(f'DELETE FROM "{layout.name}" WHERE version_id IN (SELECT value FROM json_each(?))', (json.dumps(some),))
    held = load_open(connection, layout.name)
    is_left = ~np.isin(held.ids.astype(np.int64), ids)
    # written whole: no part may keep the hash of a row that went
    save_open(connection, layout.name, replace(held, hashes=held.hashes[is_left], ids=held.ids[is_left], codes=held.codes[is_left]))
    rows = read_rows(connection, layout)
    left: dict[str, list[object]] = {}
    for scan, step in sorted(seals.steps.get(layout.name, {}).items()):
        own = rows.keep((rows.ids >= step.first_id) & (rows.ids < step.first_id + step.opened))
        closed = rows.ids[rows.until == scan]
        now = (len(own.ids), len(closed))
        before = seals.left(layout.name, scan)
        if now != (before[0], before[2]):
            left[str(scan)] = [
                now[0], rows_digest(layout, own) if now[0] else "", now[1], ids_digest(closed) if now[1] else ""]
    return left


def _trim_evidence(connection: sqlite3.Connection, last: int) -> dict[str, set[int]]:
    """Take use dates out of evidence frozen at scan `last` or before. Return the scans whose evidence changed."""
    changed: set[int] = set()
    for number, scan, body in connection.execute(f"SELECT id, scan, body FROM evidence WHERE scan <= ? AND ({_HAS_USE})", (last,)).fetchall():
        held = json.loads(body)
        if _without_use(held):
            connection.execute("UPDATE evidence SET body = ? WHERE id = ?", (chain.canonical(held), number))
            changed.add(scan)
    return {"evidence": changed} if changed else {}


def _without_use(held: Any) -> bool:
    """Take the names of use dates out of a body, in place. Return whether there were any with a value."""
    if isinstance(held, list):
        return sum(map(_without_use, held)) > 0
    if not isinstance(held, dict):
        return False
    found = [name for name in USE_DATES if held.get(name) is not None]
    for name in found:
        held[name] = None
    return sum(map(_without_use, held.values())) + len(found) > 0


def _ids(connection: sqlite3.Connection, name: str, condition: str, parameters: tuple[object, ...]) -> Ints:
    found = connection.execute(f'SELECT version_id FROM "{name}" WHERE {condition} ORDER BY version_id', parameters).fetchall()
    return np.array([number for (number,) in found], dtype=np.int64)


def _last_scan_before(connection: sqlite3.Connection, day: date) -> int:
    return int(connection.execute("SELECT coalesce(max(number), 0) FROM scans WHERE as_of < ?", (day.isoformat(),)).fetchone()[0])


def _days(day: date) -> int:
    return (day - date(1970, 1, 1)).days

