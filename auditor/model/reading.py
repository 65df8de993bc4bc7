"""What a connector hands over: pages of canonical tables, with a receipt for every file or endpoint read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import pandas as pd

from auditor.model.errors import Reason


@dataclass(frozen=True)
class Receipt:
    """One file or endpoint that was read.

    name: file name or endpoint, without folder; part: which part of the source it belongs to (layout name); school: school code
    *as the source writes it*, when the file is one school's, else None; sha256: hex, of the bytes read; size: bytes; rows: data rows;
    as_of: the source's own day: a date inside the file, else its modification day; is_dated_inside: whether as_of came from inside;
    dropped: names of columns present in the file but not taken in; dropped_private: how many of those are private by nature (BSN,
    birth date, address, ...).
    """

    name: str
    part: str
    sha256: str
    size: int
    rows: int
    as_of: date
    school: str | None = None
    is_dated_inside: bool = False
    dropped: tuple[str, ...] = ()
    dropped_private: int = 0
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Page:
    """A piece of a read. tables: table name -> conforming frame; delivers: "table.column" names this source can fill at all;
    is_last: said by the true last page only, and only when every earlier page arrived; missing_kinds: kinds of right (rights.kind) that could
    not be read, for want of a permission; partial_rights: native names of rights whose holders could not all be seen: of both the absence
    proves nothing, and `rights` then lists every right that was read, held or not; left_out_rights: likewise those that the
    settings leave out; warnings: what is odd or missing."""

    tables: Mapping[str, pd.DataFrame]
    receipts: tuple[Receipt, ...] = ()
    delivers: frozenset[str] = frozenset()
    is_last: bool = False
    missing_kinds: frozenset[str] = frozenset()
    partial_rights: frozenset[str] = frozenset()
    left_out_rights: frozenset[str] = frozenset()
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Permission:
    """One thing `doctor` tells about a source: is_fine or not, and why."""

    reason: Reason
    is_fine: bool


@dataclass(frozen=True)
class Permissions:
    """What `check` found: can we read what we need, do we hold more than we need?"""

    items: tuple[Permission, ...] = field(default_factory=tuple)

    @property
    def is_fine(self) -> bool:
        """True when nothing is wrong."""
        return all(item.is_fine for item in self.items)


class Connector(Protocol):
    """Reads one source, in pages. Never writes to it."""

    def check(self) -> Permissions:
        """Tell whether the source can be read, and whether more is allowed than is needed."""
        ...

    def pages(self) -> Iterator[Page]:
        """Yield the pages of one read. Raise InputError if a file is refused, ConnectorError if the source cannot be read."""
        ...
