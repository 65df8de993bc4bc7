"""Rows that people wrote, sealed one by one: the chain holds a digest of each and never its words, so that they can be purged."""

from __future__ import annotations

import hashlib
import sqlite3

from auditor.store import chain

SEALED: dict[str, tuple[str, tuple[str, ...]]] = {
    "link": ("link_decisions", ("system", "account", "person", "reason", "decided_by", "decided_on")),
    "release": ("releases", ("source", "reason", "released_by", "released_at")),
    "review": ("review_log", ("system", "folder", "school", "reviewed_on", "reviewed_by", "seen", "written_by", "written_at")),
    "mail": ("outbox", ("message_id", "kind", "school", "recipients", "subject", "text", "html", "thread", "facts", "scan")),
    "mail_setting": ("mail_settings", ("name", "value", "set_by", "set_at")),
    "decision": ("finding_decisions", ("key", "step", "reason", "decided_by", "decided_at", "until", "owner", "score")),
}
"""Table and sealed columns of each kind of row, by the name of its entries in the chain."""


def seal_row(connection: sqlite3.Connection, what: str, number: int) -> None:
    """Given the kind and number of a row just written, seal it behind the last entry."""
    chain.append(connection, what, {"id": number, "sha256": row_digest(connection, what, number)})


def row_digest(connection: sqlite3.Connection, what: str, number: int) -> str:
    """Given the kind and number of a row, return the digest of its sealed columns, "" when it is not there."""
    table, names = SEALED[what]
    row = connection.execute(f"SELECT {', '.join(names)} FROM {table} WHERE id = ?", (number,)).fetchone()
    return hashlib.sha256(chain.canonical(dict(zip(names, row, strict=True))).encode()).hexdigest() if row else ""
