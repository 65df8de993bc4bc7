"""Whatever kills a save, the last acknowledged scan is whole and the next one works."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auditor.model.errors import StoreError
from auditor.store import Store
from tests.store.nights import Board, accounts

ROOT = Path(__file__).parents[2]
ROWS = 1500
CHILD = f"""
import sys
from datetime import timedelta
from pathlib import Path
from auditor.store import Store
from tests.store.nights import Board, accounts
path = Path(sys.argv[1])
with Store(path) as store:
    last = store.last_scan()
    board = Board(store, path)
    board.day = last.as_of + timedelta(days=1) if last else board.day
    print("ready", flush=True)
    while True:
        number = (store.last_scan().number if store.last_scan() else 0) + 1
        rows = [{{"account": f"a{{n}}", "username": f"night {{number}}"}} for n in range({ROWS})]
        print(board.night({{"accounts": accounts(rows)}}, findings=[{{"account": "a0", "fingerprint": number}}]), flush=True)
"""


def kill_and_look(path: Path, after: float) -> None:
    """One child that saves without end, killed after some seconds; then every promise is checked."""
    run = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n", run.stderr.read() if run.stderr else ""
    time.sleep(after)
    run.kill()
    told = [int(line) for line in run.communicate()[0].split()]
    begun = time.monotonic()
    with Store(path) as store:
        numbers = [scan.number for scan in store.scans()]
        assert time.monotonic() - begun < 10
        assert numbers == list(range(1, len(numbers) + 1))
        assert not told or told[-1] in (numbers[-1], numbers[-1] - 1), "an acknowledged scan is there"
        assert store.check() == []
        assert store.verify(store.checkpoint()) == []
        if numbers:
            table = store.table_at("accounts")
            assert table["username"].tolist() == [f"night {numbers[-1]}"] * ROWS
            assert len(store.table_at("links")) == ROWS


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_kill_at_any_moment_loses_nothing_acknowledged(tmp_path):
    dice = random.Random(11)
    for _ in range(12):
        kill_and_look(tmp_path / "auditor.db", dice.uniform(0, 0.8))


@pytest.mark.proof
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_two_hundred_kills_lose_nothing_acknowledged(tmp_path):
    dice = random.Random(12)
    for number in range(200):
        kill_and_look(tmp_path / f"{number // 20}.db", dice.uniform(0, 0.8))


def test_a_failure_at_any_step_leaves_the_last_scan_and_the_next_try_works(board):
    board.night({"accounts": accounts([{"account": f"a{number}"} for number in range(300)])}, findings=[{"account": "a1"}])
    record = board.record({"accounts": accounts([{"account": f"b{number}"} for number in range(300)])}, findings=[{"account": "b1"}])
    connection, before = board.store._connection, board.store.checkpoint()
    failed, steps = 0, 1
    while True:
        left = [steps]

        def stop(left: list[int] = left) -> int:
            left[0] -= 1
            return left[0] < 0

        connection.set_progress_handler(stop, 50)
        try:
            number = board.store.save(record)
        except StoreError as error:
            connection.set_progress_handler(None, 0)
            assert error.reason.code == "store_failed"
            assert board.store.checkpoint() == before
            failed += 1
            steps += max(1, steps // 3)
        else:
            break
        finally:
            connection.set_progress_handler(None, 0)
    assert (number, failed >= 10) == (2, True)
    assert board.store.verify(board.store.checkpoint()) == []
    assert len(board.store.table_at("accounts", 1)) == len(board.store.table_at("accounts", 2)) == 300


def test_a_full_disk_ends_cleanly(board):
    board.night({"accounts": accounts([{"account": "a1"}])})
    connection, before = board.store._connection, board.store.checkpoint()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    record = board.record({"accounts": accounts([{"account": f"account {number}", "username": "x" * 50} for number in range(5000)])})
    for room in (0, 3, 40):
        connection.execute(f"PRAGMA max_page_count = {pages + room}").fetchall()
        with pytest.raises(StoreError) as caught:
            board.store.save(record)
        assert caught.value.reason.code == "store_full"
        assert (board.store.checkpoint(), board.store.check()) == (before, [])
    connection.execute("PRAGMA max_page_count = 1073741823").fetchall()
    assert board.store.save(record) == 2
    assert board.store.verify(board.store.checkpoint()) == []


def test_of_many_that_save_the_same_night_one_wins(tmp_path):
    path = tmp_path / "auditor.db"
    Store(path).close()
    code = (
        "import sys\nfrom pathlib import Path\nfrom auditor.model.errors import StoreError\nfrom auditor.store import Store\n"
        "from tests.store.nights import Board, accounts\n"
        "board = Board(Store(sys.argv[1]), Path(sys.argv[1]))\nrecord = board.record({'accounts': accounts([{'account': 'a1'}])})\n"
        "print('ready', flush=True)\nsys.stdin.readline()\n"
        "try:\n    print(board.store.save(record))\nexcept StoreError as error:\n    print(error.reason.code)\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for run in runs:
        assert run.stdout is not None and run.stdout.readline() == "ready\n"
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("go\n")
        run.stdin.flush()
    answers = sorted(run.communicate()[0].strip() for run in runs)
    assert answers == ["1", "store_moved_on", "store_moved_on", "store_moved_on"]
    with Store(path) as store:
        assert [scan.kind for scan in store.scans()] == ["nightly"]
        assert store.verify() == []


def test_the_database_itself_takes_a_night_once(board):
    board.night({})
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        board.store._connection.execute(
            "INSERT INTO scans SELECT 2, kind, as_of, started_at, seconds, version, board, counts, not_assessed FROM scans")


def test_a_reader_is_not_held_up_while_a_scan_is_saved(board):
    board.night({"accounts": accounts([{"account": "a1"}])})
    with Store(board.path) as reader:
        board.store._connection.execute("BEGIN IMMEDIATE")
        board.store._connection.execute("DELETE FROM accounts")
        assert reader.table_at("accounts")["account"].tolist() == ["a1"]
        board.store._connection.execute("ROLLBACK")


def test_board_is_reusable_after_a_refused_scan(tmp_path):
    with Store(tmp_path / "auditor.db") as store:
        board = Board(store, tmp_path / "auditor.db")
        record = board.record({"accounts": accounts([{"account": "a1"}])}, evidence={"key": {"what": object()}})
        with pytest.raises(TypeError):
            store.save(record)
        assert store.scans() == []
        assert board.night({"accounts": accounts([{"account": "a1"}])}) == 1
