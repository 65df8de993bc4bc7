"""Exit codes of every command (contract: other values are failures)."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The first that applies, in the order of `worst`."""

    OK = 0
    ERROR = 1
    USAGE = 2
    PARTIAL = 3
    BLOCKED = 4
    FINDINGS = 5
    RUNNING = 11
    CANCELLED = 130


def worst(*exits: Exit) -> Exit:
    """Given the exits that apply, return the one to end with: error, usage, blocked, partial, findings, ok."""
    order = (Exit.ERROR, Exit.USAGE, Exit.RUNNING, Exit.CANCELLED, Exit.BLOCKED, Exit.PARTIAL, Exit.FINDINGS, Exit.OK)
    return min(exits, key=order.index, default=Exit.OK)
