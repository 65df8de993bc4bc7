"""What is asked of a directory: filters, attributes, and what the domain says of itself. Every value in a filter is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ldap3.protocol.microsoft import extended_dn_control, show_deleted_control
from ldap3.utils.conv import escape_filter_chars

from auditor.model.errors import ConnectorError
from connectors.active_directory.at_once import Rows
from connectors.active_directory.ber import Entry
from connectors.active_directory.client import BASE, Failed, Session, connect
from connectors.active_directory.foreign import Foreign
from connectors.active_directory.names import key_of
from connectors.active_directory.settings import DirectorySettings
from connectors.active_directory.stream import Deadline

USERS = "(sAMAccountType=805306368)"
"""People and what looks like them; indexed in every domain. Computers and trusts have other types (MS-SAMR 2.2.1.9)."""

GROUPS = "(objectClass=group)"
PLAIN = (
    "sAMAccountName", "userPrincipalName", "displayName", "mail", "userAccountControl", "accountExpires", "pwdLastSet", "lastLogonTimestamp",
    "whenCreated", "primaryGroupID", "objectGUID",
)
"""Attributes of users that the tables need; the personnel number's and the school's come with them, and nothing else is asked for."""

OF_GROUPS = ("sAMAccountName", "displayName", "objectGUID", "objectSid", "member")
LOCKED = 0x10
USUAL_LAG = 14
"""Days that lastLogonTimestamp lags behind unless a domain sets another number (MS-ADA1); what the rule about unused accounts reckons with."""

_COMPUTED = "msDS-User-Account-Control-Computed"
_EXTENDED = re.compile(rb"<GUID=([0-9a-fA-F-]{36})>;(?:<SID=(S-[0-9-]+)>;)?(.*)", re.DOTALL)
_OF_CONTROLLER = ("ldap_busy", "ldap_unwilling", "ldap_cut", "ldap_silent", "ldap_malformed", "ldap_refused")
"""What is wrong with one controller, and need not be with the next."""

_DAY = 864_000_000_000


@dataclass(frozen=True)
class Domain:
    """What a domain says of itself. base: its DN; logon_lag: days lastLogonTimestamp may lag behind (MS-ADA1: 14 unless set, 0: exact);
    passwords_expire: whether its policy lets them, None: not told; told_at: the controller's own clock, None: not told."""

    base: str
    logon_lag: int
    passwords_expire: bool | None
    told_at: datetime | None


def enter(settings: DirectorySettings, deadline: Deadline) -> tuple[Session, Domain]:
    """Given the settings and the deadline, return a session with the first controller that lets us in and answers, and what it says of the
    domain. Raise ConnectorError if there is none, or what is looked for is not in the domain."""
    failed: tuple[Failed, ...] = ()
    left = settings.controllers
    while True:
        session = connect(replace(settings, controllers=left), deadline)
        session.failed = (*failed, *session.failed)
        try:
            return session, domain_of_session(session, settings)
        except ConnectorError as error:
            session.close()
            left = left[left.index(session.controller) + 1:]
            if error.reason.code not in _OF_CONTROLLER or not left:
                raise
            failed = (*session.failed, Failed(session.controller, error.reason))


def domain_of_session(session: Session, settings: DirectorySettings) -> Domain:
    """Given a session and the settings, return the domain. Raise ConnectorError if a place to look is not there."""
    root = session.one("", ["defaultNamingContext", "currentTime"])
    base = settings.base or _text(root, "defaultNamingContext")
    if not base:
        raise ConnectorError("ldap_no_base", server=str(session.controller))
    head = session.one(base, ["msDS-LogonTimeSyncInterval", "maxPwdAge"])
    for place in (*settings.user_bases, *settings.group_bases):
        session.one(place, ["objectClass"])
    lag, age = _text(head, "msDS-LogonTimeSyncInterval"), _text(head, "maxPwdAge")
    # 0 and the smallest number both mean never (MS-ADA2 maxPwdAge).
    expire = None if not age else -(1 << 63) < int(age) < 0
    return Domain(base, int(lag) if lag else USUAL_LAG, expire, _instant(_text(root, "currentTime")))


def attributes_of_users(settings: DirectorySettings) -> tuple[str, ...]:
    """Given the settings, return the attributes asked of users."""
    more = [settings.number, *([] if settings.school is None or settings.school_attribute == "DN" else [settings.school_attribute])]
    return (*PLAIN, *(name for name in dict.fromkeys(more) if name not in PLAIN))


