"""Reads LDAP's answers (RFC 4511) from bytes: one pass, nothing guessed, never outside what a length allows.

Only what a reader of directories meets: entries, references, results and the paging control. Lengths must be definite (RFC 4511, 5.1); long
forms that are longer than needed are accepted, since Windows writes every length in four bytes. Whatever else is Malformed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

BIND_ANSWER, ENTRY, DONE, REFERENCE, EXTENDED_ANSWER = 0x61, 0x64, 0x65, 0x73, 0x78
LARGEST = 64 * 1024 * 1024
"""Bytes of one message: a group of 500,000 members that comes whole is smaller."""

_SEQUENCE, _SET, _OCTETS, _INTEGER, _ENUMERATED, _BOOLEAN, _CONTROLS = 0x30, 0x31, 0x04, 0x02, 0x0A, 0x01, 0xA0
_PAGING = b"1.2.840.113556.1.4.319"

_FOUR_BYTES = 0x84
_MOST = 128 + 128 + 16


def _heads(wide: int) -> tuple[list[bytes], list[bytes], int]:
    """How an attribute of so many bytes starts, up to and with the tag of its name, and how its set of one value of so many bytes does.
    wide: how many bytes more a length takes than one. Names and values of 128 bytes or more have no place here."""

    def length(size: int) -> bytes:
        return bytes([_FOUR_BYTES]) + size.to_bytes(4, "big") if wide else bytes([size])

    few = _MOST if wide else 130
    heads = [
        bytes([_SEQUENCE]) + length(total - 2 - wide) + bytes([_OCTETS]) if 2 + wide <= total < few else b"" for total in range(_MOST + 256)]
    sets = [bytes([_SET]) + length(size + 2) + bytes([_OCTETS, size]) if wide or size < 126 else b"" for size in range(128)]
    return heads, sets, wide


_WIDE, _SHORT = _heads(4), _heads(0)
"""Windows and OpenLDAP write the length of whatever holds other elements in four bytes, Samba in as few as it takes."""

Entry = tuple[bytes, dict[str, list[bytes]]]
"""The DN, and the values of each attribute that came with it."""


class Malformed(ValueError):
    """These bytes are no LDAP answer."""


class Names(dict[bytes, str]):
    """Attribute names as they arrive -> as they were asked for; a server may write them in another case. has_options: one with an option
    (`member;range=0-1499`) has been met."""

    def __init__(self, asked: tuple[str, ...]) -> None:
        super().__init__()
        self._asked = {name.casefold(): name for name in asked}
        self.has_options = False

    def __missing__(self, raw: bytes) -> str:
        try:
            text = raw.decode("ascii")
        except UnicodeDecodeError:
            raise Malformed("an attribute's name is not ASCII") from None
        self.has_options |= ";" in text
        self[raw] = name = self._asked.get(text.casefold(), text)
        return name


class Message(NamedTuple):
    """Where the parts of one message lie. number: of the request it answers; kind: tag of the answer; start, stop: of its content;
    end: of the message, so that its controls lie from stop to end."""

    number: int
    kind: int
    start: int
    stop: int
    end: int


@dataclass(frozen=True)
class Result:
    """How an operation ended. code: RFC 4511 appendix A; text: what the server says of it."""

    code: int
    matched: str
    text: str


def message_end(data: bytes, at: int) -> int:
    """Given bytes and where a message starts, return where it ends, which may lie behind the bytes; 0 if its length has not arrived.

    Raise Malformed if no message starts there, or one larger than LARGEST.
    """
    if at >= len(data):
        return 0
    if data[at] != _SEQUENCE:
        raise Malformed("not an LDAP message")
    if at + 1 >= len(data):
        return 0
    first = data[at + 1]
    if first < 0x80:
        return at + 2 + first
    size = first & 0x7F
    if not 1 <= size <= 4:
        raise Malformed("a length is not definite")
    if at + 2 + size > len(data):
        return 0
    length = int.from_bytes(data[at + 2:at + 2 + size], "big")
    if length > LARGEST:
        raise Malformed("a message is too large")
    return at + 2 + size + length


def opened(data: bytes, at: int, end: int) -> Message:
    """Given bytes and where a whole message starts and ends (see message_end), return its parts. Raise Malformed if they do not fit."""
    try:
        length = data[at + 1]
        at += 2 if length < 0x80 else 2 + (length & 0x7F)
        if data[at] != _INTEGER:
            raise Malformed("a message has a number")
        start, length = at + 2, data[at + 1]
        if length > 127:
            length, start = _long(data, start, length)
        at = start + length
        number = _integer(data, start, at)
        kind, length = data[at], data[at + 1]
        at += 2
        if length > 127:
            length, at = _long(data, at, length)
    except IndexError:
        raise Malformed("a message ends too early") from None
    if at + length > end:
        raise Malformed("an answer's length lies")
    return Message(number, kind, at, at + length, end)


def entry(data: bytes, at: int, stop: int, names: Names) -> Entry:
    """Given bytes, where a search entry's content starts and stops, and the attribute names, return the entry.

    Raise Malformed if a length or a tag is wrong, or an attribute comes twice. Nearly every attribute has one short value and is then known by
    two comparisons with what its lengths must look like (_WIDE, _SHORT); this is where the time goes.
    """
    try:
        _, start, at = _element(data, at, stop, _OCTETS)
        dn = data[start:at]
        _, at, end = _element(data, at, stop, _SEQUENCE)
        if end != stop:
            raise Malformed("a list's length lies")
        attributes: dict[str, list[bytes]] = {}
        while at < stop:
            heads, sets, wide = _WIDE if data[at + 1] == _FOUR_BYTES else _SHORT
            start = at + 4 + wide
            after = start + data[start - 1] if start < stop else stop
            value = after + 4 + wide
            size = data[value - 1] if value <= stop else 128
            last = value + size
            if size < 128 and last <= stop and data[at:start - 1] == heads[last - at] and data[after:value] == sets[size]:
                name = names[data[start:after]]
                values = [data[value:last]]
            else:
                raw, values, last = _attribute(data, at, stop)
                name = names[raw]
            if name in attributes:
                raise Malformed("an attribute comes twice")
            attributes[name] = values
            at = last
    except IndexError:
        raise Malformed("an entry ends too early") from None
    return dn, attributes


def _attribute(data: bytes, at: int, stop: int) -> tuple[bytes, list[bytes], int]:
    """The name, the values and the end of the attribute at `at`, whatever the sizes."""
    _, at, last = _element(data, at, stop, _SEQUENCE)
    _, start, at = _element(data, at, last, _OCTETS)
    name = data[start:at]
    _, at, end = _element(data, at, last, _SET)
    if end != last:
        raise Malformed("a set's length lies")
    values: list[bytes] = []
    while at < last:
        if data[at] != _OCTETS:
            raise Malformed("a value is a string of bytes")
        length = data[at + 1]
        at += 2
        if length > 127:
            length, at = _long(data, at, length)
        end = at + length
        if end > last:
            raise Malformed("a value's length lies")
        values.append(data[at:end])
        at = end
    return name, values, last


def result(data: bytes, at: int, stop: int) -> Result:
    """Given bytes and where an operation's result starts and stops, return it. What follows the text (referrals, names) is not read."""
    _, start, at = _element(data, at, stop, _ENUMERATED)
    code = _integer(data, start, at)
    texts = []
    for _ in range(2):
        _, start, at = _element(data, at, stop, _OCTETS)
        texts.append(data[start:at].decode("utf-8", "replace"))
    return Result(code, *texts)


