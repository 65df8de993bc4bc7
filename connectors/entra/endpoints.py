"""What is asked of Graph: each endpoint with exactly the properties the tables need, and the permission it takes (Microsoft's reference)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

Part = Literal["users", "sign_in", "leave_date", "mfa", "groups", "hidden_groups", "roles", "apps", "units"]
"""What can be read or missed by itself."""


@dataclass(frozen=True)
class Need:
    """permission: the least application permission that does it; enough: wider ones with which it works too; licence: what it may need
    besides; columns: "table.column" names that stay unfilled without it; kind: the kind of right that stays unread without it."""

    permission: str
    enough: frozenset[str] = frozenset()
    licence: str = ""
    columns: frozenset[str] = frozenset()
    kind: str = ""


_DIRECTORY = frozenset({"Directory.Read.All", "Directory.ReadWrite.All"})

NEEDS: dict[Part, Need] = {
    "users": Need("User.Read.All", _DIRECTORY | {"User.ReadWrite.All"}),
    "sign_in": Need("AuditLog.Read.All", licence="Entra ID P1", columns=frozenset({"accounts.last_used_on", "accounts.last_attempt_on"})),
    "leave_date": Need(
        "User-LifeCycleInfo.Read.All", frozenset({"User-LifeCycleInfo.ReadWrite.All"}), columns=frozenset({"accounts.owner_leaves_on"})),
    "mfa": Need("AuditLog.Read.All", licence="Entra ID P1", columns=frozenset({"accounts.has_mfa"})),
    "groups": Need("GroupMember.Read.All", _DIRECTORY | {"Group.Read.All", "Group.ReadWrite.All"}, kind="group"),
    "hidden_groups": Need("Member.Read.Hidden", kind="group"),
    "roles": Need(
        "RoleManagement.Read.Directory", _DIRECTORY | {"RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory"},
        columns=frozenset({"rights.is_privileged"}), kind="directory role"),
    "apps": Need("Application.Read.All", _DIRECTORY | {"Application.ReadWrite.All"}, kind="app role"),
    "units": Need("AdministrativeUnit.Read.All", _DIRECTORY | {"AdministrativeUnit.ReadWrite.All"}),
}
"""The table of docs/handbook/entra.md is held against this one by a test."""

BASE = ("id", "userPrincipalName", "displayName", "mail", "accountEnabled", "userType", "ageGroup", "createdDateTime", "onPremisesSyncEnabled",
        "onPremisesImmutableId", "lastPasswordChangeDateTime")
"""Properties of a user that are always asked for; the number, the school, the dates of use and of leaving come when they are wanted."""

GROUPS = "groups?$select=id,displayName,visibility,onPremisesSyncEnabled,isAssignableToRole&$top=999"
ROLES = "roleManagement/directory/roleDefinitions?$select=id,displayName,isBuiltIn"
ACTIVE = (
    "roleManagement/directory/roleAssignmentScheduleInstances?$select=principalId,roleDefinitionId,directoryScopeId,startDateTime,endDateTime"
)
ELIGIBLE = (
    "roleManagement/directory/roleEligibilityScheduleInstances?$select=principalId,roleDefinitionId,directoryScopeId,startDateTime,endDateTime"
)
PERMANENT = "roleManagement/directory/roleAssignments?$select=principalId,roleDefinitionId,directoryScopeId"
"""For a tenant without Privileged Identity Management: it has no assignments with an end, and no eligible ones."""
APPS = (
    "servicePrincipals?$filter=tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')&$select=id,displayName,appRoles&$top=999"
)
"""Enterprise applications of the tenant; Microsoft's own services, some hundreds, have no such tag."""
MFA = "reports/authenticationMethods/userRegistrationDetails"
"""Knows neither $select nor $top: what it gives beside id and isMfaRegistered is dropped."""
UNITS = "directory/administrativeUnits?$select=id,displayName"


def users(properties: Sequence[str]) -> str:
    """Given the properties wanted, return the path; with dates of use a page holds 500 at most."""
    return f"users?$select={','.join(properties)}&$top={500 if 'signInActivity' in properties else 999}"


def members(group: str) -> str:
    """Given a group's id, return the path of its direct members: ids only, their kind comes along by itself."""
    return f"groups/{_id(group)}/members?$select=id&$top=999"


def group(one: str) -> str:
    """Given a group's id, return the path of the group itself."""
    return f"groups/{_id(one)}?$select=id,displayName,visibility"


def assigned(app: str) -> str:
    """Given an application's id, return the path of who may use it."""
    return f"servicePrincipals/{_id(app)}/appRoleAssignedTo?$select=principalId,principalType,appRoleId&$top=999"


def unit_members(unit: str) -> str:
    """Given an administrative unit's id, return the path of its members."""
    return f"directory/administrativeUnits/{_id(unit)}/members?$select=id&$top=999"


def _id(one: str) -> str:
    """An id is data from outside: in an address it stays one step of the path."""
    return quote(one, safe="")
