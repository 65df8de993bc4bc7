"""How a finding climbs until someone answers: first notice, reminder after 7 days, escalation after 14 (promise P13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from auditor.model.finding import State
from auditor.model.mail import Noticed, Rung
from auditor.notices.pauses import Pauses

REMINDER_DAYS, ESCALATION_DAYS = 7, 14
TOLD_TO_SCHOOLS = ("orphan-account", "leaver-active", "vanished-from-hr")
"""What a school's director is told of: accounts that belong to nobody, and accounts of people who left."""


@dataclass(frozen=True)
class Standing:
    """What the ladder may know of one finding tonight. mails: False for information and watch rows."""

    key: str
    rule: str
    state: State
    school: str | None
    mails: bool = True
    is_assessed: bool = True


@dataclass(frozen=True)
class Climb:
    """Tonight's step of the ladder. due: key and rung of what must be told now; memory: what is known of every finding on the ladder
    afterwards. Findings that are solved are off it: one that comes back starts anew."""

    due: Sequence[tuple[str, Rung]]
    memory: Sequence[Noticed]


def climb(tonight: Sequence[Standing], before: Mapping[str, Noticed], as_of: date, pauses: Pauses) -> Climb:
    """Given tonight's findings, what was told before (by key), the day and the pauses, return what is due.

    The first notice waits for nothing. While a finding is acknowledged, waived or declared a false positive, and while it cannot be
    assessed, its days do not count and nothing is told. A reminder or escalation goes out on a day that is not paused.
    """
    due: list[tuple[str, Rung]] = []
    memory: list[Noticed] = []
    for one in tonight:
        if one.rule not in TOLD_TO_SCHOOLS or not one.mails or one.state is State.RESOLVED:
            continue
        known = before.get(one.key)
        is_silent = one.state is not State.OPEN or not one.is_assessed
        if is_silent:
            if known:
                memory.append(Noticed(one.key, known.rung, known.counted, known.first_on, max(as_of, known.last_on), one.school))
            continue
        if known is None:
            due.append((one.key, Rung.FIRST))
            memory.append(Noticed(one.key, Rung.FIRST, 0, as_of, as_of, one.school))
            continue
        counted = known.counted + pauses.counted_between(known.last_on, as_of)
        rung = known.rung
        if not pauses.is_paused(as_of):
            if rung is Rung.FIRST and counted >= REMINDER_DAYS:
                rung = Rung.REMINDER
            elif rung is Rung.REMINDER and counted >= ESCALATION_DAYS:
                rung = Rung.ESCALATION
        if rung is not known.rung:
            due.append((one.key, rung))
        memory.append(Noticed(one.key, rung, counted, known.first_on, max(as_of, known.last_on), one.school))
    return Climb(due, memory)
