"""How far each grant reaches: its own scope, or that of the groups linked to its account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.expect.codes import Codes, Narrow, intern, runs_on, spread
from auditor.expect.meanings import Meaning
from auditor.expect.places import Places
from auditor.model.joining import rows_of
from auditor.model.matrix import SCOPES
from auditor.model.snapshot import Snapshot

SCOPE_WORDS = (*SCOPES, "unknown")
UNKNOWN, GROUP, SCHOOL = (SCOPE_WORDS.index(word) for word in ("unknown", "group", "school"))
LEAST_GROUPS = 3
MORE_THAN_TAUGHT = 2
"""An account linked to every group of a school holds the school, if the school has at least LEAST_GROUPS and its owner teaches at least
MORE_THAN_TAUGHT fewer: a shared "vervanger" login that sees all groups (KIND)."""


@dataclass(frozen=True)
class Reach:
    """One row per grant and place. grant: position in the grants table; scope: place in SCOPE_WORDS; school, group: codes as read."""

    grant: Narrow
    scope: Narrow
    school: Narrow
    group: Narrow

    def at(self, rows: Codes) -> Reach:
        """Given positions of rows, return those rows, in numbers wide enough to reckon with."""
        return Reach(*(column[rows].astype(np.int64) for column in (self.grant, self.scope, self.school, self.group)))


def reach(snapshot: Snapshot, places: Places, account: Narrow, owner: Codes, meaning: Narrow, meanings: Sequence[Meaning]) -> Reach:
    """Given the account and meaning of each grant and the owner of each account, return how far each grant reaches.

    A grant whose scope comes from group links (and that names no group itself) gives a row per group linked on the day at its school.
    Without such links only its school is judged, and where that is absent too its scope is unknown. All other grants, nearly all, give the
    one row they are.
    """
    grants = snapshot.table("grants")
    scope = _scopes(grants, meaning, meanings)
    from_links = np.array([entry.from_links for entry in meanings] + [False], dtype=bool)[meaning] & (scope != GROUP) & (account >= 0)
    asking = np.flatnonzero(from_links)
    row, school, group, is_whole = _linked(snapshot, places, account[asking], owner, places.grant_school[asking])
    linked = np.bincount(row, minlength=len(asking))
    beyond = np.maximum(1, linked) - 1
    again = np.repeat(asking, beyond)
    origin = np.insert(np.arange(len(grants), dtype=np.int32), again + 1, again)
    found = Reach(origin, scope[origin], places.grant_school[origin], places.grant_group[origin])
    start = asking + np.cumsum(beyond) - beyond
    found.scope[start] = np.where(places.grant_school[asking] >= 0, GROUP, UNKNOWN)
    found.group[start] = -1
    if len(row):
        _, within = spread(linked)
        target = start[row] + within
        found.scope[target] = np.where(is_whole, SCHOOL, np.where(school >= 0, GROUP, UNKNOWN))
        found.school[target] = school
        found.group[target] = np.where(is_whole, -1, group)
    return found


def _scopes(grants: pd.DataFrame, meaning: Narrow, meanings: Sequence[Meaning]) -> Narrow:
    words = [*map(str, grants["scope"].array.categories), "unknown"]
    own = np.array([SCOPE_WORDS.index(word) if word in SCOPE_WORDS else UNKNOWN for word in words], dtype=np.int8)[grants["scope"].array.codes]
    fixed = np.array([SCOPE_WORDS.index(entry.scope) if entry.scope else -1 for entry in meanings] + [-1], dtype=np.int8)[meaning]
    return np.where(fixed >= 0, fixed, own)


def _linked(
    snapshot: Snapshot, places: Places, account: Narrow, owner: Codes, grant_school: Narrow,
) -> tuple[Codes, Codes, Codes, Codes]:
    """Per asking grant and linked group: the grant's position, school, group, and whether it stands for the whole school."""
    links = snapshot.table("group_links")
    asked, asker = np.unique(account, return_inverse=True)
    of = rows_of(links, snapshot.table("accounts")[["system", "account"]].take(asked), ["system", "account"]).astype(np.int64)
    usable = np.flatnonzero((of >= 0) & runs_on(links["starts_on"], links["ends_on"], snapshot.as_of))
    usable = usable[np.argsort(of[usable], kind="stable")]
    counts = np.bincount(of[usable], minlength=len(asked))
    start = np.cumsum(counts) - counts
    row, within = spread(counts[asker])
    link = usable[start[asker[row]] + within]
    root = places.root
    here, there = root[grant_school[row]], root[places.link_school[link]]
    fits = (here < 0) | (there < 0) | (here == there)
    row, link = row[fits], link[fits]
    school = np.where(places.link_school[link] >= 0, places.link_school[link], grant_school[row]).astype(np.int64)
    group = places.link_group[link].astype(np.int64)
    if not len(row):
        return row, school, group, np.zeros(0, dtype=np.int64)
    _, first = intern([(row, len(account)), (root[school] + 1, len(places.schools) + 1), (group, len(places.groups) + 1)])
    first = np.sort(first)
    row, school, group = row[first], school[first], group[first]
    part, first = intern([(row, len(account)), (root[school] + 1, len(places.schools) + 1)])
    is_class = places.classes.get_indexer(pd.Index(places.group_key(root[school], group))) >= 0
    linked = np.bincount(part, weights=is_class, minlength=len(first)).astype(np.int64)
    home = root[school[first]]
    total = np.append(places.class_count, 0)[home]
    taught = places.taught(owner[account[row[first]]], home)
    is_whole = (home >= 0) & (total >= LEAST_GROUPS) & (linked == total) & (total >= taught + MORE_THAN_TAUGHT) & places.delivered[home]
    keep = ~is_whole[part]
    keep[first[is_whole]] = True
    return row[keep], school[keep], group[keep], is_whole[part][keep].astype(np.int64)
