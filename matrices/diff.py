"""What changes between two editions of a matrix, and what that means for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from auditor.model.matrix import SCOPES, Matrix, MatrixRow
from matrices.show import row_cells

Kind = Literal["added", "removed", "changed"]
Effect = Literal["wider", "narrower", "other", "none"]
"""For the people of the function: they may more, they may less, either way, or nothing differs (a note)."""


@dataclass(frozen=True)
class RowChange:
    """One row that differs. system: of the matrix; function, right: its words; before, after: its cells by column, None where it is not
    there; columns: which cells differ; effect: see Effect."""

    system: str
    kind: Kind
    function: str
    right: str
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None
    columns: tuple[str, ...]
    effect: Effect

    @property
    def line(self) -> str:
        """Line of the row in the new edition, or in the old one where it is gone."""
        return (self.after or self.before or {}).get("line", "")


@dataclass(frozen=True)
class WordChange:
    """A key of matrix.toml that differs: natives, levels, functions, privacy_class, register, modules or adoption. name: the word within
    it, "" for none; before, after: as text, "" where absent."""

    system: str
    key: str
    name: str
    before: str
    after: str


def diff_rows(old: Matrix, new: Matrix) -> tuple[RowChange, ...]:
    """Given two editions of one system's matrix, return the rows added, removed and changed, in the order of the new one and then the old.

    A row is the same row when function, right, stance and conditions are the same; where several are, they are paired in order.
    """
    waiting: dict[tuple[str, ...], list[MatrixRow]] = {}
    for row in old.rows:
        waiting.setdefault(_key(row), []).append(row)
    changes: list[RowChange] = []
    kept: set[int] = set()
    for row in new.rows:
        rivals = waiting.get(_key(row), [])
        same = next((rival for rival in rivals if _cells(rival) == _cells(row)), None) or (rivals[0] if rivals else None)
        if same is None:
            changes.append(_change(new.system, "added", None, row, new))
            continue
        rivals.remove(same)
        kept.add(same.line)
        if _cells(same) != _cells(row):
            changes.append(_change(new.system, "changed", same, row, new))
    changes += [_change(new.system, "removed", row, None, old) for row in old.rows if row.line not in kept]
    return tuple(changes)


def diff_words(old: Matrix, new: Matrix) -> tuple[WordChange, ...]:
    """Given two editions, return what differs in matrix.toml."""
    changes: list[WordChange] = []
    for key in ("edition", "owner", "adopted_on", "adopted_by", "privacy_class"):
        changes += _differences(new.system, key, {"": _text(getattr(old, key))}, {"": _text(getattr(new, key))})
    for key in ("natives", "levels", "register", "modules"):
        changes += _differences(
            new.system, key, {name: _text(value) for name, value in getattr(old, key).items()},
            {name: _text(value) for name, value in getattr(new, key).items()})
    changes += _differences(new.system, "functions", dict.fromkeys(old.functions, "+"), dict.fromkeys(new.functions, "+"))
    return tuple(changes)


def _differences(system: str, key: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[WordChange]:
    for name in sorted({*before, *after}):
        if before.get(name, "") != after.get(name, ""):
            yield WordChange(system, key, name, before.get(name, ""), after.get(name, ""))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, tuple):
        return " < ".join(map(str, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {what}" for name, what in value.items())
    fields = getattr(value, "__dict__", None)
    if fields is None:
        return str(value)
    return ", ".join(f"{name} {what}" for name, what in fields.items() if what is not None)


def _key(row: MatrixRow) -> tuple[str, ...]:
    return (row.function.casefold(), row.right.casefold(), row.stance, *sorted(map(str, row.conditions)))


def _cells(row: MatrixRow) -> dict[str, str]:
    return row_cells(row)


def _change(system: str, kind: Kind, before: MatrixRow | None, after: MatrixRow | None, matrix: Matrix) -> RowChange:
    row = after or before
    assert row is not None
    old = None if before is None else {"line": str(before.line)} | _cells(before)
    new = None if after is None else {"line": str(after.line)} | _cells(after)
    columns = tuple(name for name in _cells(row) if old is None or new is None or old[name] != new[name]) if old and new else ()
    return RowChange(system, kind, row.function, row.right, old, new, columns, _effect(before, after, matrix))


def _effect(before: MatrixRow | None, after: MatrixRow | None, matrix: Matrix) -> Effect:
    """A forbidden row gives less; a draft row gives nothing."""
    gives = [0 if row is None or row.mode == "draft" else -1 if row.stance == "forbidden" else 1 for row in (before, after)]
    if gives[0] != gives[1]:
        return "wider" if gives[1] > gives[0] else "narrower"
    if before is None or after is None or gives == [0, 0]:
        return "none"
    ways = {way for way in (
        _compare(_rank(before.scope, SCOPES), _rank(after.scope, SCOPES)),
        _compare(_level(before, matrix), _level(after, matrix)), _compare_holders(before, after),
        _compare(before.max_holders or 10**9, after.max_holders or 10**9),
    ) if way}
    if not ways:
        return "none"
    if ways == {1}:
        return "wider" if gives[1] > 0 else "narrower"
    if ways == {-1}:
        return "narrower" if gives[1] > 0 else "wider"
    return "other"


def _rank(word: str | None, order: tuple[str, ...]) -> int:
    return order.index(word) if word in order else len(order)


def _level(row: MatrixRow, matrix: Matrix) -> int:
    order = next((order for right, order in matrix.levels.items() if right.casefold() == row.right.casefold()), ())
    return _rank(row.level, order)


def _compare(before: int, after: int) -> int:
    return (after > before) - (after < before)


def _compare_holders(before: MatrixRow, after: MatrixRow) -> int:
    if before.holders == after.holders:
        return 0
    if not after.holders or (before.holders and before.holders < after.holders):
        return 1
    if not before.holders or after.holders < before.holders:
        return -1
    return 2
