"""Bytes to UTF-8, strictly: an encoding is declared, never guessed beyond what was declared."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

from auditor.model.errors import Fault, InputError, Reason

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ENCODINGS = ("utf-8", "cp1252", "utf-16")

_MOJIBAKE = re.compile(rb"\xc3\x83[\xc2\xe2\xc5]|\xc3\xa2\xe2\x82\xac")
"""In UTF-8: "Ã" before what UTF-8 bytes look like in Windows-1252, and the beginning of a curly quote read so."""

_ENDS_OF_MOJIBAKE = (b"\x83", b"\xac")
"""One of these bytes is in whatever the pattern finds. A single byte is found five times as fast, and few files hold one."""

_HIGH_CONTROLS = bytes(range(0x80, 0xA0))


@dataclass(frozen=True)
class Decoded:
    """utf8: the file as UTF-8 without mark; encoding: which of the declared ones it was; notes: signs of text that was read wrong."""

    utf8: bytes
    encoding: str
    notes: tuple[Reason, ...] = ()


def decode(data: bytes, file: str, encodings: tuple[str, ...]) -> Decoded:
    """Given a file's bytes and the declared encodings in order, return it as UTF-8 in the first that fits.

    A byte order mark decides by itself. Raise InputError if there is a NUL, if no declared encoding fits, or if the file is UTF-16 and
    that was not declared; the fault names the line and the place of the first byte that does not fit.
    """
    if data[:2] in UTF16_MARKS:
        return _utf16(data, file, encodings)
    at = data.find(b"\0")
    if at >= 0:
        raise InputError([Fault(file, "text_nul", line_at(data, at), facts={"offset": at})])
    if data.startswith(UTF8_MARK):
        utf8, encoding = _utf8(data, file, "utf-8").removeprefix(UTF8_MARK), "utf-8"
    elif data.isascii():
        utf8, encoding = data, next(name for name in encodings if name != "utf-16")
    else:
        utf8, encoding = _first_that_fits(data, file, encodings)
    return Decoded(utf8, encoding, _signs_of_mojibake(utf8))


def line_at(data: bytes, offset: int) -> int:
    """Given bytes and an offset in them, return the 1-based line it lies on."""
    return data.count(b"\n", 0, offset) + 1


def _first_that_fits(data: bytes, file: str, encodings: tuple[str, ...]) -> tuple[bytes, str]:
    candidates = [name for name in encodings if name != "utf-16"]
    for name in candidates[:-1]:
        try:
            return _encoded(data, name), name
        except UnicodeDecodeError:
            continue
    last = candidates[-1]
    try:
        return _encoded(data, last), last
    except UnicodeDecodeError as error:
        raise InputError([_undecodable(data, file, error.start, ", ".join(candidates))]) from None


def _encoded(data: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        if not _is_utf8(data):
            data.decode("utf-8")  # raises, and tells where
        return data
    if len(data.translate(None, _HIGH_CONTROLS)) == len(data):
        return data.decode("latin-1").encode()  # equal to cp1252 without these bytes, and four times as fast
    return data.decode(encoding).encode()


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8: pyarrow looks at them as the one text of a column, and makes no copy of it."""
    texts = pa.Array.from_buffers(pa.large_string(), 1, [None, pa.array([0, len(data)], pa.int64()).buffers()[1], pa.py_buffer(data)])
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _utf8(data: bytes, file: str, encoding: str) -> bytes:
    try:
        return _encoded(data, encoding)
    except UnicodeDecodeError as error:
        raise InputError([_undecodable(data, file, error.start, encoding)]) from None


def _utf16(data: bytes, file: str, encodings: tuple[str, ...]) -> Decoded:
    if "utf-16" not in encodings:
        raise InputError([Fault(file, "text_utf16", facts={"encodings": ", ".join(encodings)})])
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError as error:
        before = data[: error.start - error.start % 2].decode("utf-16", errors="replace")
        raise InputError([Fault(file, "text_undecodable", before.count("\n") + 1, facts={"offset": error.start, "encodings": "utf-16"})]) from None
    at = text.find("\0")
    if at >= 0:
        raise InputError([Fault(file, "text_nul", text.count("\n", 0, at) + 1, facts={"offset": 2 * at + 2})])
    utf8 = text.encode()
    return Decoded(utf8, "utf-16", _signs_of_mojibake(utf8))


def _undecodable(data: bytes, file: str, offset: int, encodings: str) -> Fault:
    return Fault(file, "text_undecodable", line_at(data, offset), facts={"offset": offset, "encodings": encodings})


def _signs_of_mojibake(utf8: bytes) -> tuple[Reason, ...]:
    if not any(sign in utf8 for sign in _ENDS_OF_MOJIBAKE):
        return ()
    found = _MOJIBAKE.search(utf8)
    return (Reason("mojibake", {"line": line_at(utf8, found.start())}),) if found else ()
