"""What `auditor.toml` may say about a roster of several files: OneRoster or School Data Sync."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


def _number(value: str) -> str:
    if not re.fullmatch(r"|identifier|sourcedId|username|userMasterIdentifier|userIds:[A-Za-z0-9_. -]+|Teacher Number|SIS ID", value):
        raise PydanticCustomError("config_value_roster_number", "identifier, sourcedId, username, userMasterIdentifier or userIds:<type>")
    return value


class Roster(BaseModel):
    """A roster: its files lie in one folder or zip, or in folders and zips of one folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(description="Folder or zip with the files, or a folder that gathers such folders and zips; seen from the configuration file")
    number: Annotated[str, AfterValidator(_number)] = Field(
        "", description="Column with the personnel or pupil number: identifier (the default of OneRoster), sourcedId, username, "
        "userMasterIdentifier or userIds:<type>")
    teaching: bool = Field(False, description="Those numbers are personnel numbers: its enrollments say who teaches which group")
