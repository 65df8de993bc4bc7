"""Keeps the memory that a scan lets go of for the scan itself, instead of handing it back to the system and asking for it again."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of mallopt (malloc.h)."""
_MOST = 2**30
_USUAL = 2**17


@contextmanager
def keeping_memory() -> Iterator[None]:
    """While it runs, let glibc keep what is freed for the next that asks; then hand it back. Any other library is left as it is.

    A scan makes and drops arrays of tens of MB by the hundred, and every page of each that comes from the system is filled with zeros first.
    """
    try:
        library = ctypes.CDLL(None)
        set_to, trim = library.mallopt, library.malloc_trim
    except (OSError, AttributeError, TypeError):  # no glibc: musl, macOS, Windows
        yield
        return
    set_to(_TRIM_THRESHOLD, _MOST)
    set_to(_MMAP_THRESHOLD, _MOST)
    try:
        yield
    finally:
        set_to(_TRIM_THRESHOLD, _USUAL)
        set_to(_MMAP_THRESHOLD, _USUAL)
        trim(0)
