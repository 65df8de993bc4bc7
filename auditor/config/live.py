"""What `auditor.toml` may say about sources that are read live from Microsoft 365."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from auditor.config.secrets import Reference

School = Literal["companyName", "department", "officeLocation", "administrativeUnit"]
Read = Literal["sign_in", "leave_date", "mfa", "groups", "roles", "apps"]
_SCHOOL: tuple[School, ...] = ("companyName", "department", "officeLocation")
_READS: tuple[Read, ...] = ("sign_in", "leave_date", "mfa", "groups", "roles", "apps")


def _directory_id(value: str) -> str:
    """Ids and domain names end up in an address: nothing but their own signs may stand in them."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", value):
        raise PydanticCustomError("config_value_directory_id", "write the id as the portal shows it")
    return value


def _number(value: str) -> str:
    if not re.fullmatch(r"employeeId|extensionAttribute([1-9]|1[0-5])", value):
        raise PydanticCustomError("config_value_entra_number", "employeeId, or extensionAttribute1 to 15")
    return value


def _site(value: str) -> str:
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(/[^?#\\]*)?", value):
        raise PydanticCustomError("config_value_site", "write the address of the site, https://...")
    return value


DirectoryId = Annotated[str, AfterValidator(_directory_id)]


class GraphAccess(BaseModel):
    """How an application of the board gets into Microsoft Graph, to read or to send mail."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenant: DirectoryId = Field(description="Directory (tenant) id of the board, as the portal shows it, or its domain name")
    client_id: DirectoryId = Field(description="Application (client) id of the registration made for the auditor")
    certificate: Reference | None = Field(None, description="Where the certificate with its private key lies (PEM); preferred over a secret")
    certificate_password: Reference | None = Field(None, description="Where the password of the private key lies, if it has one")
    secret: Reference | None = Field(None, description="Where the client secret lies, when there is no certificate")
    cloud: Literal["global", "us-government", "us-defense", "china"] = Field(
        "global", description="Which of Microsoft's clouds; only its hosts are ever spoken to")
    ca_file: str | None = Field(None, description="File with certificate authorities to trust instead, for a network that inspects TLS")
    proxy: str | None = Field(None, description="Address of the board's proxy; variables of the environment are not looked at")

    @model_validator(mode="after")
    def _one_proof(self) -> GraphAccess:
        if (self.certificate is None) == (self.secret is None):
            raise PydanticCustomError("config_entra_proof", "set either certificate (preferred) or secret")
        return self


class _Graph(GraphAccess):
    deadline_seconds: int = Field(600, ge=10, le=3600, description="The read ends after this many seconds, whole or partial")


class Entra(_Graph):
    """How Entra ID is read over Microsoft Graph (connector "entra"); docs/handbook/entra.md says how to register the application."""

    number: Annotated[str, AfterValidator(_number)] = Field(
        "employeeId", description="Property with the personnel number: employeeId, or extensionAttribute1 to 15")
    school: list[School] = Field(
        default_factory=lambda: list(_SCHOOL),
        description="Where a user's school stands; the first that is filled counts. administrativeUnit: the unit the user is in")
    reads: list[Read] = Field(
        default_factory=lambda: list(_READS),
        description="What is read beside the users. What is left out is not asked for, and its permission is not needed")
    synced_groups: bool = Field(True, description="false leaves out membership of groups that come from Active Directory, when that is read itself")
    leave_out_groups: list[str] = Field(
        default_factory=list, description="Names of groups (with * and ?) whose membership is no right here, e.g. those of classes")


class SharePointFolder(BaseModel):
    """One declared folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str = Field(min_length=1, description="Its name as in the register of folders")
    school: str | None = Field(None, description="Code of its school; without one it is the board's")
    site: Annotated[str, AfterValidator(_site)] = Field(description="Address of the site, e.g. https://bestuur.sharepoint.com/sites/rietkraag")
    path: str = Field(min_length=1, description="The folder in the site's documents, e.g. Beeldmateriaal")


class SharePoint(_Graph):
    """How SharePoint folders are read over Microsoft Graph (connector "sharepoint")."""

    folders: list[SharePointFolder] = Field(min_length=1, description="The folders that are read; no other is looked at")
    site_groups: dict[str, str] = Field(
        default_factory=dict,
        description="Name of a SharePoint group and id of the Entra group it is made of: Graph does not tell who is in a SharePoint group")
