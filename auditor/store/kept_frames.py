"""A table's open rows once more, as one compressed piece: the next night needs all links, and reads them thirty times faster so.

It repeats what stands in history and is never asked when it might differ: purging may drop it at any time, and a night that did not see all
rows leaves none.
"""

from __future__ import annotations

import sqlite3

import pandas as pd

from auditor.model.tables import PROVENANCE, Table


def keep_frame(connection: sqlite3.Connection, name: str, frame: pd.DataFrame, *, is_whole: bool, is_changed: bool) -> None:
    """Given tonight's frame of a table, keep it. is_whole: it holds every open row; is_changed: it is not what was kept last night."""
    import pyarrow as pa

    if is_whole and not is_changed and connection.execute("SELECT 1 FROM kept_frames WHERE name = ?", (name,)).fetchone():
        return
    connection.execute("DELETE FROM kept_frames WHERE name = ?", (name,))
    if not is_whole:
        return
    table = pa.Table.from_pandas(frame.drop(columns=list(PROVENANCE[1:])), preserve_index=False)
    stream = pa.BufferOutputStream()
    with pa.ipc.new_file(stream, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    connection.execute("INSERT INTO kept_frames (name, body) VALUES (?, ?)", (name, stream.getvalue().to_pybytes()))


def load_kept(connection: sqlite3.Connection, table: Table) -> pd.DataFrame | None:
    """Given a table, return its open rows as kept by the last scan, None if it kept none. File and line are not kept."""
    import pyarrow as pa

    found = connection.execute("SELECT body FROM kept_frames WHERE name = ?", (table.name,)).fetchone()
    if found is None:
        return None
    frame = pa.ipc.open_file(pa.py_buffer(found[0])).read_all().to_pandas()
    return table.frame({name: frame[name] for name in frame.columns})
