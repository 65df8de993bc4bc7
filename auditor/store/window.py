"""Several nights at once: each table is read one time, and every night is a choice of its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.joining import rows_of
from auditor.model.links import LINKS
from auditor.model.tables import TABLES
from auditor.store.encoding import ABSENT, Ints
from auditor.store.history import unpack_ids
from auditor.store.layouts import LAYOUTS
from auditor.store.past import table_frame
from auditor.store.reading import read_rows
from auditor.store.words import Words


@dataclass(frozen=True)
class Part:
    """One table over a span of scans. frame: every row some scan of it had; ids, since, until: as in Rows; missed: per scan the ids of
    rows that stayed open although that scan did not see them."""

    frame: pd.DataFrame
    ids: Ints
    since: Ints
    until: Ints
    missed: Mapping[int, Ints]

    def at(self, scan: int) -> npt.NDArray[np.bool_]:
        """Given a scan of the span, return which rows it had."""
        there = (self.since <= scan) & ((self.until == ABSENT) | (self.until > scan))
        if scan in self.missed:
            there &= ~np.isin(self.ids, self.missed[scan])
        return np.asarray(there)


@dataclass(frozen=True)
class Window:
    """Tables over several scans, by name (`links` too). No use dates, no file and line."""

    parts: Mapping[str, Part]

    def table(self, name: str, scan: int) -> pd.DataFrame:
        """Given a table and a scan of the span, return its frame as that scan had it."""
        part = self.parts[name]
        there = part.at(scan)
        return part.frame if there.all() else part.frame[there].reset_index(drop=True)

    def links(self, scan: int) -> pd.DataFrame:
        """Given a scan of the window, return its links, row by row with its accounts."""
        accounts, links = self.table("accounts", scan), self.table("links", scan)
        return links.iloc[rows_of(accounts, links, ["system", "account"])].reset_index(drop=True)

    def rows(self, scan: int) -> tuple[bytes, ...]:
        """Given a scan, return what tells it from another that had other rows."""
        return tuple(np.packbits(part.at(scan)).tobytes() for part in self.parts.values())


def load_window(connection: sqlite3.Connection, first: int, last: int, names: Collection[str], systems: Collection[str]) -> Window:
    """Given the first and last scan, the tables wanted and the systems to keep to (of tables that have a system, but for registers),
    return the window."""
    words = Words(connection)
    known = [number for system in systems if (number := words.known(system))]
    parts = {}
    for name in names:
        condition, parameters = "valid_from_scan <= ? AND (valid_until_scan IS NULL OR valid_until_scan > ?)", list[object]([last, first])
        if name in OF_SYSTEM:
            condition += f' AND "system" IN ({", ".join("?" * len(known))})'
            parameters += known
        rows = read_rows(connection, LAYOUTS[name], condition, parameters)
        missed = {
            int(scan): unpack_ids(ids) for scan, ids in connection.execute(
                "SELECT scan, ids FROM unobserved WHERE name = ? AND scan BETWEEN ? AND ?", (name, first, last))}
        parts[name] = Part(table_frame(LINKS if name == LINKS.name else TABLES[name], rows, words), rows.ids, rows.since, rows.until, missed)
    return Window(parts)


OF_SYSTEM = frozenset({"accounts", "grants", "group_links", "links"})
