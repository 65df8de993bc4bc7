"""Members of groups that come from another domain: known here by their SID only, and holding rights here all the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from auditor.model.tables import TABLES


@dataclass(frozen=True)
class Foreign:
    """One such member. sid: its SID; guid: its objectGUID, where its domain is in the same forest; groups: DNs of the groups it is in."""

    sid: str
    guid: str | None
    groups: tuple[str, ...]


class Holding(Protocol):
    """One group held, by name, and the paths by which (JSON list; None: directly)."""

    @property
    def right(self) -> str:
        """Name of the group."""

    @property
    def via(self) -> str | None:
        """The paths."""


class Known(Protocol):
    """What is known of the groups here."""

    def held(self, direct: Iterable[str], /) -> Sequence[Holding]:
        """Given DNs of groups somebody is in, return every group held."""


def foreign_accounts(members: Sequence[Foreign], system: str, *, source: str, file: str) -> pd.DataFrame:
    """Given members from elsewhere and the system, return an account for each: external, its status not known here, named by its SID."""
    return TABLES["accounts"].frame({
        "system": [system] * len(members),
        "account": [member.sid for member in members],
        "id_is_stable": [True] * len(members),
        "username": [member.sid for member in members],
        "kind": ["external"] * len(members),
        "status": ["unknown"] * len(members),
        "synced_from": [member.guid for member in members],
    }, source=source, file=file)


def foreign_grants(members: Sequence[Foreign], known: Known, system: str, *, source: str, file: str) -> pd.DataFrame:
    """Given members from elsewhere, the groups here and the system, return what they hold here, nesting included."""
    held = [(member.sid, item) for member in members for item in known.held(member.groups)]
    return TABLES["grants"].frame({
        "system": [system] * len(held),
        "account": [sid for sid, _ in held],
        "right": [item.right for _, item in held],
        "scope": ["unknown"] * len(held),
        "via": [item.via for _, item in held],
    }, source=source, file=file)
