"""The connector of a roster: finds its sets, has the standard's own reader read them, and hands over one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from auditor.model.errors import AuditorError, InputError, Reason
from auditor.model.reading import Page, Permission, Permissions, Receipt
from connectors.rosters.bundle import Bundle, bundles
from connectors.rosters.roster import Roster, tables_of

_DELIVERS = {
    "accounts": ("system", "account", "id_is_stable", "username", "display_name", "mail", "number", "kind", "school"),
    "grants": ("system", "account", "right", "scope", "school"),
    "rights": ("system", "right", "name", "kind"),
    "groups": ("school", "group", "name", "kind"),
    "group_links": ("system", "account", "school", "group"),
    "teaching": ("person", "school", "group"),
}


@dataclass(frozen=True, kw_only=True)
class RosterSettings:
    """What a roster's connector needs to know. name: of the source; system: whose accounts it delivers; path: folder or zip, seen from root;
    folders: further folders that may be read; settle_seconds: a younger file may still be being written; minimum_rows: fewest users;
    number: the column that holds a personnel or pupil number (of OneRoster also `userIds:<type>`); teaching: whether those numbers are
    personnel numbers, so that enrollments say who teaches which group."""

    name: str
    system: str
    root: Path
    path: str
    folders: Sequence[Path] = ()
    settle_seconds: int = 60
    minimum_rows: int = 1
    number: str = ""
    teaching: bool = False


@dataclass(frozen=True)
class Understood:
    """What a standard's reader made of the sets: the roster, a receipt a file, and "table.column" names beyond the usual that it fills."""

    roster: Roster
    receipts: tuple[Receipt, ...]
    also: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RosterConnector:
    """Reads one roster. Never writes, moves or deletes a file. understand: the standard's reader; wanted: names of its files; is_whole: whether
    a set says everything by itself, so that older ones need not be opened."""

    settings: RosterSettings
    now: datetime
    standard: Literal["oneroster", "sds"]
    wanted: frozenset[str]
    understand: Callable[[Sequence[Bundle], RosterSettings], Understood]
    is_whole: Callable[[Bundle], bool] = lambda bundle: True

    def check(self) -> Permissions:
        """Read everything once and tell, for every file, whether it is fine."""
        try:
            receipts = [receipt for page in self.pages() for receipt in page.receipts]
        except InputError as refused:
            return Permissions(tuple(Permission(Reason(fault.code, {"file": fault.file, **fault.facts}), False) for fault in refused.faults))
        except AuditorError as error:
            return Permissions((Permission(error.reason, False),))
        return Permissions(tuple(
            Permission(Reason("file_read", {"file": receipt.name, "rows": receipt.rows, "on": receipt.as_of.isoformat()}), True)
            for receipt in receipts))

    def pages(self) -> Iterator[Page]:
        """Yield the roster in one page. Raise InputError if a file is refused, ConnectorError if there is none."""
        told = self.settings
        found, passed = bundles(told.root, told.path, told.folders, self.wanted, self.now, told.settle_seconds, self.is_whole)
        understood = self.understand(found, told)
        tables = tables_of(understood.roster, told.system, told.name)
        delivers = {f"{table}.{column}" for table in tables for column in _DELIVERS[table]} | understood.also
        if tables["accounts"]["number"].isna().all():
            delivers.discard("accounts.number")
        notes = tuple(Reason("newer_file_settling", {"file": name}) for name in passed)
        yield Page(tables, understood.receipts, frozenset(delivers), is_last=True, warnings=notes)
