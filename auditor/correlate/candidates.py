"""Who an account may belong to, for a person to choose from: the `candidates` column of the links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from json.encoder import encode_basestring as _quoted

MOST = 5
"""A list longer than this helps nobody."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """person: personnel or pupil number; name: as HR shows it, "" for pupils; confidence: 0 to 100; evidence: code under `reason.`."""

    person: str
    name: str
    confidence: int
    evidence: str


def as_text(candidates: Iterable[Candidate]) -> str | None:
    """Given candidates, return the most likely ones as JSON, best first and by number where equal; None when there are none."""
    best = list(candidates)
    if len(best) > 1:
        best = sorted(best, key=lambda candidate: (-candidate.confidence, candidate.person))[:MOST]
    return f"[{', '.join(map(_as_object, best))}]" if best else None


def _as_object(candidate: Candidate) -> str:
    """One candidate as JSON; by hand, for a million accounts have a hundred thousand of them."""
    return (
        f'{{"person": {_quoted(candidate.person)}, "name": {_quoted(candidate.name)}, "confidence": {candidate.confidence}, '
        f'"evidence": {_quoted(candidate.evidence)}}}'
    )
