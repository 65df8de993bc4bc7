"""From what Graph says to canonical tables. Pure: no network, no clock."""

from __future__ import annotations

import base64
import binascii
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.tables import TABLES
from connectors.active_directory.attributes import guid_of
from connectors.entra.nesting import Nesting, Path, as_via
from connectors.entra.reading import Raw, Tenant
from connectors.entra.settings import EntraSettings

AMSTERDAM = "Europe/Amsterdam"
NO_ROLE = "00000000-0000-0000-0000-000000000000"
"""appRoleId of who may use an application without any role in it."""

_KINDS = {"minor": "pupil", "notadult": "pupil", "adult": "person"}
_FIRST = pd.Timestamp(1900, 1, 1, tz="UTC")


def accounts(users: Sequence[Raw], tenant: Tenant, settings: EntraSettings, system: str, source: str) -> pd.DataFrame:
    """Given users as Graph writes them, return them as accounts. What Graph leaves out or gives as null stays unknown."""
    ids = [one["id"] for one in users]
    use = [_use(one) for one in users]
    attempts = pd.DataFrame({name: days([one.get(name) for one in use]) for name in ("lastSignInDateTime", "lastNonInteractiveSignInDateTime")})
    return TABLES["accounts"].frame({
        "system": [system] * len(users),
        "account": ids,
        "id_is_stable": np.ones(len(users), dtype=bool),
        "username": _texts(users, "userPrincipalName"),
        "display_name": _texts(users, "displayName"),
        "mail": _texts(users, "mail", fold=True),
        "upn": _texts(users, "userPrincipalName", fold=True),
        "number": [_text(_number(one, settings.number)) for one in users],
        "kind": [_kind(one) for one in users],
        "status": [_status(one.get("accountEnabled")) for one in users],
        "school": [_school(one, settings.school, tenant.unit_of.get(place)) for one, place in zip(users, ids, strict=True)],
        "created_on": days([one.get("createdDateTime") for one in users]),
        "last_used_on": days([one.get("lastSuccessfulSignInDateTime") for one in use]),
        "last_attempt_on": attempts.max(axis=1).astype("datetime64[s]"),
        "password_set_on": days([one.get("lastPasswordChangeDateTime") for one in users]),
        "owner_leaves_on": days([one.get("employeeLeaveDateTime") for one in users]),
        "has_mfa": pd.array([tenant.has_mfa.get(place) for place in ids], dtype="boolean"),
        "synced_from": [synced_from(one) for one in users],
    }, source=source, file="users")


def rights_and_grants(tenant: Tenant, users: Sequence[str], system: str, source: str) -> tuple[pd.DataFrame, pd.DataFrame, frozenset[str]]:
    """Given a tenant and the ids of its users, return its rights, who holds them, and the names of rights whose holders may not all be
    seen, because a group that holds one may not be looked into."""
    given = _Given(tenant)
    known = frozenset(users)
    stands_in: dict[str, list[str]] = defaultdict(list)
    for group, members in tenant.members.items():
        for member in members:
            stands_in[member].append(group)
    for member, nodes in given.nodes.items():
        stands_in[member].extend(nodes)
    nesting = Nesting({one: above for one, above in stands_in.items() if one not in known})
    sets: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for user in users:
        if user in stands_in:
            sets[tuple(sorted(stands_in[user]))].append(user)
    rows = _Rows(given)
    for direct, holders in sets.items():
        rows.add(nesting.held(direct), holders)
    through = {upper for one in tenant.closed for upper in nesting.held(stands_in.get(one, ()))}
    partial = {given.facts[node]["right"] for node in through if node in given.facts} | {given.words[one] for one in through & given.group_ids}
    return given.rights(system, source), rows.frame(system, source), frozenset(partial)


def left_out_rights(tenant: Tenant) -> frozenset[str]:
    """Given a tenant, return what the groups that the settings leave out would be called as rights, but for names of rights that were read."""
    read = {name.casefold() for name in _right_names(tenant).values()}
    named = [(one["id"], str(one.get("displayName") or one["id"])) for one in tenant.left_out]
    return frozenset(name for one, plain in named for name in (plain, f"{plain} ({one})") if name.casefold() not in read)


