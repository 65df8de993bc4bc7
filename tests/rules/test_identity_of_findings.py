"""What is the same finding tomorrow: keys and fingerprints hold still when nothing that matters moves."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.assess import freeze
from auditor.model.past import Past
from tests.rules.board import OFFICE, TODAY, TinyBoard, day, remembered


def busy() -> TinyBoard:
    """A board on which most rules have something to say."""
    board = TinyBoard().register("externals").register("declarations")
    board.person("100", until="2026-10-30").account("left", "100", last_used_on=TODAY).grant("left", "Beheer")
    board.person("200", until="2026-12-04").account("soon", "200").person("300", "conciërge").account("outside", "300")
    board.grant("outside", "Administratie").grant("outside", "Leerkracht", "board", None).grant("outside", "Deuren", "school", "34CD")
    board.person("400", OFFICE).account("clerk", "400").grant("clerk", "Administratie").grant("clerk", "Geheim")
    board.person("500", "goochelaar").account("nobody", "999").account("bare", status="unknown")
    board.person("600").teaches("600", "5").account("teacher", "600").grant("teacher", "Leerkracht", "group", "34CD", group="5")
    board.quality = [{"kind": "end_before_start", "table": "employments", "person": "600", "detail": "x", "row": 4}]
    return board


def test_the_board_is_busy_enough_to_prove_something() -> None:
    assert busy().assess().findings["rule"].nunique() >= 9


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_shuffled_rows_give_the_same_keys_and_fingerprints(seed: int) -> None:
    calm, mixed = busy().assess().findings, busy().shuffled(seed).assess().findings
    for name in ("key", "rule", "score", "fingerprint", "deadline_on", "mails"):
        pd.testing.assert_series_equal(calm[name].astype("object"), mixed[name].astype("object"))


def test_keys_are_unique_and_short_enough_to_type() -> None:
    keys = busy().assess().findings["key"]
    assert keys.is_unique
    assert all(re.fullmatch(r"[A-Z2-9]{5}-[A-Z2-9]{5}", key) for key in keys)


def key_of(board: TinyBoard, rule: str) -> str:
    """The key of the one finding of a rule."""
    (told,) = board.fired(rule)
    return str(told["key"])


def assistant(right: str, **more: object) -> TinyBoard:
    return TinyBoard().person("100", "conciërge").account("a", "100").grant("a", right, **more)


def test_another_level_is_the_same_finding() -> None:
    assert key_of(assistant("Leerkracht"), "right-outside-matrix") == key_of(assistant("Leerkracht beperkt"), "right-outside-matrix")


def test_another_path_is_the_same_finding_and_the_same_evidence() -> None:
    direct, nested = assistant("Administratie").assess(), assistant("Administratie", via='["groep"]').assess()
    assert direct.findings[["key", "fingerprint"]].equals(nested.findings[["key", "fingerprint"]])


def test_another_place_is_another_finding() -> None:
    assert key_of(assistant("Administratie"), "right-outside-matrix") != key_of(assistant("Administratie", school="34CD"), "right-outside-matrix")


def test_two_levels_of_one_right_are_one_finding_at_the_highest() -> None:
    board = assistant("Leerkracht beperkt").grant("a", "Leerkracht")
    (told,) = board.fired("right-outside-matrix")
    assert told["level"] == "volledig"


def test_an_owner_finding_keeps_its_key_whatever_the_reason() -> None:
    orphan = key_of(TinyBoard().account("a", "100"), "orphan-account")
    leaver = key_of(TinyBoard().person("100", until="2026-10-30").account("a", "100"), "leaver-active")
    assert orphan == leaver


def test_a_line_number_is_no_evidence() -> None:
    prints = [
        TinyBoard().person("100", until="2026-10-30").account("a", "100", row=row).assess().findings["fingerprint"].tolist() for row in (2, 99)
    ]
    assert prints[0] == prints[1]


@pytest.mark.parametrize("state", ["open", "waived"])
def test_a_merged_school_keeps_its_findings(state: str) -> None:
    before = assistant("Administratie")
    first = before.assess()
    after = assistant("Administratie")
    after.rows["schools"] = [{"school": "12AB", "kind": "school", "name": "Eik", "merged_into": "34CD"},
                             {"school": "34CD", "kind": "school", "name": "Beuk"}]
    after.past = remembered(first, Past(), day("2026-11-23"), state=pd.Categorical([state] * len(first.findings)))
    assert after.assess().findings["key"].tolist() == first.findings["key"].tolist()
    assert after.compare().today["change"].tolist() == ["persisting"] * len(first.findings)


def test_an_account_with_an_unstable_id_goes_on_under_its_new_one() -> None:
    first = TinyBoard().person("100", until="2026-10-30").account("old", "100", id_is_stable=False).assess()
    after = TinyBoard().person("100", until="2026-10-30").account("new", "100", id_is_stable=False)
    after.past = remembered(first, Past(), day("2026-11-23"))
    found = after.assess()
    assert found.findings["key"].tolist() == first.findings["key"].tolist()
    assert found.renamed == dict.fromkeys(first.findings["key"], "old")
    changes = after.compare()
    assert changes.count()["renamed"] == 1 and changes.today["must_freeze"].all()
    assert {told["facts"]["earlier_account"] for told in freeze(after.view(), found, np.arange(len(found.findings)))} == {"old"}


def test_a_right_at_another_school_goes_on_under_the_new_id_of_its_account() -> None:
    def board(login: str) -> TinyBoard:
        return TinyBoard().person("100", OFFICE).account(login, "100", id_is_stable=False).grant(login, "Administratie", school="34CD")

    first, after = board("old").assess(), board("new")
    assert "scope-elsewhere" in set(first.findings["rule"])
    after.past = remembered(first, Past(), day("2026-11-23"))
    assert after.assess().findings["key"].tolist() == first.findings["key"].tolist()


def test_a_stable_id_that_changed_is_another_account() -> None:
    first = TinyBoard().person("100", until="2026-10-30").account("old", "100").assess()
    after = TinyBoard().person("100", until="2026-10-30").account("new", "100")
    after.past = remembered(first, Past(), day("2026-11-23"))
    assert after.assess().findings["key"].tolist() != first.findings["key"].tolist()
