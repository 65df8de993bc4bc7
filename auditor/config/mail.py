"""What `auditor.toml` may say about mail: from whom, by which way, and when not."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from auditor.config.live import GraphAccess
from auditor.config.secrets import Reference


def _address(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value):
        raise PydanticCustomError("config_value_address", "write exactly one mail address")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", value):
        raise PydanticCustomError("config_value_host", "write a host name without protocol or path")
    return value


Address = Annotated[str, AfterValidator(_address)]
Host = Annotated[str, AfterValidator(_host)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Smtp(_Strict):
    """A mail server. Its certificate and name are always checked; without encryption nothing is logged in and nothing is sent."""

    host: Host = Field(description="Name of the mail server, as in its certificate")
    port: int = Field(587, ge=1, le=65535, description="Port it listens on")
    security: Literal["starttls", "tls"] = Field("starttls", description="starttls (usually port 587) or tls from the start (465)")
    user: str | None = Field(None, description="Name to log in with, if the server asks for one")
    password: Reference | None = Field(None, description="Where the password lies")
    ca_file: Path | None = Field(None, description="File with certificate authorities to trust instead")
    timeout_seconds: int = Field(60, ge=1, le=600, description="How long an answer of the server is waited for")

    @model_validator(mode="after")
    def _user_and_password(self) -> Smtp:
        if (self.user is None) != (self.password is None):
            raise PydanticCustomError("config_mail_login", "set both user and password, or neither")
        return self


class GraphMail(GraphAccess):
    """Sending through Microsoft Graph (sendMail), from one mailbox the application may send as (Mail.Send, limited to that mailbox)."""

    sender: Address = Field(description="Mailbox that sends; limit the application to it")


class Webhook(_Strict):
    """A message to a channel beside the mail: counts and no names."""

    url: Reference = Field(description="Where the address lies; an address with a key in it is a secret")
    kind: Literal["teams", "json"] = Field("teams", description="teams: a card; json: the counts, for any other receiver")


class Pause(_Strict):
    """A period of the board's own in which no reminder goes out."""

    starts_on: date = Field(description="First day")
    ends_on: date = Field(description="Last day")

    @model_validator(mode="after")
    def _in_order(self) -> Pause:
        if self.ends_on < self.starts_on:
            raise PydanticCustomError("config_pause_order", "a pause ends after it starts")
        return self


class Mail(_Strict):
    """Mail to directors, ICT, the privacy officer and the board. Without this table nothing is mailed."""

    sender: Address = Field(description="Address the mail comes from")
    way: Literal["folder", "smtp", "graph"] = Field("folder", description="folder: as .eml files, to look at first; smtp; graph")
    folder: Path = Field(Path("var/mail"), description="Where .eml files go")
    allowed_domains: list[str] = Field(default_factory=list, description="Domains mail may go to; empty: the board's managed domains")
    region: Literal["noord", "midden", "zuid", "none"] = Field("none", description="Region of the school holidays in which reminders wait")
    pauses: list[Pause] = Field(default_factory=list, description="Periods of the board's own in which reminders wait")
    smtp: Smtp | None = Field(None, description="The mail server. For way smtp")
    graph: GraphMail | None = Field(None, description="The mailbox in Microsoft 365. For way graph")
    webhook: Webhook | None = Field(None, description="A channel that is told beside the mail")

    @model_validator(mode="after")
    def _way_is_set(self) -> Mail:
        if (self.way == "smtp" and self.smtp is None) or (self.way == "graph" and self.graph is None):
            raise PydanticCustomError("config_mail_way", "the way that is chosen needs its own table")
        return self
