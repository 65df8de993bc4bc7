"""Where a grant lies as seen from each engagement of its owner."""

from __future__ import annotations

import numpy as np

from auditor.expect.codes import Codes
from auditor.expect.effective import SCOPE_WORDS
from auditor.expect.places import Flags, Places
from auditor.expect.scopes import RELATIONS

CODE = {relation: code for code, relation in enumerate(RELATIONS)}
_AT = {word: code for code, word in enumerate(SCOPE_WORDS)}


def relations(places: Places, scope: Codes, school: Codes, group: Codes, person: Codes, engaged_school: Codes, is_past: Flags) -> Codes:
    """Given per pair of grant and engagement the grant's scope (place in SCOPE_WORDS), school and group, the owner, and the engagement's
    school and whether it is past, return the code of the relation.

    Own groups are those taught on the day. Where nobody's teaching at that school is known, the group question is not assessed; of a past
    engagement every group the person is known to have taught there is its own.
    """
    held, works = places.root[school], places.root[engaged_school]
    is_known = (held >= 0) & (works >= 0)
    is_same = is_known & (held == works)
    found = np.full(len(scope), CODE["unknown"], dtype=np.int64)
    for word in ("board", "own", "folder"):
        found[scope == _AT[word]] = CODE[word]
    placed = (scope == _AT["school"]) | (scope == _AT["group"])
    found[(placed | (scope == _AT["folder"])) & is_known & ~is_same] = CODE["other_school"]
    found[(scope == _AT["school"]) & is_same] = CODE["same_school"]
    ask = np.flatnonzero((scope == _AT["group"]) & is_same)
    found[ask] = _of_group(places, person[ask], held[ask], group[ask], is_past[ask])
    return found


def _of_group(places: Places, person: Codes, root: Codes, group: Codes, is_past: Flags) -> Codes:
    key = places.person_group_key(person, root, group)
    is_own = np.where(is_past, places.ever.get_indexer(key) >= 0, places.own.get_indexer(key) >= 0)
    is_answerable = np.where(is_past, places.has_taught(person, root), places.delivered[root]) & (group >= 0)
    return np.where(~is_answerable, CODE["group_unknown"], np.where(is_own, CODE["own_group"], CODE["other_group"]))
