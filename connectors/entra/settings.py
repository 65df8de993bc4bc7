"""What may be set for an Entra source."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from connectors.entra.clouds import CloudName

Schooling = Literal["companyName", "department", "officeLocation", "administrativeUnit"]
Read = Literal["sign_in", "leave_date", "mfa", "groups", "roles", "apps"]
_SCHOOL: tuple[Schooling, ...] = ("companyName", "department", "officeLocation")
_READS: tuple[Read, ...] = ("sign_in", "leave_date", "mfa", "groups", "roles", "apps")


def _directory_id(value: str) -> str:
    """Ids and domain names end up in an address: nothing but their own signs may stand in them."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", value):
        raise ValueError("write the id (or, for the tenant, its domain name) as the portal shows it")
    return value


DirectoryId = Annotated[str, AfterValidator(_directory_id)]


class GraphSettings(BaseModel):
    """What every source that is read over Microsoft Graph needs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenant: DirectoryId = Field(description="Directory (tenant) id of the board, as the portal shows it, or its domain name")
    client_id: DirectoryId = Field(description="Application (client) id of the registration made for the auditor")
    certificate: str | None = Field(
        None, description="Where the certificate with its private key is (PEM): file:, credential:, env: or dpapi:; preferred")
    certificate_password: str | None = Field(None, description="Where the password of the private key is, if it has one")
    secret: str | None = Field(None, description="Where the client secret is, when there is no certificate")
    cloud: CloudName = Field("global", description="Which of Microsoft's clouds; only its hosts are ever spoken to")
    ca_file: str | None = Field(None, description="File with certificate authorities to trust instead, for a network that inspects TLS")
    proxy: str | None = Field(None, description="Address of the board's proxy, e.g. http://proxy:3128; variables of the environment are not used")
    deadline_seconds: int = Field(600, ge=10, le=3600, description="The read ends after this many seconds, whole or partial")

    @model_validator(mode="after")
    def _one_proof(self) -> GraphSettings:
        if (self.certificate is None) == (self.secret is None):
            raise ValueError("set either certificate (preferred) or secret")
        return self


class EntraSettings(GraphSettings):
    """How one tenant is read."""

    number: Annotated[str, Field(pattern=r"^(employeeId|extensionAttribute([1-9]|1[0-5]))$")] = Field(
        "employeeId", description="Property that holds the personnel number: employeeId or extensionAttribute1 to 15")
    school: list[Schooling] = Field(
        default_factory=lambda: list(_SCHOOL),
        description="Where a user's school stands; the first that is filled counts. administrativeUnit: the unit the user is in")
    reads: list[Read] = Field(
        default_factory=lambda: list(_READS),
        description="What is read beside the users. What is left out here is not asked for, and its permission is not needed")
    synced_groups: bool = Field(
        True, description="false leaves out membership of groups that come from Active Directory, when that is read itself")
    leave_out_groups: list[str] = Field(
        default_factory=list, description="Names of groups (with * and ?) whose members are not read, e.g. those of pupils' classes")