def users(session: Session, settings: DirectorySettings, domain: Domain) -> Iterator[Rows]:
    """Given a session, yield the users, part by part."""
    condition = f"(&{USERS}{settings.user_filter})" if settings.user_filter else USERS
    for base in settings.user_bases or (domain.base,):
        yield from session.rows(base, condition, attributes_of_users(settings))


def groups(session: Session, settings: DirectorySettings, domain: Domain) -> Iterator[list[Entry]]:
    """Given a session, yield the groups with all their members."""
    for base in settings.group_bases or (domain.base,):
        yield from session.search(base, GROUPS, OF_GROUPS)


def is_filled(session: Session, settings: DirectorySettings, domain: Domain, attribute: str) -> bool:
    """Given a session and an attribute of users, return whether we see it with any of them."""
    condition = f"(&{USERS}({attribute}=*){settings.user_filter or ''})"
    return any(any(session.search(base, condition, ["objectClass"])) for base in settings.user_bases or (domain.base,))


def some_groups(session: Session, settings: DirectorySettings, domain: Domain, count: int) -> list[str]:
    """Given a session and how many, return the DNs of so many groups, or fewer."""
    found: list[str] = []
    for base in settings.group_bases or (domain.base,):
        for page in session.search(base, GROUPS, ["objectClass"]):
            found += [dn.decode("utf-8", "replace") for dn, _ in page[:count - len(found)]]
            if len(found) == count:
                return found
    return found


def deleted_users(session: Session, settings: DirectorySettings, domain: Domain) -> Iterator[Rows]:
    """Given a session, yield the deleted users that the directory still keeps (60 to 180 days)."""
    # A deleted account loses its sAMAccountType, its classes stay (MS-ADTS 3.1.1.5.5.1.1).
    yield from session.rows(
        domain.base, "(&(isDeleted=TRUE)(objectClass=user)(!(objectClass=computer)))", (*attributes_of_users(settings), "isDeleted"),
        controls=[show_deleted_control(True)])


def sees_deleted(session: Session, domain: Domain) -> bool:
    """Given a session, return whether we may read what is deleted: by default only administrators may, and nobody else is told so."""
    return bool(session.one(f"CN=Deleted Objects,{domain.base}", ["isDeleted"], [show_deleted_control(True)]))


def locked(session: Session, domain: Domain) -> int:
    """Given a session, return how many accounts are locked now. Computed by the controller, and dear: asked only of those that once were."""
    count = 0
    for page in session.search(domain.base, f"(&{USERS}(lockoutTime>=1))", [_COMPUTED]):
        count += sum(int(_text(values, _COMPUTED) or 0) & LOCKED != 0 for _, values in page)
    return count


def elsewhere(session: Session, group: str, members: set[bytes]) -> Iterator[Foreign]:
    """Given a group's DN and the folded DNs of its members from other domains, yield those with their SID, as the controller knows it."""
    for page in session.search(group, GROUPS, ["member"], BASE, [extended_dn_control(True, False)]):
        for _, values in page:
            for value in values.get("member", []):
                found = _EXTENDED.fullmatch(value)
                if found and found[2] and key_of(found[3]) in members:
                    yield Foreign(found[2].decode(), found[1].decode().lower(), (group,))


def own_groups(session: Session, domain: Domain, user: str) -> dict[str, list[bytes]]:
    """Given how we logged in (UPN, DOMAIN\\login or DN), return the SIDs of all groups we are in as `tokenGroups`; nothing if that is not told."""
    wanted = ["tokenGroups"]
    # Computed by the controller, and only for one entry at a time.
    if "=" in user:
        return session.one(user, wanted)
    login = escape_filter_chars(user.rpartition("\\")[2])
    name = escape_filter_chars(user.partition("@")[0]) if "\\" not in user else login
    for page in session.search(domain.base, f"(&(objectClass=user)(|(userPrincipalName={login})(sAMAccountName={name})))", ["objectClass"]):
        for dn, _ in page:
            return session.one(dn.decode(), wanted)
    return {}


def _text(values: dict[str, list[bytes]], name: str) -> str:
    held = values.get(name)
    return held[0].decode("utf-8", "replace") if held else ""


def _instant(text: str) -> datetime | None:
    try:
        return datetime.strptime(f"{text[:14]}+0000", "%Y%m%d%H%M%S%z")
    except ValueError:
        return None

