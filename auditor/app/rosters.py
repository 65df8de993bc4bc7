"""Opens the sources that are rosters of several files: OneRoster and School Data Sync."""

from __future__ import annotations

from datetime import datetime

from auditor.config.load import Workspace
from auditor.config.schema import Source
from auditor.model.reading import Connector
from connectors.oneroster import open_oneroster
from connectors.rosters.source import RosterSettings
from connectors.sds import open_sds


def open_roster(workspace: Workspace, name: str, source: Source, now: datetime) -> Connector:
    """Given a configured source of connector oneroster or sds, return its connector."""
    assert source.roster is not None and source.system is not None, "the schema gives every roster its settings and its system"
    settings = RosterSettings(
        name=name, system=source.system, root=workspace.root, path=source.roster.path,
        folders=[workspace.root / folder for folder in workspace.config.folders.exports], settle_seconds=source.settle_seconds,
        minimum_rows=source.minimum_rows, number=source.roster.number, teaching=source.roster.teaching)
    return open_oneroster(settings, now) if source.connector == "oneroster" else open_sds(settings, now)
