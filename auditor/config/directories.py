"""What `auditor.toml` may say about a domain of Active Directory that is read live over LDAP."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from auditor.config.secrets import Reference


def _controller(value: str) -> str:
    """A name, never an address with a scheme: how it is spoken to is not the user's to loosen."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?", value):
        raise PydanticCustomError("config_value_controller", "write a name as in its certificate, with ':port' where it is not the usual one")
    return value


def _dn(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9.-]*=.+", value) or "\0" in value:
        raise PydanticCustomError("config_value_dn", "write a DN, such as OU=Medewerkers,DC=noord,DC=example,DC=nl")
    return value


def _filter(value: str) -> str:
    if not (value.startswith("(") and value.endswith(")") and value.count("(") == value.count(")")):
        raise PydanticCustomError("config_value_filter", "write a condition in LDAP's notation, in brackets")
    return value


def _pattern(value: str) -> str:
    try:
        groups = re.compile(value).groupindex
    except re.error:
        groups = {}
    if "value" not in groups:
        raise PydanticCustomError("config_value_pattern", "write a pattern with one group named 'value'")
    return value


Dn = Annotated[str, AfterValidator(_dn)]
Number = Annotated[str, Field(pattern=r"^(employeeID|employeeNumber|extensionAttribute([1-9]|1[0-5]))$")]
SchoolAttribute = Annotated[
    str, Field(pattern=r"^(DN|department|company|division|physicalDeliveryOfficeName|l|extensionAttribute([1-9]|1[0-5]))$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Under(_Strict):
    """Accounts in one place that are all of one kind."""

    under: Dn = Field(description="A DN or part of one, e.g. OU=Leerlingen; the longest that fits counts")
    kind: Literal["person", "pupil", "external", "shared", "service", "emergency"]


class ActiveDirectory(_Strict):
    """How one domain is read live (connector "active_directory"); docs/handbook/active-directory.md says how to make the reading account.
    Certificate and name are always checked: there is no setting that switches that off."""

    servers: list[Annotated[str, AfterValidator(_controller)]] = Field(
        min_length=1, description="Domain controllers, named as in their certificates; the first that can be used is read")
    security: Literal["ldaps", "starttls"] = Field("ldaps", description="TLS from the start (port 636) or on the plain port (389)")
    ca_file: str | None = Field(None, description="PEM file with the issuers to trust, seen from the configuration file; else those of the system")
    user: str = Field(min_length=1, description="The reading account: name@domain, DOMAIN\\name or a DN")
    password: Reference = Field(description="Where its password lies")
    base: Dn | None = Field(None, description="DN of the domain; else what the controller says")
    user_bases: list[Dn] = Field(default_factory=list, description="Where accounts are looked for; empty: the whole domain")
    group_bases: list[Dn] = Field(default_factory=list, description="Where groups are looked for; empty: the whole domain")
    user_filter: Annotated[str, AfterValidator(_filter)] | None = Field(
        None, description="A further condition for accounts in LDAP's notation, e.g. (!(sAMAccountName=test*))")
    number: Number = Field("employeeID", description="Attribute with the personnel number: employeeID, employeeNumber or extensionAttribute1 to 15")
    school: Annotated[str, AfterValidator(_pattern)] | None = Field(
        None, description="Pattern with one group named 'value': the school of an account, e.g. (?i)OU=(?P<value>[^,]+),OU=Scholen")
    school_attribute: SchoolAttribute = Field(
        "DN", description="Where it is looked for: DN, department, company, division, physicalDeliveryOfficeName, l, extensionAttribute1 to 15")
    kind: Literal["person", "unknown"] = Field("unknown", description="Kind of the accounts nothing else is said of")
    kinds: list[Under] = Field(default_factory=list, description="Places whose accounts are of one kind; the source's own kinds, by name, go before")
    privileged_groups: list[str] = Field(
        default_factory=list, description="Names of groups that are privileged beside the well-known ones (those are known by SID)")
    deleted: bool = Field(False, description="Read deleted accounts too, as long as the domain keeps them; may need a right of its own")
    page: int = Field(1000, ge=10, le=5000, description="Entries a page; a controller gives 1000 at most unless set otherwise")
    silence_seconds: int = Field(30, ge=1, le=300, description="A controller that says nothing for so long is given up")
    deadline_seconds: int = Field(600, ge=1, le=3600, description="The read ends after this many seconds, whole or partial")
