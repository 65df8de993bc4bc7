"""The daemon: looks every few minutes whether a date is due or mail is waiting, and lets a process of its own do the work.

APScheduler wakes it; what must be done it asks of the store each time, so that sleep, a reboot or a clock that changes costs no night and makes
none twice. A scan in a process of its own can be stopped at its deadline, may crash, and gives its memory back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from auditor.app.clock import ZONE
from auditor.app.logs import log
from auditor.app.nights import due
from auditor.app.notify import notify
from auditor.config.load import Workspace
from auditor.model.errors import AuditorError
from auditor.store.light import last_day, mail_is_due

LOOK_MINUTES = 4
"""So often the store is asked: well within five minutes of waking up, and under five hundred turns a day."""
LONGEST_WAIT = timedelta(hours=1)
"""Between two attempts at a date whose scan fails: 4, 8, 16, 32 minutes, then every hour."""


class Work(Protocol):
    """Starts what takes long, and says how it ended (an exit code; None: stopped at its deadline)."""

    def scan(self, day: date, minutes: int) -> int | None:
        """Scan for a date."""
        ...

    def mail(self, minutes: int) -> int | None:
        """Hand over the mail that is due."""
        ...


class Daemon:
    """Given how the configuration is read anew, who does the work, and a clock; `schedule` puts its turns on a scheduler."""

    def __init__(self, reload: Callable[[], Workspace], work: Work, now: Callable[[], datetime]) -> None:
        """Read the configuration. Raise ConfigError if it is wrong: a daemon does not start on a wrong one."""
        self._reload, self._work, self._now = reload, work, now
        self.workspace = reload()
        self._busy = threading.Lock()
        self._scheduler: Any = None
        self._failures, self._not_before = 0, datetime.min.replace(tzinfo=ZONE)
        self._said = ""

    def schedule(self, scheduler: Any) -> None:
        """Given an APScheduler scheduler, put the look of every few minutes and the time of the scan itself on it."""
        from apscheduler.triggers.interval import IntervalTrigger

        self._scheduler = scheduler
        always = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        scheduler.add_job(self.look, IntervalTrigger(minutes=LOOK_MINUTES, timezone=ZONE), id="look", next_run_time=self._now(), **always)
        self._set_time()

    def _set_time(self) -> None:
        from apscheduler.triggers.cron import CronTrigger

        at = self._at()
        self._scheduler.add_job(
            self.look, CronTrigger(hour=at.hour, minute=at.minute, timezone=ZONE), id="night", replace_existing=True, misfire_grace_time=None,
            coalesce=True, max_instances=1)

    def _at(self) -> time:
        return time.fromisoformat(self.workspace.config.schedule.at)

    def look(self) -> None:
        """Tell that we live, and start what is due, one thing at a time. A mistake in one turn must not end the next."""
        notify("WATCHDOG=1")
        if not self._busy.acquire(blocking=False):
            return
        try:
            self._turn()
        except (AuditorError, OSError) as error:
            code = error.reason.code if isinstance(error, AuditorError) else type(error).__name__
            log().error("look", code=code)
            self._say(f"STATUS=not well: {code}")
        finally:
            self._busy.release()

    def _turn(self) -> None:
        now = self._now()
        limits = self.workspace.config.schedule
        database = self.workspace.path(self.workspace.config.folders.database)
        last = last_day(database)
        day = due(now, self._at(), last)
        if day is not None and now >= self._not_before:
            self._say(f"STATUS=scanning for {day}")
            code = self._work.scan(day, limits.scan_minutes)
            log().info("night", as_of=day.isoformat(), exit=code)
            last = last_day(database)
            if last is not None and last >= day:
                self._failures, self._not_before = 0, now
            else:
                wait = min(timedelta(minutes=LOOK_MINUTES) * 2 ** self._failures, LONGEST_WAIT)
                self._failures, self._not_before = self._failures + 1, self._now() + wait
                log().error("night_failed", as_of=day.isoformat(), exit=code, attempts=self._failures, minutes=int(wait.total_seconds() // 60))
        elif self.workspace.config.mail is not None and mail_is_due(database, now):
            log().info("mail", exit=self._work.mail(limits.scan_minutes))
        self._say(f"STATUS=last scan {last or 'never'}, next at {limits.at}")

    def _say(self, line: str) -> None:
        if line != self._said:
            self._said = line
            notify(line)

    def take_new_settings(self) -> bool:
        """Read the configuration anew. Return whether it is taken; a wrong one is said and the old one stays."""
        notify("RELOADING=1")
        try:
            self.workspace = self._reload()
        except AuditorError as error:
            log().error("settings_kept", code=error.reason.code, reason=str(error))
            notify("READY=1", "STATUS=the new configuration is wrong; the old one stays")
            return False
        if self._scheduler is not None:
            self._set_time()
        log().info("settings_taken")
        notify("READY=1", "STATUS=new configuration taken")
        return True
