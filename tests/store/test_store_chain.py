"""The chain: edits, cuts and rewrites show; what was sealed is what stands."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.matrix import Matrix
from auditor.store import Store, chain
from auditor.store.sealed_rows import row_digest
from tests.store.nights import Board, accounts, employments, ok, receipt

MATRIX = Matrix("esis", "opor-esis", "2026-1", "bestuur", date(2026, 1, 1), "bestuur", (), digest="aa" * 32)
SOURCES = [ok("esis", receipts=(receipt("overzicht.csv"),)), ok("hr", "hr", None)]


@pytest.fixture(scope="module")
def three_nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three nights, a link decision and a release, all sealed."""
    path = tmp_path_factory.mktemp("sealed") / "auditor.db"
    with Store(path) as store:
        _play(Board(store, path))
    return path


@pytest.fixture
def sealed(three_nights: Path, tmp_path: Path) -> Iterator[Board]:
    """A copy of it to edit."""
    path = tmp_path / "auditor.db"
    shutil.copy(three_nights, path)
    with Store(path) as store:
        yield Board(store, path)


def _play(board: Board) -> None:
    hr = employments([{"person": "100", "employment": "e1", "share": 0.7, "starts_on": "2020-08-01"}])
    board.night({"accounts": accounts([{"account": "a1"}, {"account": "a2"}]), "employments": hr}, SOURCES,
                findings=[{"account": "a1"}], matrices=[MATRIX])
    board.store.decide_link("esis", "a1", "100", "zelfde persoon", "ict", date(2026, 9, 1))
    board.night({"accounts": accounts([{"account": "a1"}]), "employments": hr}, SOURCES, matrices=[MATRIX])
    board.store.release("esis", "klopt", "ict", datetime(2026, 9, 2, tzinfo=UTC))
    board.night({"accounts": accounts([{"account": "a3"}])}, [SOURCES[0], SourceReport("hr", "hr", SourceState.STALE)],
                findings=[{"account": "a3"}], matrices=[MATRIX])


