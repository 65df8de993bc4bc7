"""Which functions hold which rights today: the material of a first matrix. What is held is not what is needed; a board decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from auditor.expect.standing import owners, reasons
from auditor.model.joining import rows_of
from auditor.model.matrix import SCOPES
from auditor.model.people import People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot

MOST_SCOPES = 0.95
"""The proposed scope is the narrowest that contains this share of what is held: one stray board-wide right does not open the board."""


@dataclass(frozen=True)
class Custom:
    """One function and one right. function, right, level, scope: level and scope "" when the source gives none; held: people of this
    function who hold it; people: people of this function with a live account in the system; unexplained: of the holders, those for whom no
    function of theirs makes it usual."""

    function: str
    right: str
    level: str
    scope: str
    held: int
    people: int
    is_usual: bool
    unexplained: int

    @property
    def share(self) -> float:
        """Part of the people of this function that holds it."""
        return self.held / self.people


def customs(
    snapshot: Snapshot, people: People, links: pd.DataFrame, policy: Policy, systems: Sequence[str], usual_from: float, least: int,
) -> tuple[Custom, ...]:
    """Given a night and the systems meant, return every pair of function and right that is held, the usual ones first.

    A right is usual for a function if at least `usual_from` of its people with a live account hold it, and at least `least` people do.
    Only live accounts of one person who has not left count.
    """
    accounts, grants = snapshot.table("accounts"), snapshot.table("grants")
    owner = owners(links, people)
    latest_start = np.datetime64(snapshot.as_of + timedelta(days=policy.early_days), "s")
    owner = np.where((reasons(accounts, links, owner, people, latest_start) < 0) & accounts["system"].isin(list(systems)).to_numpy(), owner, -1)
    work = people.engagements
    does = (work["counts"].to_numpy(dtype=bool)) & work["function"].notna().to_numpy() & np.isin(work["person_row"].to_numpy(), owner[owner >= 0])
    jobs = pd.DataFrame({"person": work["person_row"].to_numpy()[does], "function": work["function"].astype("str").to_numpy()[does]})
    jobs = jobs.drop_duplicates()
    of = np.append(owner, -1)[rows_of(grants, accounts, ["system", "account"])]
    kept = np.flatnonzero(of >= 0)
    held = pd.DataFrame({"person": of[kept], **{
        name: grants[name].astype("str").fillna("").to_numpy(dtype=object)[kept] for name in ("right", "level", "scope")}})
    pairs = held.merge(jobs, on="person")
    if not len(pairs):
        return ()
    size = jobs.groupby("function")["person"].nunique()
    found = pairs.groupby(["function", "right", "level"], sort=False)["person"].nunique().rename("held").reset_index()
    found["people"] = size.loc[found["function"]].to_numpy()
    found["usual"] = (found["held"] >= least) & (found["held"] >= usual_from * found["people"])
    pairs = pairs.merge(found, on=["function", "right", "level"])
    explained = pairs.loc[pairs["usual"], ["person", "right", "level"]].drop_duplicates().assign(explained=True)
    pairs = pairs.merge(explained, on=["person", "right", "level"], how="left")
    pairs["stray"] = pairs["explained"].isna()
    listed = [_custom(key, group) for key, group in pairs.groupby(["function", "right", "level"], sort=True)]
    return tuple(sorted(listed, key=lambda one: (not one.is_usual, one.function.casefold(), one.right.casefold(), one.level)))


def _custom(key: Any, group: pd.DataFrame) -> Custom:
    function, right, level = key
    first = group.iloc[0]
    return Custom(
        function, right, level, _scope(group["scope"]), int(first["held"]), int(first["people"]), bool(first["usual"]),
        int(group.loc[group["stray"], "person"].nunique()))


def _scope(held: pd.Series[Any]) -> str:
    known = held[held.isin(SCOPES)]
    if len(known) < len(held):
        return ""
    ranks = np.sort(known.map(SCOPES.index).to_numpy())
    return SCOPES[int(ranks[int(np.ceil(MOST_SCOPES * len(ranks))) - 1])]
