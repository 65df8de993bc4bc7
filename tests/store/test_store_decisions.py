"""Decisions about findings: they show at once, the next scan takes them along, and each has a who, when and why."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from auditor.changes import compare
from auditor.model.assessment import Assessment, Changes
from auditor.model.decision import FindingDecision, Step
from auditor.model.errors import StoreError
from auditor.model.finding import State
from auditor.model.past import Past
from tests.store.nights import Board, accounts, findings_frame

TABLES = {"accounts": accounts([{"account": "a1"}, {"account": "a2"}])}
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def assessed(past: Past, on: date) -> Changes:
    """What comparing says when the same finding is still there on a day."""
    found = findings_frame([{"account": "a1"}])
    return compare(past, Assessment(found, {}, (), np.ones(1, dtype=np.bool_)), on)


def only(board: Board, **more: object) -> dict[str, object]:
    """The one finding the last scan lists."""
    (found,) = board.store.findings(**more)
    return found


def decide(board: Board, step: Step, until: date | None = None, reason: str = "besproken", at: datetime = NOON) -> str:
    """Decide about the one finding there is; return its key."""
    key = str(only(board)["key"])
    board.store.decide_findings([FindingDecision(key, step, reason, "jdb", at, until, "directeur" if step is Step.WAIVE else None)])
    return key


def test_a_waiver_shows_at_once_with_who_when_why_and_until(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    decide(board, Step.WAIVE, date(2027, 3, 1), "leverancier tot maart")
    found = only(board, has_history=True)
    assert (found["state"], found["state_until"], found["state_score"]) == ("waived", date(2027, 3, 1), 3)
    assert {name: found["decision"][name] for name in ("by", "owner", "reason", "on")} == {
        "by": "jdb", "owner": "directeur", "reason": "leverancier tot maart", "on": date(2026, 9, 1)}
    assert [event["change"] for event in found["history"]] == ["new", "waived"]


def test_the_next_scan_takes_a_waiver_along_and_the_night_before_is_told_as_it_was(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    decide(board, Step.WAIVE, date(2027, 3, 1))
    assert board.store.past(board.day).findings["state"].tolist() == ["waived"]
    board.night(TABLES, findings=[{"account": "a1"}])
    found = only(board)
    assert (found["state"], found["change"], found["decision"]["reason"]) == ("waived", "persisting", "besproken")
    assert board.store.last_scan().counts["waived"] == 1
    earlier = only(board, scan=1)
    assert (earlier["state"], earlier["decision"]) == ("open", None)


def test_a_waiver_ends_by_itself_after_its_last_day(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    decide(board, Step.WAIVE, date(2026, 9, 2))
    past = board.store.past(board.day)
    on_its_last_day = assessed(past, date(2026, 9, 2))
    assert on_its_last_day.lapsed == ()
    assert assessed(past, date(2026, 9, 3)).lapsed == ((0, "date_passed"),)


def test_a_decision_taken_while_a_scan_runs_waits_for_the_next(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    record = board.record(TABLES, findings=[{"account": "a1"}])
    decide(board, Step.ACKNOWLEDGE, date(2026, 10, 1))
    board.store.save(record)
    assert board.store._connection.execute("SELECT taken_by_scan FROM finding_decisions").fetchone() == (None,)
    assert only(board)["state"] == "acknowledged", "it still shows"


def test_a_mistaken_decision_is_withdrawn_in_sight(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    decide(board, Step.FALSE_POSITIVE, reason="testaccount")
    assert only(board)["state"] == State.FALSE_POSITIVE
    decide(board, Step.WITHDRAW, reason="verkeerde regel")
    found = only(board, has_history=True)
    assert (found["state"], found["decision"]) == ("open", None)
    assert [(event["change"], event.get("reason")) for event in found["history"]][1:] == [
        ("false_positive", "testaccount"), ("withdrawn", "verkeerde regel")]


def test_what_cannot_be_decided_is_refused_whole(board):
    board.night(TABLES, findings=[{"account": "a1"}, {"account": "a2"}])
    keys = [row["key"] for row in board.store.findings()]
    good = FindingDecision(keys[0], Step.ACKNOWLEDGE, "bezig", "jdb", NOON, date(2026, 10, 1))
    for wrong, code in (
        (FindingDecision("XXXXX-XXXXX", Step.ACKNOWLEDGE, "bezig", "jdb", NOON), "no_such_finding"),
        (FindingDecision(keys[1], Step.WITHDRAW, "toch niet", "jdb", NOON), "nothing_to_withdraw"),
    ):
        with pytest.raises(StoreError) as raised:
            board.store.decide_findings([good, wrong])
        assert raised.value.reason.code == code
    assert {row["state"] for row in board.store.findings()} == {"open"}
    board.night(TABLES, findings=[{"account": "a1"}])
    with pytest.raises(StoreError) as raised:
        board.store.decide_findings([FindingDecision(keys[1], Step.WAIVE, "later", "jdb", NOON, date(2026, 12, 1), "x")])
    assert raised.value.reason.code == "finding_is_resolved"


def test_a_decision_is_sealed(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    decide(board, Step.WAIVE, date(2027, 3, 1))
    assert board.store.verify() == []
    board.store._connection.execute("UPDATE finding_decisions SET until = '2030-01-01'")
    assert [reason.code for reason in board.store.verify()] == ["sealed_differs"]
    board.store._connection.execute("DELETE FROM finding_decisions")
    assert {reason.code for reason in board.store.verify()} == {"sealed_differs", "unsealed_rows"}
