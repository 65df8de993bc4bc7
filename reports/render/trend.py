"""The geometry of the trend: bars by hand, so that no chart library (and no outside reference) is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model.report import Night

WIDTH, HEIGHT, FLOOR, GAP = 480, 120, 100, 0.3
PITCH, THICK = 96, 28
"""At most so far apart and so wide: two nights are two bars, not two blocks."""
SHOWN = 30


@dataclass(frozen=True)
class Bar:
    """One night: x, y, width and height of its bar in the drawing's units; is_gap: not everything could be judged."""

    night: Night
    x: float
    y: float
    width: float
    height: float
    is_gap: bool


def bars(nights: Sequence[Night]) -> list[Bar]:
    """Given nights, oldest first, return a bar for each of the last SHOWN; none for fewer than two (there is no trend in one night)."""
    shown = nights[-SHOWN:]
    if len(shown) < 2:
        return []
    most = max(1, *(night.open for night in shown))
    pitch = min(PITCH, WIDTH / len(shown))
    width = round(min(THICK, pitch * (1 - GAP)), 1)
    found = []
    for n, night in enumerate(shown):
        height = round(night.open / most * (FLOOR - 16), 1)
        found.append(Bar(night, round(n * pitch, 1), round(FLOOR - height, 1), width, height, night.not_assessed > 0))
    return found
