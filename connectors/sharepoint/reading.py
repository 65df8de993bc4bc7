"""Reads who may open each declared folder, and by which links. What cannot be seen wholly is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from auditor.model.errors import Reason
from connectors.entra.graph import Graph, Reading, Refused
from connectors.entra.reading import ID
from connectors.sharepoint.settings import Folder, SharePointSettings

Raw = dict[str, Any]
USER = "id,userPrincipalName,displayName,mail,accountEnabled,userType,employeeId"
USERS, USERS_WIDER = "User.Read.All", frozenset({"User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"})
AT_ONCE = 15
"""Values that one `in` of a filter may hold (Microsoft's reference)."""
ANYONE, ORGANISATION = "anyone-link", "organisation-link"
_RANK = {"read": 0, "write": 1, "owner": 2, "sp.full control": 2}


@dataclass(frozen=True)
class Entry:
    """One holder of one folder. who: Entra id of a user, or an address where there is no user, or the link's own id; via: the group or link
    by which, None when directly."""

    folder: Folder
    who: str
    level: str
    via: str | None
    expires: str | None


@dataclass
class Found:
    """entries: see Entry; users: by Entra id, as Graph gives them; addresses: address -> shown name, of people without a user; unseen: why a
    folder was not seen wholly, by folder name; counts; readings by endpoint."""

    entries: list[Entry] = field(default_factory=list)
    users: dict[str, Raw] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    unseen: dict[tuple[str, str], Reason] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    readings: dict[str, Reading] = field(default_factory=dict)
    has_people: bool = True

    def reading(self, name: str) -> Reading:
        """The reading of one endpoint, for its receipt."""
        return self.readings.setdefault(name, Reading())


class Reader:
    """Reads the folders one by one; a site, a group and a user are asked for once."""

    def __init__(self, graph: Graph, settings: SharePointSettings) -> None:
        """Given the way in and which folders."""
        self.graph, self.settings = graph, settings
        self.found = Found()
        self._sites: dict[str, str] = {}
        self._groups: dict[str, list[str] | None] = {}
        self._bare: dict[str, Raw] = {}
        # With less than this users come all the same, with 200: status and number null.
        self.found.has_people = bool(graph.tokens.roles() & {USERS, *USERS_WIDER})

    def everything(self) -> Found:
        """Read all folders and who stands behind their groups. Raise ConnectorError if a read breaks off."""
        for folder in self.settings.folders:
            try:
                self._folder(folder)
            except Refused as no:
                code = "sharepoint_no_folder" if no.status == 404 else "sharepoint_no_permission"
                self._miss(folder, code, site=folder.site)
        self._people()
        return self.found

    def _folder(self, folder: Folder) -> None:
        site = self._site(folder.site)
        path = quote(folder.path.strip("/"), safe="/")
        permissions = self.graph.everything(
            f"sites/{site}/drive/root:/{path}:/permissions?$select=id,roles,grantedToV2,grantedToIdentitiesV2,link,expirationDateTime",
            self.found.reading("permissions"))
        has_owner = False
        for one in permissions:
            level = max((str(role) for role in one.get("roles") or ["read"]), key=lambda role: (_RANK.get(role, -1), role))
            has_owner = has_owner or _RANK.get(level) == 2
            self._permission(folder, one, level)
        if not has_owner:
            # Who does not own a folder may be shown only the permissions that concern himself; a folder always has an owner.
            self._miss(folder, "sharepoint_not_whole", site=folder.site)

    def _permission(self, folder: Folder, one: Raw, level: str) -> None:
        expires = one.get("expirationDateTime")
        link = one.get("link") if isinstance(one.get("link"), dict) else None
        scope = str(link.get("scope")) if link else ""
        if scope in ("anonymous", "organization"):
            name = ANYONE if scope == "anonymous" else ORGANISATION
            self.found.entries.append(Entry(folder, f"link:{one.get('id')}", name, None, expires))
            return
        sets = [one for one in (one.get("grantedToV2"), *(one.get("grantedToIdentitiesV2") or ())) if isinstance(one, dict)]
        if not sets and link is None:  # an invitation that nobody has taken up yet is one
            self._miss(folder, "sharepoint_unknown_member", site=folder.site)
        for identity in sets:
            self._identity(folder, identity, level, "link" if link else None, expires)

    def _identity(self, folder: Folder, identity: Raw, level: str, via: str | None, expires: str | None) -> None:
        user, group = identity.get("user") or {}, identity.get("group") or {}
        site_user, site_group = identity.get("siteUser") or {}, identity.get("siteGroup") or {}
        if group.get("id"):
            self._group(folder, str(group["id"]), str(group.get("displayName") or group["id"]), level, expires)
        elif user.get("id"):
            who = str(user["id"]).lower()
            self._bare.setdefault(who, {"id": who, "displayName": user.get("displayName"), "mail": user.get("email")})
            self.found.entries.append(Entry(folder, who, level, via, expires))
        elif address := _address(user) or _address(site_user):
            self.found.addresses.setdefault(address, str(user.get("displayName") or site_user.get("displayName") or address))
            self.found.entries.append(Entry(folder, address, level, via, expires))
        elif site_group:
            name = str(site_group.get("displayName") or site_group.get("id"))
            if name in self.settings.site_groups:
                self._group(folder, self.settings.site_groups[name], name, level, expires)
            else:
                self._miss(folder, "sharepoint_site_group", group=name)
        elif not identity.get("application"):
            self._miss(folder, "sharepoint_unknown_member", site=folder.site)

    def _group(self, folder: Folder, group: str, name: str, level: str, expires: str | None) -> None:
        if group not in self._groups:
            self._groups[group] = self._members(group)
        members = self._groups[group]
        if members is None:
            self._miss(folder, "sharepoint_group", group=name)
            return
        self.found.entries += [Entry(folder, one, level, name, expires) for one in members]

    def _members(self, group: str) -> list[str] | None:
        try:
            about = self.graph.one(f"groups/{quote(group, safe='')}?$select=id,visibility", self.found.reading("groups"))
            if str(about.get("visibility")).casefold() == "hiddenmembership" and "Member.Read.Hidden" not in self.graph.tokens.roles():
                return None
            members = self.graph.everything(f"groups/{quote(group, safe='')}/transitiveMembers?$select={USER}&$top=999", self.found.reading("groups"))
        except Refused:
            return None
        users = [one for one in members if str(one.get("@odata.type")).lower().endswith(".user") and isinstance(one.get("id"), str)]
        for one in users:
            self.found.users.setdefault(one["id"].lower(), one | {"id": one["id"].lower()})
        return list(dict.fromkeys(one["id"].lower() for one in users))

    def _people(self) -> None:
        """What Entra says of the people who were named one by one; what it does not tell stays unknown."""
        wanted = [who for who in self._bare if self.found.has_people and who not in self.found.users and ID.fullmatch(who)]
        for start in range(0, len(wanted), AT_ONCE):
            ids = ",".join(f"'{who}'" for who in wanted[start:start + AT_ONCE])
            try:
                people = self.graph.everything(f"users?$filter=id in ({ids})&$select={USER}", self.found.reading("users"))
            except Refused:
                self.found.has_people = False
                break
            self.found.users.update({str(one["id"]).lower(): one | {"id": str(one["id"]).lower()} for one in people})
        for who, bare in self._bare.items():
            self.found.users.setdefault(who, bare)

    def _site(self, address: str) -> str:
        if address not in self._sites:
            parts = urlsplit(address)
            below = quote(parts.path.strip("/"), safe="/")
            found = self.graph.one(f"sites/{parts.hostname}{f':/{below}' if below else ''}?$select=id", self.found.reading("sites"))
            self._sites[address] = quote(str(found.get("id")), safe=",.-")
        return self._sites[address]

    def _miss(self, folder: Folder, code: str, **facts: str) -> None:
        reason = Reason(code, {"folder": folder.folder, "school": folder.school or "-", **facts})
        self.found.unseen.setdefault((folder.folder, folder.school or ""), reason)


def _address(identity: Raw) -> str | None:
    found = identity.get("email") or identity.get("userPrincipalName")
    return found.casefold() if isinstance(found, str) and "@" in found else None
