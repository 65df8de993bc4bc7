"""What each grant means in the matrix's words: native right and level -> matrix, right, level, and where its scope comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.expect.codes import Narrow, compact, intern
from auditor.model.matrix import Matrix, NativeRight


@dataclass(frozen=True)
class Meaning:
    """matrix: position among the matrices, -1 without one; right, level: the matrix's words, else as read; scope: fixed by the native map,
    None to take the grant's own; from_links: the scope is that of the groups linked to the account."""

    matrix: int
    right: str
    level: str | None
    scope: str | None = None
    from_links: bool = False


def meanings(grants: pd.DataFrame, matrices: Sequence[Matrix]) -> tuple[Narrow, list[Meaning]]:
    """Given the grants and the matrices, return per grant the position of its meaning, and the distinct meanings."""
    columns = [grants[name].array for name in ("system", "right", "level")]
    number, first = intern([(column.codes, len(column.categories) + 1) for column in columns])
    systems, natives, levels = (column.categories.take(np.maximum(column.codes[first], 0)) if len(column.categories)
                                else [""] * len(first) for column in columns)
    has_level = columns[2].codes[first] >= 0
    chosen = {str(system): matrix_of(str(system), matrices) for system in set(systems)}
    words = [Words(matrix) for matrix in matrices]
    place: dict[Meaning, int] = {}
    seats: list[int] = []
    for system, native, level, has in zip(systems, natives, levels, has_level.tolist(), strict=True):
        matrix = chosen[str(system)]
        held = str(level) if has else None
        meaning = Meaning(-1, str(native), held) if matrix < 0 else words[matrix].meaning(matrix, str(native), held)
        seats.append(place.setdefault(meaning, len(place)))
    return compact(seats, len(place))[number], list(place)


def matrix_of(system: str, matrices: Sequence[Matrix]) -> int:
    """Given a system, return the position of its matrix: one of exactly that name before a pattern; -1 without any."""
    exact = (place for place, matrix in enumerate(matrices) if matrix.system == system)
    pattern = (place for place, matrix in enumerate(matrices) if matrix.applies_to(system))
    return next(exact, next(pattern, -1))


class Words:
    """The words of one matrix, found whatever their case."""

    def __init__(self, matrix: Matrix) -> None:
        """Given the matrix."""
        self.natives: dict[str, NativeRight] = {name.casefold(): meaning for name, meaning in matrix.natives.items()}
        self.rights = {row.right.casefold(): row.right for row in matrix.rows if row.right != "*"}
        self.levels = {
            right.casefold(): {level.casefold(): level for level in order} for right, order in matrix.levels.items()
        }

    def meaning(self, matrix: int, native: str, level: str | None) -> Meaning:
        """Given the native name and level as read, return the meaning: a level the source tells beats the map's."""
        mapped = self.natives.get(native.casefold()) or NativeRight(self.rights.get(native.casefold(), native))
        right = self.rights.get(mapped.right.casefold(), mapped.right)
        held = level if level is not None else mapped.level
        if held is not None:
            held = self.levels.get(right.casefold(), {}).get(held.casefold(), held)
        return Meaning(matrix, right, held, mapped.scope, mapped.scope_from == "group_links")
