"""Entries of the live directory as the columns of text that an export has, so that one mapping reads both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from auditor.model.errors import Fault, InputError
from connectors.active_directory.at_once import Rows
from connectors.active_directory.ber import Entry
from connectors.active_directory.foreign import Foreign
from connectors.active_directory.names import domain_of, key_of, parts_of
from connectors.active_directory.settings import UnderKind
from connectors.files.directory import KIND
from connectors.files.layout import Header, Layout, Title
from connectors.files.raw import RawTable, column_of

SEPARATOR = "\n"
"""Between the groups of one entry: a DN has no line break of its own."""

_BINARY = ("objectGUID", "objectSid")
_FOREIGN = "foreignsecurityprincipals"


class Memberships:
    """Which groups an entry is a direct member of, turned round from the groups' members. Looked up by DN, see key_of."""

    def __init__(self) -> None:
        self.groups: list[Entry] = []
        self._names: list[str] = []
        self._of: dict[bytes, list[int]] = {}

    def add(self, page: Iterable[Entry]) -> None:
        """Given groups, remember whom they hold; their members are let go of."""
        of = self._of
        for dn, values in page:
            place = len(self._names)
            self._names.append(dn.decode("utf-8", "replace"))
            for member in values.pop("member", ()):
                folded = key_of(member)
                if folded in of:
                    of[folded].append(place)
                else:
                    of[folded] = [place]
            self.groups.append((dn, values))

    def rows(self) -> Rows:
        """The groups themselves."""
        names = dict.fromkeys(name for _, values in self.groups for name in values)
        return Rows(
            pa.array([dn for dn, _ in self.groups], pa.binary()),
            {name: pa.array([(values.get(name) or [b""])[0] for _, values in self.groups], pa.binary()) for name in names})

    def take(self, dn: bytes) -> str:
        """Given a DN, return the DNs of its groups with SEPARATOR between them; it is then no member left over."""
        return SEPARATOR.join([self._names[place] for place in self._of.pop(key_of(dn), ())])

    def left_over(self, base: str) -> tuple[list[Foreign], dict[str, set[bytes]], int]:
        """Given the domain's DN, return the members nobody took: those whose SID is their name (from a trusted domain), those of other
        domains of the forest by group, and how many others (computers, contacts, what lies outside the places looked in)."""
        home = domain_of(base)
        known: list[Foreign] = []
        others: dict[str, set[bytes]] = {}
        unread = 0
        for folded, places in self._of.items():
            dn = folded.decode("utf-8", "replace")
            try:
                parts, domain = parts_of(dn), domain_of(dn)
            except ValueError:
                unread += 1
                continue
            if domain == home and len(parts) > 1 and parts[1][1].casefold() == _FOREIGN:
                sid = parts[0][1].upper()
                if sid.startswith("S-1-5-21-"):  # the others are everybody, every authenticated user and the like
                    known.append(Foreign(sid, None, tuple(self._names[place] for place in places)))
            elif domain != home:
                for place in places:
                    others.setdefault(self._names[place], set()).add(folded)
            else:
                unread += 1
        return known, others, unread

    def names_of(self, sids: Sequence[str], base: str) -> list[str]:
        """Given SIDs that mean everybody, return the names of the groups they are members of."""
        found = [self._of.get(f"cn={sid},cn={_FOREIGN},{base}".lower().encode(), []) for sid in sids]
        return sorted({parts_of(self._names[place])[0][1] for places in found for place in places})


class Columns:
    """Entries under each other, each attribute a column; one value an attribute, since those that may have more are not asked for."""

    def __init__(self, file: str, attributes: Sequence[str], kinds: Sequence[UnderKind]) -> None:
        self._file = file
        self._attributes = tuple(name for name in attributes if name != "member")
        self._kinds = sorted(((f",{rule.under.casefold()},", rule.kind) for rule in kinds), key=lambda rule: -len(rule[0]))
        self._chunks: dict[str, list[pa.Array]] = {name: [] for name in ("DN", "objectClass", "memberOf", KIND, *self._attributes)}
        self.rows = 0

    def add(self, rows: Rows, kind: str, memberships: Memberships) -> None:
        """Given entries and what they are (user or group), put them under the others. Raise InputError if a text is no UTF-8."""
        if not len(rows):
            return
        dns = rows.dns.to_pylist()
        self._put("DN", rows.dns)
        self._put("objectClass", pa.array([kind] * len(dns), pa.string()))
        self._put("memberOf", pa.array([memberships.take(dn) for dn in dns], pa.string()))
        self._put(KIND, pa.array([self._kind(dn) for dn in dns] if self._kinds else [""] * len(dns), pa.string()))
        for name in self._attributes:
            held = rows.columns.get(name)
            if held is None:
                held = pa.array([b""] * len(dns), pa.binary())
            elif name in _BINARY:
                held = pa.array([f"X'{value.hex()}'" if value else "" for value in held.to_pylist()], pa.string())
            self._put(name, held)
        self.rows += len(dns)

    def table(self) -> RawTable:
        """Return everything as columns of text. What was added is let go of."""
        columns = {name: column_of(self._chunks.pop(name)) for name in tuple(self._chunks)}
        return RawTable(self._file, tuple(columns), columns, np.full(self.rows, -1, dtype=np.int32), encoding="utf-8")

    def _put(self, name: str, values: pa.Array) -> None:
        try:
            self._chunks[name].append(values.cast(pa.string()).dictionary_encode())
        except pa.ArrowInvalid:
            raise InputError([Fault(self._file, "ldap_not_text", column=name)]) from None

    def _kind(self, dn: bytes) -> str:
        folded = dn.decode("utf-8", "replace").casefold() + ","
        return next((kind for under, kind in self._kinds if under in folded), "")


def layout_of(columns: RawTable) -> Layout:
    """Given the columns, return the layout that says so: nothing here is an export's to leave out."""
    return Layout(
        name="active-directory", product="Active Directory", title=Title(nl="Active Directory", en="Active Directory"), role="system",
        formats=("ldif",), reader="directory", headers={name: Header() for name in columns.headers})
