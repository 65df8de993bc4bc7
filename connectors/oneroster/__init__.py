"""OneRoster 1.1 and 1.2 as CSV (1EdTech): bulk sets and the deltas after them."""

from __future__ import annotations

from datetime import datetime

from connectors.oneroster.reading import FILES, is_whole, understand
from connectors.rosters.source import RosterConnector, RosterSettings


def open_oneroster(settings: RosterSettings, now: datetime) -> RosterConnector:
    """Given the settings of a source and this instant, return its connector."""
    return RosterConnector(settings, now, "oneroster", FILES, understand, is_whole)
