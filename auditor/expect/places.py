"""Schools and groups as codes, after mergers; whose groups are whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.codes import Codes, is_word, shared_codes
from auditor.expect.numbers import persons_of
from auditor.model.people import People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Places:
    """Every place of one night as codes, -1 for absent.

    schools, groups: the words; root: per school code the code of the school that continues it (KIND 4), and -1 last, so that absent stays
    absent; the `_school` arrays hold codes as read. classes: distinct groups of each school (root), subgroups left out; own, ever: keys
    (person, root, group) of the groups a person teaches on the day, or ever taught as far as known; delivered: schools (roots) for which
    anybody's teaching on the day is known; crossing: schools registered as working across groups (OPOR **).
    """

    schools: list[str]
    groups: list[str]
    root: Codes
    crossing: Flags
    delivered: Flags
    grant_school: Codes
    grant_group: Codes
    link_school: Codes
    link_group: Codes
    engaged_school: Codes
    register_school: Codes
    register_group: Codes
    classes: pd.Index[Any]
    class_count: Codes
    own: pd.Index[Any]
    ever: pd.Index[Any]

    def group_key(self, root: Codes, group: Codes) -> Codes:
        """Given schools (roots) and groups, return one code per group of a school, -1 when either is absent."""
        return np.where((root < 0) | (group < 0), -1, root * (len(self.groups) + 1) + group)

    def person_group_key(self, person: Codes, root: Codes, group: Codes) -> Codes:
        """Given persons too, return one code per person and group of a school."""
        return _join(person, self.group_key(root, group), (len(self.schools) + 1) * (len(self.groups) + 1))

    def person_school_key(self, person: Codes, root: Codes) -> Codes:
        """Given persons and schools (roots), return one code per pair, -1 when the school is absent."""
        return _join(person, root, len(self.schools) + 1)

    def taught(self, person: Codes, root: Codes) -> Codes:
        """Given persons and schools (roots), return how many groups each teaches there on the day."""
        width = len(self.groups) + 1
        pairs, counts = np.unique(self.own.to_numpy() // width, return_counts=True)
        seat = pd.Index(pairs).get_indexer(pd.Index(self.person_school_key(person, root)))
        return np.asarray(np.append(counts, 0)[seat], dtype=np.int64)

    def has_taught(self, person: Codes, root: Codes) -> Flags:
        """Given persons and schools (roots), return whether any teaching of theirs there is known, of whatever day."""
        pairs = pd.Index(np.unique(self.ever.to_numpy() // (len(self.groups) + 1)))
        return np.asarray(pairs.get_indexer(pd.Index(self.person_school_key(person, root))) >= 0)


def places(snapshot: Snapshot, people: People, policy: Policy) -> Places:
    """Given the night's facts and the board's periods, return its places; at the turn of the school year last year's groups are own too."""
    schools, groups, teaching = (snapshot.table(name) for name in ("schools", "groups", "teaching"))
    grants, links, register = (snapshot.table(name) for name in ("grants", "group_links", "temporary_rights"))
    school_words, school_codes = shared_codes([
        schools["school"], schools["merged_into"], grants["school"], links["school"], groups["school"], teaching["school"],
        people.engagements["school"], register["school"],
    ])
    group_words, group_codes = shared_codes([
        grants["group"], links["group"], groups["group"], teaching["group"], register["group"],
    ])
    own_code, into, grant_school, link_school, class_school, taught_school, engaged_school, register_school = school_codes
    grant_group, link_group, class_group, taught_group, register_group = group_codes
    root = _roots(own_code, into, len(school_words))
    crossing = np.zeros(len(school_words) + 1, dtype=bool)
    crossing[own_code[schools["works_across_groups"].fillna(False).to_numpy(dtype=bool)]] = True
    is_running = policy.runs(teaching["starts_on"], teaching["ends_on"], snapshot.as_of)
    delivered = np.zeros(len(school_words) + 1, dtype=bool)
    delivered[root[taught_school[is_running]]] = True
    delivered[-1] = False
    width = len(group_words) + 1
    class_key = root[class_school] * width + class_group
    classes = np.unique(class_key[~is_word(groups["kind"], {"subgroup"})])
    class_count = np.bincount(classes // width, minlength=len(school_words) + 1)
    person = persons_of(teaching["person"], people)
    taught_key = _join(person, root[taught_school] * width + taught_group, (len(school_words) + 1) * width)
    known = person >= 0
    return Places(
        schools=school_words, groups=group_words, root=root, crossing=crossing, delivered=delivered, grant_school=grant_school,
        grant_group=grant_group, link_school=link_school, link_group=link_group, engaged_school=engaged_school,
        register_school=register_school, register_group=register_group, classes=pd.Index(classes), class_count=class_count,
        own=pd.Index(np.unique(taught_key[known & is_running])), ever=pd.Index(np.unique(taught_key[known])),
    )


def _join(outer: Codes, inner: Codes, size: int) -> Codes:
    return np.where((outer < 0) | (inner < 0), -1, outer * size + inner)


def _roots(school: Codes, into: Codes, size: int) -> Codes:
    """Follow merged_into to its end; a circle ends where it is entered after as many steps as there are schools."""
    root = np.arange(size + 1, dtype=np.int64)
    root[-1] = -1
    is_merged = into >= 0
    root[school[is_merged]] = into[is_merged]
    for _ in range(min(int(is_merged.sum()), size)):
        further = root[root]
        if np.array_equal(further, root):
            break
        root = further
    return root
