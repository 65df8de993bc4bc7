"""SHA-256 over rows of history, the same whether they come from tonight's frame or from the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from auditor.store.encoding import Ints

CHUNK = 65_536
"""Rows digested (and written) at a time; part of the digest's definition."""


class RowsDigest:
    """The digest of rows in the order of their ids, column by column within each chunk of CHUNK rows."""

    def __init__(self, name: str, columns: Iterable[str]) -> None:
        self._hash = hashlib.sha256("\x1f".join((name, *columns)).encode())

    def whole(self, values: Ints) -> None:
        """Add a column of whole numbers."""
        self._hash.update(values.astype("<i8", copy=False).tobytes())

    def real(self, values: Any) -> None:
        """Add a column of numbers."""
        self._hash.update(np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes())

    def texts(self, values: Any) -> None:
        """Add a column of texts (a pyarrow array of large strings, absent ones of length zero): what is absent, lengths, bytes."""
        offsets = np.frombuffer(values.buffers()[1], dtype=np.int64)[values.offset:values.offset + len(values) + 1]
        data = values.buffers()[2]
        self._hash.update(values.is_null().to_numpy(zero_copy_only=False).tobytes())
        self._hash.update(np.diff(offsets).astype("<i8").tobytes())
        self._hash.update(memoryview(data)[offsets[0]:offsets[-1]] if data is not None else b"")

    def hex(self) -> str:
        """The digest so far."""
        return self._hash.hexdigest()


def ids_digest(ids: Ints) -> str:
    """Given ids, return the digest of them in ascending order."""
    return hashlib.sha256(np.sort(ids).astype("<i8").tobytes()).hexdigest()
