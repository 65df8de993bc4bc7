"""Warnings: what a matrix can hold but hardly means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from auditor.model.errors import Fault
from auditor.model.matrix import Condition, Matrix, MatrixRow, NativeRight
from matrices.grammar import read_conditions
from matrices.lint import lint
from reports.texts import Words

ROW = MatrixRow(2, "leerkracht", "Leerkracht", None, "group", "allowed")
SOUND = Matrix("parnassys", "ParnasSys", "proef", "bestuur", date(2026, 8, 1), None, (ROW,), path="map")


def warnings(*rows: MatrixRow, functions: set[str] | None = None, **more: object) -> list[tuple[str, int | None]]:
    return [(fault.code, fault.line) for fault in lint([replace(SOUND, rows=rows or (ROW,), **more)], functions)]  # type: ignore[arg-type]


def test_a_sound_matrix_gives_no_warning() -> None:
    assert lint([SOUND, replace(SOUND, system="esis")], {"leerkracht"}) == ()


def test_a_matrix_without_owner_or_date_is_no_norm() -> None:
    assert warnings(owner=None) == warnings(adopted_on=None) == [("matrix_not_adopted", None)]


@pytest.mark.parametrize("text", [
    "weeks<4 & weeks>=4", "weeks=2 & weeks>3", "share<=0.5 & share>0.5", "kind=replacement & kind=external",
    "kind=external & kind!=external", "task=a & task!=a", "weeks=3 & weeks!=3",
])
def test_conditions_that_cannot_both_hold_are_told(text: str) -> None:
    assert warnings(replace(ROW, conditions=read_conditions(text))) == [("matrix_row_never_matches", 2)]


@pytest.mark.parametrize("text", [
    "weeks>=4 & weeks<=4", "weeks>3 & weeks<4", "school=office & school=12AB", "task=a & task=b", "kind!=external & kind!=replacement",
    "weeks!=3 & weeks>2",
])
def test_conditions_that_can_hold_together_are_left_alone(text: str) -> None:
    assert warnings(replace(ROW, conditions=read_conditions(text))) == []


def test_a_row_that_stands_twice_is_told() -> None:
    assert warnings(ROW, replace(ROW, line=3, note="anders")) == [("matrix_row_double", 3)]
    assert warnings(ROW, replace(ROW, line=3, scope="school")) == []


def test_a_row_that_another_row_always_forbids_is_told() -> None:
    bar = MatrixRow(3, "*", "*", None, None, "forbidden")
    assert warnings(ROW, bar) == [("matrix_row_contradicted", 2)]
    assert warnings(ROW, replace(bar, conditions=(Condition("kind", "=", "external"),))) == []
    assert warnings(ROW, replace(bar, mode="draft")) == []


def test_a_limit_without_names_and_too_many_names_are_told() -> None:
    assert warnings(replace(ROW, max_holders=3)) == [("matrix_holders_unnamed", 2)]
    assert warnings(replace(ROW, max_holders=1, holders=frozenset({"P1", "P2"}))) == [("matrix_holders_too_many", 2)]


def test_rights_and_native_names_that_do_not_meet_are_told() -> None:
    assert warnings(natives={"Docent": NativeRight("Leraar")}) == [("matrix_right_without_native", 2), ("matrix_native_without_row", None)]
    assert warnings(natives={"Docent": NativeRight("leerkracht")}) == []


def test_a_function_nobody_knows_is_told_with_the_nearest_word() -> None:
    (fault,) = lint([SOUND], {"leerkrachten", "directeur"})
    assert (fault.code, fault.facts["did_you_mean"]) == ("matrix_function_unknown", "leerkrachten")
    assert lint([replace(SOUND, functions=frozenset({"Leerkracht"}))], {"directeur"}) == ()


def test_a_system_that_two_matrices_cover_is_told() -> None:
    both = [replace(SOUND, system="ad:*"), replace(SOUND, system="ad:noord", path="ander")]
    assert lint(both) == (
        Fault("ander/matrix.toml", "matrix_systems_overlap", column="system", facts={"system": "ad:noord", "other": "map"}),)


def test_a_word_that_was_cut_short_is_known_again() -> None:
    (fault,) = lint([replace(SOUND, rows=(replace(ROW, function="Inval"),))], {"invalleerkracht", "directeur"})
    assert fault.facts["did_you_mean"] == "invalleerkracht"


def test_a_function_that_is_like_no_other_gets_no_suggestion() -> None:
    (fault,) = lint([replace(SOUND, rows=(replace(ROW, function="zzzz"),))], {"leerkracht", "directeur"})
    assert fault.facts["did_you_mean"] == ""
    for language, guess in (("nl", "Bedoeld"), ("en", "Perhaps")):
        assert guess not in Words(language, strict=True).fault(fault)
        (near,) = lint([replace(SOUND, rows=(replace(ROW, function="leerkrachte"),))], {"leerkracht"})
        assert guess in Words(language, strict=True).fault(near)
