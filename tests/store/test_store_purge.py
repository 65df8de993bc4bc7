"""Deleted means gone, and the evidence of what stays still verifies (promise P16; AVG 5(1)(e))."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from auditor.model.decision import FindingDecision, Step
from auditor.model.links import LINKS
from tests.store.nights import Board, accounts, persons

FAR = date(2026, 1, 1)
"""Before every night here: nothing is that old."""


def linked(table: pd.DataFrame, owners: list[str | None]) -> pd.DataFrame:
    """Links of each account to its owner."""
    return LINKS.frame({
        "system": table["system"], "account": table["account"], "situation": ["linked" if owner else "unmatched" for owner in owners],
        "tier": ["number" if owner else "none" for owner in owners], "person": pd.Series(owners, dtype="str").astype("category"),
    })


def tables(numbers: range) -> dict[str, pd.DataFrame]:
    """People by number, each with an account whose name is found in no other word."""
    return {
        "persons": persons([{"person": f"P{n}", "display_name": f"Vergeetbaar Mens {n:05d}"} for n in numbers]),
        "accounts": accounts([{"account": f"a{n}", "username": f"wegmens{n:05d}", "last_used_on": "2026-08-20"} for n in numbers]),
    }


def night(board: Board, numbers: range, **more: object) -> None:
    """A night with these people, their accounts linked to them, and a finding on each account."""
    held = tables(numbers)
    board.night(held, sources(), findings=[{"account": f"a{n}", "person": f"P{n}"} for n in numbers],
                links=linked(held["accounts"], [f"P{n}" for n in numbers]), **more)


def sources():
    """Both sources, read whole."""
    from tests.store.nights import ok

    return (ok("esis"), ok("hr", "hr", None))


def text_of(board: Board) -> bytes:
    """Every byte of the database and what lies beside it."""
    return b"".join(file.read_bytes() for file in sorted(board.path.parent.glob(board.path.name + "*")))


def test_nothing_is_purged_before_its_time(board):
    night(board, range(20))
    night(board, range(10))
    assert not any(board.store.purge(board.day, FAR, FAR).values())
    assert board.store.verify() == [] and len(board.store.findings(resolved="all")) == 20


def test_people_who_are_gone_longer_than_the_term_leave_no_byte_behind(board):
    night(board, range(400))
    checkpoint = board.store.checkpoint()
    night(board, range(40))
    board.day += timedelta(days=800)
    night(board, range(40))
    assert b"wegmens00200" in text_of(board)
    gone = board.store.purge(board.day, board.day - timedelta(days=730), board.day - timedelta(days=180))
    assert gone["findings"] == 360 and gone["rows"] >= 360 * 4
    left = text_of(board)
    assert not [n for n in range(40, 400) if f"wegmens{n:05d}".encode() in left or f"Vergeetbaar Mens {n:05d}".encode() in left]
    assert all(f"wegmens{n:05d}".encode() in left for n in range(40))
    assert board.store.check() == [] and board.store.verify(checkpoint) == []
    night(board, range(40))
    assert [row["change"] for row in board.store.findings()] == ["persisting"] * 40
    assert board.store.verify() == []


def test_use_dates_go_after_six_months_from_rows_and_from_evidence(board):
    held = tables(range(3))
    board.night(held, sources(), findings=[{"account": "a0"}], evidence={
        board_key(): {"account": {"last_used_on": "2026-08-20", "status": "enabled"}, "facts": {"last_attempt_on": None}}})
    assert board.store.table_at("accounts")["last_used_on"].notna().all()
    gone = board.store.purge(board.day, FAR, date(2026, 9, 2))
    assert (gone["use_dates"], gone["evidence"]) == (3, 1)
    assert board.store.table_at("accounts")["last_used_on"].isna().all()
    assert board.store.evidence(board_key()) == {"account": {"last_used_on": None, "status": "enabled"}, "facts": {"last_attempt_on": None}}
    assert board.store.verify() == []


def test_the_log_of_ontheffingen_goes_with_the_use_dates(board):
    from tests.store.nights import _table

    used = _table("overrides", [{"system": "esis", "account": "a0", "used_on": "2026-08-20"}], "esis", {"has_reason": True})
    board.night({**tables(range(1)), "overrides": used}, sources())
    board.night(tables(range(1)), sources())
    board.day += timedelta(days=200)
    board.night(tables(range(1)), sources())
    assert len(board.store.spans("overrides", {})) == 1
    board.store.purge(board.day, FAR, board.day - timedelta(days=180))
    assert board.store.spans("overrides", {}) == [] and board.store.verify() == []


def board_key() -> str:
    """The key of the finding on account a0."""
    from auditor.model.finding import finding_key

    return finding_key("owner", ("esis", "a0"))


def test_an_edit_after_a_purge_is_still_found(board):
    night(board, range(20))
    night(board, range(10))
    board.day += timedelta(days=800)
    board.store.purge(board.day, board.day - timedelta(days=730), FAR)
    assert board.store.verify() == []
    board.store._connection.execute("UPDATE accounts SET username = 'x' WHERE account = 'a1'")
    assert [reason.code for reason in board.store.verify()] == ["sealed_differs"]


def test_someone_who_left_is_forgotten_with_their_accounts_findings_and_decisions(board):
    night(board, range(5))
    key = next(row["key"] for row in board.store.findings() if row["account"] == "a4")
    at = datetime(2026, 9, 1, tzinfo=UTC)
    board.store.decide_findings([FindingDecision(key, Step.ACKNOWLEDGE, "vraagt de directeur", "jdb", at, date(2026, 12, 1))])
    board.store.decide_link("esis", "a4", "P4", "gezien", "jdb", board.day)
    night(board, range(4))
    gone = board.store.forget("P4", board.day)
    assert gone["findings"] == 1 and gone["decisions"] == 2
    left = text_of(board)
    for trace in (b"wegmens00004", b"Vergeetbaar Mens 00004", b"vraagt de directeur"):
        assert trace not in left
    assert b"wegmens00003" in left and board.store.verify() == []


def test_what_the_sources_still_deliver_is_not_forgotten(board):
    night(board, range(3))
    gone = board.store.forget("P1", board.day)
    assert not any(gone.values())
    assert board.store.verify() == []


@pytest.mark.proof
def test_four_thousand_purged_people_are_found_nowhere(board):
    night(board, range(5000))
    night(board, range(1000))
    board.day += timedelta(days=800)
    night(board, range(1000))
    board.store.purge(board.day, board.day - timedelta(days=730), board.day - timedelta(days=180))
    left = text_of(board)
    assert not [n for n in range(1000, 5000) if f"wegmens{n:05d}".encode() in left or f"Vergeetbaar Mens {n:05d}".encode() in left]


def test_history_tells_who_had_what_between_which_days(board):
    night(board, range(2))
    night(board, range(1))
    rows = board.store.spans("accounts", {"account": "a1"})
    assert [(row["username"], row["since"], row["gone"]) for row in rows] == [("wegmens00001", date(2026, 9, 1), date(2026, 9, 2))]
    assert [row["account"] for row in board.store.spans("accounts", {"system": "esis"}, on=date(2026, 9, 1))] == ["a0", "a1"]
    assert [row["account"] for row in board.store.spans("accounts", {"system": "esis"}, on=date(2026, 9, 30))] == ["a0"]
    assert board.store.spans("accounts", {"system": "esis"}, on=date(2026, 8, 1)) == []
    assert board.store.accounts_of("P1") == [("esis", "a1")]
