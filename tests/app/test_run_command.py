"""`auditor run` as a process: says it is ready, scans the date that is due, takes new settings or keeps the old, and ends when asked (P1, P2)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.app.clock import today
from auditor.store.light import last_status
from tests.boards.waterlanden.facts import SECOND_NIGHT

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX") or not hasattr(signal, "SIGHUP"), reason="signals and sockets of POSIX")


def wait_for(what: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_the_daemon_lives_from_ready_to_the_end(workspace: Path, tmp_path: Path) -> None:
    if today() <= SECOND_NIGHT:  # nothing is due on a day that the demo already judged
        (workspace / "var" / "auditor.db").unlink()
    config = workspace / "auditor.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text + '\n[schedule]\nat = "00:00"\n', encoding="utf-8")
    address = str(tmp_path / "notify")
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening, (tmp_path / "log").open("wb") as log:
        listening.bind(address)
        listening.setblocking(False)

        def told(line: str) -> bool:
            try:
                while True:
                    heard.extend(listening.recv(4000).decode().splitlines())
            except BlockingIOError:
                return any(one.startswith(line) for one in heard)

        daemon = subprocess.Popen(
            [sys.executable, "-m", "auditor", "run", "--config", str(config)], stderr=log, stdout=log, env={**os.environ, "NOTIFY_SOCKET": address})
        try:
            wait_for(lambda: told("READY=1"))
            wait_for(lambda: (status := last_status(workspace / "var" / "auditor.db")) is not None and status.as_of == today())
            wait_for(lambda: told(f"STATUS=last scan {today()}"))
            config.write_text(text + '\n[schedule]\nat = "25:00"\n', encoding="utf-8")
            daemon.send_signal(signal.SIGHUP)
            wait_for(lambda: told("STATUS=the new configuration is wrong"))
            config.write_text(text + '\n[schedule]\nat = "05:15"\n', encoding="utf-8")
            daemon.send_signal(signal.SIGHUP)
            wait_for(lambda: told("STATUS=new configuration taken"))
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(30) == 0
        finally:
            daemon.kill()
            daemon.wait()
        assert told("STOPPING=1") and told("WATCHDOG=1")
    events = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    names = [one["event"] for one in events]
    assert names[0] == "started" and names[-1] == "stopped" and "settings_kept" in names and "settings_taken" in names
    [skipped] = [one for one in events if one["event"] == "skipped"] or [{"days": []}]
    assert len(skipped["days"]) == max((today() - SECOND_NIGHT).days - 1, 0)

