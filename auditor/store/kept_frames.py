"""A table's open rows once more, as one compressed piece: the next night needs all links, and reads them thirty times faster so.

It repeats what stands in history and is never asked when it might differ: purging may drop it at any time, and a night that did not see all
rows leaves none.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import pandas as pd

from auditor.model.arrows import coded, text_array
from auditor.model.tables import PROVENANCE, Table


def keep_frame(connection: sqlite3.Connection, name: str, frame: pd.DataFrame, *, is_whole: bool, is_changed: bool) -> None:
    """Given tonight's frame of a table, keep it. is_whole: it holds every open row; is_changed: it is not what was kept last night."""
    import pyarrow as pa

    if is_whole and not is_changed and connection.execute("SELECT 1 FROM kept_frames WHERE name = ?", (name,)).fetchone():
        return
    connection.execute("DELETE FROM kept_frames WHERE name = ?", (name,))
    if not is_whole or not len(frame):  # nothing is read as fast from history, and pandas gives the words of no rows no type
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
    held = pa.ipc.open_file(pa.py_buffer(found[0])).read_all()
    return table.frame({name: _held(column.combine_chunks()) for name, column in zip(held.column_names, held.columns, strict=True)})


def _held(column: Any) -> Any:
    """A kept column as frames hold it; pandas' own way makes an object of every text."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return coded(column.indices.fill_null(-1).to_numpy(zero_copy_only=False), column.dictionary)
    return text_array(column) if pa.types.is_large_string(column.type) else column.to_pandas()
