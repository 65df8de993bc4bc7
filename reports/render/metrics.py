"""Figures for a monitor, as Prometheus' text format with the end mark of OpenMetrics; both read it. Counts and ages, never a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auditor.model.coverage import SourceState

STATES = tuple(str(state) for state in SourceState)


@dataclass(frozen=True)
class SourceFigures:
    """One source of the last scan. read_at: the day of its own data, None when it delivered none."""

    source: str
    state: str
    rows: int
    read_at: datetime | None


@dataclass(frozen=True)
class Figures:
    """What is measured after a scan. complete_at: of the last scan that read at least one source; counts: findings by what became of
    them, with `open`, `waived` and `not_assessed`; mails: in the outbox by state."""

    board: str
    scans: int
    scanned_at: datetime
    complete_at: datetime | None
    seconds: float
    counts: Mapping[str, int]
    mails: Mapping[str, int]
    sources: Sequence[SourceFigures]


def render(figures: Figures) -> str:
    """Given the figures, return the file. Ages are instants: whoever reads it knows what time it is, and sees it stand still."""
    return "\n".join([*_lines(figures), "# EOF", ""])


def _lines(held: Figures) -> Iterator[str]:
    yield from _metric("auditor_scans", "counter", "Scans stored since the beginning", [({"board": held.board}, held.scans)], "_total")
    yield from _metric("auditor_last_scan_timestamp_seconds", "gauge", "When the last scan began", [({}, held.scanned_at.timestamp())])
    if held.complete_at:
        yield from _metric(
            "auditor_last_complete_scan_timestamp_seconds", "gauge", "When the last scan began that could read a source",
            [({}, held.complete_at.timestamp())])
    yield from _metric("auditor_scan_duration_seconds", "gauge", "How long the last scan took", [({}, held.seconds)])
    yield from _metric(
        "auditor_findings", "gauge", "Findings of the last scan by what became of them",
        [({"count": name}, number) for name, number in sorted(held.counts.items())])
    yield from _metric(
        "auditor_source_state", "gauge", "1 for the state each source is in",
        [({"source": one.source, "state": state}, int(one.state == state)) for one in held.sources for state in STATES])
    yield from _metric("auditor_source_rows", "gauge", "Rows read of each source", [({"source": one.source}, one.rows) for one in held.sources])
    yield from _metric(
        "auditor_source_data_timestamp_seconds", "gauge", "The day of each source's own data",
        [({"source": one.source}, one.read_at.timestamp()) for one in held.sources if one.read_at])
    yield from _metric(
        "auditor_mails", "gauge", "Mails in the outbox by state", [({"state": name}, number) for name, number in sorted(held.mails.items())])


def _metric(
    name: str, kind: str, meaning: str, samples: Sequence[tuple[Mapping[str, str], float]], suffix: str = "",
) -> Iterator[str]:
    if not samples:
        return
    yield f"# TYPE {name}{suffix} {kind}"
    yield f"# HELP {name}{suffix} {meaning}"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_quoted(text)}"' for key, text in labels.items())
        number = str(value) if isinstance(value, int) else f"{value:.3f}"
        yield f"{name}{suffix}{{{inside}}} {number}" if inside else f"{name}{suffix} {number}"


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
