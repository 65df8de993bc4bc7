"""64-bit hashes of whole rows, to find what changed: each distinct text is hashed once, rows combine those by code.

They only find changes and are no evidence: the chain uses SHA-256. Two different rows among a million collide about once in 30 million scans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from auditor.store.encoding import ABSENT, EncodedColumn, RealColumn, TextColumn

Hashes = npt.NDArray[np.uint64]
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_LAST = np.uint64(0xC4CEB9FE1A85EC53)
_NOTHING = np.uint64(0xA0761D6478BD642F)
_HALF = np.uint64(32)
_AT_ONCE = 32_768
"""Rows hashed at a time: what is worked on then stays in the processor's cache."""

Known = dict[tuple[tuple[int, ...], int, int], tuple[Any, Hashes]]
"""Hashes of texts by where these lie in memory, with the texts, so that they stay there: links repeat the ids of the accounts."""


def row_hashes(columns: Iterable[EncodedColumn], length: int, known: Known | None = None) -> Hashes:
    """Given the compared columns of a table of `length` rows, return one hash a row. known: what was hashed before, which grows."""
    rows: Hashes = np.full(length, _ODD, dtype=np.uint64)
    for place, column in enumerate(columns):
        hashes_of = _hashes_by_part(column, known)
        for begin in range(0, length, _AT_ONCE):
            part = rows[begin:begin + _AT_ONCE]
            part ^= hashes_of(slice(begin, begin + _AT_ONCE))
            part += np.uint64(place)
            _stir(part, _MIX)
    _stir(rows, _LAST)
    return rows


def text_hashes(texts: Any) -> Hashes:
    """Given a pyarrow array of large strings, return a hash of each, eight bytes at a time."""
    if texts.null_count == len(texts):
        return np.full(len(texts), _NOTHING, dtype=np.uint64)
    return np.concatenate([_piece_hashes(texts.slice(begin, _AT_ONCE)) for begin in range(0, len(texts), _AT_ONCE)])


def _piece_hashes(texts: Any) -> Hashes:
    count = len(texts)
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)[texts.offset:texts.offset + count + 1]
    data = np.frombuffer(data_buffer, dtype=np.uint8)[offsets[0]:offsets[-1]] if data_buffer else np.empty(0, dtype=np.uint8)
    lengths = np.diff(offsets)
    hashes: Hashes = lengths.astype(np.uint64) * _ODD
    if not texts.null_count and lengths[0] > 0 and (lengths == lengths[0]).all():
        for word in _words_of_equal_length(data, count, int(lengths[0])):
            hashes ^= word
            _stir(hashes, _MIX)
        return hashes
    eights = np.concatenate([data, np.zeros(16 + (-len(data)) % 8, dtype=np.uint8)]).view("<u8")
    starts = offsets[:-1] - offsets[0]
    for begin in range(0, int(lengths.max()), 8):
        rows = np.flatnonzero(lengths > begin)
        every = len(rows) == count
        at = (starts if every else starts[rows]) + begin
        word = _eight_bytes(eights, at, (lengths if every else lengths[rows]) - begin)
        part = hashes if every else hashes[rows]
        part ^= word
        _stir(part, _MIX)
        if not every:
            hashes[rows] = part
    if texts.null_count:
        hashes[texts.is_null().to_numpy(zero_copy_only=False)] = _NOTHING
    return hashes


def _words_of_equal_length(data: npt.NDArray[np.uint8], count: int, length: int) -> Iterator[Hashes]:
    """Texts as long as each other (GUIDs, numbers) lie in a grid: their words need no looking for, and come out the same."""
    grid = data.reshape(count, length)
    for begin in range(0, length, 8):
        part = np.zeros((count, 8), dtype=np.uint8)
        part[:, : min(8, length - begin)] = grid[:, begin:begin + 8]
        yield part.view("<u8").ravel()


def _eight_bytes(eights: npt.NDArray[np.uint64], at: npt.NDArray[np.int64], left: npt.NDArray[np.int64]) -> Hashes:
    place = at >> 3
    shift = ((at & 7) << 3).astype(np.uint64)
    word: Hashes = eights[place] >> shift
    word |= (eights[place + 1] << (np.uint64(63) - shift)) << np.uint64(1)  # in two steps: a shift by 64 means nothing
    spare = np.uint64(64) - (np.minimum(left, 8) << 3).astype(np.uint64)
    word &= np.uint64(0xFFFFFFFFFFFFFFFF) >> spare
    return word


def _hashes_by_part(column: EncodedColumn, known: Known | None) -> Callable[[slice], Hashes]:
    """What gives the hashes of a part of a column: those of all its rows at once would be as large as the column itself."""
    if isinstance(column, TextColumn):
        codes = column.codes
        if codes is None:
            return _known_hashes(column.texts, known).__getitem__
        words = np.append(text_hashes(column.texts), _NOTHING)
        return lambda part: words[codes[part]]

    def of_numbers(part: slice) -> Hashes:
        values = column.values[part]
        whole = np.where(np.isnan(values), ABSENT, values.view(np.int64)) if isinstance(column, RealColumn) else values
        hashes: Hashes = whole.view(np.uint64) * _ODD
        _stir(hashes, _MIX)
        return hashes

    return of_numbers


def _known_hashes(texts: Any, known: Known | None) -> Hashes:
    if known is None or not len(texts):
        return text_hashes(texts)
    key = (tuple(buffer.address if buffer else 0 for buffer in texts.buffers()), texts.offset, len(texts))
    if key not in known:
        known[key] = texts, text_hashes(texts)
    return known[key][1]


def _stir(hashes: Hashes, factor: np.uint64) -> None:
    for begin in range(0, len(hashes), _AT_ONCE):
        part = hashes[begin:begin + _AT_ONCE]
        part ^= part >> _HALF
        part *= factor
        part ^= part >> _HALF


def apart(hashes: Hashes, ordered: Hashes) -> Hashes:
    """Given hashes of which some are equal, and the same in order, return them with the second, third, ... of equal ones made different
    in the order of the rows: a table that holds a row twice holds it twice in history."""
    doubles = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    at = np.minimum(np.searchsorted(doubles, hashes), len(doubles) - 1)
    rows = np.flatnonzero(doubles[at] == hashes)
    rows = rows[np.argsort(hashes[rows], kind="stable")]
    found = hashes[rows]
    starts = np.flatnonzero(np.r_[True, found[1:] != found[:-1]])
    rank = np.arange(len(found)) - np.repeat(starts, np.diff(np.r_[starts, len(found)]))
    result = hashes.copy()
    result[rows] = found + rank.astype(np.uint64) * _LAST
    return result
