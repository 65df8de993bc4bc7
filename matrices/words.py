"""Suggests the word that was probably meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import SequenceMatcher

NEAR = 0.6
"""Share of letters in common from which a word may be the one that was meant."""
CUT = 4
"""Letters of a word that was cut short, at least."""


def nearest(word: str, known: Collection[str]) -> str:
    """Given a word and the words that are known, return the known one most like it, whatever its case; "" when none is near."""
    folded = word.casefold()
    likeness = {candidate: _likeness(folded, candidate.casefold()) for candidate in sorted(known)}
    best = max(likeness, key=lambda candidate: likeness[candidate], default="")
    return best if likeness.get(best, 0.0) >= NEAR else ""


def _likeness(word: str, candidate: str) -> float:
    """A word that was cut short (inval: invalleerkracht) is near, however much is missing."""
    ratio = SequenceMatcher(None, word, candidate).ratio()
    return max(ratio, NEAR) if len(word) >= CUT and candidate.startswith(word) else ratio


def facts_of_unknown(word: str, known: Collection[str]) -> dict[str, str]:
    """Given an unknown word and the known ones, return the facts a fault needs: value, did_you_mean ("" when none is near), allowed."""
    return {"value": word, "did_you_mean": nearest(word, known), "allowed": ", ".join(sorted(known))}
