"""What `doctor` tells of a domain: who answers, with which certificate, which attributes we may not read, and what we could do beyond reading."""

from __future__ import annotations

import ssl
from datetime import datetime

import pyarrow.compute as pc

from auditor.model.errors import Reason
from auditor.model.reading import Permission, Permissions
from connectors.active_directory import asking
from connectors.active_directory.at_once import Rows
from connectors.active_directory.attributes import sid_of
from connectors.active_directory.client import BASE, Session
from connectors.active_directory.privileged import is_privileged_sid
from connectors.active_directory.settings import DirectorySettings

_SOON_DAYS = 30
_SOME = 3
"""Users and groups in which is looked for what we could change."""

_ALWAYS_THERE = ("sAMAccountName", "userAccountControl", "pwdLastSet", "whenCreated", "primaryGroupID", "objectGUID")
"""Every account has these: where one is absent we may not read it."""

_WRITES = ("allowedAttributesEffective", "allowedChildClassesEffective")
"""Computed by the controller for who asks: what we could change in an entry, and make under it (MS-ADTS 3.1.1.4.5.21 and further)."""


def permissions_of(session: Session, domain: asking.Domain, settings: DirectorySettings, now: datetime) -> Permissions:
    """Given a session, its domain, settings and this instant, return what is fine and what is not. Reads one page of users."""
    items = [Permission(one.reason, False) for one in session.failed]
    items.append(Permission(Reason("ldap_reached", {"server": str(session.controller), "protocol": session.protocol}), True))
    items.append(_certificate(session, now))
    sample = next(asking.users(session, settings, domain), None)
    items += [*_too_few(sample), *_never_filled(session, settings, domain)]
    if settings.deleted and not asking.sees_deleted(session, domain):
        items.append(Permission(Reason("ldap_deleted_unseen"), False))
    if domain.logon_lag > asking.USUAL_LAG:
        items.append(Permission(Reason("ldap_logon_lag_long", {"days": domain.logon_lag, "system": settings.system}), False))
    items += _too_many(session, domain, settings, sample)
    return Permissions(tuple(items))


def _certificate(session: Session, now: datetime) -> Permission:
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(session.certificate["notAfter"])), now.tzinfo)
    days = (until - now).days
    code = "ldap_certificate_good" if days > _SOON_DAYS else "ldap_certificate_soon"
    return Permission(Reason(code, {"server": str(session.controller), "day": until.date().isoformat(), "days": days}), days > _SOON_DAYS)


def _too_few(sample: Rows | None) -> list[Permission]:
    if sample is None:
        return [Permission(Reason("ldap_no_users"), False)]
    missing = {name: pc.sum(pc.equal(sample.columns[name], b"")).as_py() for name in _ALWAYS_THERE}
    items = [
        Permission(Reason("ldap_may_not_read", {"attribute": name, "count": count, "of": len(sample)}), False)
        for name, count in missing.items() if count]
    if pc.all(pc.equal(sample.columns["lastLogonTimestamp"], b"")).as_py():
        items.append(Permission(Reason("ldap_may_not_read", {"attribute": "lastLogonTimestamp", "count": len(sample), "of": len(sample)}), False))
    return items or [Permission(Reason("ldap_may_read", {"count": len(sample)}), True)]


def _never_filled(session: Session, settings: DirectorySettings, domain: asking.Domain) -> list[Permission]:
    """What may be empty with one account, and with all of them is not in use here, or hidden from us: who belongs to whom hangs on it."""
    school = [] if settings.school is None or settings.school_attribute == "DN" else [settings.school_attribute]
    return [
        Permission(Reason("ldap_never_filled", {"attribute": name}), False)
        for name in (settings.number, *school) if not asking.is_filled(session, settings, domain, name)]


def _too_many(session: Session, domain: asking.Domain, settings: DirectorySettings, sample: Rows | None) -> list[Permission]:
    sids = [sid_of(value) for value in asking.own_groups(session, domain, settings.user).get("tokenGroups", [])]
    items = []
    if held := sorted(filter(is_privileged_sid, sids)):
        items.append(Permission(Reason("ldap_privileged_account", {"user": settings.user, "groups": ", ".join(held)}), False))
    users = [dn.as_py().decode("utf-8", "replace") for dn in sample.dns[:_SOME]] if sample is not None else []
    places = [domain.base, *settings.user_bases, *settings.group_bases, *users, *asking.some_groups(session, settings, domain, _SOME)]
    for place in places:
        for page in session.search(place, "(objectClass=*)", _WRITES, BASE):
            count = sum(len(values) for _, held in page for values in held.values())
            if count:
                items.append(Permission(Reason("ldap_may_write", {"place": place, "count": count}), False))
                return items
    return items or [Permission(Reason("ldap_reads_only"), True)]
