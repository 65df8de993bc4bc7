"""Strict reading of LDIF content records (RFC 2849): whole or refused, and only the attributes asked for are kept.

Every exporter we know (ldifde, ldapsearch, slapcat, ldbsearch) closes each record with an empty line. A file that does not end in one is
taken for cut off: without that demand every cut at the end of a line would pass unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from auditor.model.errors import Fault, InputError
from connectors.ldif.values import BadValue, Limits, value_of

MOST_FAULTS = 50
"""After this many faults reading stops: a wrong file has one fault a line, and nobody reads ten thousand of them."""

_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9.-]*(;[A-Za-z0-9=*-]+)*")
_COUNTS = re.compile(rb"^# (?:numEntries: (\d+)|returned (\d+) records)[ ]*$", re.MULTILINE)

_EMPTY = re.compile(rb"\n*")
_HEAD = 4096
_COUNTING = re.compile(rb"^# (?:extended LDIF|record 1)[ ]*$", re.MULTILINE)
"""How ldapsearch and ldbsearch begin when they will count the entries at the end."""

_UNWANTED = "-"
_PIECE = ";"


@dataclass(frozen=True, slots=True)
class Record:
    """One directory entry. line: 1-based line of its dn; dn: as written, decoded; attributes: case-folded name -> values in order of
    appearance, only names that were asked for. An attribute the entry does not have is not there."""

    line: int
    dn: str
    attributes: dict[str, list[bytes]] = field(default_factory=dict)

    def first(self, name: str) -> bytes | None:
        """Given a case-folded name, return its first value, None if the entry has none."""
        values = self.attributes.get(name)
        return values[0] if values else None


def read_records(data: bytes, file: str, attributes: Iterable[str], limits: Limits | None = None) -> list[Record]:
    """Given the bytes of an LDIF file, its name and the attributes wanted, return its records in order.

    Accepted: folded lines, base64, comments, a version line, LF or CRLF, UTF-8 (or UTF-16 with its mark, as `ldifde -u` writes), and
    `changetype: add`, which ldifde puts in every exported record. Raise InputError with every fault if anything else is met: other
    change records, values by URL, a record or value list that is not whole, a record twice.
    """
    return _Reading(file, attributes, limits or Limits()).records(data)


@dataclass(frozen=True)
class _Block:
    """A run of lines between empty lines. line: 1-based number of its first line."""

    line: int
    raw: bytes

    def line_of(self, number: int) -> int:
        """Given the 0-based number of a logical line, return its 1-based line in the file."""
        starts = [place for place, text in enumerate(self.raw.split(b"\n")) if place == 0 or not text.startswith(b" ")]
        return self.line + starts[number]


class _Enough(Exception):
    """Enough faults were found."""


class _Reading:
    """One file being read: gathers records and faults."""

    def __init__(self, file: str, attributes: Iterable[str], limits: Limits) -> None:
        self.file = file
        self.wanted = {name.casefold() for name in attributes}
        self.limits = limits
        self.faults: list[Fault] = []
        self.kept: list[Record] = []
        self.seen: set[str] = set()
        self.names: dict[bytes, str] = {}
        self.unwanted: set[bytes] = set()

    def records(self, data: bytes) -> list[Record]:
        """Return the records. Raise InputError if there is any fault."""
        text = self._text(data)
        try:
            for block in _blocks(text):
                self._read(block)
        except _Enough:
            raise InputError(self.faults) from None
        if not self.faults:
            self._compare_counts(text)
            if not self.kept:
                self.faults.append(Fault(self.file, "ldif_empty"))
        if self.faults:
            raise InputError(self.faults)
        return self.kept

    def _text(self, data: bytes) -> bytes:
        """Return the file as UTF-8 with LF. Raise InputError if it cannot be LDIF at all."""
        if len(data) > self.limits.file:
            raise InputError([Fault(self.file, "ldif_too_large", facts={"limit": self.limits.file >> 20})])
        try:
            if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                data = data.decode("utf-16").encode()
            else:
                data.decode()
        except UnicodeError as error:
            at = error.start if isinstance(error, UnicodeDecodeError) else 0
            raise InputError([Fault(self.file, "ldif_not_utf8", data.count(b"\n", 0, at) + 1)]) from None
        data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        at = data.find(b"\0")
        if at >= 0:
            raise InputError([Fault(self.file, "ldif_nul", data.count(b"\n", 0, at) + 1)])
        start = data.lstrip(b"\n ")[:3].lower()
        if data and start not in (b"dn:", b"ver") and not start.startswith(b"#"):
            raise InputError([Fault(self.file, "ldif_not_ldif", 1)])
        if data and not data.endswith(b"\n\n") and not _ends_in_comment(data):
            raise InputError([Fault(self.file, "ldif_truncated", data.count(b"\n") + 1)])
        return data

    def _read(self, block: _Block) -> None:
        if block.raw.startswith(b" "):
            self._fault(block.line, "ldif_fold")
            return
        lines = block.raw.replace(b"\n ", b"").split(b"\n")
        number = 0
        while number < len(lines) and self._precedes(block, number, lines[number]):
            number += 1
        record = self._opened(block, number, lines[number]) if number < len(lines) else None
        if record is None:
            return
        for place, line in enumerate(lines[number + 1:], number + 1):
            name, colon, rest = line.partition(b":")
            if colon and name in self.unwanted and not rest.startswith(b"<"):
                continue
            if not line.startswith(b"#") and not self._add(record, name, colon, rest, block, place):
                return
        self.kept.append(record)

    def _precedes(self, block: _Block, number: int, line: bytes) -> bool:
        """Whether the line may stand before a dn: a comment, or the version line of the file."""
        if line.startswith(b"#"):
            return True
        name, _, rest = line.partition(b":")
        if name.lower() != b"version" or self.seen:
            return False
        if rest.strip() != b"1":
            self._fault(block.line_of(number), "ldif_version")
        return True

    def _opened(self, block: _Block, number: int, text: bytes) -> Record | None:
        line = block.line if number == 0 else block.line_of(number)
        name, _, rest = text.partition(b":")
        if name.lower() != b"dn":
            self._fault(line, "ldif_no_dn")
            return None
        try:
            dn = value_of(rest, self.limits.value).decode()
        except (BadValue, UnicodeDecodeError) as error:
            self._fault(line, error.code if isinstance(error, BadValue) else "ldif_not_utf8", "dn")
            return None
        folded = dn.casefold()
        if folded in self.seen:
            self._fault(line, "ldif_dn_twice")
        self.seen.add(folded)
        return Record(line, dn)

    def _add(self, record: Record, name: bytes, colon: bytes, rest: bytes, block: _Block, number: int) -> bool:
        """Put one line in the record; False when the rest of the record is not worth reading."""
        if not colon or (name not in self.names and not _NAME.fullmatch(name)):
            self._fault(block.line_of(number), "ldif_line")
            return False
        if name not in self.names:
            self.names[name] = self._wanted_as(name)
            if self.names[name] == _UNWANTED:
                self.unwanted.add(name)
        wanted = self.names[name]
        if wanted in ("changetype", "control"):
            if wanted == "control" or rest.strip().lower() != b"add":
                self._fault(block.line_of(number), "ldif_change_record")
                return False
            return True
        if wanted == _UNWANTED:
            if rest.startswith(b"<"):
                self._fault(block.line_of(number), "ldif_url", name.decode())
            return True
        if wanted == _PIECE:
            self._fault(block.line_of(number), "ldif_range", name.decode())
            return True
        try:
            record.attributes.setdefault(wanted, []).append(value_of(rest, self.limits.value))
        except BadValue as bad:
            self._fault(block.line_of(number), bad.code, wanted, **bad.facts)
        return True

    def _wanted_as(self, name: bytes) -> str:
        """The name to keep it under, _UNWANTED, or _PIECE: wanted, but part of a list of which the rest is missing."""
        base, *options = name.decode().casefold().split(";")
        if base in ("changetype", "control"):
            return base
        if base not in self.wanted:
            return _UNWANTED
        ranges = [option for option in options if option.startswith("range=")]
        if any(option != "range=0-*" for option in ranges):
            return _PIECE
        return base if set(options) <= {"binary", *ranges} else _UNWANTED

    def _compare_counts(self, text: bytes) -> None:
        counts = list(_COUNTS.finditer(text))
        if not counts and _COUNTING.search(text[:_HEAD]):
            self._fault(text.count(b"\n") + 1, "ldif_count_missing")
        for match in counts:
            told = int(match[1] or match[2])
            if told != len(self.kept):
                self._fault(text.count(b"\n", 0, match.start()) + 1, "ldif_count", None, told=told, found=len(self.kept))

    def _fault(self, line: int, code: str, column: str | None = None, **facts: int) -> None:
        self.faults.append(Fault(self.file, code, line, column, facts))
        if len(self.faults) >= MOST_FAULTS:
            raise _Enough


def _blocks(text: bytes) -> Iterator[_Block]:
    line, at = 1, 0
    while (blank := _EMPTY.match(text, at)) and blank.end() < len(text):
        line += blank.end() - at
        end = text.find(b"\n\n", blank.end())
        raw = text[blank.end() : end if end >= 0 else len(text)]
        yield _Block(line, raw.removesuffix(b"\n"))
        line, at = line + raw.count(b"\n"), blank.end() + len(raw)


def _ends_in_comment(data: bytes) -> bool:
    """ldbsearch and ldapsearch close with lines of comment that hold a count: the count then says whether the file is whole."""
    last = data.rpartition(b"\n\n")[2]
    return data.endswith(b"\n") and all(line.startswith(b"#") for line in last.splitlines()) and bool(_COUNTS.search(last))
