"""The daemon's work as processes of their own: the same commands a person or a timer gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

GRACE_SECONDS = 20
"""What a process gets to end by itself before it is killed."""


class Processes:
    """Given the configuration file, runs `auditor scan` and `auditor mail send` on it, at most one of them at a time."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._running: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        self._guard = threading.Lock()

    def scan(self, day: date, minutes: int) -> int | None:
        """Scan for a date. Return the exit code, None when it was stopped at its deadline."""
        return self._run(("scan", "--verbose", "--as-of", day.isoformat()), minutes)

    def mail(self, minutes: int) -> int | None:
        """Hand over the mail that is due. Return as `scan`."""
        return self._run(("mail", "send"), minutes)

    def stop(self) -> None:
        """End what runs, as Ctrl+C would: nothing half is stored. What is asked for later does not start."""
        with self._guard:
            self._is_stopped = True
            running = self._running
        if running is not None:
            _end(running)

    def _run(self, words: Sequence[str], minutes: int) -> int | None:
        # What systemd gave the daemon to speak to it by is the daemon's alone.
        environment = {name: value for name, value in os.environ.items() if name not in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")}
        with self._guard:
            if self._is_stopped:
                return None
            self._running = subprocess.Popen(  # noqa: S603 - our own programme, with words of our own
                [sys.executable, "-m", "auditor", *words, "--config", str(self._config)], env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL)
        try:
            return self._running.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            _end(self._running)
            return None
        finally:
            self._running = None


def _end(running: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        running.terminate()
    else:
        running.send_signal(signal.SIGINT)
    try:
        running.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
