"""Is it tonight's data? Age, and the same files again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from auditor.model.calendar import is_working_day, working_days_between
from auditor.model.errors import Reason
from auditor.model.past import FileMemory
from auditor.model.policy import Policy, SourceSettings
from auditor.model.reading import Receipt

BLOCKS_AT = 3
"""On how many working days in a row the same files may come before a daily source is blocked (design 5; the first is a warning)."""


def is_stale(day: date, as_of: date, settings: SourceSettings, policy: Policy) -> bool:
    """Given the own day of a source, return whether it is too old. Automatic sources age on working days only: what was exported on
    Friday evening is fresh on Monday morning."""
    if settings.max_age is None:
        return False
    days = working_days_between(day, as_of, policy.holidays) if settings.counts_working_days else (as_of - day).days
    return timedelta(days=days) > settings.max_age


def stale_reason(day: date, settings: SourceSettings) -> Reason:
    """Given the own day of a stale source, return the words for it."""
    hours = int((settings.max_age or timedelta()).total_seconds() // 3600)
    if hours >= 48 and hours % 24 == 0:
        return Reason("source_stale_days", {"day": day.isoformat(), "days": hours // 24})
    return Reason("source_stale", {"day": day.isoformat(), "hours": hours})


def remembered(receipts: Iterable[Receipt], as_of: date, policy: Policy, before: FileMemory | None) -> FileMemory:
    """Given what was read tonight and the memory of last time, return the new memory.

    The same files count once a working day: not in the weekend, when nobody exports, and not twice for two scans of one day. A file
    renamed by its date is still the same file.
    """
    parts = sorted(f"{receipt.part}\t{receipt.school or ''}\t{receipt.sha256}" for receipt in receipts)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    if before is None or before.sha256 != digest:
        return FileMemory(digest, 0, as_of)
    is_new_day = before.last_as_of is None or as_of > before.last_as_of
    repeats = before.repeats + int(is_new_day and is_working_day(as_of, policy.holidays))
    return FileMemory(digest, repeats, max(as_of, before.last_as_of or as_of))
