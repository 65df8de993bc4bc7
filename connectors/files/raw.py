"""A file as it stands: headers and columns of text, nothing converted yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from auditor.model.errors import Reason

Codes = npt.NDArray[np.int32]


class Column:
    """One column of text, each distinct text kept once. codes: for every row the position of its text in `words`; words: a pyarrow
    string array without nulls, in which "" is an empty cell. Conversions run over the words: a board has a million rows and a few
    hundred roles.

    A column in which hardly any text repeats (names, addresses, ids) may hold its rows as they stand; its words are then found when asked
    for. `held` is what it holds, distinct or not, for conversions that do not mind.
    """

    __slots__ = ("_distinct", "_length", "held")

    def __init__(self, codes: Codes | None, held: Any) -> None:
        """Given codes and the words they stand for; or None and the text of every row."""
        self.held = held
        self._distinct = None if codes is None else (codes, held)
        self._length = len(held if codes is None else codes)

    @property
    def codes(self) -> Codes:
        """For every row the position of its text in `words`."""
        return self._encoded()[0]

    @property
    def words(self) -> Any:
        """The distinct texts, as a pyarrow string array."""
        return self._encoded()[1]

    @property
    def is_plain(self) -> bool:
        """Whether it holds the text of every row as it stands."""
        return self._distinct is None or self._distinct[1] is not self.held

    def _encoded(self) -> tuple[Codes, Any]:
        if self._distinct is None:
            found = self.held.dictionary_encode()
            self._distinct = found.indices.to_numpy(), found.dictionary
        return self._distinct

    def __len__(self) -> int:
        return self._length

    def texts(self) -> list[str]:
        """The text of every row."""
        held: list[str] = self.held.to_pylist()
        return held if self.is_plain else [held[code] for code in self.codes.tolist()]

    def per_row(self, found: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Given what was found for each text held, return it for every row."""
        return found if self.is_plain else found[self.codes]

    def distinct(self) -> Column:
        """Return the column that holds each distinct text once."""
        return Column(self.codes, self.words) if self.is_plain else self

    def take(self, rows: npt.NDArray[np.intp]) -> Column:
        """Given row positions, return the column of those rows."""
        if not self.is_plain:
            return Column(self.codes[rows], self.held)
        is_all = len(rows) == len(self) and bool((rows == np.arange(len(rows))).all())
        return self if is_all else Column(None, self.held.take(pa.array(rows)))

    def first_row(self, code: int) -> int:
        """Given a code that occurs, return the first row that has it."""
        return int(np.argmax(self.codes == code))


Keep = Callable[[tuple[str, ...]], Collection[str]]
"""Given the headers of a file, which of them to take in; the others are never turned into text of ours."""


def everything(headers: tuple[str, ...]) -> Collection[str]:
    """Given headers, return all of them."""
    return headers


@dataclass(frozen=True, slots=True)
class RawTable:
    """file: name as the user knows it; headers: all of them, as written, trimmed; columns: by header, those that were asked for; lines:
    1-based line of the file (sheet row) on which each row starts, int32; header_line; encoding and delimiter: as read, None for a
    workbook; notes: what is odd but accepted."""

    file: str
    headers: tuple[str, ...]
    columns: Mapping[str, Column]
    lines: Codes
    header_line: int = 1
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[Reason, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)


def column_of(chunks: list[Any]) -> Column:
    """Given pyarrow arrays of one column, all dictionaries or all strings, return them under each other as one column."""
    if chunks and pa.types.is_string(chunks[0].type):
        return Column(None, pa.concat_arrays(chunks))
    if not chunks:
        return Column(np.empty(0, dtype=np.int32), pa.array([], pa.string()))
    if len(chunks) > 1:
        chunks = pa.chunked_array(chunks).unify_dictionaries().chunks
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
    return Column(codes.astype(np.int32, copy=False), chunks[-1].dictionary)


def encoded(texts: list[str]) -> Any:
    """Given texts, return them as a pyarrow dictionary array with int32 indices."""
    return pa.array(texts, pa.string()).dictionary_encode()
