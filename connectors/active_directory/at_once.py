"""Reads the entries of a page at once, into a column for each attribute: no dictionary an entry, no object a value.

What is out of the ordinary (one that nobody asked for, several values, any length or tag that does not fit) is left to `ber.entry`, entry by
entry: it decides what is malformed, this module never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from connectors.active_directory import ber

Places = npt.NDArray[np.int64]
_BEHIND = bytes(16)
"""Put behind the bytes, so that eight of them can be taken at any place."""


@dataclass(frozen=True)
class Rows:
    """Entries under each other. dns: their DNs; columns: attribute -> its value, the first if it has several, empty if it has none; both are
    Arrow arrays of bytes."""

    dns: Any
    columns: dict[str, Any]

    def __len__(self) -> int:
        return len(self.dns)


def rows_of(entries: Sequence[bytes], attributes: Sequence[str]) -> Rows:
    """Given the contents of search entries and the attributes asked for, return them as columns. Raise ber.Malformed if one is no entry."""
    whole = b"".join(entries)
    stops: Places = np.cumsum([len(one) for one in entries], dtype=np.int64)
    page = _Page(whole, np.concatenate([np.zeros(1, dtype=np.int64), stops[:-1]]), stops, attributes)
    odd = page.read()
    names = ber.Names(tuple(attributes))
    more: list[bytes] = []
    end = len(whole)
    for row in np.flatnonzero(odd).tolist():
        dn, values = ber.entry(entries[row], 0, len(entries[row]), names)
        if names.has_options:
            raise ber.Malformed("an attribute with an unknown option")
        for name, begins in page.begins.items():
            value = dn if name is None else (values.get(name) or [b""])[0]
            begins[row], page.ends[name][row] = end, end + len(value)
            more.append(value)
            end += len(value)
    signs = np.frombuffer(whole + b"".join(more), dtype=np.uint8)
    made = {name: _taken(signs, begins, page.ends[name]) for name, begins in page.begins.items()}
    return Rows(made.pop(None), {name: made[name] for name in attributes})


class _Page:
    """Entries being read side by side: first all their DNs, then the first attribute of each, and so on. begins, ends: by attribute (None: the
    DN), where the value of each entry lies."""

    def __init__(self, whole: bytes, at: Places, stops: Places, attributes: Sequence[str]) -> None:
        self.begins: dict[str | None, Places] = {name: np.full(len(at), -1, dtype=np.int64) for name in (None, *attributes)}
        self.ends: dict[str | None, Places] = {name: np.full(len(at), -1, dtype=np.int64) for name in (None, *attributes)}
        self._folded = {name.casefold().encode(): name for name in attributes}
        self._signs = whole + _BEHIND
        self._at = at
        self._stops = stops
        # Eight bytes at any place as one number: the head of an element takes one look.
        self._eights = np.ndarray((len(whole) + 8,), ">i8", self._signs, strides=(1,))

    def read(self) -> npt.NDArray[np.bool_]:
        """Find every value; return which entries have to be read one by one."""
        odd = np.zeros(len(self._at), dtype=bool)
        start, stop, fits = self._elements(self._at, self._stops, 0x04)
        self.begins[None][:], self.ends[None][:] = start, stop
        at, end, also = self._elements(np.where(fits, stop, self._at), self._stops, 0x30)
        odd |= ~fits | ~also | (end != self._stops)
        rows = np.flatnonzero(~odd & (at < self._stops))
        at = at[rows]
        while len(rows):
            at, fits = self._attribute(rows, at)
            odd[rows[~fits]] = True
            going = fits & (at < self._stops[rows])
            rows, at = rows[going], at[going]
        for name, begins in self.begins.items():
            absent = begins < 0
            begins[absent] = self.ends[name][absent] = 0
        return odd

    def _attribute(self, rows: Places, at: Places) -> tuple[Places, npt.NDArray[np.bool_]]:
        """Given entries and where an attribute of each starts, return where it stops and whether it is an ordinary one."""
        inner, last, fits = self._elements(at, self._stops[rows], 0x30)
        name, name_end, more = self._elements(inner, last, 0x04)
        fits &= more
        inner, end, more = self._elements(name_end, last, 0x31)
        fits &= more & (end == last)
        value, value_end, more = self._elements(inner, last, 0x04)
        fits &= more & (value_end == last)
        unnamed = np.flatnonzero(fits)
        while len(unnamed):
            first = unnamed[0]
            raw = self._signs[name[first]:name_end[first]]
            same = unnamed[self._same(name[unnamed], name_end[unnamed], raw)]
            meant = self._folded.get(raw.lower())
            if meant is None or (self.begins[meant][rows[same]] >= 0).any():
                fits[same] = False
            else:
                self.begins[meant][rows[same]] = value[same]
                self.ends[meant][rows[same]] = value_end[same]
            unnamed = np.setdiff1d(unnamed, same, assume_unique=True)
        return last, fits

    def _same(self, at: Places, end: Places, wanted: bytes) -> npt.NDArray[np.bool_]:
        """Whether what lies there is this name, told by eight bytes at a time."""
        found: npt.NDArray[np.bool_] = end - at == len(wanted)
        padded = wanted + bytes(8)
        for step in range(0, len(wanted), 8):
            part = int.from_bytes(padded[step:step + 8], "big", signed=True)
            left = len(wanted) - step
            held = self._eights[np.minimum(at + step, len(self._eights) - 1)]
            found &= (held == part) if left >= 8 else (held >> (64 - 8 * left) == part >> (64 - 8 * left))
        return found

    def _elements(self, at: Places, limits: Places, tag: int) -> tuple[Places, Places, npt.NDArray[np.bool_]]:
        """Where the content of each element starts and stops, and whether it has this tag and stays within its limit. What does not is given a
        place that can be looked at."""
        head = self._eights[np.minimum(at, len(self._eights) - 1)].astype(np.int64)
        first = (head >> 48) & 0xFF
        long = first > 127
        if not long.any():
            start, length, fits = at + 2, first, at + 2 <= limits
        else:
            size = np.where(long, first & 0x7F, 0)
            fits = ~long | ((size >= 1) & (size <= 4))
            size = np.minimum(size, 4)
            length = np.where(long, ((head >> 16) & 0xFFFFFFFF) >> (8 * (4 - size)), first)
            start = at + 2 + size
        stop = start + length
        fits &= ((head >> 56) & 0xFF == tag) & (stop <= limits)
        return np.where(fits, start, at), np.where(fits, stop, at), fits


def _taken(signs: npt.NDArray[np.uint8], begins: Places, ends: Places) -> Any:
    """The bytes that lie there as an Arrow array."""
    sizes = ends - begins
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
    places = np.repeat(begins - offsets[:-1], sizes) + np.arange(offsets[-1], dtype=np.int64)
    return pa.Array.from_buffers(
        pa.binary(), len(sizes), [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(signs[places])])
