"""Marks on sealed rows that come after them: which scan took a decision along or used a release, and how a mail ended. Who clears one lets a
waiver that ended or a release that was used count again; who sets one keeps a decision from counting, or a mail from going.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from auditor.model.errors import Reason
from auditor.store.chain import Link

_MARKED = {
    "decision": "SELECT id, taken_by_scan FROM finding_decisions",
    "release": "SELECT id, used_by_scan FROM releases",
    "mail": "SELECT id, CASE WHEN state IN ('sent', 'failed', 'cancelled') THEN state END FROM outbox",
}


def marks_that_differ(connection: sqlite3.Connection, entries: Sequence[Link], gone: Collection[tuple[str, int]]) -> list[Reason]:
    """Given the chain's entries and what was purged, (kind, id), return each row whose mark is not as it was sealed. Of rows that an earlier
    version may have marked, which sealed no marks, nothing is said until a later entry speaks of them."""
    expected: dict[tuple[str, int], object] = {}
    is_sealing, older = False, set()
    for entry in entries:
        payload = entry.payload
        if entry.what == "scan" and "took" in payload:
            is_sealing = True
            expected |= {(what, int(number)): int(payload["scan"]) for what, numbers in payload["took"].items() for number in numbers}
        elif entry.what == "mail_end" and payload:
            expected["mail", int(payload["id"])] = payload["state"]
        elif entry.what in _MARKED and payload and not is_sealing:
            older.add((entry.what, int(payload["id"])))
    found = []
    for what, query in _MARKED.items():
        for number, mark in connection.execute(query):
            row = (what, int(number))
            if (row in expected or row not in older) and mark != expected.get(row) and row not in gone:
                found.append(Reason("sealed_differs", {"scan": 0, "part": f"{what} {number}"}))
    return found
