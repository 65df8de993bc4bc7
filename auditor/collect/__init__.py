"""Pages of all sources -> the canonical tables of one day and a coverage report per source and school; the guards live here."""

from auditor.collect.collecting import Collected, collect
from auditor.collect.delivery import Read
from auditor.collect.ids import SourceIds

__all__ = ["Collected", "Read", "SourceIds", "collect"]
