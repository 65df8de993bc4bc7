"""Microsoft School Data Sync, v1 and v2.1, as CSV."""

from __future__ import annotations

from datetime import datetime

from connectors.rosters.source import RosterConnector, RosterSettings
from connectors.sds.reading import FILES, understand


def open_sds(settings: RosterSettings, now: datetime) -> RosterConnector:
    """Given the settings of a source and this instant, return its connector."""
    return RosterConnector(settings, now, "sds", FILES, understand)
