"""Merged schools under the code that continues them: until its last day the old code equals its successor's (rules 1, KIND 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.snapshot import Snapshot


def successors(snapshot: Snapshot) -> Mapping[str, str]:
    """Given a snapshot, return for every school that was merged the school that continues it in the end."""
    schools = snapshot.table("schools")
    merged = schools.loc[schools["merged_into"].notna(), ["school", "merged_into"]]
    into = dict(zip(merged["school"].astype("str"), merged["merged_into"].astype("str"), strict=True))
    last: dict[str, str] = {}
    for school in into:
        seen, now = {school}, into[school]
        while now in into and now not in seen:
            seen.add(now)
            now = into[now]
        last[school] = now
    return last


def continued(column: pd.Series[Any], successor_of: Mapping[str, str]) -> pd.Series[Any]:
    """Given a categorical column of school codes, return it with merged schools under the code that continues them."""
    if not successor_of or not column.cat.categories.isin(list(successor_of)).any():
        return column
    words = [successor_of.get(word, word) for word in column.cat.categories]
    known = pd.Index(dict.fromkeys(words), dtype="str")
    codes = np.append(known.get_indexer(pd.Index(words)), -1)[column.cat.codes.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(codes, categories=known), index=column.index)
