"""Runs the command line in the night of a day: a scan of a day that is still to come stores nothing, and tests must not ask what day it is.

As a module, for a process of its own: `python -m tests.travelling 2026-11-25 scan --json`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import time_machine

from auditor.app.cli import main
from auditor.app.commands.demo import at_night

ROOT = Path(__file__).parents[1]


def in_the_night_of(day: date | str, hours: int = 0) -> time_machine.travel:
    """Given a day, return the context in which it is 04:30 in Amsterdam that day, or so many hours later, and time goes on."""
    return time_machine.travel(at_night(day if isinstance(day, date) else date.fromisoformat(day)) + timedelta(hours=hours))


def is_day(word: str) -> bool:
    """Given a word, return whether it is a day of the calendar: tests type other words too."""
    try:
        date.fromisoformat(word)
    except ValueError:
        return False
    return True


def scan_on(day: date | str, *words: str) -> int:
    """Given a day and the words of a scan, run it in the night of that day and return its exit code."""
    name = day.isoformat() if isinstance(day, date) else day
    with in_the_night_of(day):
        return main(["scan", "--as-of", name, *words])


def command_on(day: date | str, *words: str) -> list[str]:
    """Given a day and the words of a command, return what starts it in the night of that day, from the project's folder."""
    return [sys.executable, "-m", "tests.travelling", day.isoformat() if isinstance(day, date) else day, *words]


def _main(words: Sequence[str]) -> int:
    with in_the_night_of(words[0]):
        return main(words[1:])


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
