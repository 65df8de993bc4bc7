"""Merged schools under the code that continues them: until its last day the old code equals its successor's (rules 1, KIND 4)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from auditor.model.snapshot import Snapshot


def closed_schools(snapshot: Snapshot) -> Mapping[str, np.datetime64]:
    """Given a snapshot, return the last day of every school whose last day has passed (KIND 4): until then it is its successor."""
    schools = snapshot.table("schools")
    gone = schools.loc[(schools["closed_on"] < np.datetime64(snapshot.as_of, "s")).to_numpy(), ["school", "closed_on"]]
    return dict(zip(gone["school"].astype("str"), gone["closed_on"].to_numpy(dtype="datetime64[s]"), strict=True))


def successors(snapshot: Snapshot) -> Mapping[str, str]:
    """Given a snapshot, return for every school that was merged the school that continues it in the end."""
    schools = snapshot.table("schools")
    merged = np.flatnonzero(schools["merged_into"].notna().to_numpy())
    if not len(merged):
        return {}
    into = dict(zip(schools["school"].iloc[merged].tolist(), schools["merged_into"].iloc[merged].tolist(), strict=True))
    last: dict[str, str] = {}
    for school in into:
        seen, now = {school}, into[school]
        while now in into and now not in seen:
            seen.add(now)
            now = into[now]
        last[school] = now
    return last
