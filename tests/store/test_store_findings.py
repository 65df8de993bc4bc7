"""Findings over nights: one identity, a state, events, and evidence frozen when it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from auditor.model.finding import Change, State
from auditor.model.past import FINDINGS_PAST
from tests.store.nights import FIRST_NIGHT, Board, accounts, findings_frame

TABLES = {"accounts": accounts([{"account": "a1"}, {"account": "a2"}])}


def only(board: Board, **more: object) -> dict[str, object]:
    """The one finding the last scan lists."""
    (found,) = board.store.findings(**more)
    return found


def set_state(board: Board, state: State, until: date | None = None, score: int = 3) -> None:
    """What a later command will do: an acknowledgement or waiver between two scans."""
    connection = board.store._connection
    connection.execute("INSERT OR IGNORE INTO words (word, since_scan) VALUES (?, 0)", (str(state),))
    days = (until - date(1970, 1, 1)).days if until else None
    connection.execute(
        "UPDATE findings SET state = (SELECT id FROM words WHERE word = ?), state_score = ?, state_until = ? WHERE valid_until_scan IS NULL",
        (str(state), score, days))


def test_a_new_finding_is_open_since_tonight(board):
    board.night(TABLES, findings=[{"account": "a1", "school": "11AA", "deadline_on": pd.Timestamp("2026-09-03")}])
    found = only(board)
    assert (found["state"], found["change"], found["reopened"]) == ("open", "new", 0)
    assert found["first_seen_on"] == found["last_confirmed_on"] == FIRST_NIGHT
    assert (found["school"], found["right"], found["deadline_on"]) == ("11AA", None, date(2026, 9, 3))
    assert found["evidence"] == {"status": "enabled", "since": "2026-09-01"}


def test_a_finding_that_goes_on_is_confirmed_without_a_new_version(board):
    for _ in range(3):
        board.night(TABLES, findings=[{"account": "a1"}])
    found = only(board, has_history=True)
    assert (found["change"], found["first_seen_on"], found["last_confirmed_on"]) == ("persisting", FIRST_NIGHT, date(2026, 9, 3))
    assert [event["change"] for event in found["history"]] == ["new"]
    assert board.store._connection.execute("SELECT count(*) FROM findings").fetchone() == (1,)


def test_another_reason_is_not_solved_plus_new(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    board.night(TABLES, findings=[{"account": "a1", "rule": "leaver-active", "score": 6}])
    found = only(board, has_history=True)
    assert (found["change"], found["rule"], found["previous_rule"], found["score"]) == ("reason_changed", "leaver-active", "orphan-account", 6)
    assert found["first_seen_on"] == FIRST_NIGHT
    counts = board.store.last_scan().counts
    assert (counts["new"], counts["resolved"], counts["reason_changed"], counts["open"]) == (0, 0, 1, 1)


def test_solved_and_back_again(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    board.night(TABLES)
    solved = only(board)
    assert (solved["state"], solved["change"], solved["resolved_by"], solved["resolved_on"]) == (
        "resolved", "resolved", "repaired", date(2026, 9, 2))
    assert solved["last_confirmed_on"] == FIRST_NIGHT
    board.night(TABLES)
    assert board.store.findings() == []
    assert [row["change"] for row in board.store.findings(resolved="all")] == [None]
    board.night(TABLES, findings=[{"account": "a1"}])
    back = only(board, has_history=True)
    assert (back["state"], back["change"], back["reopened"], back["resolved_by"], back["resolved_on"]) == ("open", "reopened", 1, None, None)
    assert [event["change"] for event in back["history"]] == ["new", "resolved", "reopened"]
    assert [event["on"].day for event in back["history"]] == [1, 2, 4]


def test_what_nobody_could_judge_keeps_its_state_and_says_since_when(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    key = only(board)["key"]
    for _ in range(2):
        board.night(TABLES, fates={key: False})
    found = only(board)
    assert (found["state"], found["change"], found["not_assessed_since"]) == ("open", "not_assessed", date(2026, 9, 2))
    assert found["last_confirmed_on"] == FIRST_NIGHT
    assert board.store.last_scan().counts["not_assessed"] == 1
    board.night(TABLES, findings=[{"account": "a1"}])
    again = only(board, has_history=True)
    assert (again["not_assessed_since"], again["change"], again["last_confirmed_on"]) == (None, "persisting", date(2026, 9, 4))
    assert [(event["change"], event["reason"]) for event in again["history"]] == [
        ("new", None), ("not_assessed", None), ("persisting", "judged_again")]


def test_the_list_of_any_night_comes_back(board):
    board.night(TABLES, findings=[{"account": "a1"}, {"account": "a2"}])
    board.night(TABLES, findings=[{"account": "a1", "rule": "leaver-active", "score": 6}])
    board.night(TABLES, findings=[{"account": "a2"}])
    nights = [
        [(row["account"], row["rule"], row["state"], row["change"]) for row in board.store.findings(scan)] for scan in (1, 2, 3)
    ]
    assert [sorted(night) for night in nights] == [
        [("a1", "orphan-account", "open", "new"), ("a2", "orphan-account", "open", "new")],
        [("a1", "leaver-active", "open", "reason_changed"), ("a2", "orphan-account", "resolved", "resolved")],
        [("a1", "leaver-active", "resolved", "resolved"), ("a2", "orphan-account", "open", "reopened")],
    ]


def test_evidence_is_that_of_the_night_asked_for(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    board.night(TABLES, findings=[{"account": "a1", "rule": "leaver-active"}])
    key = only(board)["key"]
    assert board.store.evidence(key, 1)["since"] == "2026-09-01"
    assert board.store.evidence(key)["since"] == "2026-09-02"
    assert board.store.evidence("NONE1-NONE1") == {}


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.WAIVED, State.FALSE_POSITIVE])
def test_a_decision_stays_until_it_lapses(board, state):
    board.night(TABLES, findings=[{"account": "a1"}])
    set_state(board, state, date(2026, 12, 1))
    board.night(TABLES, findings=[{"account": "a1", "fingerprint": 8}])
    assert (only(board)["state"], only(board)["state_until"], only(board)["state_score"]) == (state, date(2026, 12, 1), 3)
    record = board.record(TABLES, findings=[{"account": "a1", "score": 6}])
    board.store.save(replace(record, changes=replace(record.changes, lapsed=((0, "score_higher"),))))
    found = only(board, has_history=True)
    assert (found["state"], found["state_until"], found["state_score"]) == ("open", None, 0)
    assert found["history"][-1]["reason"] == "lapsed_score_higher"


def test_a_date_passes_on_a_finding_that_nobody_could_see(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    set_state(board, State.WAIVED, date(2026, 9, 1))
    record = board.record(TABLES, fates={only(board)["key"]: False})
    board.store.save(replace(record, changes=replace(record.changes, lapsed=((0, "date_passed"),))))
    found = only(board)
    assert (found["state"], found["state_until"], found["not_assessed_since"]) == ("open", None, date(2026, 9, 2))


def test_keys_choose_findings(board):
    board.night(TABLES, findings=[{"account": "a1"}, {"account": "a2"}])
    key = findings_frame([{"account": "a2"}])["key"].iat[0]
    assert [row["account"] for row in board.store.findings(keys=[key])] == ["a2"]
    assert board.store.findings(keys=["NONE1-NONE1"]) == []


def test_the_past_has_the_findings_as_the_core_wants_them(board):
    board.night(TABLES, findings=[{"account": "a1", "fingerprint": 2**64 - 1}])
    past = board.store.past(board.day).findings
    assert {name: str(dtype) for name, dtype in past.dtypes.items()} == {name: str(dtype) for name, dtype in FINDINGS_PAST.dtypes.items()}
    assert past["fingerprint"].tolist() == [2**64 - 1]
    assert past["state"].tolist() == ["open"]
    assert board.store.past(date(2026, 8, 1)).findings.equals(FINDINGS_PAST)


def test_the_trend_has_one_night_a_date(board):
    board.night(TABLES, findings=[{"account": "a1"}, {"account": "a2"}])
    board.store.save(board.record(TABLES, findings=[{"account": "a1"}], kind="manual", day=FIRST_NIGHT))
    board.night(TABLES)
    assert [(night.as_of.day, night.open, night.new, night.resolved) for night in board.store.trend(30)] == [(1, 1, 0, 1), (2, 0, 0, 1)]
    assert len(board.store.trend(1)) == 1


def test_a_change_that_names_no_known_finding_is_refused(board):
    board.night(TABLES, findings=[{"account": "a1"}])
    record = board.record(TABLES)
    stranger = record.past.findings.assign(key=["NONE1-NONE1"])
    with pytest.raises(ValueError, match="never stored"):
        board.store.save(replace(record, past=replace(record.past, findings=stranger)))
    assert [scan.number for scan in board.store.scans()] == [1]
    assert only(board)["change"] == Change.NEW
