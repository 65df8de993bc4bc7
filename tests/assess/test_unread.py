"""Rights that could not be read, and copies whose original was not: nothing follows from what is not there."""

from __future__ import annotations

import pytest

from auditor.model.coverage import SourceState
from tests.rules.board import TinyBoard, day, remembered

GONE = "right-unknown-to-matrix"


def night() -> TinyBoard:
    """A right nobody declared, held in ParnasSys."""
    board = TinyBoard()
    board.person("100").account("a", "100").grant("a", "Geheim Beheer")
    board.rows["rights"] = [
        {"system": "parnassys", "right": "Geheim Beheer", "kind": "directory role", "source": "parnassys"},
        {"system": "parnassys", "right": "Groep", "kind": "group", "source": "parnassys"}]
    return board


@pytest.mark.parametrize(("changes", "is_listed", "expected"), [
    ({}, True, "resolved"), ({}, False, "resolved"),
    ({"missing_kinds": frozenset({"directory role"})}, False, "not_assessed"),
    ({"missing_kinds": frozenset({"group"})}, True, "resolved"),
    ({"partial_rights": frozenset({"Geheim Beheer"})}, True, "not_assessed"),
    ({"partial_rights": frozenset({"Groep"})}, True, "resolved"),
    ({"left_out_rights": frozenset({"Geheim Beheer"})}, False, "not_assessed"),
    ({"left_out_rights": frozenset({"Groep"})}, False, "resolved"),
])
def test_a_right_that_was_not_seen_is_not_called_gone(changes: dict[str, frozenset[str]], is_listed: bool, expected: str) -> None:
    board = night()
    before = board.assess()
    assert GONE in set(before.findings["rule"])
    board.past = remembered(before, board.past, day("2026-11-23"))
    board.rows["grants"] = []
    if not is_listed:
        board.rows["rights"] = board.rows["rights"][1:]
    board.source("parnassys", "system", **changes)
    gone = board.compare().gone
    row = next(place for place, rule in enumerate(board.past.findings["rule"]) if rule == GONE)
    assert gone.loc[(gone["past_row"] == row).to_numpy(), "change"].astype("str").tolist() == [expected]


def test_what_was_not_read_is_said_once_for_its_system() -> None:
    board = night().source("parnassys", "system", missing_kinds=frozenset({"group"}), partial_rights=frozenset({"Groep"}))
    told = [(one.reason.code, one.system, one.source) for one in board.assess().not_assessed if one.reason.code.startswith("rights_")]
    assert told == [("rights_not_read", "parnassys", "parnassys"), ("rights_partly_read", "parnassys", "parnassys")]


def test_what_the_settings_leave_out_is_not_told_every_night() -> None:
    board = night().source("parnassys", "system", left_out_rights=frozenset({"Groep"}))
    assert not [one for one in board.assess().not_assessed if one.reason.code.startswith("rights_")]


def test_a_right_that_was_seen_is_judged_all_the_same() -> None:
    board = night().source("parnassys", "system", missing_kinds=frozenset({"group"}))
    assert GONE in set(board.assess().findings["rule"])


@pytest.mark.parametrize(("state", "fires"), [(SourceState.OK, True), (SourceState.STALE, False), (SourceState.PARTIAL, False)])
def test_nothing_is_said_of_a_copy_while_its_directory_was_not_read(state: SourceState, fires: bool) -> None:
    board = TinyBoard().source("ad", "system", system="ad:noord", state=state)
    board.account("copy", None, system="entra", synced_from="11223344-0000-0000-0000-000000000001")
    board.account("own", None, system="entra")
    orphans = {facts["login"] for facts in board.fired("orphan-account")}
    assert orphans == ({"copy", "own"} if fires else {"own"})
    assert (("original_not_read", "entra") in board.not_assessed("orphan-account")) is not fires
