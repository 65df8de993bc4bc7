"""The daemon over years of nights: one scan a date, nothing missed in silence, one thing at a time (promises P1, P2, P20)."""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.clock import ZONE
from auditor.app.daemon import Daemon
from auditor.app.nights import between, due, moment
from auditor.app.workspaces import load_workspace
from auditor.model.errors import ConfigError
from auditor.store import Store
from tests.proofs import write_promise

CONFIG = '[board]\nname = "x"\nshort = "x"\n[retention]\nuse_data_months = 6\nperson_data_months = 24\n[schedule]\nat = "{at}"\n'
CHANGES = [date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29)]


@dataclass
class Board:
    """A workspace whose scans are rows in its own store; work counts what it was asked."""

    folder: Path
    at: str = "04:30"
    asked: list[tuple[datetime, date]] = field(default_factory=list)
    fails: Callable[[date], bool] = lambda day: False

    def __post_init__(self) -> None:
        (self.folder / "auditor.toml").write_text(CONFIG.format(at=self.at), encoding="utf-8")
        (self.folder / "var").mkdir()
        self.database = self.folder / "var" / "auditor.db"
        Store(self.database).close()

    def scan(self, day: date, minutes: int) -> int | None:
        """Store the night as the true scan does: refused when the date has one."""
        self.asked.append((datetime.now(UTC), day))
        if self.fails(day):
            return 1
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")
            self.store(connection, day, datetime.now(UTC))
        return 0

    def store(self, connection: sqlite3.Connection, day: date, at: datetime) -> None:
        """A night with one source that was read."""
        made = connection.execute(
            "INSERT INTO scans (kind, as_of, started_at, seconds, version, board, counts, not_assessed)"
            " VALUES ('nightly', ?, ?, 1, '', 'x', '{}', '[]')", (day.isoformat(), at.isoformat()))
        connection.execute(
            "INSERT INTO coverage (scan, place, source, role, state, rows, details) VALUES (?, 1, 'hr', 'hr', 'ok', 1, ?)",
            (made.lastrowid, zlib.compress(b'{"reasons": [], "schools": {}}')))

    def mail(self, minutes: int) -> int | None:
        """No mail here."""
        raise AssertionError("no mail is set up")

    def daemon(self) -> Daemon:
        """A daemon on it."""
        return Daemon(lambda: load_workspace(self.folder / "auditor.toml"), self, lambda: datetime.now(UTC))

    def nights(self) -> list[str]:
        """Days that have their scan, in order."""
        with closing(sqlite3.connect(self.database)) as connection:
            return [day for (day,) in connection.execute("SELECT as_of FROM scans ORDER BY number")]


class Travelling:
    """The true scheduler, whose waiting moves the clock instead of taking time."""

    def __init__(self, board: Board, traveller: Any) -> None:
        self.traveller, self.turns = traveller, Counter[date]()
        self.scheduler = BackgroundScheduler(timezone=ZONE, executors={"default": DebugExecutor()})
        board.daemon().schedule(self.scheduler)
        self.scheduler._event = type("Event", (), {"set": lambda self: None, "is_set": lambda self: False})()
        self.scheduler._main_loop = lambda: None
        self.scheduler.start()

    def until(self, end: datetime) -> None:
        """Let time pass."""
        while (now := datetime.now(UTC)) < end:
            wait = self.scheduler._process_jobs()
            self.turns[now.astimezone(ZONE).date()] += 1
            assert wait is not None and wait >= 0
            # A fraction too early, as a true wait may end.
            self.traveller.move_to(min(now + timedelta(seconds=max(wait, 0.001)), end))


@pytest.fixture
def travel() -> Iterator[Callable[[datetime], Any]]:
    """Go to an instant and let time stand still there."""
    started: list[Any] = []

    def to(at: datetime) -> Any:
        machine = time_machine.travel(at, tick=False)
        started.append(machine)
        return machine.start()

    yield to
    for machine in reversed(started):
        machine.stop()


def walk(board: Board, travel: Callable[[datetime], Any], first: date, last: date) -> Travelling:
    """Let the daemon live from noon before the first date to noon on the last."""
    begin = datetime.combine(first - timedelta(days=1), time(12), ZONE).astimezone(UTC)
    with closing(sqlite3.connect(board.database)) as connection, connection:
        board.store(connection, first - timedelta(days=1), begin)
    travelling = Travelling(board, travel(begin))
    travelling.until(datetime.combine(last, time(12), ZONE).astimezone(UTC))
    return travelling


