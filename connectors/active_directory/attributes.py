"""What Active Directory's attribute values mean: numbers, flags and binary keys to the words of the canonical tables.

Every function takes one value as an export or the directory gives it and raises ValueError when it is not what the attribute may hold;
absence is None. Documented in Microsoft's open specifications MS-ADTS 2.2.16 (userAccountControl) and 3.1.1 (attributes), MS-DTYP 2.4.2 (SID).
"""

from __future__ import annotations

import re

ACCOUNT_DISABLED = 0x2
PASSWORD_NOT_REQUIRED = 0x20
TRUST = 0x800 | 0x40
COMPUTER = 0x1000 | 0x2000
PASSWORD_NEVER_EXPIRES = 0x10000

_SAM_TYPES = {0x30000000: "user", 0x30000001: "computer", 0x30000002: "trust"}

WELL_KNOWN_GROUPS = {
    498: "Enterprise Read-only Domain Controllers", 512: "Domain Admins", 513: "Domain Users", 514: "Domain Guests",
    515: "Domain Computers", 516: "Domain Controllers", 517: "Cert Publishers", 518: "Schema Admins", 519: "Enterprise Admins",
    520: "Group Policy Creator Owners", 521: "Read-only Domain Controllers", 522: "Cloneable Domain Controllers",
    525: "Protected Users", 526: "Key Admins", 527: "Enterprise Key Admins", 553: "RAS and IAS Servers",
    571: "Allowed RODC Password Replication Group", 572: "Denied RODC Password Replication Group",
}
"""Groups by the last part of their SID, the same in every domain. primaryGroupID names one that memberOf leaves out: 512 hides a
domain administrator."""

_HEX = re.compile(r"X'((?:[0-9A-Fa-f]{2})*)'")
_SID = re.compile(r"S-1-\d{1,15}(-\d{1,10}){1,15}")


def number_of(value: str | int) -> int:
    """Given a number as the directory writes it, return it. Raise ValueError if it is anything but digits with an optional minus."""
    if isinstance(value, int):
        return value
    text = value.strip()
    if not re.fullmatch(r"-?[0-9]{1,20}", text):
        raise ValueError("not a whole number")
    return int(text)


def status_of(control: str | int) -> str:
    """Given userAccountControl, return `disabled` or `enabled` (an expired or locked account is not disabled)."""
    return "disabled" if number_of(control) & ACCOUNT_DISABLED else "enabled"


def password_rule_of(control: str | int) -> str:
    """Given userAccountControl, return not_required, never_expires or expires, the weakest that holds."""
    flags = number_of(control)
    if flags & PASSWORD_NOT_REQUIRED:
        return "not_required"
    return "never_expires" if flags & PASSWORD_NEVER_EXPIRES else "expires"


def class_of(sam_type: str | int | None, control: str | int | None = None) -> str | None:
    """Given sAMAccountType and userAccountControl (either may be absent), return user, computer or trust; None if it is none of them.

    sAMAccountType decides: a group managed service account is a computer there, whatever its flags say.
    """
    if sam_type is not None:
        return _SAM_TYPES.get(number_of(sam_type))
    if control is None:
        return None
    flags = number_of(control)
    if flags & TRUST:
        return "trust"
    return "computer" if flags & COMPUTER else "user"


def primary_group_of(rid: str | int) -> str:
    """Given primaryGroupID, return the group's name in an English directory; `RID-<number>` for one that is not well known."""
    number = number_of(rid)
    return WELL_KNOWN_GROUPS.get(number, f"RID-{number}")


def guid_of(value: bytes | str) -> str:
    """Given objectGUID as 16 bytes (LDAP, LDIF), X'hex' (csvde) or text, return it as lower-case text with hyphens.

    Its first three fields are little-endian in the directory: reading them in plain order gives another, wrong id.
    """
    raw = _raw(value)
    if raw is None:
        text = str(value).strip()
        if not re.fullmatch(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?", text):
            raise ValueError("not a GUID")
        return text.strip("{}").lower()
    if len(raw) != 16:
        raise ValueError("a GUID has 16 bytes")
    plain = raw.hex()
    return (f"{plain[6:8]}{plain[4:6]}{plain[2:4]}{plain[:2]}-{plain[10:12]}{plain[8:10]}-{plain[14:16]}{plain[12:14]}"
            f"-{plain[16:20]}-{plain[20:]}")


def sid_of(value: bytes | str) -> str:
    """Given objectSid as bytes, X'hex' (csvde) or text, return it as S-1-... text."""
    raw = _raw(value)
    if raw is None:
        text = str(value).strip().upper()
        if not _SID.fullmatch(text):
            raise ValueError("not a SID")
        return text
    if len(raw) < 8 or raw[0] != 1 or not 1 <= raw[1] <= 15 or len(raw) != 8 + 4 * raw[1]:
        raise ValueError("not a SID")
    parts = [int.from_bytes(raw[at:at + 4], "little") for at in range(8, len(raw), 4)]
    return "-".join(["S-1", str(int.from_bytes(raw[2:8], "big")), *map(str, parts)])


def _raw(value: bytes | str) -> bytes | None:
    if isinstance(value, bytes):
        return value
    found = _HEX.fullmatch(value.strip())
    return bytes.fromhex(found[1]) if found else None
