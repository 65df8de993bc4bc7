"""Moments as the database keeps them."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(at: datetime) -> str:
    """Given a moment with its zone, return it in UTC as text that sorts. Raise ValueError if it has no zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
