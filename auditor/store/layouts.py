"""How each table of history stands in SQLite: which columns, and how a value of each is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from auditor.model.links import LINKS
from auditor.model.tables import TABLES, Column, Table

Encoding = Literal["word", "text", "day", "flag", "number", "integer", "bits"]
"""word: id in `words`, for values that repeat and name no person; text: TEXT; day: days since 1970-01-01; flag: 0 or 1; number: REAL;
integer: INTEGER; bits: 64 unsigned bits as a signed INTEGER, never absent."""

SQL_TYPES: dict[Encoding, str] = {
    "word": "INTEGER", "text": "TEXT", "day": "INTEGER", "flag": "INTEGER", "number": "REAL", "integer": "INTEGER", "bits": "INTEGER",
}
NAMES_A_PERSON = frozenset({"person", "account", "member", "sponsor"})
"""Categories that are written out in the row, so that they are gone when the row is purged."""


@dataclass(frozen=True)
class Stored:
    """One column: its name, its encoding, and whether frames hold it as a category."""

    name: str
    encoding: Encoding
    is_category: bool = False


@dataclass(frozen=True)
class Layout:
    """One table of history. key: what names a row; columns: kept and compared; unversioned: use dates, kept apart in `seen`;
    has_slices: rows belong to a source (and school), and close only when that slice was read completely."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Stored, ...]
    unversioned: tuple[str, ...] = ()
    has_slices: bool = True

    @property
    def compares_source(self) -> bool:
        """Whether the source is part of what a row says (functions: a label means something per source)."""
        return "source" in self.key


def _stored(column: Column) -> Stored:
    if column.kind == "category":
        return Stored(column.name, "text" if column.name in NAMES_A_PERSON else "word", True)
    encodings: dict[str, Encoding] = {"text": "text", "date": "day", "flag": "flag", "number": "number"}
    return Stored(column.name, encodings[column.kind])


def _layout(table: Table) -> Layout:
    return Layout(
        table.name, table.key,
        tuple(_stored(column) for column in table.columns if column.versioned),
        tuple(column.name for column in table.columns if not column.versioned),
    )


def _columns(encoding: Encoding, *names: str, is_category: bool = False) -> tuple[Stored, ...]:
    return tuple(Stored(name, encoding, is_category) for name in names)


FINDINGS_LAYOUT = Layout("findings", ("key",), (
    *_columns("text", "key"),
    *_columns("word", "rule", "cluster", "system", is_category=True),
    *_columns("text", "account"),
    *_columns("text", "person", is_category=True),
    *_columns("word", "right", "level", "scope", "school", "group", is_category=True),
    *_columns("integer", "score"), *_columns("bits", "fingerprint"), *_columns("day", "deadline_on"), *_columns("flag", "mails"),
    *_columns("word", "state", is_category=True), *_columns("integer", "state_score"), *_columns("day", "state_until"),
    *_columns("day", "not_assessed_since"), *_columns("integer", "reopened"), *_columns("day", "first_seen_on", "confirmed_until"),
    *_columns("word", "resolved_by", is_category=True), *_columns("day", "resolved_on"),
), has_slices=False)
"""confirmed_until: day of the last scan that confirmed it; absent while every scan confirms it."""

MATRICES_LAYOUT = Layout("matrices", ("system", "name"), (
    *_columns("word", "system", "name", "edition", "digest", is_category=True), *_columns("text", "owner", "adopted_by"),
    *_columns("day", "adopted_on"), *_columns("flag", "is_norm"),
), has_slices=False)

LAYOUTS: dict[str, Layout] = {
    **{name: _layout(table) for name, table in TABLES.items()},
    "links": _layout(LINKS), "findings": FINDINGS_LAYOUT, "matrices": MATRICES_LAYOUT,
}
"""Every table of history by name."""