class _Given:
    """What was given to users and groups, each assignment as a node that users and groups stand in."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.group_ids = {one["id"] for one in tenant.groups}
        self.nodes: dict[str, list[str]] = defaultdict(list)
        self.kind_of: dict[str, str] = {}
        self.facts: dict[str, dict[str, Any]] = {}
        self.words = _right_names(tenant)
        self.names = {**tenant.names, **self.words}
        self.privileged_groups = {one["id"] for one in tenant.groups if one.get("isAssignableToRole") is True}
        roles = {one["id"] for one in tenant.roles}
        for number, one in enumerate(tenant.assignments):
            role, holder = str(one.get("roleDefinitionId")).lower(), str(one.get("principalId")).lower()
            if role in roles:
                scope, school = _scope(one, tenant.units)
                self._give(f"role:{number}", "directory role", holder, {
                    "right": self.words[role], "level": one["level"] or None, "scope": scope, "school": school,
                    "starts": one.get("startDateTime"), "ends": one.get("endDateTime")})
                if holder in self.group_ids:
                    self.privileged_groups.add(holder)
        for app in tenant.apps:
            levels = {str(role.get("id")).lower(): role.get("value") or role.get("displayName") for role in app.get("appRoles") or ()}
            for number, one in enumerate(tenant.assigned.get(app["id"], ())):
                role = str(one.get("appRoleId")).lower()
                self._give(f"app:{app['id']}:{number}", "app role", str(one.get("principalId")).lower(), {
                    "right": self.words[app["id"]], "level": None if role == NO_ROLE else _text(levels.get(role)) or role, "scope": "unknown",
                    "school": None, "starts": None, "ends": None})

    def _give(self, node: str, kind: str, holder: str, facts: dict[str, Any]) -> None:
        self.nodes[holder].append(node)
        self.kind_of[node] = kind
        self.facts[node] = facts

    def rights(self, system: str, source: str) -> pd.DataFrame:
        """Everything that can be held, whether or not anybody does."""
        tenant = self.tenant
        lines: list[tuple[str, str, bool | None, str]] = [(one["id"], "directory role", True, "roles") for one in tenant.roles]
        lines += [(one["id"], "group", one["id"] in self.privileged_groups or None, "groups") for one in tenant.groups]
        lines += [(one["id"], "app role", None, "apps") for one in tenant.apps]
        return TABLES["rights"].frame({
            "system": [system] * len(lines), "right": [self.words[one] for one, *_ in lines],
            "name": [self.words[one] for one, *_ in lines], "kind": [kind for _, kind, *_ in lines],
            "is_privileged": pd.array([told for _, _, told, _ in lines], dtype="boolean"), "file": [file for *_, file in lines],
        }, source=source)


class _Rows:
    """Grants being gathered, one set of holders with the same direct memberships at a time."""

    def __init__(self, given: _Given) -> None:
        self.given = given
        self._plain: list[tuple[str, str | None, list[str]]] = []
        self._facts: dict[tuple[Any, ...], dict[str, Any]] = {}

    def add(self, held: Mapping[str, set[Path]], holders: list[str]) -> None:
        """Given what one set of holders holds, add it. A grant of an application reaches direct members only (Microsoft: nested groups are
        not supported there)."""
        given = self.given
        for node, paths in held.items():
            if node in given.group_ids:
                self._plain.append((given.words[node], as_via(paths, given.names), holders))
            elif node in given.facts:
                ways = {path for path in paths if len(path) <= 1} if given.kind_of[node] == "app role" else paths
                if ways:
                    self._add_given(given.facts[node], given.kind_of[node], ways, holders)

    def _add_given(self, facts: dict[str, Any], kind: str, ways: set[Path], holders: list[str]) -> None:
        for holder in holders:
            key = (holder, facts["right"], facts["level"], facts["scope"], facts["school"])
            known = self._facts.setdefault(key, {"paths": set(), "starts": [], "ends": [], "file": kind})
            known["paths"] |= ways
            known["starts"].append(facts["starts"])
            known["ends"].append(facts["ends"])

    def frame(self, system: str, source: str) -> pd.DataFrame:
        """Return all grants. Two assignments of one right run from the first start to the last end."""
        plain = self._plain
        sizes = np.array([len(holders) for *_, holders in plain], dtype=np.intp)
        given, facts = list(self._facts), list(self._facts.values())
        absent = [None] * int(sizes.sum())
        return TABLES["grants"].frame({
            "system": pd.Categorical.from_codes(np.zeros(len(absent) + len(given), dtype=np.int8), [system]),
            "account": [one for *_, holders in plain for one in holders] + [key[0] for key in given],
            "right": list(np.repeat(np.array([right for right, *_ in plain], dtype=object), sizes)) + [key[1] for key in given],
            "level": absent + [key[2] for key in given],
            "scope": ["unknown"] * len(absent) + [key[3] for key in given],
            "school": absent + [key[4] for key in given],
            "via": list(np.repeat(np.array([via for _, via, _ in plain], dtype=object), sizes))
            + [as_via(one["paths"], self.given.names) for one in facts],
            "starts_on": days(absent + [_first(one["starts"]) for one in facts]),
            "ends_on": days(absent + [_last(one["ends"]) for one in facts]),
            "file": ["members"] * len(absent) + ["roles" if one["file"] == "directory role" else "app assignments" for one in facts],
        }, source=source)


def synced_from(user: Raw) -> str | None:
    """Given a user, return the objectGUID of the account in Active Directory it is a copy of, None when it is made here or the anchor is no
    GUID. The immutable id is the base64 of the anchor's 16 bytes (objectGUID, or ms-DS-ConsistencyGuid, which starts as the same)."""
    if user.get("onPremisesSyncEnabled") is not True or not isinstance(user.get("onPremisesImmutableId"), str):
        return None
    try:
        return guid_of(base64.b64decode(user["onPremisesImmutableId"], validate=True))
    except (ValueError, binascii.Error):
        return None


