"""The value of one LDIF line: plain, base64, or refused."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much is accepted, in bytes. file: of one file; value: of one value, decoded (a photo is some hundred kilobytes)."""

    file: int = 1 << 30
    value: int = 1 << 20


class BadValue(Exception):
    """A value that cannot be taken; `code` is its fault."""

    def __init__(self, code: str, **facts: int) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


def value_of(rest: bytes, limit: int) -> bytes:
    """Given what follows the name and its first colon, return the value. Raise BadValue if it is a URL, no base64, or too large.

    A URL is never followed: a file of others would decide which file of ours is read (RFC 2849 warns of it).
    """
    if rest.startswith(b"<"):
        raise BadValue("ldif_url")
    if not rest.startswith(b":"):
        value = rest.lstrip(b" ")
    elif len(rest) > limit * 2:
        raise BadValue("ldif_value_too_large", limit=limit)
    else:
        try:
            value = base64.b64decode(rest[1:].strip(b" "), validate=True)
        except binascii.Error:
            raise BadValue("ldif_base64") from None
    if len(value) > limit:
        raise BadValue("ldif_value_too_large", limit=limit)
    return value
