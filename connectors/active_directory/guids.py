"""GUIDs of a whole directory at once: a million of them one by one would take longer than reading the file they stand in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_CSVDE = r"^X'[0-9A-Fa-f]{32}'$"
_TEXT = r"^\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?$"
_ORDER = [6, 7, 4, 5, 2, 3, 0, 1, -1, 10, 11, 8, 9, -1, 14, 15, 12, 13, -1, *range(16, 20), -1, *range(20, 32)]
"""Place of each sign among the 32 digits, -1 for a hyphen: the first three fields are little-endian in the directory (see attributes.guid_of)."""
_SIZE = len(_ORDER)


def guids_of(values: Any) -> Any | None:
    """Given an Arrow array of distinct objectGUID texts, return them as lower-case text with hyphens, an empty text as empty.

    Return None when they are not all written alike, as X'hex' (csvde) or as text: then each has to be looked at by itself.
    """
    is_empty = pc.equal(values, "")
    written = values.filter(pc.invert(is_empty))
    if _all(written, _CSVDE):
        found = _reordered(written)
    elif _all(written, _TEXT):
        found = pc.utf8_trim(pc.ascii_lower(written), "{}")
    else:
        return None
    if not is_empty.true_count:
        return found
    return pc.replace_with_mask(values, pc.invert(is_empty), found)


def _all(texts: Any, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, pattern), min_count=0).as_py())


def _reordered(texts: Any) -> Any:
    """Texts of 35 bytes each, X'hex', as GUIDs."""
    lowered = pc.ascii_lower(texts)
    _, _, data = lowered.buffers()
    signs = np.frombuffer(data, dtype=np.uint8, count=35 * len(lowered), offset=0) if len(lowered) else np.empty(0, dtype=np.uint8)
    digits = np.concatenate([signs.reshape(-1, 35)[:, 2:34], np.full((len(lowered), 1), ord("-"), dtype=np.uint8)], axis=1)
    made = np.ascontiguousarray(digits[:, _ORDER])
    offsets = np.arange(len(lowered) + 1, dtype=np.int32) * _SIZE
    return pa.StringArray.from_buffers(len(lowered), pa.py_buffer(offsets), pa.py_buffer(made))
