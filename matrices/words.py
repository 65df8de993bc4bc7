"""Suggests the word that was probably meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import SequenceMatcher


def nearest(word: str, known: Collection[str]) -> str:
    """Given a word and the words that are known, return the known one most like it, whatever its case; "" when none is known."""
    folded = word.casefold()
    return max(sorted(known), key=lambda candidate: SequenceMatcher(None, folded, candidate.casefold()).ratio(), default="")


def facts_of_unknown(word: str, known: Collection[str]) -> dict[str, str]:
    """Given an unknown word and the known ones, return the facts a fault needs: value, did_you_mean, allowed."""
    return {"value": word, "did_you_mean": nearest(word, known), "allowed": ", ".join(sorted(known))}
