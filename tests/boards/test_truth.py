"""The comparison with the truth must itself be able to fail, both ways."""

from __future__ import annotations

from types import SimpleNamespace

from tests.boards.truth import Expected, compare_with_truth

ORPHAN = Expected(1, "orphan-account", "esis", "j.riet", why="nobody")


def test_a_finding_that_answers_an_expectation_is_neither_missed_nor_extra() -> None:
    found = SimpleNamespace(rule="orphan-account", system="esis", username="j.riet", person=None, right=None, scope=None, school="99AE00",
                            group=None, change="new", previous_rule=None)
    assert compare_with_truth([found], [ORPHAN]) == ([], [])


def test_what_is_not_found_is_missed() -> None:
    assert compare_with_truth([], [ORPHAN]) == ([ORPHAN], [])


def test_what_nobody_expected_is_extra() -> None:
    missed, extra = compare_with_truth([{"rule": "orphan-account", "system": "entra", "username": "j.riet", "change": "new"}], [ORPHAN])
    assert missed == [ORPHAN]
    assert [shown["system"] for shown in extra] == ["entra"]


def test_the_same_finding_twice_is_one_too_many() -> None:
    found = {"rule": "orphan-account", "system": "esis", "username": "j.riet", "change": "new"}
    missed, extra = compare_with_truth([found, found], [ORPHAN])
    assert (missed, len(extra)) == ([], 1)


def test_a_wrong_change_is_missed_and_extra() -> None:
    found = {"rule": "orphan-account", "system": "esis", "username": "j.riet", "change": "persisting"}
    missed, extra = compare_with_truth([found], [ORPHAN])
    assert (len(missed), len(extra)) == (1, 1)


def test_a_vague_expectation_leaves_the_finding_only_another_can_have() -> None:
    vague, exact = Expected(1, "data-quality", "esis"), Expected(1, "data-quality", "esis", "j.riet")
    found = [{"rule": "data-quality", "system": "esis", "username": name, "change": "new"} for name in ("j.riet", "a.fuut")]
    assert compare_with_truth(found, [vague, exact]) == ([], [])
