"""The chain: each scan and each decision sealed with SHA-256 over what went before, so that a later edit shows.

What it withstands: someone who edits the database, but does not hold the checkpoints that went out earlier (in reports and mails). With
the latest checkpoint in hand a cut tail and a chain rewritten from the start show too; without one, those two cannot be seen.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

START = "0" * 64
_SHOWN = 32
"""Hexadecimal digits of the head in a checkpoint: 128 bits."""


class Link(NamedTuple):
    """One entry. n: from 1, without gaps; what: scan, link or release; text: what is sealed, as JSON; head: seal of this and all before."""

    n: int
    what: str
    text: str
    head: str
    is_intact: bool = True

    @property
    def payload(self) -> Mapping[str, Any]:
        """What is sealed, empty when the entry is not as it was sealed; read only when asked for, which makes long chains quick to check."""
        found: Mapping[str, Any] = json.loads(self.text) if self.is_intact else {}
        return found


def append(connection: sqlite3.Connection, what: str, payload: Mapping[str, Any]) -> None:
    """Given a payload that can stand as JSON, seal it behind the last entry."""
    n, head = _last(connection)
    text = canonical(payload)
    connection.execute("INSERT INTO chain (n, what, payload, head) VALUES (?, ?, ?, ?)", (n + 1, what, text, _seal(head, n + 1, what, text)))


def canonical(value: Any) -> str:
    """Given what can stand as JSON (dates and numpy's numbers included), return the one text that stands for it. Raise TypeError if
    something in it cannot."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def checkpoint(connection: sqlite3.Connection) -> str:
    """Return the chain's head as `number:digits`, fit for a report's footer; "" before the first entry."""
    n, head = _last(connection)
    return f"{n}:{head[:_SHOWN]}" if n else ""


def links(connection: sqlite3.Connection) -> list[Link]:
    """Return all entries, each with whether its seal is right given the entry before it as it stands."""
    found: list[Link] = []
    previous = START
    for place, (n, what, text, head) in enumerate(connection.execute("SELECT n, what, payload, head FROM chain ORDER BY n"), 1):
        found.append(Link(n, what, text, head, n == place and head == _seal(previous, n, what, text)))
        previous = head
    return found


def holds(entries: list[Link], checked: str) -> bool:
    """Given the entries and a checkpoint that went out earlier, return whether the chain still runs through it."""
    number, _, digits = checked.partition(":")
    if not number.isdecimal() or not 1 <= int(number) <= len(entries) or len(digits) < _SHOWN:
        return False
    return entries[int(number) - 1].head.startswith(digits)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be sealed or frozen as JSON")


def _last(connection: sqlite3.Connection) -> tuple[int, str]:
    found = connection.execute("SELECT n, head FROM chain ORDER BY n DESC LIMIT 1").fetchone()
    return (int(found[0]), str(found[1])) if found else (0, START)


def _seal(previous: str, n: int, what: str, payload: str) -> str:
    inner = sha256(payload.encode()).hexdigest()
    return sha256(f"{previous}\x1f{n}\x1f{what}\x1f{inner}".encode()).hexdigest()
