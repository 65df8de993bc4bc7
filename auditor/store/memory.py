"""What the next night starts from beside history: ids of the accepted reads, the files seen, open rows kept a second time. Sealed, or compared
with the history that it repeats: who edits it would make tomorrow's guards or links see something else.

Each part is compared with what the last entry of the chain that speaks of it says: a scan of all, a purge of the days of use it took away.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.links import LINKS
from auditor.store.chain import Link
from auditor.store.kept_frames import load_kept

_TABLES = {
    "reads": "SELECT source, scan, as_of, rows, size, back FROM reads ORDER BY id",
    "read_heads": "SELECT source, reads, school_names, ids, schools FROM read_heads ORDER BY source",
    "file_memory": "SELECT source, sha256, repeats, last_as_of FROM file_memory ORDER BY source",
}
_SEEN = {"seen": "SELECT name, scan, ids, days FROM seen ORDER BY name"}
_NOTICES = {"notices": "SELECT key, rung, counted, first_on, last_on, school FROM notices ORDER BY key"}


def memory_digest(connection: sqlite3.Connection) -> str:
    """Given a connection, return the digest of what guards compare the next read with."""
    return _digest(connection, _TABLES)


def seen_digest(connection: sqlite3.Connection) -> str:
    """Given a connection, return the digest of the last days of use."""
    return _digest(connection, _SEEN)


def notices_digest(connection: sqlite3.Connection) -> str:
    """Given a connection, return the digest of what was told of each finding on the ladder."""
    return _digest(connection, _NOTICES)


def _digest(connection: sqlite3.Connection, tables: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name, query in tables.items():
        digest.update(name.encode())
        for row in connection.execute(query):
            for value in row:
                data = value if isinstance(value, bytes) else repr(value).encode()
                digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()


def memory_differs(connection: sqlite3.Connection, entries: Iterable[Link]) -> bool:
    """Given the chain's entries, return whether the memory is not as it was sealed last; scans of before it was sealed say nothing."""
    said: dict[str, str] = {}
    for entry in entries:
        payload = entry.payload if entry.is_intact and entry.what in ("scan", "purge", "notices") else {}
        said |= {name: str(payload[name]) for name in ("memory", "seen", "notices") if name in payload}
    now = {"memory": memory_digest, "seen": seen_digest, "notices": notices_digest}
    return any(digest != now[name](connection) for name, digest in said.items())


def kept_differs(connection: sqlite3.Connection, links: pd.DataFrame) -> bool:
    """Given the links that stand open, return whether they are not those that were kept a second time."""
    try:
        kept = load_kept(connection, LINKS)
    except (ValueError, KeyError, OSError):  # pyarrow: no file of its kind any more
        return True
    return kept is not None and not np.array_equal(_hashes(kept), _hashes(links))


def _hashes(frame: pd.DataFrame) -> npt.NDArray[np.uint64]:
    shown = frame[list(LINKS.names)].astype("str")
    hashes: npt.NDArray[np.uint64] = pd.util.hash_pandas_object(shown, index=False).to_numpy()
    return np.sort(hashes)
