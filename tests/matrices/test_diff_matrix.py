"""What differs between two editions, and whether people may more or less by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.model.matrix import Matrix, MatrixRow
from matrices.diff import diff_rows, diff_words
from matrices.grammar import read_conditions

ROW = MatrixRow(2, "leerkracht", "Leerkracht", "beperkt", "group", "allowed")
MATRIX = Matrix("parnassys", "ParnasSys", "1", None, None, None, (ROW,), levels={"Leerkracht": ("beperkt", "volledig")})


def effect(before: MatrixRow | None, after: MatrixRow | None) -> tuple[str, str, tuple[str, ...]]:
    old = replace(MATRIX, rows=(before,) if before else ())
    new = replace(MATRIX, rows=(after,) if after else ())
    changes = diff_rows(old, new)
    assert len(changes) == 1
    return changes[0].kind, changes[0].effect, changes[0].columns


@pytest.mark.parametrize("before, after, said", [
    (None, ROW, ("added", "wider", ())),
    (ROW, None, ("removed", "narrower", ())),
    (ROW, replace(ROW, level="volledig"), ("changed", "wider", ("level",))),
    (ROW, replace(ROW, level=None), ("changed", "wider", ("level",))),
    (ROW, replace(ROW, scope="own"), ("changed", "narrower", ("scope",))),
    (ROW, replace(ROW, scope="school", level="volledig"), ("changed", "wider", ("level", "scope"))),
    (replace(ROW, scope="school"), replace(ROW, level="volledig"), ("changed", "other", ("level", "scope"))),
    (ROW, replace(ROW, mode="draft"), ("changed", "narrower", ("mode",))),
    (ROW, replace(ROW, note="anders"), ("changed", "none", ("note",))),
    (ROW, replace(ROW, holders=frozenset({"1"})), ("changed", "narrower", ("holders",))),
    (replace(ROW, holders=frozenset({"1"})), replace(ROW, holders=frozenset({"2"})), ("changed", "other", ("holders",))),
    (replace(ROW, max_holders=3), replace(ROW, max_holders=2), ("changed", "narrower", ("max_holders",))),
    (None, replace(ROW, stance="forbidden"), ("added", "narrower", ())),
    (replace(ROW, stance="forbidden"), None, ("removed", "wider", ())),
    (None, replace(ROW, mode="draft"), ("added", "none", ())),
])
def test_a_change_says_whether_people_may_more_or_less(
    before: MatrixRow | None, after: MatrixRow | None, said: tuple[str, str, tuple[str, ...]],
) -> None:
    assert effect(before, after) == said


def test_rows_may_move_and_a_row_with_other_conditions_is_another_row() -> None:
    long = replace(ROW, line=3, function="invalleerkracht", conditions=read_conditions("weeks>=4"))
    moved = replace(MATRIX, rows=(replace(long, line=2), replace(ROW, line=3)))
    assert diff_rows(replace(MATRIX, rows=(ROW, long)), moved) == ()
    longer = replace(MATRIX, rows=(ROW, replace(long, conditions=read_conditions("weeks>=8"))))
    assert [change.kind for change in diff_rows(replace(MATRIX, rows=(ROW, long)), longer)] == ["added", "removed"]


def test_what_differs_in_the_head_is_told_by_word() -> None:
    new = replace(MATRIX, edition="2", levels={"Leerkracht": ("beperkt", "gewoon", "volledig")}, functions=frozenset({"conciërge"}))
    assert {(word.key, word.name, word.before, word.after) for word in diff_words(MATRIX, new)} == {
        ("edition", "", "1", "2"), ("levels", "Leerkracht", "beperkt < volledig", "beperkt < gewoon < volledig"),
        ("functions", "conciërge", "", "+")}