EDITS = {
    "a value": "UPDATE accounts SET account = 'a9' WHERE account = 'a2'",
    "a word": "UPDATE words SET word = 'disabled' WHERE word = 'enabled'",
    "an absence": "UPDATE employments SET ends_on = 20000",
    "a number": "UPDATE employments SET share = 0.8",
    "an end": "UPDATE accounts SET valid_until_scan = 3 WHERE account = 'a2'",
    "an end taken away": "UPDATE accounts SET valid_until_scan = NULL WHERE account = 'a2'",
    "a begin": "UPDATE accounts SET valid_from_scan = 2 WHERE account = 'a2'",
    "a row taken away": "DELETE FROM accounts WHERE account = 'a2'",
    "a row put in": "INSERT INTO accounts (valid_from_scan, account) VALUES (3, 'a9')",
    "a finding": "UPDATE findings SET score = 1",
    "an event": "UPDATE events SET reason = 'declared' WHERE change = 'resolved'",
    "an event taken away": "DELETE FROM events WHERE scan = 2",
    "an event put in": "INSERT INTO events (scan, key, change, rule, score) VALUES (3, 'X', 'resolved', 'x', 1)",
    "evidence": "UPDATE evidence SET body = '{}' WHERE scan = 1",
    "counts": "UPDATE scans SET counts = replace(counts, '\"new\":1', '\"new\":0')",
    "a source's state": "UPDATE coverage SET state = 'ok' WHERE state = 'stale'",
    "a source taken away": "DELETE FROM coverage WHERE scan = 3",
    "what was not observed": "DELETE FROM unobserved",
    "a decision": "UPDATE link_decisions SET decided_by = 'iemand anders'",
    "a decision taken away": "DELETE FROM link_decisions",
    "a decision put in": "INSERT INTO releases (source, reason, released_by, released_at) VALUES ('hr', 'x', 'x', 'x')",
    "a matrix edition": "UPDATE matrices SET is_norm = 0",
    "the payload": "UPDATE chain SET payload = replace(payload, '\"scan\":2', '\"scan\":3') WHERE n = 3",
    "the head": "UPDATE chain SET head = replace(head, substr(head, 1, 1), 'x') WHERE n = 2",
    "an entry taken away": "DELETE FROM chain WHERE n = 2",
    "the open rows": "UPDATE open_parts SET ids = zeroblob(length(ids)) WHERE name = 'accounts'",
    "which rows are open": f"UPDATE open_rows SET is_open = x'{zlib.compress(bytes(8)).hex()}' WHERE name = 'accounts'",
    "a part of the open rows taken away": "DELETE FROM open_parts WHERE name = 'accounts' AND first_id > 1",
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_found(sealed, edit):
    assert sealed.store.verify() == []
    changed = sealed.store._connection.execute(EDITS[edit]).rowcount
    assert changed >= 1
    assert sealed.store.verify() != []


def test_use_marks_on_a_release_are_no_edit(sealed):
    assert sealed.store.verify(sealed.store.checkpoint()) == []
    assert sealed.store._connection.execute("SELECT count(*) FROM chain").fetchone() == (5,)


def test_a_cut_tail_shows_with_the_checkpoint_only(sealed):
    kept = sealed.store.checkpoint()
    for table in ("chain WHERE n = 5", "releases", "chain WHERE n = 4"):
        sealed.store._connection.execute(f"DELETE FROM {table}")
    reasons = [reason.code for reason in sealed.store.verify(kept)]
    assert "chain_cut" in reasons


def test_a_rewritten_chain_shows_with_the_checkpoint_only(sealed):
    connection, kept = sealed.store._connection, sealed.store.checkpoint()
    entries = connection.execute("SELECT what, payload FROM chain ORDER BY n").fetchall()
    connection.execute("UPDATE link_decisions SET decided_by = 'iemand anders'")
    connection.execute("DELETE FROM chain")
    for what, payload in entries:
        facts = json.loads(payload)
        chain.append(connection, what, facts | {"sha256": row_digest(connection, "link", 1)} if what == "link" else facts)
    assert sealed.store.verify() == []
    assert [reason.code for reason in sealed.store.verify(kept)] == ["chain_cut"]


def test_an_earlier_checkpoint_still_holds_after_more_nights(board):
    board.night({})
    kept = board.store.checkpoint()
    board.night({})
    assert kept.startswith("1:") and len(kept) == 34
    assert board.store.verify(kept) == []
    for wrong in ("1:" + "0" * 32, "9:" + kept[2:], kept[:10], "x"):
        assert [reason.code for reason in board.store.verify(wrong)] == ["chain_cut"]


def test_before_the_first_entry_there_is_no_checkpoint(board):
    assert board.store.checkpoint() == ""
    assert board.store.verify() == []


def test_random_edits_of_a_long_chain_are_all_found_and_checking_is_fast(tmp_path):
    connection = sqlite3.connect(tmp_path / "chain.db", isolation_level=None)
    connection.execute("CREATE TABLE chain (n INTEGER PRIMARY KEY, what TEXT NOT NULL, payload TEXT NOT NULL, head TEXT NOT NULL)")
    connection.execute("BEGIN")
    for number in range(2000):
        chain.append(connection, "link", {"id": number, "account": f"a{number}"})
    connection.execute("COMMIT")
    begun = time.process_time()
    assert all(entry.is_intact for entry in chain.links(connection))
    assert time.process_time() - begun < 1, "2,000 entries"
    kept, dice = chain.checkpoint(connection), random.Random(5)
    for _ in range(60):
        connection.execute("BEGIN")
        number = dice.randrange(1, 2001)
        connection.execute(dice.choice([
            f"UPDATE chain SET payload = replace(payload, 'a', 'b') WHERE n = {number}", f"DELETE FROM chain WHERE n = {number}",
            f"DELETE FROM chain WHERE n >= {number}", f"UPDATE chain SET what = 'scan' WHERE n = {number}",
            f"UPDATE chain SET head = upper(head) || 'x' WHERE n = {number}",
        ]))
        entries = chain.links(connection)
        assert not (all(entry.is_intact for entry in entries) and chain.holds(entries, kept))
        connection.execute("ROLLBACK")
    connection.close()
