"""Warns of what a matrix can hold but hardly means: not adopted, rows that never match, contradictions, words nobody knows."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from pathlib import PurePath

from auditor.model.errors import Fault
from auditor.model.matrix import Condition, Matrix, MatrixRow
from matrices.grammar import NUMERIC, write_conditions
from matrices.words import facts_of_unknown

ONE_VALUED = frozenset({"kind"})
"""An engagement has one kind; it can have two tasks, and `school` names a code or a kind of school."""


def lint(matrices: Collection[Matrix], functions: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Given matrices that load, and the board's function list where there is one, return every warning, by matrix and line."""
    warnings: list[Fault] = []
    for matrix in matrices:
        warnings += _adoption(matrix)
        warnings += _rows(matrix)
        warnings += _pairs(matrix)
        warnings += _rights(matrix)
        if functions is not None:
            warnings += _functions(matrix, {*functions, *(word for other in matrices for word in other.functions)})
    warnings += _overlaps(matrices)
    return tuple(warnings)


def _adoption(matrix: Matrix) -> Iterator[Fault]:
    """A matrix without owner and adoption date is not a norm (design 6)."""
    if not matrix.is_norm:
        missing = [key for key, value in (("owner", matrix.owner), ("adopted_on", matrix.adopted_on)) if not value]
        yield Fault(_head(matrix), "matrix_not_adopted", column=missing[0], facts={"value": ", ".join(missing), "name": matrix.name})


def _rows(matrix: Matrix) -> Iterator[Fault]:
    for row in matrix.rows:
        clash = _impossible(row.conditions)
        if clash:
            facts = {"value": write_conditions(clash)}
            yield Fault(_file(matrix), "matrix_row_never_matches", line=row.line, column="conditions", facts=facts)
        if row.max_holders is not None and not row.holders:
            facts = {"right": row.right}
            yield Fault(_file(matrix), "matrix_holders_unnamed", line=row.line, column="holders", facts=facts)
        if row.max_holders is not None and len(row.holders) > row.max_holders:
            counts = {"count": len(row.holders), "wanted": row.max_holders}
            yield Fault(_file(matrix), "matrix_holders_too_many", line=row.line, column="holders", facts=counts)


def _pairs(matrix: Matrix) -> Iterator[Fault]:
    for first, second in combinations(matrix.rows, 2):
        if _key(first) == _key(second):
            yield Fault(_file(matrix), "matrix_row_double", line=second.line, facts={"other": first.line})
    for row in matrix.rows:
        if row.stance == "forbidden":
            continue
        for bar in matrix.rows:
            if bar.stance == "forbidden" and bar.mode != "draft" and _bars(bar, row):
                yield Fault(_file(matrix), "matrix_row_contradicted", line=row.line, column="stance", facts={"other": bar.line})


def _rights(matrix: Matrix) -> Iterator[Fault]:
    """Only for a matrix that maps native names: without a map the native names are the rights."""
    if not matrix.natives:
        return
    mapped = {meaning.right.casefold() for meaning in matrix.natives.values()}
    names = {name.casefold() for name in matrix.natives}
    declared = {row.right.casefold() for row in matrix.rows}
    is_open = any(row.function == row.right == "*" and row.stance != "forbidden" for row in matrix.rows)
    known = sorted({meaning.right for meaning in matrix.natives.values()})
    for row in matrix.rows:
        if row.right != "*" and row.right.casefold() not in mapped | names:
            facts = facts_of_unknown(row.right, known)
            yield Fault(_file(matrix), "matrix_right_without_native", line=row.line, column="right", facts=facts)
    for name, meaning in matrix.natives.items():
        if meaning.right.casefold() not in declared and not is_open:
            facts = {"value": name, "right": meaning.right}
            yield Fault(_head(matrix), "matrix_native_without_row", column=f"natives.{name}", facts=facts)


def _functions(matrix: Matrix, known: Collection[str]) -> Iterator[Fault]:
    folded = {word.casefold() for word in known}
    for row in matrix.rows:
        if row.function != "*" and row.function.casefold() not in folded:
            facts = facts_of_unknown(row.function, known)
            yield Fault(_file(matrix), "matrix_function_unknown", line=row.line, column="function", facts=facts)


def _overlaps(matrices: Iterable[Matrix]) -> Iterator[Fault]:
    for first, second in combinations(matrices, 2):
        if fnmatch.fnmatchcase(first.system, second.system) or fnmatch.fnmatchcase(second.system, first.system):
            facts = {"system": second.system, "other": first.path or first.name}
            yield Fault(_head(second), "matrix_systems_overlap", column="system", facts=facts)


def _impossible(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Return two conditions that cannot both hold, none if there is no such pair."""
    for one, other in combinations(conditions, 2):
        if one.name != other.name:
            continue
        if one.name in NUMERIC and not _overlap(one, other):
            return one, other
        if one.name not in NUMERIC:
            same = one.value.casefold() == other.value.casefold()
            if same and one.operator != other.operator:
                return one, other
            if one.name in ONE_VALUED and not same and one.operator == other.operator == "=":
                return one, other
    return ()


def _overlap(one: Condition, other: Condition) -> bool:
    """Whether some number meets both: it does when a bound, or a number beside or between the bounds, does."""
    low, high = sorted((float(one.value), float(other.value)))
    return any(
        all(_meets(number, condition) for condition in (one, other)) for number in (low - 1, low, (low + high) / 2, high, high + 1)
        if number >= 0
    )


def _meets(number: float, condition: Condition) -> bool:
    value = float(condition.value)
    return {
        "=": number == value, "!=": number != value, "<": number < value, "<=": number <= value, ">": number > value, ">=": number >= value,
    }[condition.operator]


def _bars(bar: MatrixRow, row: MatrixRow) -> bool:
    """Whether the forbidden row strikes whenever the other row could be used."""
    return (
        bar.function.casefold() in ("*", row.function.casefold()) and bar.right.casefold() in ("*", row.right.casefold())
        and bar.level is None and bar.scope is None and not bar.holders and set(bar.conditions) <= set(row.conditions)
    )


def _key(row: MatrixRow) -> tuple[object, ...]:
    return (
        row.function.casefold(), row.right.casefold(), row.level, row.scope, row.stance, frozenset(row.conditions), row.holders, row.mode,
    )


def _file(matrix: Matrix) -> str:
    return str(PurePath(matrix.path) / "rows.csv")


def _head(matrix: Matrix) -> str:
    return str(PurePath(matrix.path) / "matrix.toml")
