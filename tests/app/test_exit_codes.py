"""Every exit code that scripts may rely on, from a true run each (promise P21)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import time_machine

from auditor.app.commands.demo import at_night, deliver, unpack
from auditor.app.exits import Exit
from auditor.store import scan_lock

NIGHT = "2026-11-24"


def scan(workspace: Path, *more: str) -> list[str]:
    """The words of a scan that stores nothing."""
    return ["scan", "--as-of", NIGHT, "--dry-run", *more, "--config", str(workspace / "auditor.toml")]


def test_0_when_all_is_well(run, workspace):
    assert run("verify", "--config", str(workspace / "auditor.toml"))[0] == Exit.OK == 0


def test_1_when_there_is_no_scan_yet(run, workspace):
    (workspace / "var" / "auditor.db").unlink()
    assert run("status", "--config", str(workspace / "auditor.toml"))[0] == Exit.ERROR == 1


def test_2_when_the_configuration_is_wrong(run, workspace):
    (workspace / "auditor.toml").write_text("[board]\n", encoding="utf-8")
    assert run(*scan(workspace))[0] == Exit.USAGE == 2


def test_3_when_a_source_was_not_judged(run, workspace):
    assert run(*scan(workspace, "--fail-on", "info"))[0] == Exit.PARTIAL == 3


def test_4_when_a_source_is_held_back(run, workspace):
    file = workspace / "exports" / "esis-gebruikers.csv"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: len(lines) // 2]))
    assert run(*scan(workspace, "--fail-on", "info"))[0] == Exit.BLOCKED == 4


def test_5_when_findings_are_as_bad_as_asked(run, tmp_path):
    folder = tmp_path / "board"
    first = unpack(folder)[0]
    deliver(folder, first)
    with time_machine.travel(at_night(first), tick=False):
        words = ["scan", "--dry-run", "--as-of", first.isoformat(), "--config", str(folder / "auditor.toml")]
        assert run(*words, "--fail-on", "critical")[0] == Exit.FINDINGS == 5
        assert run(*words)[0] == Exit.OK


def test_11_while_another_scan_runs(run, workspace):
    with scan_lock(workspace / "var" / "auditor.db"):
        words = [word for word in scan(workspace) if word != "--dry-run"]
        assert run(*words)[0] == Exit.RUNNING == 11


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process otherwise")
def test_130_when_it_is_cancelled(workspace):
    lock = workspace / "var" / "auditor.db.lock"
    lock.unlink()
    words = [word for word in scan(workspace) if word != "--dry-run"]
    running = subprocess.Popen([sys.executable, "-m", "auditor", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ)
    while not lock.exists():
        time.sleep(0.02)
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == Exit.CANCELLED == 130 and b"Traceback" not in told