def expect_each_date_once(board: Board, travelling: Travelling, first: date, last: date) -> None:
    """Every date its scan, at its time, and few turns."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert board.nights()[1:] == [day.isoformat() for day in days]
    assert [day for _, day in board.asked] == days, "nothing was started twice"
    late = [at - moment(day, time.fromisoformat(board.at)) for at, day in board.asked]
    assert max(late) < timedelta(minutes=5) and min(late) >= timedelta(0)
    assert max(travelling.turns.values()) < 500


@pytest.mark.parametrize("at", ["02:30", "04:30"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_nights_around_a_change_of_the_clock_have_one_scan_each(tmp_path, travel, change, at):
    first = last = change
    board = Board(tmp_path, at)
    expect_each_date_once(board, walk(board, travel, first, last), first, last)


@pytest.mark.proof
def test_all_nights_of_two_years_have_one_scan_each(tmp_path, travel):
    first, last = date(2027, 1, 1), date(2028, 12, 31)
    measured = []
    for at in ("02:30", "04:30"):
        (folder := tmp_path / at.replace(":", "")).mkdir()
        board = Board(folder, at)
        travelling = walk(board, travel, first, last)
        expect_each_date_once(board, travelling, first, last)
        measured.append(f"{len(board.asked)} scans at {at}, 0 doubles, at most {max(travelling.turns.values())} turns a day")
    write_promise("P1", "731 nights of 2027-2028 at 02:30 and 04:30: 731 scans, 0 doubles, under 500 turns", "; ".join(measured))


@pytest.mark.parametrize(("away", "skipped"), [(timedelta(hours=8), 0), (timedelta(days=3), 2), (timedelta(days=30), 29)])
@pytest.mark.parametrize("is_reboot", [False, True])
def test_after_sleep_a_reboot_or_days_off_one_scan_comes_within_five_minutes(tmp_path, travel, away, skipped, is_reboot):
    board = Board(tmp_path)
    travelling = walk(board, travel, date(2027, 5, 1), date(2027, 5, 3))
    gone = datetime(2027, 5, 3, 23, tzinfo=ZONE).astimezone(UTC)
    travelling.until(gone)
    before = board.nights()[-1]
    back = gone + away
    travelling.traveller.move_to(back)
    if is_reboot:
        travelling = Travelling(board, travelling.traveller)
    travelling.until(back + timedelta(minutes=5))
    day = back.astimezone(ZONE).date()
    new = [one for one in board.nights() if one > before]
    assert new == [day.isoformat()]
    assert len(between(date.fromisoformat(before), day)) == skipped


def test_a_scan_that_fails_is_tried_again_with_longer_waits_and_the_next_night_as_usual(tmp_path, travel):
    board = Board(tmp_path, fails=lambda day: day == date(2027, 5, 2))
    walk(board, travel, date(2027, 5, 1), date(2027, 5, 3))
    tries = [at for at, day in board.asked if day == date(2027, 5, 2)]
    waits = [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(tries)]
    assert waits[0] < 9 and max(waits) <= 64 and 20 < len(tries) < 35
    assert board.nights()[1:] == ["2027-05-01", "2027-05-03"]


def test_a_wrong_configuration_is_said_and_the_old_one_stays(tmp_path, travel):
    board = Board(tmp_path)
    daemon = board.daemon()
    (tmp_path / "auditor.toml").write_text("[board]\nname = 3\n", encoding="utf-8")
    assert not daemon.take_new_settings() and daemon.workspace.config.schedule.at == "04:30"
    (tmp_path / "auditor.toml").write_text(CONFIG.format(at="05:15"), encoding="utf-8")
    travelling = Travelling(board, travel(datetime(2027, 5, 1, 10, tzinfo=UTC)))
    assert daemon.take_new_settings() and daemon.workspace.config.schedule.at == "05:15"
    travelling.scheduler.shutdown(wait=False)
    (tmp_path / "auditor.toml").write_text(CONFIG.format(at="25:00"), encoding="utf-8")
    with pytest.raises(ConfigError):
        board.daemon()


def test_while_one_turn_works_another_does_nothing(tmp_path):
    board = Board(tmp_path)
    daemon = board.daemon()
    inner: list[int] = []

    def scan(day: date, minutes: int) -> int | None:
        inner.append(len(board.asked))
        daemon.look()
        return Board.scan(board, day, minutes)

    daemon._work = type("Work", (), {"scan": staticmethod(scan), "mail": board.mail})()
    daemon.look()
    assert len(board.asked) == 1 and inner == [0]


def test_a_damaged_database_ends_no_turn(tmp_path):
    board = Board(tmp_path)
    daemon = board.daemon()
    board.database.write_bytes(b"geen database" * 100)
    daemon.look()
    assert board.asked == []


@given(st.datetimes(datetime(2027, 1, 1), datetime(2028, 12, 31)), st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_the_date_that_is_due_never_goes_back_and_has_begun(naive, at):
    now = naive.replace(tzinfo=UTC)
    day = due(now, at, None)
    assert day is not None and moment(day, at) <= now < moment(day + timedelta(days=1), at)
    assert due(now, at, day) is None and due(now, at, day + timedelta(days=1)) is None
    assert due(now, at, day - timedelta(days=1)) == day
