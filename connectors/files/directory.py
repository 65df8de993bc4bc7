"""From a directory's export (users and groups as rows) to accounts, rights and grants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.model.arrows import categorised, repeated, text_array
from auditor.model.tables import TABLES, combine
from connectors.active_directory import attributes as ad
from connectors.active_directory.foreign import Foreign, foreign_accounts, foreign_grants
from connectors.active_directory.guids import guids_of
from connectors.active_directory.instants import NEVER, day_of_generalised_time, days_of_filetimes
from connectors.active_directory.names import parts_of
from connectors.active_directory.privileged import is_privileged
from connectors.files import columns as col
from connectors.files.build import Built, Origin
from connectors.files.cells import Cells
from connectors.files.layout import Layout
from connectors.files.memberships import Groups, Held, circles
from connectors.files.raw import Column, RawTable

_CLASSES = {"group": {"group"}, "computer": {"computer"}, "user": {"user", "inetorgperson"}}
"""In this order: every computer is a user too."""

_NEVER = np.datetime64("NaT", "s")
_MOST_CIRCLES = 5
_NUMBER = "employeeID"
ATTRIBUTES = {
    "accounts.account": "objectGUID", "accounts.username": "sAMAccountName", "accounts.display_name": "displayName", "accounts.mail": "mail",
    "accounts.upn": "userPrincipalName", "accounts.status": "userAccountControl", "accounts.password_rule": "userAccountControl",
    "accounts.expires_on": "accountExpires", "accounts.last_used_on": "lastLogonTimestamp", "accounts.password_set_on": "pwdLastSet",
    "accounts.created_on": "whenCreated", "grants.right": "memberOf",
}
"""Canonical column -> the attribute it comes from."""

KIND = "kind"
"""Heading of a column that no export has: the kind of each entry, where a reader knows it."""

_ALWAYS = (
    "accounts.system", "accounts.id_is_stable", "accounts.kind", "rights.right", "rights.name", "rights.kind", "grants.account",
    "grants.scope", "grants.via",
)


def build_directory(
    raw: RawTable, layout: Layout, found: Mapping[str, str], origin: Origin, separator: str, foreign: Sequence[Foreign] = (),
) -> Built:
    """Given a directory's entries, their layout, their headings, their origin, the sign between several values in a cell and the members
    from other domains, return accounts, rights and grants. Nesting is resolved within the entries; computers are left out and counted."""
    cells = Cells(raw, layout, found, origin.options)
    cells.check()
    pattern = origin.options.get("school")
    if pattern and not col.extracts(pattern):
        cells.fault("option_bad", None, option="school", detail=pattern)
    export = _Export(cells, origin, separator, foreign)
    tables = export.tables() if not cells.faults else {}
    number = export.number_attribute
    delivers = {name for name, attribute in ATTRIBUTES.items() if attribute in found} | set(_ALWAYS)
    delivers |= {"accounts.number"} if number in found else set()
    delivers |= {"accounts.school"} if origin.options.get("school") else set()
    faults = tuple(cells.faults)
    return Built({} if faults else tables, frozenset(delivers), faults, (*raw.notes, *cells.notes))


class _Export:
    """One export being turned into tables."""

    def __init__(self, cells: Cells, origin: Origin, separator: str, foreign: Sequence[Foreign]) -> None:
        self.cells = cells
        self.foreign = foreign
        self.origin = origin
        self.system = origin.options.get("system", "ad")
        self.sids: dict[str, str] = {}
        self.number_attribute = origin.options.get("number", _NUMBER)
        # Within a name a separator is escaped; csvde writes it bare between values.
        self.separator = re.compile(rf"(?<!\\){re.escape(separator)}")

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return accounts, rights and grants; faults stay with the cells."""
        kinds = self._kinds()
        users, groups = np.flatnonzero(kinds == "user"), np.flatnonzero(kinds == "group")
        left_out = int((kinds == "computer").sum())
        if left_out:
            self.cells.note("computers_left_out", count=left_out)
        known = self._groups(groups)
        accounts = self._accounts(users)
        if self.cells.faults:
            return {}
        grants = self._grants(users, accounts["account"], known)
        if self.foreign:
            where = {"source": self.origin.source, "file": self.cells.raw.file}
            accounts = combine(TABLES["accounts"], [accounts, foreign_accounts(self.foreign, self.system, **where)])
            grants = combine(TABLES["grants"], [grants, foreign_grants(self.foreign, known, self.system, **where)])
        if known.strangers:
            self.cells.note("groups_not_in_export", count=len(known.strangers))
        for circle in circles(known.parents)[:_MOST_CIRCLES]:
            self.cells.note("groups_in_circle", groups=", ".join(sorted(known.names[dn] for dn in circle)))
        return {"accounts": accounts, "rights": self._rights(groups, known, grants), "grants": grants}

    def _cell(self, attribute: str) -> Column:
        return self.cells.cell(attribute) or col.constant("", len(self.cells.raw))

    def _kinds(self) -> Any:
        """For each entry user, group, computer or other."""
        declared = self._cell("objectClass")
        words = []
        for text in declared.words.to_pylist():
            parts = {part.strip().casefold() for part in self.separator.split(text)}
            words.append(next((word for word, classes in _CLASSES.items() if parts & classes), "other"))
        kinds = np.array(words, dtype=object)[declared.codes]
        sam_type, control = self._cell("sAMAccountType"), self._cell("userAccountControl")
        codes, first = col.grouped([sam_type, control])
        sam_words, control_words = sam_type.words.to_pylist(), control.words.to_pylist()
        described = []
        for row in first.tolist():
            try:
                described.append(ad.class_of(sam_words[sam_type.codes[row]] or None, control_words[control.codes[row]] or None) or "")
            except ValueError:
                described.append("")  # named as a fault when the account is converted
        is_machine = np.array([kind in ("computer", "trust") for kind in described], dtype=bool)[codes]
        return np.where((kinds == "user") & is_machine, "computer", kinds)

    def _groups(self, rows: npt.NDArray[np.intp]) -> Groups:
        dns, logins = self._texts("DN", rows), self._texts("sAMAccountName", rows)
        members, sids = self._texts("memberOf", rows), self._texts("objectSid", rows)
        names = {dn.casefold(): login or common_name(dn) for dn, login in zip(dns, logins, strict=True)}
        parents = {dn.casefold(): self._values(text) for dn, text in zip(dns, members, strict=True)}
        by_rid = {}
        for dn, written in zip(dns, sids, strict=True):
            if written:
                try:
                    sid = ad.sid_of(written)
                except ValueError:
                    self.cells.note("group_without_sid", count=1)
                    continue
                by_rid[int(sid.rpartition("-")[2])] = dn.casefold()
                self.sids[names[dn.casefold()]] = sid
        return Groups(names, parents, by_rid, common_name)

    def _accounts(self, rows: npt.NDArray[np.intp]) -> pd.DataFrame:
        cells, converter = self.cells, self.cells.converter
        table = TABLES["accounts"]
        control = self._only("userAccountControl", rows)
        status = converter.each(control, "userAccountControl", ad.status_of, "unknown", "value_not_number")
        rules = converter.each(control, "userAccountControl", ad.password_rule_of, "", "value_not_number")
        guid_column = self._only("objectGUID", rows)
        guids = guids_of(guid_column.held)
        if guids is None:
            guid_column = guid_column.distinct()
            guids = pa.array(converter.each(guid_column, "objectGUID", ad.guid_of, "", "value_not_guid"), pa.string())
        account = col.reworded(guid_column, guids)
        without = col.is_empty(self._cell("objectGUID"))[rows]
        if without.any():
            cells.fault("cell_empty", int(cells.raw.lines[rows[int(np.argmax(without))]]), "objectGUID", count=int(without.sum()))
        made = self._only("whenCreated", rows)
        created = np.array(converter.each(made, "whenCreated", _instant, _NEVER, "value_not_instant"), dtype="datetime64[s]")[made.codes]
        filled: dict[str, object] = {
            "system": repeated(self.system, len(rows)),
            "account": col.text_of(account.take(rows)),
            "id_is_stable": np.ones(len(rows), dtype=bool),
            "username": col.text_of(self._cell("sAMAccountName").take(rows)),
            "display_name": col.text_of(self._cell("displayName").take(rows)),
            "mail": col.text_of(col.casefolded(self._cell("mail")).take(rows)),
            "upn": col.text_of(col.casefolded(self._cell("userPrincipalName")).take(rows)),
            "number": col.text_of(self._cell(self.number_attribute).take(rows)),
            "kind": col.category_of(self._kind().take(rows)),
            "status": col.category_of(self._status(col.reworded(control.distinct(), pa.array(status, pa.string()))).take(rows)),
            "school": col.category_of(self._school().take(rows)),
            "created_on": created[rows],
            "last_used_on": self._days("lastLogonTimestamp", rows),
            "password_set_on": self._days("pwdLastSet", rows),
            "password_rule": col.category_of(col.reworded(control.distinct(), pa.array(rules, pa.string())).take(rows)),
            "expires_on": self._days("accountExpires", rows, ends=True),
            "row": cells.raw.lines[rows],
        }
        return table.frame(filled, source=self.origin.source, file=cells.raw.file)

    def _grants(self, rows: npt.NDArray[np.intp], accounts: pd.Series[Any], known: Groups) -> pd.DataFrame:
        """One row for every group held. Worked out once for every distinct list of groups."""
        member_of, primary = self._cell("memberOf").take(rows), self._cell("primaryGroupID").take(rows)
        table = TABLES["grants"]
        if not len(rows):
            return table.empty()
        codes, first = col.grouped([member_of, primary])
        lists, primaries = member_of.words.to_pylist(), primary.words.to_pylist()
        held: list[list[Held]] = []
        for row in first.tolist():
            direct = self._values(lists[member_of.codes[row]])
            rid = primaries[primary.codes[row]]
            extra, name = self._primary(rid, known)
            items = known.held([*direct, *extra])
            if name and all(item.right != name for item in items):
                items.append(Held(name, None))
            held.append(items)
        flat = [item for items in held for item in items]
        counts = np.array([len(items) for items in held], dtype=np.intp)
        starts = np.cumsum(counts) - counts
        per_row = counts[codes]
        before = np.cumsum(per_row) - per_row
        # A large board holds a million groups: 32 bits a place, and no array more than it takes.
        owners = np.repeat(np.arange(len(rows), dtype=np.int32), per_row)
        places = np.repeat((starts[codes] - before).astype(np.int32), per_row)
        places += np.arange(len(owners), dtype=np.int32)
        rights = pa.array([item.right for item in flat], pa.string()).dictionary_encode()
        vias = pa.array([item.via for item in flat], pa.large_string())
        return table.frame({
            "system": repeated(self.system, len(owners)),
            "account": categorised(accounts).take(owners),
            "right": col.category_of(Column(rights.indices.to_numpy()[places], rights.dictionary)),
            "scope": repeated("unknown", len(owners)),
            "via": text_array(vias.take(pa.array(places))),
            "row": self.cells.raw.lines[rows][owners],
        }, source=self.origin.source, file=self.cells.raw.file)

    def _primary(self, rid: str, known: Groups) -> tuple[list[str], str | None]:
        """The DN of the primary group when the export has it, else its well-known name: memberOf leaves it out."""
        if not rid:
            return [], None
        try:
            number = ad.number_of(rid)
        except ValueError:
            self.cells.fault("value_not_number", None, "primaryGroupID")
            return [], None
        if number in known.by_rid:
            return [known.by_rid[number]], None
        name = ad.primary_group_of(rid)
        same = [dn for dn, group in known.names.items() if group.casefold() == name.casefold()]
        return (same[:1], None) if same else ([], name)

    def _rights(self, rows: npt.NDArray[np.intp], known: Groups, grants: pd.DataFrame) -> pd.DataFrame:
        own = [known.names[dn.casefold()] for dn in self._texts("DN", rows)]
        shown = dict(zip(own, self._texts("displayName", rows), strict=True))
        lines = dict(zip(own, self.cells.raw.lines[rows].tolist(), strict=True))
        names = sorted({*known.names.values(), *grants["right"].cat.categories})
        declared = frozenset(name.strip().casefold() for name in self.origin.options.get("privileged", "").split(",") if name.strip())
        return TABLES["rights"].frame({
            "system": [self.system] * len(names),
            "right": names,
            "name": [shown.get(name) or name for name in names],
            "kind": ["group"] * len(names),
            "is_privileged": pd.array([is_privileged(name, self.sids.get(name), declared) or None for name in names], dtype="boolean"),
            "row": [lines.get(name, -1) for name in names],
        }, source=self.origin.source, file=self.cells.raw.file)

    def _kind(self) -> Column:
        """The kind that was worked out for each entry, else the one of them all."""
        rest = col.constant(self.origin.options.get("kind", "unknown"), len(self.cells.raw))
        return col.first_filled([self._cell(KIND), rest])

    def _status(self, status: Column) -> Column:
        """A deleted account keeps its other attributes, userAccountControl among them."""
        deleted = col.changed(self._cell("isDeleted"), lambda text: "deleted" if text.casefold() == "true" else "")
        return col.first_filled([deleted, status])

    def _school(self) -> Column:
        pattern = self.origin.options.get("school")
        if not pattern:
            return col.constant("", len(self.cells.raw))
        return col.extracted(self._cell(self.origin.options.get("school_attribute", "DN")), pattern)

    def _days(self, attribute: str, rows: npt.NDArray[np.intp], ends: bool = False) -> npt.NDArray[np.datetime64]:
        """FILETIMEs as days, worked out for whole columns: hardly two are equal."""
        column = self._cell(attribute)
        texts = pc.if_else(pc.equal(column.held, ""), "0", column.held)
        try:
            ticks = pc.cast(texts, pa.int64()).to_numpy()
            days = days_of_filetimes(ticks, ends)
        except (pa.ArrowInvalid, ValueError):
            self.cells.converter.each(self._only(attribute, rows), attribute, _filetime, 0, "value_not_instant")
            return np.full(len(rows), _NEVER)
        found: npt.NDArray[np.datetime64] = column.per_row(days)[rows]
        return found

    def _only(self, attribute: str, rows: npt.NDArray[np.intp]) -> Column:
        """The column with cells of other rows emptied: what a computer holds there is no fault of ours to find."""
        chosen = np.ones(len(self.cells.raw), dtype=bool)
        chosen[rows] = False
        return col.emptied(self._cell(attribute), chosen) if chosen.any() else self._cell(attribute)

    def _texts(self, attribute: str, rows: npt.NDArray[np.intp]) -> list[str]:
        return self._cell(attribute).take(rows).texts()

    def _values(self, text: str) -> list[str]:
        return [part.strip() for part in self.separator.split(text) if part.strip()]


def common_name(dn: str) -> str:
    """Given a DN, return the value of its first part, the DN itself if it is none."""
    try:
        return parts_of(dn)[0][1]
    except (ValueError, IndexError):
        return dn


def _instant(text: str) -> np.datetime64:
    day = day_of_generalised_time(text)
    return _NEVER if day is None else np.datetime64(day, "s")


def _filetime(text: str) -> int:
    number = ad.number_of(text)
    if not 0 <= number <= NEVER:
        raise ValueError("no instant the directory can hold")
    return number
