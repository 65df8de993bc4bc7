"""How each person stands with the board on the day judged: working, leaving, left, expected back, or gone from HR without a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from auditor.correlate.lookup import Positions
from auditor.correlate.spans import FOREVER, LONG_AGO, Days, earliest, latest
from auditor.model.calendar import next_working_days
from auditor.model.policy import Policy

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Engaged:
    """Employments and deployments as arrays, one element each.

    owner: row of the person; starts, ends: day numbers (LONG_AGO, FOREVER when absent); is_replacement, is_temporary: kind of work;
    holds: stands in tonight's facts; is_dropped: gone from a complete read; last_seen: day it was last seen.
    """

    owner: Positions
    starts: Days
    ends: Days
    is_replacement: Flags
    is_temporary: Flags
    holds: Flags
    is_dropped: Flags
    last_seen: Days


@dataclass(frozen=True)
class Standing:
    """Per person, see PEOPLE. Day numbers; FOREVER or LONG_AGO where there is none. is_missing: the last known employment still ran when
    its row went; whether that may be said (a complete read) is the caller's question."""

    first_day: Days
    has_left: Flags
    left_on: Days
    deadline_on: Days
    leaves_on: Days
    renewal_until: Days
    is_missing: Flags
    missing_since: Days


def stand(engaged: Engaged, size: int, as_of: date, policy: Policy) -> Standing:
    """Given every known engagement of `size` people, return how each stands on `as_of`."""
    today = day_number(as_of)
    facts = engaged.holds | (engaged.is_dropped & (engaged.ends < today))
    is_over = facts & (engaged.ends < today)
    runs = engaged.holds & (engaged.starts <= today) & (engaged.ends >= today)
    is_ahead = engaged.holds & (engaged.starts > today)
    left_on = _latest(engaged, is_over, size)
    is_running = np.bincount(engaged.owner[runs], minlength=size) > 0
    is_bridged = _starts(engaged, is_ahead, size) - left_on <= policy.gap_days
    is_bridged |= _starts(engaged, is_ahead & engaged.is_replacement, size) - _latest(
        engaged, is_over & engaged.is_replacement, size) <= policy.replacement_gap_days
    renewal = np.where(is_over & engaged.is_temporary, renewal_days(engaged.ends, policy), LONG_AGO)
    renewal_until = latest(engaged.owner, renewal, size)
    stays = is_running | is_bridged
    is_renewed = ~stays & (renewal_until > today)
    missing_since = _latest_seen(engaged, engaged.is_dropped & (engaged.ends >= today), size)
    is_missing = ~stays & ~is_renewed & (missing_since > LONG_AGO) & (missing_since >= left_on)
    has_left = (left_on > LONG_AGO) & ~stays & ~is_renewed & ~is_missing
    everything = engaged.holds | engaged.is_dropped
    first_day = earliest(engaged.owner[everything], engaged.starts[everything], size)
    return Standing(
        first_day=first_day,
        has_left=has_left,
        left_on=np.where(has_left, left_on, FOREVER),
        deadline_on=np.where(has_left, deadlines(left_on, policy), FOREVER),
        leaves_on=_leaves_on(engaged, runs, is_running, size, today, policy),
        renewal_until=np.where(is_renewed, renewal_until, FOREVER),
        is_missing=is_missing,
        missing_since=np.where(is_missing, missing_since, FOREVER),
    )


def day_number(day: date) -> int:
    """Given a date, return days since 1970."""
    return int(np.datetime64(day, "D").astype(np.int64))


def deadlines(ends: Days, policy: Policy) -> Days:
    """Given last days, return the first working day after each (KERO 14.9); FOREVER and LONG_AGO stay."""
    is_day = (ends < FOREVER) & (ends > LONG_AGO)
    plain = np.where(is_day, ends, 0).astype("datetime64[D]")
    return np.where(is_day, next_working_days(plain, policy.holidays).astype(np.int64), ends)


def renewal_days(ends: Days, policy: Policy) -> Days:
    """Given last days of temporary work, return the day from which a renewal is no longer expected, LONG_AGO outside the summer."""
    is_day = (ends < FOREVER) & (ends > LONG_AGO)
    plain = np.where(is_day, ends, 0).astype("datetime64[D]")
    years = plain.astype("datetime64[Y]")
    from_, until, expected = (
        (years.astype("datetime64[M]") + (month - 1)).astype("datetime64[D]") + (day - 1)
        for month, day in (policy.renewal_from, policy.renewal_until, policy.renewal_expected_until)
    )
    return np.where(is_day & (plain >= from_) & (plain <= until), expected.astype(np.int64), LONG_AGO)


def _latest(engaged: Engaged, which: Flags, size: int) -> Days:
    return latest(engaged.owner[which], engaged.ends[which], size)


def _latest_seen(engaged: Engaged, which: Flags, size: int) -> Days:
    return latest(engaged.owner[which], engaged.last_seen[which], size)


def _starts(engaged: Engaged, which: Flags, size: int) -> Days:
    return earliest(engaged.owner[which], engaged.starts[which], size)


def _leaves_on(engaged: Engaged, runs: Flags, is_running: Flags, size: int, today: int, policy: Policy) -> Days:
    """Last day of whoever works today and stops within the notice period, with everything that follows taken along."""
    last = np.where(is_running, _latest(engaged, runs, size), FOREVER)
    last_replacement = _latest(engaged, runs & engaged.is_replacement, size)
    limit = today + policy.leaver_notice_days
    near = last <= limit
    ahead = np.flatnonzero(engaged.holds & (engaged.starts > today) & near[engaged.owner])
    owner, starts, ends = engaged.owner[ahead], engaged.starts[ahead], engaged.ends[ahead]
    replaces = engaged.is_replacement[ahead]
    waiting = np.ones(len(ahead), dtype=np.bool_)
    while True:
        follows = starts <= last[owner] + policy.gap_days
        follows |= replaces & (starts <= last_replacement[owner] + policy.replacement_gap_days)
        follows &= waiting
        if not follows.any():
            break
        np.maximum.at(last, owner[follows], ends[follows])
        np.maximum.at(last_replacement, owner[follows & replaces], ends[follows & replaces])
        waiting &= ~follows
    return np.where(last <= limit, last, FOREVER)
