"""A configured domain that is read live: asks, maps, and hands over pages. A read that breaks off is a partial one, never a whole one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from auditor.model.errors import AuditorError, InputError, Reason
from auditor.model.reading import Page, Permission, Permissions, Receipt
from connectors.active_directory import asking
from connectors.active_directory.checking import permissions_of
from connectors.active_directory.client import Session
from connectors.active_directory.entries import SEPARATOR, Columns, Memberships, layout_of
from connectors.active_directory.foreign import Foreign
from connectors.active_directory.instants import AMSTERDAM
from connectors.active_directory.names import domain_of
from connectors.active_directory.settings import DirectorySettings
from connectors.active_directory.stream import Deadline
from connectors.files.build import Built, Origin
from connectors.files.directory import build_directory

_EVERYBODY = ("S-1-1-0", "S-1-5-7", "S-1-5-11")
"""Everyone, anonymous, authenticated users."""

_SKEW_MINUTES = 5


class DirectoryConnector:
    """Reads one domain of Active Directory. There is no verb in it that writes."""

    def __init__(self, settings: DirectorySettings, now: datetime) -> None:
        """Given the settings of the domain and this instant (with its zone)."""
        self.settings = settings
        self.now = now

    def check(self) -> Permissions:
        """Log in and tell what can be read, what cannot, and what we could do beyond reading."""
        try:
            session, domain = asking.enter(self.settings, Deadline(self.settings.deadline))
        except AuditorError as error:
            return Permissions((Permission(error.reason, False),))
        try:
            return permissions_of(session, domain, self.settings, datetime.now(UTC))
        except AuditorError as error:
            return Permissions((Permission(error.reason, False),))
        finally:
            session.close()

    def pages(self) -> Iterator[Page]:
        """Yield an empty page as soon as the domain answers, and everything on the last one.

        Raise ConnectorError if no controller can be read, or the reading breaks off; InputError if a value cannot be what it stands for.
        """
        session, domain = asking.enter(self.settings, Deadline(self.settings.deadline))
        try:
            yield Page({})
            yield self._last_page(session, domain)
        finally:
            session.close()

    def _last_page(self, session: Session, domain: asking.Domain) -> Page:
        settings, file = self.settings, f"ldap:{domain_of(domain.base)}"
        attributes = asking.attributes_of_users(settings)
        columns = Columns(file, (*attributes, "objectSid", "isDeleted"), settings.kinds)
        memberships = Memberships()
        for page in asking.groups(session, settings, domain):
            memberships.add(page)
        columns.add(memberships.rows(), "group", memberships)
        for rows in asking.users(session, settings, domain):
            columns.add(rows, "user", memberships)
        if settings.deleted:
            for rows in asking.deleted_users(session, settings, domain):
                columns.add(rows, "user", memberships)
        foreign, notes = self._left_over(session, domain, memberships)
        if settings.deleted and not asking.sees_deleted(session, domain):
            notes.append(Reason("ldap_deleted_unseen"))
        notes += self._told(session, domain)
        built = self._built(columns, foreign)
        notes += [note for note in built.notes if note.code == "groups_in_circle"]
        receipt = Receipt(
            name=file, part="active-directory", sha256=session.digest.hexdigest(), size=session.received, rows=columns.rows,
            as_of=self.now.astimezone(AMSTERDAM).date(), is_dated_inside=True, notes=built.notes)
        return Page(built.tables, (receipt,), built.delivers, is_last=True, warnings=tuple(notes))

    def _built(self, columns: Columns, foreign: list[Foreign]) -> Built:
        settings, table = self.settings, columns.table()
        options = {
            "system": settings.system, "number": settings.number, "kind": settings.kind, "school_attribute": settings.school_attribute,
            "privileged": ",".join(settings.privileged), **({"school": settings.school} if settings.school else {})}
        found = {name: name for name in table.headers}
        built = build_directory(table, layout_of(table), found, Origin(settings.name, options), SEPARATOR, foreign)
        if built.faults:
            raise InputError(replace(fault, line=None) for fault in built.faults)
        return built

    def _left_over(self, session: Session, domain: asking.Domain, memberships: Memberships) -> tuple[list[Foreign], list[Reason]]:
        """Members that are none of the accounts read, and what is to be told of them."""
        notes = []
        if everybody := memberships.names_of(_EVERYBODY, domain.base):
            notes.append(Reason("ldap_everybody", {"groups": ", ".join(everybody)}))
        known, others, unread = memberships.left_over(domain.base)
        merged: dict[str, Foreign] = {one.sid: one for one in known}
        missing = 0
        for group, members in sorted(others.items()):
            told = list(asking.elsewhere(session, group, members))
            missing += len(members) - len(told)
            for one in told:
                before = merged.get(one.sid)
                merged[one.sid] = one if before is None else replace(before, guid=one.guid, groups=(*before.groups, *one.groups))
        if missing:
            notes.append(Reason("ldap_members_without_sid", {"count": missing}))
        if merged:
            notes.append(Reason("ldap_foreign", {"count": len(merged)}))
        if unread:
            notes.append(Reason("ldap_members_not_read", {"count": unread}))
        return [merged[sid] for sid in sorted(merged)], notes

    def _told(self, session: Session, domain: asking.Domain) -> list[Reason]:
        notes = [Reason("ldap_controller_failed", {"server": str(one.controller), "why": one.reason.code}) for one in session.failed]
        notes.append(Reason("ldap_logon_lag", {"days": domain.logon_lag}))
        if domain.passwords_expire is False:
            notes.append(Reason("ldap_passwords_never_expire"))
        if count := asking.locked(session, domain):
            notes.append(Reason("ldap_locked", {"count": count}))
        if domain.told_at is not None:
            minutes = int(abs((datetime.now(UTC) - domain.told_at).total_seconds()) // 60)
            if minutes >= _SKEW_MINUTES:
                notes.append(Reason("ldap_clock", {"minutes": minutes}))
        return notes

