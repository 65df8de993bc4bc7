"""Merged schools under the code that continues them: until its last day the old code equals its successor's (rules 1, KIND 4)."""

from __future__ import annotations

from collections.abc import Mapping

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
