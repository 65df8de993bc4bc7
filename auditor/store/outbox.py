"""Mail that is to go out, and what was told of each finding: written with the scan, handed over later, at least once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from auditor.model.mail import MailKind, MailState, Noticed, OutgoingMail, Rung
from auditor.store import chain
from auditor.store.instants import instant
from auditor.store.sealed_rows import seal_row

_COLUMNS = ("message_id", "kind", "school", "recipients", "subject", "text", "html", "thread", "facts", "scan")
UNSENT = (MailState.HELD, MailState.QUEUED)
FINAL = (MailState.SENT, MailState.FAILED, MailState.CANCELLED)


@dataclass(frozen=True)
class StoredMail:
    """A mail in the outbox. attempts: how often it was tried; next_at: not before this instant; reason: why it failed or is held."""

    number: int
    mail: OutgoingMail
    state: MailState
    scan: int
    attempts: int
    next_at: datetime | None
    changed_at: datetime
    reason: str | None


def load_noticed(connection: sqlite3.Connection) -> dict[str, Noticed]:
    """Return what was told of each finding on the ladder, by key."""
    return {
        key: Noticed(key, Rung(rung), counted, date.fromisoformat(first), date.fromisoformat(last), school)
        for key, rung, counted, first, last, school in connection.execute("SELECT key, rung, counted, first_on, last_on, school FROM notices")
    }


def save_noticed(connection: sqlite3.Connection, memory: Iterable[Noticed]) -> None:
    """Given what is known of every finding on the ladder, keep exactly that."""
    connection.execute("DELETE FROM notices")
    connection.executemany(
        "INSERT INTO notices (key, rung, counted, first_on, last_on, school) VALUES (?, ?, ?, ?, ?, ?)",
        ((one.key, str(one.rung), one.counted, one.first_on.isoformat(), one.last_on.isoformat(), one.school) for one in memory))


def add_mails(connection: sqlite3.Connection, mails: Sequence[OutgoingMail], scan: int, now: datetime) -> None:
    """Given mails, put those that are not there yet in the outbox, sealed."""
    for mail in mails:
        if connection.execute("SELECT 1 FROM outbox WHERE message_id = ?", (mail.message_id,)).fetchone():
            continue
        state = MailState.HELD if mail.is_held else MailState.QUEUED
        cursor = connection.execute(
            f"INSERT INTO outbox ({', '.join(_COLUMNS)}, state, attempts, changed_at) VALUES ({', '.join('?' * len(_COLUMNS))}, ?, 0, ?)",
            (mail.message_id, str(mail.kind), mail.school, json.dumps(mail.recipients), mail.subject, mail.text, mail.html, mail.thread,
             json.dumps(mail.facts, ensure_ascii=False, default=str), scan, str(state), instant(now)))
        seal_row(connection, "mail", cursor.lastrowid or 0)


def load_mails(connection: sqlite3.Connection, states: Iterable[MailState] | None = None) -> list[StoredMail]:
    """Return the mails in these states (all when None), oldest first."""
    wanted = [str(state) for state in (states or MailState)]
    found = connection.execute(
        f"SELECT id, {', '.join(_COLUMNS)}, state, attempts, next_at, changed_at, reason FROM outbox"
        " WHERE state IN (SELECT value FROM json_each(?)) ORDER BY id", (json.dumps(wanted),))
    return [_stored(*row) for row in found]


def due_mail(connection: sqlite3.Connection, now: datetime) -> StoredMail | None:
    """Return the oldest mail that may be handed over now: one that was under way when its sender stopped comes first."""
    row = connection.execute(
        f"SELECT id, {', '.join(_COLUMNS)}, state, attempts, next_at, changed_at, reason FROM outbox"
        " WHERE state IN ('sending', 'queued') AND coalesce(next_at, '') <= ? ORDER BY state = 'queued', id LIMIT 1", (instant(now),)).fetchone()
    return _stored(*row) if row else None


def mark(
    connection: sqlite3.Connection, number: int, state: MailState, now: datetime, *, reason: str | None = None, next_at: datetime | None = None,
    is_attempt: bool = False,
) -> None:
    """Given the number of a mail, write how it stands now. That it went, or never will, is sealed: who edits it silences a mail."""
    if state in FINAL:
        chain.append(connection, "mail_end", {"id": number, "state": str(state)})
    connection.execute(
        "UPDATE outbox SET state = ?, changed_at = ?, reason = ?, next_at = ?, attempts = attempts + ? WHERE id = ?",
        (str(state), instant(now), reason, instant(next_at) if next_at else None, int(is_attempt), number))


def setting(connection: sqlite3.Connection, name: str) -> str | None:
    """Return a setting that people change by command, None when it was never set."""
    row = connection.execute("SELECT value FROM mail_settings WHERE name = ? ORDER BY id DESC LIMIT 1", (name,)).fetchone()
    return str(row[0]) if row else None


def save_setting(connection: sqlite3.Connection, name: str, value: str, by: str, at: datetime) -> None:
    """Write a setting, with who set it and when, sealed; earlier values stay in sight."""
    cursor = connection.execute(
        "INSERT INTO mail_settings (name, value, set_by, set_at) VALUES (?, ?, ?, ?)", (name, value, by, instant(at)))
    seal_row(connection, "mail_setting", cursor.lastrowid or 0)


def _stored(number: int, *values: Any) -> StoredMail:
    row: Mapping[str, Any] = dict(zip((*_COLUMNS, "state", "attempts", "next_at", "changed_at", "reason"), values, strict=True))
    mail = OutgoingMail(
        row["message_id"], MailKind(row["kind"]), tuple(json.loads(row["recipients"])), row["subject"], row["text"], row["html"], row["thread"],
        row["school"], row["state"] == MailState.HELD, json.loads(row["facts"]))
    return StoredMail(
        number, mail, MailState(row["state"]), row["scan"], row["attempts"],
        datetime.fromisoformat(row["next_at"]) if row["next_at"] else None, datetime.fromisoformat(row["changed_at"]), row["reason"])
