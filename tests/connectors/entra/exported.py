"""The tenant whose portal would have given the exports of the bundled board: the same facts by the other way in."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from tests.connectors.entra.double import World
from tests.connectors.entra.tenants import guid


def exported(exports: Path) -> World:
    """Given a folder with the portal's exports, return that tenant. Dates of use are the only ones known, as in the exports."""
    with (exports / "entra-users.csv").open(encoding="utf-8", newline="") as file:
        users = [_user(line) for line in csv.DictReader(file)]
    ids = {one["userPrincipalName"]: one["id"] for one in users}
    with (exports / "entra-role-assignments.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    names = sorted({line["Role Name"] for line in lines})
    roles = [{"id": guid(0xa00 + n), "displayName": name, "isBuiltIn": True} for n, name in enumerate(names)]
    at = {one["displayName"]: one["id"] for one in roles}
    active = [
        {"principalId": ids[line["User Principal Name"]], "roleDefinitionId": at[line["Role Name"]], "directoryScopeId": "/",
         "startDateTime": line["Start time"] or None, "endDateTime": line["End time"] or None} for line in lines]
    return World(users=users, roles=roles, active=active)


def _user(line: dict[str, str]) -> dict[str, Any]:
    kept = {name: line[name] or None for name in (
        "id", "userPrincipalName", "displayName", "mail", "userType", "ageGroup", "createdDateTime", "employeeId", "companyName", "department",
        "officeLocation")}
    used = line["lastSuccessfulSignInDateTime"]
    return kept | {
        "accountEnabled": line["accountEnabled"] == "True", "onPremisesSyncEnabled": None, "onPremisesImmutableId": None,
        "lastPasswordChangeDateTime": line.get("lastPasswordChangeDateTime") or None,
    } | ({"signInActivity": {"lastSuccessfulSignInDateTime": used}} if used else {})
