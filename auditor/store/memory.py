"""What the next night starts from beside history: ids of the accepted reads, the files seen, open rows kept a second time. Sealed, or compared
with the history that it repeats: who edits it would make tomorrow's guards or links see something else.

Not sealed is `seen`, the last days of use: the next read writes them anew, and they go after the board's term.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable

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


def memory_digest(connection: sqlite3.Connection) -> str:
    """Given a connection, return the digest of what guards compare the next read with."""
    digest = hashlib.sha256()
    for name, query in _TABLES.items():
        digest.update(name.encode())
        for row in connection.execute(query):
            for value in row:
                data = value if isinstance(value, bytes) else repr(value).encode()
                digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()


def memory_differs(connection: sqlite3.Connection, entries: Iterable[Link]) -> bool:
    """Given the chain's entries, return whether the memory is not as the last scan left it; scans of before it was sealed say nothing."""
    scans = [entry for entry in entries if entry.is_intact and entry.what == "scan"]
    return bool(scans) and "memory" in scans[-1].payload and scans[-1].payload["memory"] != memory_digest(connection)


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