def cookie(data: bytes, at: int, end: int) -> bytes | None:
    """Given bytes and where a message's controls start and end, return the paging control's cookie (b"": the last page); None without one."""
    if at == end:
        return None
    _, at, stop = _element(data, at, end, _CONTROLS)
    while at < stop:
        _, inner, at = _element(data, at, stop, _SEQUENCE)
        _, start, inner = _element(data, inner, at, _OCTETS)
        name = data[start:inner]
        if inner < at and data[inner] == _BOOLEAN:
            _, _, inner = _element(data, inner, at)
        if name != _PAGING or inner == at:
            continue
        _, start, inner = _element(data, inner, at, _OCTETS)
        _, start, inner = _element(data, start, inner, _SEQUENCE)
        _, _, start = _element(data, start, inner, _INTEGER)
        _, start, inner = _element(data, start, inner, _OCTETS)
        return data[start:inner]
    return None


def _element(data: bytes, at: int, end: int, expected: int | None = None) -> tuple[int, int, int]:
    """The tag of the element at `at`, and where its content starts and stops."""
    if at + 2 > end:
        raise Malformed("an element is missing")
    tag, length = data[at], data[at + 1]
    at += 2
    if length > 127:
        length, at = _long(data, at, length)
    if at + length > end:
        raise Malformed("a length lies")
    if expected is not None and tag != expected:
        raise Malformed("an element is of another kind")
    return tag, at, at + length


def _integer(data: bytes, start: int, stop: int) -> int:
    if not 1 <= stop - start <= 4:
        raise Malformed("a number is too long")
    return int.from_bytes(data[start:stop], "big", signed=True)


def _long(data: bytes, at: int, first: int) -> tuple[int, int]:
    size = first & 0x7F
    end = at + size
    if not 1 <= size <= 4 or end > len(data):
        raise Malformed("a length is not definite")
    return int.from_bytes(data[at:end], "big"), end
