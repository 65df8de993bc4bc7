"""Several small whole numbers of a row as one, so that SQLite joins and numpy parses one text instead of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditor.store.encoding import ABSENT, Ints

_BITS = 62


@dataclass(frozen=True)
class Field:
    """One whole number of a row. expression: in SQL, NULL when absent; its values lie between -offset and 2**bits - offset - 2."""

    name: str
    expression: str
    offset: int
    bits: int


class Packing:
    """How some fields travel: `expressions` to select, one text a column, and `unpack` for what comes back."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._packs: list[list[Field]] = []
        room = 0
        for field in fields:
            if field.bits > room:
                self._packs.append([])
                room = _BITS
            self._packs[-1].append(field)
            room -= field.bits

    @property
    def expressions(self) -> list[str]:
        """Aggregates in SQL, one a pack."""
        return [f"group_concat({self._packed(pack)}, ' ')" for pack in self._packs]

    def unpack(self, texts: Sequence[str], count: int) -> dict[str, Ints]:
        """Given what the expressions gave for `count` rows, return each field's values, ABSENT for NULL."""
        found: dict[str, Ints] = {}
        for pack, text in zip(self._packs, texts, strict=True):
            packed = np.fromstring(text, dtype=np.int64, count=count, sep=" ")
            for field in reversed(pack):
                part = packed & ((1 << field.bits) - 1)
                packed >>= field.bits
                found[field.name] = np.where(part == 0, ABSENT, part - 1 - field.offset)
        return found

    @staticmethod
    def _packed(pack: Sequence[Field]) -> str:
        packed = "0"
        for field in pack:
            packed = f"({packed} << {field.bits} | coalesce({field.expression} + {field.offset + 1}, 0))"
        return packed
