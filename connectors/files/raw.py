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


@dataclass(frozen=True, slots=True)
class Column:
    """One column of text, each distinct text kept once. codes: for every row the position of its text in `words`; words: a pyarrow
    string array without nulls, in which "" is an empty cell. Conversions run over the words: a board has a million rows and a few
    hundred roles."""

    codes: Codes
    words: Any

    def __len__(self) -> int:
        return len(self.codes)

    def texts(self) -> list[str]:
        """The text of every row."""
        words = self.words.to_pylist()
        return [words[code] for code in self.codes.tolist()]

    def take(self, rows: npt.NDArray[np.intp]) -> Column:
        """Given row positions, return the column of those rows."""
        return Column(self.codes[rows], self.words)

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
    """Given pyarrow dictionary arrays of one column, return them under each other as one column."""
    if not chunks:
        return Column(np.empty(0, dtype=np.int32), pa.array([], pa.string()))
    if len(chunks) > 1:
        chunks = pa.chunked_array(chunks).unify_dictionaries().chunks
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
    return Column(codes.astype(np.int32, copy=False), chunks[-1].dictionary)


def encoded(texts: list[str]) -> Any:
    """Given texts, return them as a pyarrow dictionary array with int32 indices."""
    return pa.array(texts, pa.string()).dictionary_encode()
