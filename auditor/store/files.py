"""The database's files on disk: made for the owner alone, and refused when others may read them (ASVS 13.3.2)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from auditor.model.errors import StoreError

SIDE_FILES = ("", "-wal", "-shm")
"""SQLite gives the side files the mode of the database itself."""


def create_private(path: Path) -> None:
    """Given a path, make an empty file there that only its owner may read, unless it exists already."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return


def refuse_when_open_to_others(path: Path) -> None:
    """Given the database, return when only its owner may read it and its side files (on Windows the folder's rights decide).
    Raise StoreError if group or others have any right."""
    if os.name != "posix":
        return
    for suffix in SIDE_FILES:
        file = path.with_name(path.name + suffix)
        try:
            mode = stat.S_IMODE(file.stat().st_mode)
        except FileNotFoundError:
            continue
        if mode & 0o077:
            raise StoreError("store_open_to_others", file=file.name, mode=f"{mode:04o}")


def refuse_emptied(path: Path) -> None:
    """Given the database, return when it holds something. Raise StoreError if the file is there and empty: a new database is put in its place
    whole, so that an empty one is what someone, or a full disk, left of the board's history."""
    if path.stat().st_size == 0:
        raise StoreError("store_emptied", file=path.name)
