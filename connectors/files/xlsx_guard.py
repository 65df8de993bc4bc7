"""Looks at a workbook's table of contents before anything is unpacked: bombs are refused in milliseconds.

Limits of one member, of all, of the ratio and of the number of members are those of promise T8 (OWASP ASVS 5.2.3).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from auditor.model.errors import Fault, InputError

ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, OSError, EOFError, ValueError, OverflowError)
"""What zipfile raises on a zip that is damaged, or made to look so: offsets before the file, headers cut short, methods it does not know."""
ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""No spreadsheet or roster packs otherwise; unpacking LZMA may ask for gigabytes at once."""
MIB = 1 << 20
MEMBER_LIMIT = 100 * MIB
TOTAL_LIMIT = 200 * MIB
RATIO_LIMIT = 100
RATIO_FROM = 1 * MIB
"""A ratio says nothing of a small member: an empty sheet of 2 kB may well pack a hundred times."""
MEMBERS_LIMIT = 200

_HEAD = 4096
_DIRECTORY_LIMIT = 1 * MIB
_END = b"PK\x05\x06"
_END_SIZE = 22
_FULL = 65_535
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def guard(data: bytes, file: str) -> None:
    """Given the bytes of a workbook and its name, return if it may be unpacked. Raise InputError if it is no workbook, or a bomb."""
    if data.startswith(_OLD_EXCEL):
        raise InputError([Fault(file, "xlsx_old_or_locked")])
    archive = _opened(data, file)
    faults = [fault for info in archive.infolist() if (fault := _fault_of(info, file))]
    total = sum(info.file_size for info in archive.infolist())
    if total > TOTAL_LIMIT:
        faults.append(Fault(file, "xlsx_too_large", facts={"size": total // MIB, "limit": TOTAL_LIMIT // MIB}))
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/worksheets/") for name in names):
        faults.append(Fault(file, "xlsx_not_a_workbook"))
    faults = faults or [Fault(file, "xlsx_doctype", facts={"member": name}) for name in sorted(names) if _has_doctype(archive, name)]
    if faults:
        raise InputError(faults)


def members_told(data: bytes) -> int | None:
    """Given the bytes of a zip, return how many members it says it has, before anybody lists them: a table of contents can itself be the
    bomb. One that is larger than any honest one counts as full; None if it has none."""
    # Found where zipfile finds it, so that no other end can be shown to us than is read later.
    is_bare = data[-_END_SIZE:].startswith(_END) and data.endswith(b"\0\0")
    end = len(data) - _END_SIZE if is_bare else data.rfind(_END, max(len(data) - _END_SIZE - 65_535, 0))
    if end < 0 or len(data) < _END_SIZE:
        return None
    count, directory = (int.from_bytes(data[end + at : end + at + size], "little") for at, size in ((10, 2), (12, 4)))
    return _FULL if directory > _DIRECTORY_LIMIT else count


def _opened(data: bytes, file: str) -> zipfile.ZipFile:
    count = members_told(data)
    if not data.startswith(b"PK") or count is None:
        raise InputError([Fault(file, "xlsx_not_a_workbook")])
    if count > MEMBERS_LIMIT:
        raise InputError([Fault(file, "xlsx_many_members", facts={"members": count, "limit": MEMBERS_LIMIT})])
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except ZIP_DAMAGE:
        raise InputError([Fault(file, "xlsx_damaged")]) from None
    if len(archive.infolist()) > MEMBERS_LIMIT:
        raise InputError([Fault(file, "xlsx_many_members", facts={"members": len(archive.infolist()), "limit": MEMBERS_LIMIT})])
    return archive


def _fault_of(info: zipfile.ZipInfo, file: str) -> Fault | None:
    if info.flag_bits & 1:
        return Fault(file, "xlsx_old_or_locked")
    if info.compress_type not in ZIP_METHODS:
        return Fault(file, "xlsx_damaged")
    if info.file_size > MEMBER_LIMIT:
        return Fault(file, "xlsx_too_large", facts={"size": info.file_size // MIB, "limit": MEMBER_LIMIT // MIB})
    if info.file_size > RATIO_FROM and info.file_size > RATIO_LIMIT * max(info.compress_size, 1):
        return Fault(file, "xlsx_ratio", facts={"limit": RATIO_LIMIT})
    return None


def _has_doctype(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether an XML member opens with a DOCTYPE; one hidden behind a long comment is found by the child, which parses the prolog."""
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return False
    try:
        with archive.open(name) as member:
            head = member.read(_HEAD)
    except ZIP_DAMAGE:
        return False  # the child says so, with the member's name
    return b"<!doctype" in head.replace(b"\0", b"").lower()
