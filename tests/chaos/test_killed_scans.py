"""kill -9 of the whole scan, and a disk that fails: what was acknowledged stays, what was not leaves nothing (promises P4, P5)."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from auditor.app import whole_file
from auditor.app.cli import main
from auditor.app.commands.demo import at_night
from auditor.store import Store
from tests.proofs import write_promise
from tests.travelling import ROOT, command_on, scan_on

FIRST = date(2026, 11, 25)


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled board after its nights: copy it, do not change it."""
    folder = tmp_path_factory.mktemp("chaos") / "demo"
    assert main(["demo", "--out", str(folder), "--json"]) == 0
    return folder


@pytest.fixture
def workspace(board: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may break."""
    shutil.copytree(board, tmp_path / "board")
    return tmp_path / "board"


def stored(database: Path) -> dict[int, str]:
    """Number and day of every scan, after SQLite's own check and ours of the chain."""
    connection = sqlite3.connect(database)
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    connection.close()
    with Store(database) as store:
        assert store.verify() == []
        scans = {scan.number: scan.as_of.isoformat() for scan in store.scans()}
        last = max(scans)
        assert len(store.coverage_at(last).sources) > 5 and len(store.table_at("accounts", last))
    return scans


def kill_scans(workspace: Path, times: int) -> None:
    """Start a scan a day, kill it somewhere, and look at what lies there; now and then let one end."""
    config, database = str(workspace / "auditor.toml"), workspace / "var" / "auditor.db"
    chance = random.Random(20261124)
    begun = time.monotonic()

    def command(day: date) -> list[str]:
        made = (at_night(day) - timedelta(hours=1)).timestamp()
        for export in (workspace / "exports").iterdir():
            os.utime(export, (made, made))  # old exports would be stale, and a scan of them has no rows to lose
        return command_on(day, "scan", "--json", "--config", config, "--as-of", day.isoformat())

    whole = subprocess.run(command(FIRST), capture_output=True, check=False, cwd=ROOT)
    span = time.monotonic() - begun
    acknowledged = {json.loads(whole.stdout)["scan"]: FIRST.isoformat()}
    for turn in range(1, times + 1):
        day = FIRST + timedelta(days=turn)
        running = subprocess.Popen(command(day), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)
        try:
            out, _ = running.communicate(timeout=chance.uniform(0.2, span * 1.1))
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            out, _ = running.communicate()
        if running.returncode in (0, 3):
            acknowledged[json.loads(out)["scan"]] = day.isoformat()
        scans = stored(database)
        assert acknowledged.items() <= scans.items(), "what was acknowledged is still there"
        assert sorted(scans) == list(range(1, len(scans) + 1))
        half = list((workspace / "var" / "reports").glob("*.html"))
        assert all(file.read_bytes().rstrip().endswith(b"</html>") for file in half), "a report is whole or not there"
    last = command(FIRST + timedelta(days=times + 1))
    assert subprocess.run(last, capture_output=True, check=False, cwd=ROOT).returncode == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_scan_that_is_killed_leaves_no_half_scan(workspace: Path) -> None:
    kill_scans(workspace, 5)


@pytest.mark.proof
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_two_hundred_killed_scans_leave_no_half_scan(workspace: Path) -> None:
    kill_scans(workspace, 200)
    write_promise("P4", "200 kills: no run with a missing row, sound file, nothing acknowledged lost",
                  "200 kills of the whole scan: 0 half scans, 0 damaged files, 0 acknowledged scans lost, 0 half reports; the next scan runs")


def test_of_many_scans_at_once_one_wins_and_the_others_end_with_11(workspace: Path) -> None:
    command = command_on(FIRST, "scan", "--json", "--config", str(workspace / "auditor.toml"), "--as-of", FIRST.isoformat())
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) for _ in range(3)]
    codes = sorted(one.wait() for one in running)
    # One that starts only after the winner has ended is a manual scan of the same day, and as whole.
    assert codes[0] == 3 and set(codes) <= {3, 11}
    days = list(stored(workspace / "var" / "auditor.db").values())
    assert days.count(FIRST.isoformat()) == codes.count(3)


@pytest.mark.proof
def test_of_twenty_four_starters_one_makes_the_night(workspace: Path) -> None:
    command = command_on(FIRST, "scan", "--json", "--config", str(workspace / "auditor.toml"), "--as-of", FIRST.isoformat())
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) for _ in range(24)]
    codes = [one.wait() for one in running]
    assert set(codes) <= {3, 11}
    with Store(workspace / "var" / "auditor.db") as store:
        assert [scan.kind for scan in store.scans() if scan.as_of == FIRST].count("nightly") == 1


def scan_on_a_full_disk(workspace: Path, room: int) -> int:
    """The exit code of a scan none of whose files may grow beyond `room` bytes: writes fail as they do on a full disk."""
    import resource

    command = command_on(FIRST, "scan", "--config", str(workspace / "auditor.toml"), "--as-of", FIRST.isoformat())
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))
    assert "Traceback" not in done.stderr and (done.returncode == 3 or done.stderr.strip())
    return done.returncode


def sweep(workspace: Path, rooms: Iterable[int]) -> set[int]:
    """Scan with ever more room; after each failure the last good scan and its report are as they were."""
    database, reports = workspace / "var" / "auditor.db", workspace / "var" / "reports"
    before, pages = stored(database), {file.name: file.read_bytes() for file in reports.iterdir()}
    codes = set()
    for room in rooms:
        codes.add(code := scan_on_a_full_disk(workspace, room))
        now = stored(database)
        assert before.items() <= now.items()
        if len(now) == len(before):
            assert code == 1 and {file.name: file.read_bytes() for file in reports.iterdir()} == pages
    return codes


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_ends_a_scan_cleanly(workspace: Path) -> None:
    assert sweep(workspace, (0, 60_000, 1 << 30)) == {1, 3}


@pytest.mark.proof
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_disk_that_is_full_at_any_page_ends_a_scan_cleanly(workspace: Path) -> None:
    assert sweep(workspace, [*range(0, 1_200_000, 20_000), 1 << 30]) == {1, 3}
    write_promise("P5 (disk)", "a full disk at any size ends cleanly", "full after each of 60 sizes to 1.2 MB: last good scan and reports intact")


def test_a_report_that_cannot_be_written_leaves_the_last_one_and_the_scan(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    reports = workspace / "var" / "reports"
    before = {file.name: file.read_bytes() for file in reports.iterdir()}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_file.os, "fsync", full)
    assert scan_on(FIRST, "--config", str(workspace / "auditor.toml")) == 1
    assert "auditor report" in capsys.readouterr().err
    monkeypatch.undo()
    assert {file.name: file.read_bytes() for file in reports.iterdir()} == before, "no half file is left either"
    assert list(stored(workspace / "var" / "auditor.db").values())[-1] == FIRST.isoformat()
