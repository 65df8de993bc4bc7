"""What a source that is read over Microsoft Graph is told. The configuration's schema checks it and says what each setting means to users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from connectors.entra.clouds import CloudName

Schooling = Literal["companyName", "department", "officeLocation", "administrativeUnit"]
Read = Literal["sign_in", "leave_date", "mfa", "groups", "roles", "apps"]


@dataclass(frozen=True, kw_only=True)
class GraphSettings:
    """How to get in.

    tenant: directory id or domain name; client_id: of the application registered for the auditor; certificate (preferred), secret: references
    to what proves it, one of the two; certificate_password: reference, when the key has one; cloud: whose hosts are spoken to; ca_file:
    certificate authorities to trust instead of the usual ones, seen from the configuration file; proxy: address; deadline_seconds: how long
    the whole read may take.
    """

    tenant: str
    client_id: str
    certificate: str | None = None
    certificate_password: str | None = None
    secret: str | None = None
    cloud: CloudName = "global"
    ca_file: str | None = None
    proxy: str | None = None
    deadline_seconds: int = 600


@dataclass(frozen=True, kw_only=True)
class EntraSettings(GraphSettings):
    """How one tenant is read.

    number: property with the personnel number, employeeId or extensionAttribute1 to 15; school: where a user's school stands, the first that
    is filled counts; reads: what is read beside the users; synced_groups: whether membership of groups from Active Directory counts here;
    leave_out_groups: patterns of names of groups whose membership is no right here.
    """

    number: str = "employeeId"
    school: tuple[Schooling, ...] = ("companyName", "department", "officeLocation")
    reads: tuple[Read, ...] = ("sign_in", "leave_date", "mfa", "groups", "roles", "apps")
    synced_groups: bool = True
    leave_out_groups: tuple[str, ...] = ()
