"""The file itself: private, refused when newer or damaged, backed up whole, locked for one scan, read lightly."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from auditor.model.assessment import Assessment
from auditor.model.coverage import SourceReport, SourceState
from auditor.model.errors import Fault, Reason, ScanRunning, StoreError
from auditor.model.finding import NotAssessed
from auditor.model.matrix import Matrix
from auditor.store import Store, scan_lock
from auditor.store.layouts import LAYOUTS, NAMES_A_PERSON
from auditor.store.light import last_day, last_status
from auditor.store.schema import migrate
from tests.store.nights import FIRST_NIGHT, accounts, ok, receipt

POSIX = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def code_of(work) -> str:
    with pytest.raises(StoreError) as caught:
        work()
    return caught.value.reason.code


@POSIX
def test_database_and_side_files_are_for_the_owner_alone_under_any_umask(tmp_path):
    before = os.umask(0o022)
    try:
        path = tmp_path / "auditor.db"
        with Store(path) as store:
            store.release("esis", "klopt", "ict", datetime(2026, 9, 1, tzinfo=UTC))
            store.backup(tmp_path / "copy.db")
            modes = {file.name: oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()}
        with scan_lock(path):
            modes["lock"] = oct((tmp_path / "auditor.db.lock").stat().st_mode & 0o777)
    finally:
        os.umask(before)
    assert set(modes) == {"auditor.db", "auditor.db-wal", "auditor.db-shm", "copy.db", "lock"}
    assert set(modes.values()) == {"0o600"}


@POSIX
@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(board, suffix, mode):
    board.night({})
    board.path.with_name(board.path.name + suffix).chmod(mode)
    assert code_of(lambda: Store(board.path)) == "store_open_to_others"
    assert code_of(lambda: last_status(board.path)) == "store_open_to_others"


def test_a_newer_schema_is_refused_and_left_alone(board):
    board.night({})
    board.store._connection.execute("PRAGMA user_version = 99")
    board.store.close()
    before = board.path.read_bytes()
    assert code_of(lambda: Store(board.path)) == "store_newer"
    assert code_of(lambda: last_status(board.path)) == "store_newer"
    assert board.path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "auditor.db"
    path.write_bytes(b"Naam;Gebruikersnaam\n" * 100)
    path.chmod(0o600)
    assert code_of(lambda: Store(path)) == "store_damaged"


def test_a_folder_that_is_not_there_is_said(tmp_path):
    assert code_of(lambda: Store(tmp_path / "nowhere" / "auditor.db")) == "store_unusable"


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path):
    connection = sqlite3.connect(tmp_path / "auditor.db", isolation_level=None)
    for steps in range(1, 2000, 97):
        left = [steps]

        def stop(left: list[int] = left) -> int:
            left[0] -= 1
            return left[0] < 0

        connection.set_progress_handler(stop, 20)
        try:
            migrate(connection, tmp_path / "auditor.db")
        except sqlite3.OperationalError:
            connection.set_progress_handler(None, 0)
            assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
            assert connection.execute("PRAGMA user_version").fetchone() == (0,)
        else:
            break
    connection.set_progress_handler(None, 0)
    migrate(connection, tmp_path / "auditor.db")
    assert connection.execute("SELECT name FROM _sqlite_migrations").fetchall() == [
        ("0001_history_findings_chain",), ("0002_finding_decisions",), ("0003_reviews",), ("0004_outbox",),
        ("0005_columns_of_accounts",), ("0006_open_rows_in_parts",)]
    connection.close()


def test_stores_that_open_a_new_database_at_once_all_find_it_whole(tmp_path):
    path = tmp_path / "auditor.db"
    code = "import sys; from auditor.store import Store; print(Store(sys.argv[1]).last_scan())"
    runs = [subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    assert [run.communicate()[0] for run in runs] == [b"None\n"] * 3


def test_no_column_that_names_a_person_is_kept_as_a_word():
    for layout in LAYOUTS.values():
        assert not [stored.name for stored in layout.columns if stored.encoding == "word" and stored.name in NAMES_A_PERSON]


def test_a_backup_holds_everything_and_overwrites_nothing(board, tmp_path):
    board.night({"accounts": accounts([{"account": "a1"}])}, findings=[{"account": "a1"}])
    target = tmp_path / "backup.db"
    board.store.backup(target)
    board.night({"accounts": accounts([])})
    with Store(target) as copy:
        assert copy.check() == []
        assert copy.verify(copy.checkpoint()) == []
        assert [scan.number for scan in copy.scans()] == [1]
        assert [row["account"] for row in copy.findings()] == ["a1"]
    assert code_of(lambda: board.store.backup(target)) == "backup_exists"


def test_deleted_rows_leave_no_trace_in_the_file(board):
    board.night({"accounts": accounts([{"account": f"weg-{number}", "display_name": f"Verdwenen Persoon {number}"} for number in range(200)])})
    connection = board.store._connection
    connection.execute("DELETE FROM accounts")
    connection.execute("DELETE FROM links")
    connection.execute("DELETE FROM kept_frames")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"Verdwenen Persoon" not in board.path.read_bytes()


def test_damage_is_told(board):
    board.night({"accounts": accounts([{"account": f"a{number}"} for number in range(500)])})
    assert board.store.check() == []
    (page,) = board.store._connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'accounts'").fetchone()
    board.store.close()
    data = bytearray(board.path.read_bytes())
    data[(page - 1) * 4096:(page - 1) * 4096 + 64] = b"\xff" * 64
    board.path.write_bytes(data)
    with Store(board.path) as store:
        assert {reason.code for reason in store.check()} == {"store_damaged"}
        assert code_of(lambda: store.table_at("accounts")) == "store_damaged"
    board.path.write_bytes(b"\xff" * 5000)
    assert code_of(lambda: Store(board.path)) == "store_damaged"


def test_only_one_scan_at_a_time(tmp_path):
    path = tmp_path / "auditor.db"
    code = "import sys\nfrom auditor.store import scan_lock\nwith scan_lock(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    other = subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    with pytest.raises(ScanRunning), scan_lock(path):
        pass
    other.kill()
    other.communicate()
    with scan_lock(path):
        pass


def test_status_needs_nothing_heavy(board):
    sources = [
        SourceReport("hr", "hr", SourceState.STALE, reasons=(Reason("stale", {"days": 40}),), as_of=date(2026, 7, 20)),
        ok("esis", rows=3, schools={"11AA": SourceState.OK, "12BB": SourceState.REFUSED}),
    ]
    board.night({"accounts": accounts([{"account": "a1"}])}, sources, findings=[{"account": "a1"}])
    code = (
        "import sys; from auditor.store.light import last_status; found = last_status(sys.argv[1])\n"
        "print([name for name in ('pandas', 'numpy', 'sqlite_utils', 'pyarrow') if name in sys.modules])\n"
        "print(found.number, found.kind, found.as_of, found.counts['open'])\n"
        "for line in found.sources: print(line.source, line.state, line.as_of, line.rows, line.reasons, line.missing_schools)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(board.path)], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == [
        "[]", "1 nightly 2026-09-01 1", "hr stale 2026-07-20 0 (('stale', {'days': 40}),) ()", "esis ok None 3 () ('12BB',)",
    ]


def test_status_of_no_database_or_no_scan_is_nothing(board, tmp_path):
    assert last_status(tmp_path / "nothing.db") is None
    assert last_status(board.path) is None


def test_coverage_comes_back_whole(board):
    report = SourceReport(
        "esis", "system", SourceState.PARTIAL, "esis", (Reason("partial", {"pages": 3}),), date(2026, 8, 31), 30,
        (receipt("overzicht.csv"),), {"11AA": SourceState.OK, "12BB": SourceState.STALE}, {"11AA": date(2026, 8, 30)},
        frozenset({"accounts.mail", "accounts.account"}), ("weg: 17",), (Reason("growth", {"percent": 60}),),
        (Fault("x.csv", "wrong_count", 7, None, {"found": 3}),), True)
    board.night({}, [report, ok("hr", "hr", None)])
    assert board.store.coverage_at(1).sources == (report, ok("hr", "hr", None))


def test_a_scan_comes_back_whole(board):
    not_assessed = NotAssessed("leaver-active", Reason("source_not_ok", {"source": "hr"}), "esis", "hr", frozenset({"11AA"}), 4)
    record = board.record({}, started_at=datetime(2026, 9, 1, 4, 30, tzinfo=UTC))
    assessment = Assessment(record.assessment.findings, {}, (not_assessed,), record.assessment.fates)
    board.store.save(type(record)(**{**vars(record), "assessment": assessment}))
    (scan,) = board.store.scans()
    assert (scan.number, scan.kind, scan.as_of, scan.board, scan.version, scan.seconds) == (1, "nightly", FIRST_NIGHT, "proef", "0.1.0", 1.5)
    assert scan.started_at == datetime(2026, 9, 1, 4, 30, tzinfo=UTC)
    assert scan.not_assessed == (not_assessed,)
    assert board.store.last_scan() == scan
    assert board.store.last_scan(date(2026, 8, 1)) is None


def test_matrix_editions_are_those_of_the_night(board):
    def matrix(edition: str, adopted: date | None) -> Matrix:
        return Matrix("esis", "opor-esis", edition, "bestuur", adopted, None, (), digest=edition * 8)
    board.night({}, matrices=[matrix("2026-1", date(2026, 1, 15))])
    board.night({}, matrices=[matrix("2026-2", None)])
    assert [(line.edition, line.adopted_on, line.is_norm) for line in board.store.matrices_at(1)] == [("2026-1", date(2026, 1, 15), True)]
    assert [(line.edition, line.adopted_on, line.is_norm) for line in board.store.matrices_at()] == [("2026-2", None, False)]


def test_manual_scans_are_numbered_within_their_date_and_a_night_comes_once(board):
    for kind in ("nightly", "manual", "manual"):
        board.store.save(board.record({}, kind=kind, day=FIRST_NIGHT))
    assert code_of(lambda: board.store.save(board.record({}, kind="nightly", day=FIRST_NIGHT))) == "night_taken"
    board.store.save(board.record({}, kind="manual", day=date(2026, 9, 2)))
    assert [scan.kind for scan in board.store.scans()] == ["nightly", "manual-1", "manual-2", "manual-1"]


def test_a_moment_without_a_zone_is_refused(board):
    with pytest.raises(ValueError, match="zone"):
        board.store.release("esis", "klopt", "ict", datetime(2026, 9, 1))
    assert board.store.pending_releases() == {}


def test_a_file_system_without_hard_links_gets_its_database_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    with Store(tmp_path / "auditor.db") as store:
        assert store.last_scan() is None
    assert [file.name for file in tmp_path.iterdir()] == ["auditor.db"]


def test_a_database_that_was_emptied_is_refused_and_not_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "board.db"
    Store(path).close()
    assert path.stat().st_size and [file.name for file in tmp_path.iterdir()] == ["board.db"], "made whole, and nothing left beside it"
    path.write_bytes(b"")
    for reading in (Store, last_status, last_day):
        with pytest.raises(StoreError) as caught:
            reading(path)
        assert caught.value.reason.code == "store_emptied"
    assert path.read_bytes() == b""
