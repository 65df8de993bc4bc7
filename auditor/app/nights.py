"""Which date a nightly scan is due for: one for each date in Europe/Amsterdam, whatever the clocks do (promises P1, P2). Asks no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from auditor.app.clock import ZONE
from auditor.model.errors import Reason


def moment(day: date, at: time) -> datetime:
    """Given a date and a time of day, return the one instant (UTC) at which that night's scan is due.

    A time that the spring night skips is due an hour later on the clock; of a time that the autumn night has twice, the first counts.
    """
    return datetime.combine(day, at, ZONE).astimezone(UTC)


def due(now: datetime, at: time, last: date | None) -> date | None:
    """Given this instant, the time of day and the day of the last stored scan (None: there is none), return the date whose scan is due,
    None when that date, or a later one, has its scan. Of several nights that were missed only the last is made up for: a scan reads the
    sources as they are now."""
    today = now.astimezone(ZONE).date()
    day = today if now >= moment(today, at) else today - timedelta(days=1)
    return day if last is None or last < day else None


def between(last: date | None, day: date) -> Sequence[date]:
    """Given the day of the scan before (None: there is none) and of this one, return the dates between them that have no scan."""
    return [last + timedelta(days=n) for n in range(1, (day - last).days)] if last else []


def skipped_nights(days: Sequence[date]) -> Reason:
    """Given the dates without a scan, one after the other, return what report, mail and terminal say of them."""
    return Reason("limit_skipped", {"n": len(days), "first": days[0].isoformat(), "last": days[-1].isoformat()})
