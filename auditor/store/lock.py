"""One scan and one sender at a time: a lock of the operating system on a file beside the database, gone when its process is gone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.model.errors import ScanRunning


@contextmanager
def scan_lock(database: str | Path) -> Iterator[None]:
    """Given the database's path, hold the right to scan while the block runs. Raise ScanRunning if another process holds it.

    The lock keeps two scans from doing the same work; that two nightly scans of one date can never both be stored is the database's
    own promise (UNIQUE).
    """
    with _held(database, ".lock") as is_ours:
        if not is_ours:
            raise ScanRunning("scan_running", file=Path(database).name)
        yield


@contextmanager
def sending_lock(database: str | Path) -> Iterator[bool]:
    """Given the database's path, hold the right to hand over mail while the block runs; yields False if another process holds it: that one
    sends what there is. Two at once would hand over the same mail."""
    with _held(database, ".mail.lock") as is_ours:
        yield is_ours


@contextmanager
def _held(database: str | Path, suffix: str) -> Iterator[bool]:
    path = Path(database)
    descriptor = os.open(path.with_name(path.name + suffix), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        yield _take(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
