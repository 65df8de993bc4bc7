"""64-bit hashes of texts, a million at a time: what the volume guards remember of ids, and how double keys are found.

The same text gives the same hash on every machine and in every run. It is no evidence: equal hashes are looked at again where it matters.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from auditor.model.arrows import arrow

Hashes = npt.NDArray[np.uint64]
NOTHING = np.uint64(0x51ED270B9F5A1C37)
"""Hash of an absent value."""

_STEP = np.uint64(0xD6E8FEB86659FD93)
_SEED = np.uint64(0x2545F4914F6CDD1D)
_SHIFT = np.uint64(32)
_AT_ONCE = 32_768
"""Texts hashed at a time: what is worked on then stays in the processor's cache."""


def hashes_of(column: pd.Series[Any]) -> Hashes:
    """Given a column of any kind, return one hash a row: categories and texts by their text, others by their value."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        found: Hashes = np.append(text_hashes(arrow(column.cat.categories)), NOTHING)[codes]
        return found
    if str(column.dtype) == "str":
        return text_hashes(arrow(column))
    if str(column.dtype).startswith("datetime"):
        return mixed(column.to_numpy().astype("datetime64[s]").astype(np.int64).view(np.uint64) ^ _SEED)
    return mixed(column.to_numpy(dtype=np.float64, na_value=np.nan).view(np.uint64) ^ _SEED)


def combined(columns: list[Hashes]) -> Hashes:
    """Given the hashes of several columns, return one hash a row; the order of the columns counts."""
    total = columns[0].copy()
    for column in columns[1:]:
        total = mixed(total * _STEP + column)
    return total


def mixed(hashes: Hashes) -> Hashes:
    """Given hashes, return them stirred: every bit of the answer depends on every bit."""
    stirred: Hashes = hashes ^ (hashes >> _SHIFT)
    stirred *= _STEP
    stirred ^= stirred >> _SHIFT
    stirred *= _STEP
    stirred ^= stirred >> _SHIFT
    return stirred


def text_hashes(texts: pa.Array) -> Hashes:
    """Given an Arrow array of large strings, return one hash each; eight bytes are taken at a time."""
    pieces = [_piece_hashes(texts.slice(begin, _AT_ONCE)) for begin in range(0, len(texts), _AT_ONCE)]
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.uint64)


def _piece_hashes(texts: pa.Array) -> Hashes:
    count = len(texts)
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)[texts.offset:texts.offset + count + 1]
    data = np.frombuffer(data_buffer, dtype=np.uint8) if data_buffer else np.empty(0, dtype=np.uint8)
    data = data[offsets[0]:offsets[-1]]
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    longest = int(lengths.max())
    padded = np.concatenate([data, np.zeros(8 + (-len(data)) % 8, dtype=np.uint8)])
    hashes: Hashes = lengths.astype(np.uint64) * _STEP + _SEED
    rows: Any = slice(None)
    for begin in range(0, max(longest, 1), 8):
        if begin:
            rows = np.flatnonzero(lengths > begin)
        hashes[rows] = mixed(hashes[rows] ^ _eight_bytes(padded, starts[rows] + begin, lengths[rows] - begin))
    if texts.null_count:
        hashes[np.asarray(texts.is_null())] = NOTHING
    return hashes


def _eight_bytes(data: npt.NDArray[np.uint8], at: npt.NDArray[np.int64], left: npt.NDArray[np.int64]) -> Hashes:
    """For each position the eight bytes from there as a number, those beyond `left` as zero."""
    at = np.minimum(at, len(data) - 8)  # only an empty text can start beyond the data, and of that no byte counts
    eights = data.view("<u8")
    place, shift = at >> 3, ((at & 7) << 3).astype(np.uint64)
    word: Hashes = eights[place] >> shift
    # In two steps: a shift by 64 is not defined.
    word |= (eights[np.minimum(place + 1, len(eights) - 1)] << (np.uint64(63) - shift)) << np.uint64(1)
    kept = np.clip(left, 0, 8)
    mask = np.where(kept == 0, np.uint64(0), ~np.uint64(0) >> (np.uint64(64) - np.maximum(kept, 1).astype(np.uint64) * np.uint64(8)))
    word &= mask
    return word
