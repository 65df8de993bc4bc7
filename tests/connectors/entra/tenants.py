"""A small fictional tenant, and a way to make a large one."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from tests.connectors.entra.double import World


def guid(number: int) -> str:
    """A GUID that is the same every time."""
    return f"{number:08x}-5a7e-4c1e-9b3d-0099aa00ffee"


def user(number: int, name: str, **given: Any) -> dict[str, Any]:
    """A user with what most users have."""
    login = name.lower().replace(" ", ".")
    return {
        "id": guid(number), "userPrincipalName": f"{login}@waterlanden.example", "displayName": name, "mail": f"{login}@waterlanden.example",
        "accountEnabled": True, "userType": "Member", "ageGroup": None, "createdDateTime": "2024-08-12T07:30:00Z", "employeeId": str(100000 + number),
        "officeLocation": "99AA00", "onPremisesSyncEnabled": None, "onPremisesImmutableId": None, "mobilePhone": "+31 6 0000 0000",
        "lastPasswordChangeDateTime": "2026-09-01T22:30:00Z", "signInActivity": {
            "lastSignInDateTime": "2026-11-20T10:00:00Z", "lastNonInteractiveSignInDateTime": "2026-11-22T10:00:00Z",
            "lastSuccessfulSignInDateTime": "2026-11-03T07:12:45Z"}, **given,
    }


STAFF, NESTED, SECRETS, CIRCLE = guid(0x901), guid(0x902), guid(0x903), guid(0x904)
GLOBAL_ADMIN, USER_ADMIN = guid(0xa01), guid(0xa02)
APP, UNIT = guid(0xb01), guid(0xc01)
FENNA, JORRIT, LOTTE, GUEST, PUPIL, NOBODY = (guid(number) for number in range(1, 7))
AD_GUID = uuid.UUID("11223344-5566-7788-99aa-bbccddeeff00")


def small() -> World:
    """Six users, nested groups in a circle, direct, eligible and scoped roles, an application, a guest, a pupil, an AD copy."""
    users = [
        user(1, "Fenna Rietzanger"),
        user(2, "Jorrit Zilverreiger", onPremisesSyncEnabled=True, onPremisesImmutableId=base64.b64encode(AD_GUID.bytes_le).decode(),
             employeeLeaveDateTime="2026-12-31T23:00:00Z"),
        user(3, "Lotte Kalmoes", signInActivity=None, accountEnabled=None),
        user(4, "Sietse Snoekbaars", userType="Guest", mail="sietse@elders.example", employeeId=None),
        user(5, "Daan Waterhoen", ageGroup="Minor"),
        user(6, "Noor Niemand", accountEnabled=False, signInActivity={"lastSignInDateTime": "0001-01-01T00:00:00Z"}),
    ]
    users[2].pop("signInActivity")
    groups = [{"id": STAFF, "displayName": "Medewerkers", "visibility": None, "onPremisesSyncEnabled": None, "isAssignableToRole": None},
              {"id": NESTED, "displayName": "Team Rietkraag", "visibility": None, "onPremisesSyncEnabled": True, "isAssignableToRole": None},
              {"id": CIRCLE, "displayName": "Kring", "visibility": None, "onPremisesSyncEnabled": None, "isAssignableToRole": True}]
    return World(
        users=users, groups=groups,
        members={STAFF: [("user", FENNA), ("group", NESTED), ("device", guid(0xd01))], NESTED: [("user", JORRIT), ("group", CIRCLE)],
                 CIRCLE: [("user", LOTTE), ("group", STAFF)]},
        roles=[{"id": GLOBAL_ADMIN, "displayName": "Global Administrator", "isBuiltIn": True},
               {"id": USER_ADMIN, "displayName": "User Administrator", "isBuiltIn": True}],
        active=[
            {"principalId": FENNA, "roleDefinitionId": USER_ADMIN, "directoryScopeId": "/", "startDateTime": None, "endDateTime": None},
            {"principalId": JORRIT, "roleDefinitionId": USER_ADMIN, "directoryScopeId": f"/administrativeUnits/{UNIT}",
             "startDateTime": "2026-11-01T08:00:00Z", "endDateTime": "2026-11-30T23:30:00Z"},
            {"principalId": CIRCLE, "roleDefinitionId": USER_ADMIN, "directoryScopeId": "/", "startDateTime": None, "endDateTime": None},
            {"principalId": guid(0xe01), "roleDefinitionId": USER_ADMIN, "directoryScopeId": "/", "startDateTime": None, "endDateTime": None}],
        eligible=[{"principalId": FENNA, "roleDefinitionId": GLOBAL_ADMIN, "directoryScopeId": "/", "startDateTime": "2026-09-01T08:00:00Z",
                   "endDateTime": "2027-08-31T21:59:59Z"}],
        apps=[{"id": APP, "displayName": "Cool", "appRoles": [{"id": guid(0xb02), "value": "Beheer", "displayName": "Beheerder"}]}],
        assigned={APP: [{"principalId": FENNA, "principalType": "User", "appRoleId": guid(0xb02)},
                        {"principalId": NESTED, "principalType": "Group", "appRoleId": "00000000-0000-0000-0000-000000000000"}]},
        units=[{"id": UNIT, "displayName": "99AA00"}], unit_members={UNIT: [("user", FENNA)]},
        registrations=[{"id": FENNA, "isMfaRegistered": True, "userDisplayName": "x"}, {"id": JORRIT, "isMfaRegistered": False}],
    )


def large(users: int, groups: int) -> World:
    """USERS users over GROUPS groups, three memberships each, one group in ten in another."""
    made = [user(0x10000 + n, f"Gebruiker {n}") for n in range(users)]
    ids = [one["id"] for one in made]
    known = [{"id": guid(0x1000000 + n), "displayName": f"Groep {n}", "visibility": None, "onPremisesSyncEnabled": None, "isAssignableToRole": None}
             for n in range(groups)]
    members: dict[str, list[tuple[str, str]]] = {one["id"]: [] for one in known}
    for n, one in enumerate(ids):
        for step in (0, 7, 31):
            members[known[(n // 40 + step) % groups]["id"]].append(("user", one))
    for n in range(10, groups, 10):
        members[known[n - 1]["id"]].append(("group", known[n]["id"]))
    base = small()
    return World(
        users=made, groups=known, members=members, roles=base.roles,
        active=[{"principalId": ids[n], "roleDefinitionId": USER_ADMIN, "directoryScopeId": "/", "startDateTime": None, "endDateTime": None}
                for n in range(min(20, users))],
        registrations=[{"id": one, "isMfaRegistered": n % 3 > 0} for n, one in enumerate(ids)])
