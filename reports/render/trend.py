"""The geometry of the trend: bars by hand, so that no chart library (and no outside reference) is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from auditor.model.report import Night

WIDTH, HEIGHT, FLOOR, GAP = 480, 120, 100, 0.3
PITCH, THICK = 96, 28
"""At most so far apart and so wide: two nights are two bars, not two blocks."""
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Bar:
    """One night: x, y, width and height of its bar in the drawing's units; is_gap: not everything could be judged."""

    night: Night
    x: float
    y: float
    width: float
    height: float
    is_gap: bool


@dataclass(frozen=True)
class Chart:
    """One drawing. name: of its words in the catalogue (month or year)."""

    name: str
    bars: Sequence[Bar]

    @property
    def has_gaps(self) -> bool:
        """Whether there was a night on which not everything could be judged."""
        return any(bar.is_gap for bar in self.bars)


def charts(nights: Sequence[Night]) -> list[Chart]:
    """Given the nights of at most a year, oldest first, return the drawing of the last 30 days, night by night, and when there is more than
    that, the one of the year, week by week. None for fewer than two nights: there is no trend in one."""
    if len(nights) < 2:
        return []
    month = [night for night in nights if night.as_of > nights[-1].as_of - MONTH]
    drawn = [Chart("month", bars(month))] if len(month) > 1 else []
    return [*drawn, Chart("year", bars(weekly(nights)))] if len(month) < len(nights) else drawn


def weekly(nights: Sequence[Night]) -> list[Night]:
    """Given nights, oldest first, return one for each week that has any: the last one's numbers, with new and resolved added up; with the
    most that was not assessed on any of them, so that a week with a gap shows it."""
    weeks: dict[tuple[int, int], Night] = {}
    for night in nights:
        week = night.as_of.isocalendar()[:2]
        before = weeks.get(week)
        weeks[week] = Night(
            night.as_of, night.open, night.new + (before.new if before else 0), night.resolved + (before.resolved if before else 0),
            max(night.not_assessed, before.not_assessed if before else 0))
    return list(weeks.values())


def bars(nights: Sequence[Night]) -> list[Bar]:
    """Given nights, oldest first, return a bar for each."""
    most = max(1, *(night.open for night in nights), 0)
    pitch = min(PITCH, WIDTH / len(nights))
    width = round(min(THICK, pitch * (1 - GAP)), 1)
    found = []
    for n, night in enumerate(nights):
        height = round(night.open / most * (FLOOR - 16), 1)
        found.append(Bar(night, round(n * pitch, 1), round(FLOOR - height, 1), width, height, night.not_assessed > 0))
    return found
