"""Who an account may belong to, for a person to choose from: the `candidates` column of the links."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 5
"""A list longer than this helps nobody."""


@dataclass(frozen=True)
class Candidate:
    """person: personnel or pupil number; name: as HR shows it, "" for pupils; confidence: 0 to 100; evidence: code under `reason.`."""

    person: str
    name: str
    confidence: int
    evidence: str


def as_text(candidates: Iterable[Candidate]) -> str | None:
    """Given candidates, return the most likely ones as JSON, best first and by number where equal; None when there are none."""
    best = sorted(candidates, key=lambda candidate: (-candidate.confidence, candidate.person))[:MOST]
    return json.dumps([vars(candidate) for candidate in best], ensure_ascii=False) if best else None
