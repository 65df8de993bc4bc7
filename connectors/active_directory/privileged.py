"""Which groups can change others' rights or the directory itself: by SID, since a name can be translated, changed or taken by another group.

The protected groups of Active Directory (Microsoft Learn, "Appendix C: Protected Accounts and Groups in Active Directory"), and the owners
of group policies. DnsAdmins has no SID of its own in every domain and is known by name only.
"""

from __future__ import annotations

from collections.abc import Collection

_DOMAIN = frozenset({512, 516, 518, 519, 520, 521, 526, 527})
_BUILTIN = frozenset({544, 548, 549, 550, 551, 552})
_NAMES_WITHOUT_SID = frozenset({"dnsadmins"})
_NAMES = _NAMES_WITHOUT_SID | frozenset(name.casefold() for name in (
    "Domain Admins", "Enterprise Admins", "Schema Admins", "Administrators", "Account Operators", "Server Operators", "Backup Operators",
    "Print Operators", "Group Policy Creator Owners", "Key Admins", "Enterprise Key Admins", "Domeinadministrators",
    "Ondernemingsadministrators", "Schema-administrators",
))
"""For exports that do not have the SID: in an English and a Dutch directory."""


def is_privileged_sid(sid: str) -> bool:
    """Given a SID as text, return whether it is that of a privileged group, in whatever domain."""
    authority, _, last = sid.rpartition("-")
    if not last.isdigit():
        return False
    if authority == "S-1-5-32":
        return int(last) in _BUILTIN
    return authority.startswith("S-1-5-21-") and int(last) in _DOMAIN


def is_privileged(name: str, sid: str | None, declared: Collection[str] = ()) -> bool:
    """Given a group's name, its SID (None: not known) and the folded names the board adds, return whether it is privileged."""
    folded = name.casefold()
    if folded in declared or folded in _NAMES_WITHOUT_SID:
        return True
    return is_privileged_sid(sid) if sid is not None else folded in _NAMES
