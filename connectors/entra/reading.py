"""Reads one tenant, part by part. A part that may not be read is named; the rest goes on."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from auditor.model.errors import ConnectorError, Reason
from connectors.entra import endpoints as at
from connectors.entra.endpoints import NEEDS, Part
from connectors.entra.graph import Graph, Reading, Refused
from connectors.entra.settings import EntraSettings, Read

NO_LICENCE = frozenset({
    "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "AadPremiumLicenseRequired", "Authentication_RequestFromUnsupportedUserRole",
})
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Raw = dict[str, Any]


@dataclass
class Tenant:
    """What was read of a tenant beside its users. Ids as Graph writes them.

    groups: those whose membership is a right here; names: of every group met; members: of every group read, the ids of its direct members;
    nested: ids of groups met as members; closed: groups whose members may not be seen; roles: definitions; assignments: active and eligible ones,
    each with `level`; apps; assigned: app id -> who may use it; units: unit id -> name; unit_of: user id -> name of the first unit it is in;
    left_out: groups that the settings leave out; has_mfa: by user id; missing: parts that were wanted and could not be read, with why;
    counts: what is told in the receipts.
    """

    groups: list[Raw] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    nested: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    roles: list[Raw] = field(default_factory=list)
    assignments: list[Raw] = field(default_factory=list)
    apps: list[Raw] = field(default_factory=list)
    assigned: dict[str, list[Raw]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    unit_of: dict[str, str] = field(default_factory=dict)
    left_out: list[Raw] = field(default_factory=list)
    has_mfa: dict[str, bool] = field(default_factory=dict)
    missing: dict[Part, Reason] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    readings: dict[str, Reading] = field(default_factory=dict)

    def reading(self, name: str) -> Reading:
        """The reading of one endpoint, for its receipt."""
        return self.readings.setdefault(name, Reading())


class Reader:
    """Reads a tenant over Graph as the settings want it."""

    def __init__(self, graph: Graph, settings: EntraSettings) -> None:
        """Given the way in and what is wanted."""
        self.graph, self.settings = graph, settings
        self.tenant = Tenant()
        self.granted = graph.tokens.roles()

    def demand_users(self) -> None:
        """Raise ConnectorError if the token says that users may not be read: with User.ReadBasic.All they come all the same, status, number and
        kind null, and every account would be an orphan."""
        if self.granted and not self._may("users"):
            raise ConnectorError("graph_missing_users", permission=NEEDS["users"].permission)

    def everything_but_users(self) -> Tenant:
        """Read all wanted parts, and return them. Raise ConnectorError if one breaks off."""
        wants = self.settings.reads
        steps: tuple[tuple[Read, Callable[[], None]], ...] = (
            ("mfa", self._mfa), ("groups", self._groups), ("roles", self._roles), ("apps", self._apps))
        for part, read in steps:
            if part in wants:
                self._try(part, read)
        if self._wants_units:
            self._try("units", self._units)
        return self.tenant

    def users(self) -> Iterator[list[Raw]]:
        """Yield the users page by page, after the rest; each user once. Dates that the licence does not give are left unasked."""
        reading, seen = self.tenant.reading("users"), set[str]()
        dates: tuple[Read, ...] = ("sign_in", "leave_date")
        for part in dates:
            if part in self.settings.reads and not self._may(part):
                self._miss(part)
        while True:
            try:
                for page in self.graph.pages(at.users(self.properties), reading):
                    fresh = [one for one in _once(page) if one["id"] not in seen]
                    self.tenant.counts["repeated"] += len(page) - len(fresh)
                    seen.update(one["id"] for one in fresh)
                    yield fresh
                return
            except Refused as no:
                if seen or "signInActivity" not in self.properties or no.status == 404:
                    raise
                self._miss("sign_in", no.graph_code in NO_LICENCE)

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties of users that are asked for: what the tables need and the settings and the permissions give."""
        settings, missing = self.settings, self.tenant.missing
        number = "employeeId" if settings.number == "employeeId" else "onPremisesExtensionAttributes"
        wanted = [*at.BASE, number, *(name for name in settings.school if name != "administrativeUnit")]
        if "sign_in" in settings.reads and "sign_in" not in missing:
            wanted.append("signInActivity")
        if "leave_date" in settings.reads and "leave_date" not in missing:
            wanted.append("employeeLeaveDateTime")
        return tuple(wanted)

    @property
    def _wants_units(self) -> bool:
        scoped = any(str(one.get("directoryScopeId", "")).startswith("/administrativeUnits/") for one in self.tenant.assignments)
        return scoped or "administrativeUnit" in self.settings.school

    def _may(self, part: Part) -> bool:
        need = NEEDS[part]
        return bool(self.granted & ({need.permission} | need.enough))

    def _miss(self, part: Part, is_unlicensed: bool = False) -> None:
        need = NEEDS[part]
        if is_unlicensed and need.licence:
            reason = Reason(f"graph_unlicensed_{part}", {"licence": need.licence})
        else:
            reason = Reason(f"graph_missing_{part}", {"permission": need.permission})
        self.tenant.missing.setdefault(part, reason)

    def _try(self, part: Part, read: Callable[[], None]) -> None:
        """Read a part; a refusal for want of permission or licence is noted, any other ends the read."""
        try:
            read()
        except Refused as no:
            if no.status != 403 and no.graph_code not in NO_LICENCE:
                raise
            self._miss(part, no.graph_code in NO_LICENCE)

    def _mfa(self) -> None:
        for page in self.graph.pages(at.MFA, self.tenant.reading("mfa")):
            for one in page:
                if isinstance(one.get("id"), str) and isinstance(one.get("isMfaRegistered"), bool):
                    self.tenant.has_mfa[one["id"].lower()] = one["isMfaRegistered"]

    def _groups(self) -> None:
        tenant, settings = self.tenant, self.settings
        found = _once(self.graph.everything(at.GROUPS, tenant.reading("groups")))
        kept = [one for one in found if not _matches(one, settings.leave_out_groups)]
        tenant.left_out = [one for one in found if _matches(one, settings.leave_out_groups)]
        tenant.counts["groups_left_out"] = len(tenant.left_out)
        if not settings.synced_groups:
            synced = [one for one in kept if one.get("onPremisesSyncEnabled") is True]
            tenant.counts["groups_synced"] = len(synced)
            tenant.left_out += synced
            kept = [one for one in kept if one.get("onPremisesSyncEnabled") is not True]
        hidden = [one for one in kept if _is_hidden(one)]
        if hidden and not self._may("hidden_groups"):
            # Their members would simply not be there: that nobody is in them must not be concluded.
            self._miss("hidden_groups")
            tenant.closed = {one["id"] for one in hidden}
            kept = [one for one in kept if one["id"] not in tenant.closed]
        tenant.names = {one["id"]: str(one.get("displayName") or one["id"]) for one in found}
        for one in kept:
            tenant.members[one["id"]] = self._members(at.members(one["id"]))
        tenant.groups = kept

    def unfold(self, users: Collection[str]) -> None:
        """Given the ids of all users, read the groups that stand between them and what they hold, and were not read for themselves: a group
        in a group, or one that was given a role or an application."""
        tenant = self.tenant
        holders = {str(one.get("principalId")).lower() for one in tenant.assignments}
        holders |= {str(one.get("principalId")).lower() for given in tenant.assigned.values() for one in given if one.get("principalType") == "Group"}
        waiting = [one for one in sorted(holders | tenant.nested) if one not in users and ID.fullmatch(one)]
        while waiting:
            group = waiting.pop()
            if group in tenant.members or group in tenant.closed:
                continue
            before = set(tenant.nested)
            try:
                if group not in tenant.names:
                    found = self.graph.one(at.group(group), tenant.reading("groups"))
                    tenant.names[group] = str(found.get("displayName") or group)
                    if _is_hidden(found) and not self._may("hidden_groups"):
                        raise Refused(403, "hidden", "groups")
                tenant.members[group] = self._members(at.members(group))
            except Refused as no:
                if no.status == 404:
                    tenant.counts["not_a_group"] += 1
                    tenant.members[group] = []
                elif no.status == 403:
                    tenant.closed.add(group)
                else:
                    raise
            waiting += sorted(tenant.nested - before)

    def _members(self, path: str) -> list[str]:
        """Ids of direct members, each once; a group that was deleted since the list was made has none."""
        found: dict[str, None] = {}
        try:
            for page in self.graph.pages(path, self.tenant.reading("members")):
                for one in page:
                    if isinstance(one.get("id"), str):
                        found[one["id"].lower()] = None
                        if str(one.get("@odata.type")).lower().endswith(".group"):
                            self.tenant.nested.add(one["id"].lower())
            return list(found)
        except Refused as no:
            if no.status != 404:
                raise
            self.tenant.counts["gone_meanwhile"] += 1
            return []

    def _roles(self) -> None:
        tenant, reading = self.tenant, self.tenant.reading("roles")
        roles = _once(self.graph.everything(at.ROLES, reading))
        try:
            active = self.graph.everything(at.ACTIVE, reading)
            eligible = self.graph.everything(at.ELIGIBLE, reading)
        except Refused as no:
            if no.graph_code not in NO_LICENCE:
                raise
            tenant.counts["without_pim"] = 1
            active, eligible = self.graph.everything(at.PERMANENT, reading), []
        tenant.roles = roles
        tenant.assignments = [one | {"level": ""} for one in active] + [one | {"level": "eligible"} for one in eligible]

    def _apps(self) -> None:
        apps = _once(self.graph.everything(at.APPS, self.tenant.reading("apps")))
        for one in apps:
            self.tenant.assigned[one["id"]] = self._assigned(one["id"])
        self.tenant.apps = apps

    def _assigned(self, app: str) -> list[Raw]:
        try:
            return self.graph.everything(at.assigned(app), self.tenant.reading("app assignments"))
        except Refused as no:
            if no.status != 404:
                raise
            self.tenant.counts["gone_meanwhile"] += 1
            return []

    def _units(self) -> None:
        units = _once(self.graph.everything(at.UNITS, self.tenant.reading("units")))
        self.tenant.units = {one["id"]: str(one.get("displayName") or one["id"]) for one in units}
        if "administrativeUnit" in self.settings.school:
            for unit, name in self.tenant.units.items():
                for user in self._members(at.unit_members(unit)):
                    self.tenant.unit_of.setdefault(user.lower(), name)


def _once(found: list[Raw]) -> list[Raw]:
    """Objects with an id, each once: what changes while the pages are read may stand on two of them. Ids are compared in small letters."""
    kept: dict[str, Raw] = {}
    for one in found:
        if not isinstance(one.get("id"), str):
            raise ConnectorError("graph_no_list", endpoint="?")
        kept.setdefault(one["id"].lower(), one | {"id": one["id"].lower()})
    return list(kept.values())


def _is_hidden(group: Raw) -> bool:
    return str(group.get("visibility")).casefold() == "hiddenmembership"


def _matches(group: Raw, patterns: tuple[str, ...]) -> bool:
    name = str(group.get("displayName") or "").casefold()
    return any(fnmatch.fnmatchcase(name, pattern.casefold()) for pattern in patterns)
