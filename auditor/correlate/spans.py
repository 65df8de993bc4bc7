"""Periods as whole days: what follows what, and how long an unbroken chain is. Plain arithmetic on arrays, no people in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.correlate.lookup import Positions

FOREVER = 1_000_000
"""Day number (days since 1970) of an end that is absent; beyond any date a source can name."""
LONG_AGO = -1_000_000
"""Day number of a start that is absent: since before anyone recorded."""
_WIDTH = 10_000_000  # room for one owner's days, so that (owner, day) sorts as one number
_SHIFT = 2_000_000  # makes every day positive

Days = npt.NDArray[np.int64]


def day_numbers(column: pd.Series[Any], absent: int) -> Days:
    """Given a column of dates, return days since 1970, `absent` for NaT."""
    days = column.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), absent, days.astype(np.int64))


def dates(days: Days) -> npt.NDArray[np.datetime64]:
    """Given day numbers, return datetime64[s]; FOREVER and LONG_AGO (and beyond) become NaT."""
    plain = np.clip(days, LONG_AGO, FOREVER).astype("datetime64[D]").astype("datetime64[s]")
    return np.where((days >= FOREVER) | (days <= LONG_AGO), np.datetime64("NaT", "s"), plain)


def latest(owners: Positions, days: Days, size: int) -> Days:
    """Given owners and days, return the latest day of each of `size` owners, LONG_AGO without any."""
    found = np.full(size, LONG_AGO, dtype=np.int64)
    np.maximum.at(found, owners, days)
    return found


def earliest(owners: Positions, days: Days, size: int) -> Days:
    """Given owners and days, return the earliest day of each of `size` owners, FOREVER without any."""
    found = np.full(size, FOREVER, dtype=np.int64)
    np.minimum.at(found, owners, days)
    return found


def next_starts(owners: Positions, ends: Days, start_owners: Positions, starts: Days) -> Days:
    """Given ends per owner and starts per owner, return for each end the first start after it, FOREVER if there is none."""
    if not len(starts):
        return np.full(len(ends), FOREVER, dtype=np.int64)
    keys = np.sort(start_owners * _WIDTH + starts + _SHIFT)
    places = np.searchsorted(keys, owners * _WIDTH + ends + _SHIFT, side="right")
    found = keys[np.minimum(places, len(keys) - 1)]
    return np.where((places < len(keys)) & (found // _WIDTH == owners), found % _WIDTH - _SHIFT, FOREVER)


def chain_days(owners: Positions, starts: Days, ends: Days, gap: int) -> Days:
    """Given periods per owner, return for each the length in days of the unbroken chain it is part of.

    A period joins the chain when it starts at most `gap` days after the latest end so far. FOREVER when an end of the chain is open.
    """
    if not len(owners):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((starts, owners))
    owner, start, end = owners[order], starts[order], ends[order]
    reach = np.maximum.accumulate(owner * _WIDTH + end + _SHIFT)
    opens = np.ones(len(owner), dtype=np.bool_)
    opens[1:] = (owner[1:] != owner[:-1]) | (start[1:] > reach[:-1] % _WIDTH - _SHIFT + gap)
    heads = np.flatnonzero(opens)
    first, last = start[heads], np.maximum.reduceat(end, heads)
    length = np.where((first <= LONG_AGO) | (last >= FOREVER), FOREVER, last - first + 1)
    found = np.empty(len(owner), dtype=np.int64)
    found[order] = length[np.cumsum(opens) - 1]
    return found
