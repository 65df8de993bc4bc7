"""Distinguished names (RFC 4514): commas and escapes inside names are common, so a DN is parsed, never split."""

from __future__ import annotations

import re
from functools import lru_cache

_TYPE = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*")
_ESCAPED = re.compile(r'["#+,;<=>\\\r\n\0]')
_ESCAPABLE = set(' "#+,;<=>\\')


def parts_of(dn: str) -> list[tuple[str, str]]:
    """Given a DN, return its (attribute type in capitals, value) pairs, most specific first; [] for the empty DN.

    The pairs of a multi-valued RDN (joined by +) follow each other. Raise ValueError if it is not a DN of RFC 4514.
    """
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(dn) or found:
        kind = _TYPE.match(dn, at)
        if not kind:
            raise ValueError("not a distinguished name")
        value, at = _value(dn, kind.end())
        found.append((kind[1].upper(), value))
        if at == len(dn):
            break
        at += 1
    return found


def domain_of(dn: str) -> str:
    """Given a DN, return the DNS name of its domain, e.g. school.test; "" if it names none. Raise ValueError if it is not a DN."""
    return ".".join(value.casefold() for kind, value in parts_of(dn) if kind == "DC")


def key_of(dn: bytes) -> bytes:
    """Given a DN, return it as it is compared: folded, and its escapes written one way (RFC 4514 knows two for a comma)."""
    return _rewritten(dn) if b"\\" in dn else dn.lower()


@lru_cache(maxsize=1 << 14)  # who has a comma in the name is met once for every group
def _rewritten(dn: bytes) -> bytes:
    try:
        parts = parts_of(dn.decode())
    except ValueError:
        return dn.lower()
    return ",".join(f"{kind}={_ESCAPED.sub(_as_hex, value)}" for kind, value in parts).lower().encode()


def _as_hex(found: re.Match[str]) -> str:
    return f"\\{ord(found[0]):02x}"


def _value(dn: str, at: int) -> tuple[str, int]:
    """The value that starts at `at`, and the position of the separator after it (or the end)."""
    if dn.startswith("#", at):
        end = next((place for place in range(at, len(dn)) if dn[place] in ",+"), len(dn))
        return _text(bytes.fromhex(dn[at + 1:end])), end
    raw = bytearray()
    kept = 0  # spaces after this many bytes are padding, unless escaped
    while at < len(dn) and dn[at] not in ",+":
        sign = dn[at]
        if sign == "\\":
            following = dn[at + 1:at + 3]
            if following[:1] and following[0] in _ESCAPABLE:
                raw += following[0].encode()
                at += 2
            elif re.fullmatch(r"[0-9A-Fa-f]{2}", following):
                raw.append(int(following, 16))
                at += 3
            else:
                raise ValueError("not a distinguished name")
            kept = len(raw)
            continue
        if sign in '";<>\0':
            raise ValueError("not a distinguished name")
        raw += sign.encode()
        kept = len(raw) if sign != " " else kept
        at += 1
    return _text(bytes(raw[:kept])), at


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise ValueError("not a distinguished name") from None
