"""What a login name or address says by itself: one of administration, of nobody in particular, or of somebody else's domain."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from auditor.model.arrows import arrow

Flags = npt.NDArray[np.bool_]


def matches_any(names: pd.Series[Any], patterns: Iterable[str]) -> Flags:
    """Given login names and patterns with * and ?, return which match one, without case; of an address the part before @ counts."""
    parts = ["".join({"*": ".*", "?": "."}.get(sign) or re.escape(sign) for sign in pattern) for pattern in patterns]
    return _fits(names, f"^(?:{'|'.join(parts)})(?:@.*)?$") if parts else np.zeros(len(names), dtype=bool)


def starts_with_word(names: pd.Series[Any], words: Iterable[str]) -> Flags:
    """Given names and words, return which begin with one of the words as a whole word (`groep5`, `vervanger.eik`, not `groepman`)."""
    parts = [re.escape(word) for word in words]
    return _fits(names, rf"^(?:{'|'.join(parts)})(?:[^\p{{L}}].*)?$") if parts else np.zeros(len(names), dtype=bool)


def domains_of(addresses: pd.Series[Any]) -> npt.NDArray[np.object_]:
    """Given addresses, return the domain of each, in small letters; of what has no @ the whole."""
    found: npt.NDArray[np.object_] = pc.utf8_lower(pc.replace_substring_regex(arrow(addresses), r"^.*@", "")).to_numpy(zero_copy_only=False)
    return found


def outside(addresses: pd.Series[Any], domains: Iterable[str]) -> Flags:
    """Given addresses and domains, return which address lies in none of the domains; an absent address does not."""
    texts = pc.utf8_lower(arrow(addresses))
    hits = pc.is_valid(texts)
    for domain in domains:
        hits = pc.and_(hits, pc.invert(pc.fill_null(pc.ends_with(texts, f"@{domain.lstrip('@')}"), True)))
    found: Flags = hits.to_numpy(zero_copy_only=False)
    return found


def _fits(names: pd.Series[Any], pattern: str) -> Flags:
    found = pc.match_substring_regex(arrow(names), f"(?s){pattern}", ignore_case=True)
    hits: Flags = np.array(pc.fill_null(found, False))
    return hits