def days(instants: Sequence[object]) -> pd.Series[Any]:
    """Given instants in UTC as text, return their days in the Netherlands; what is absent, unreadable or a filler (the year 1) as unknown."""
    texts = pd.Series([one if isinstance(one, str) else None for one in instants], dtype="str")
    found = pd.to_datetime(texts, utc=True, format="ISO8601", errors="coerce").astype("datetime64[s, UTC]")
    found = found.where(found >= _FIRST)
    return found.dt.tz_convert(AMSTERDAM).dt.tz_localize(None).dt.normalize().astype("datetime64[s]")


def _right_names(tenant: Tenant) -> dict[str, str]:
    """A name for each right by id. A display name is not unique in Entra: who makes a group called 'Global Administrator' must not come to
    stand in the matrix for that role. A built-in role keeps its name; of others with one name each has its id beside it."""
    roles = [one for one in tenant.roles if one.get("isBuiltIn") is not False]
    plain = {one["id"]: str(one.get("displayName") or one["id"]) for one in roles}
    taken = {name.casefold() for name in plain.values()}
    others = [one for one in tenant.roles if one.get("isBuiltIn") is False] + tenant.groups + tenant.apps
    named = {one["id"]: str(one.get("displayName") or one["id"]) for one in others}
    times = Counter(name.casefold() for name in named.values())
    return plain | {
        one: f"{name} ({one})" if times[name.casefold()] > 1 or name.casefold() in taken else name for one, name in named.items()
    }


def _scope(assignment: Raw, units: Mapping[str, str]) -> tuple[str, str | None]:
    """The whole tenant, or an administrative unit by the name of a school: whether it is one, the collector knows."""
    place = str(assignment.get("directoryScopeId") or "")
    if place == "/":
        return "board", None
    unit = units.get(place.removeprefix("/administrativeUnits/").lower()) if place.startswith("/administrativeUnits/") else None
    return ("school", unit) if unit else ("unknown", None)


def _use(user: Raw) -> Raw:
    found = user.get("signInActivity")
    return found if isinstance(found, dict) else {}


def _status(enabled: object) -> str:
    if not isinstance(enabled, bool):
        return "unknown"
    return "enabled" if enabled else "disabled"


def _kind(user: Raw) -> str:
    if str(user.get("userType")).casefold() == "guest":
        return "external"
    return _KINDS.get(str(user.get("ageGroup")).casefold(), "unknown")


def _number(user: Raw, name: str) -> object:
    if name == "employeeId":
        return user.get(name)
    held = user.get("onPremisesExtensionAttributes")
    return held.get(name) if isinstance(held, dict) else None


def _school(user: Raw, names: Sequence[str], unit: str | None) -> str | None:
    return next((told for name in names if (told := unit if name == "administrativeUnit" else _text(user.get(name)))), None)


def _texts(users: Sequence[Raw], name: str, fold: bool = False) -> list[str | None]:
    found = [_text(one.get(name)) for one in users]
    return [one.casefold() if one else None for one in found] if fold else found


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _first(instants: Sequence[Any]) -> str | None:
    return None if None in instants else min(instants, default=None)


def _last(instants: Sequence[Any]) -> str | None:
    return None if None in instants else max(instants, default=None)
