"""Active Directory's instants as Dutch calendar days (Europe/Amsterdam).

Two notations: FILETIME (100 ns since 1601 in UTC: accountExpires, lastLogonTimestamp, lastLogon, pwdLastSet) and generalised time
(whenCreated, whenChanged). FILETIMEs are nearly all different, so that they are worked out a whole column at a time.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NEVER = 0x7FFFFFFFFFFFFFFF

_TICKS_TO_1970 = 116_444_736_000_000_000
_LAST_TICK = _TICKS_TO_1970 + int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * 10_000_000
_GENERALISED = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:[.,]\d+)?(Z|[+-]\d{4})")


def days_of_filetimes(ticks: npt.NDArray[np.int64], ends: bool = False) -> npt.NDArray[np.datetime64]:
    """Given FILETIMEs, return their days as datetime64[s] at midnight, NaT for 0 and never; `ends`: they are accountExpires,
    which the directory keeps as the midnight *after* the last day allowed.

    Raise ValueError if one is negative.
    """
    if (ticks < 0).any():
        raise ValueError("an instant before 1601")
    known = (ticks > int(ends)) & (ticks - int(ends) <= _LAST_TICK)
    micros = np.where(known, ticks - int(ends) - _TICKS_TO_1970, 0) // 10
    local = pd.DatetimeIndex(micros.astype("datetime64[us]"), tz=UTC).tz_convert(AMSTERDAM).tz_localize(None)
    days = local.to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    found: npt.NDArray[np.datetime64] = np.where(known, days, np.datetime64("NaT", "s"))
    return found


def day_of_generalised_time(value: str) -> date | None:
    """Given a generalised time such as 20220528111201.0Z, return its day; None for the year 1601, which means never set.

    Raise ValueError if it is no such time, or names no zone.
    """
    found = _GENERALISED.fullmatch(value.strip())
    if not found:
        raise ValueError("not a generalised time")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    zone = found[7]
    offset = timedelta() if zone == "Z" else timedelta(hours=int(zone[1:3]), minutes=int(zone[3:])) * (-1 if zone[0] == "-" else 1)
    instant = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone(offset))
    return None if year <= 1601 else _local(instant)


def _local(instant: datetime) -> date:
    try:
        return instant.astimezone(AMSTERDAM).date()
    except OverflowError:
        raise ValueError("no day of the calendar") from None
