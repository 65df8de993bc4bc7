"""Name evidence: who an account without an owner may belong to. Only ever a proposal, never a link (rules 3, tier 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from auditor.correlate.candidates import MOST
from auditor.correlate.name_index import NameIndex
from auditor.correlate.names import Name, parse

SAME_NAME, NEARLY_SAME, SAME_ELSEWHERE = "name_same", "name_alike", "name_elsewhere"
"""Evidence: surname equal, in the account's school; surname nearly equal there; equal, at another school. Codes under `reason.`."""
NEAR = 80
"""Least likeness of surnames (rapidfuzz ratio, 0 to 100) within one school."""
LEAD = 5
"""A proposal is sure only when it leads the runner-up by this many points."""
EXACT, FULL_INITIALS, SIMILAR, INITIAL, OTHER_FIRST_NAME = 95, 92, 85, 80, 60
"""Confidence when the surname is equal and so is: the first name; two initials or more; most of the first name; one initial; one initial
of another first name. Below 90 a proposal is a guess."""
OTHER_PREFIX = 88
"""Highest confidence when the tussenvoegsel differs."""
UNSURE = 70
"""Highest confidence without a lead."""
ELSEWHERE = 50
"""Highest confidence outside the account's own school: across a whole board, names mislead."""
COMMON = 200
"""A surname that more people have proposes nobody outside the school."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """One person an account may belong to: row in People.persons, confidence 0 to 100, and the evidence."""

    row: int
    confidence: int
    evidence: str


def propose(index: NameIndex, shown: Sequence[tuple[str, str | None]]) -> list[list[Likeness]]:
    """Given names as accounts show them, with their schools, return for each who it may belong to, best first, at most five."""
    parsed = {text: parse(text) for text in dict.fromkeys(text for text, _ in shown)}
    names = [parsed[text] for text, _ in shown]
    places = [index.school(school) for _, school in shown]
    wanted = [(at, key) for at, name in enumerate(names) if name is not None and name.initials for key in name.keys]
    codes = np.array([index.code(key) for _, key in wanted], dtype=np.int64)
    here = index.in_school(np.array([places[at] for at, _ in wanted], dtype=np.int64), codes)
    found: list[dict[int, Likeness]] = [{} for _ in shown]
    for (at, key), rows in zip(wanted, here, strict=True):
        if rows:
            _weigh(index, found[at], _sure(names[at]), rows, key, 100, SAME_NAME)
    for at, name in enumerate(names):
        if not found[at] and places[at] >= 0 and name is not None and name.initials:
            _weigh_near(index, found[at], name, places[at])
    for (at, key), rows in zip(wanted, _elsewhere(index, wanted, codes, found), strict=True):
        if 0 < len(rows) <= COMMON:
            _weigh(index, found[at], _sure(names[at]), rows, key, 100, SAME_ELSEWHERE)
    return [_ranked(likes.values()) for likes in found]


def _elsewhere(
    index: NameIndex, wanted: Sequence[tuple[int, str]], codes: np.typing.NDArray[np.int64], found: Sequence[dict[int, Likeness]],
) -> list[list[int]]:
    """Rows on the whole board, for names that found nobody in their own school."""
    is_open = np.array([not found[at] for at, _ in wanted], dtype=np.bool_)
    return index.on_board(np.where(is_open, codes, -1))


def _sure(name: Name | None) -> Name:
    assert name is not None
    return name


def _weigh(index: NameIndex, found: dict[int, Likeness], name: Name, rows: Iterable[int], key: str, ratio: float, evidence: str) -> None:
    """Add each person with this surname whose first name fits; the best evidence for a person stays."""
    is_glued = bool(name.prefix) and key.startswith(name.prefix) and key[len(name.prefix):] in name.keys
    for row in rows:
        person = index.name(row)
        confidence = _first_name_fits(name, person)
        if not confidence:
            continue
        is_one_word = bool(person.prefix) and key.startswith(person.prefix)
        if not (is_glued or is_one_word or _same_prefix(name.prefix, person.prefix)):
            confidence = min(confidence, OTHER_PREFIX)
        if ratio < 100:
            confidence -= 15 + round((100 - ratio) / 2)
        if evidence == SAME_ELSEWHERE:
            confidence = confidence * ELSEWHERE // 100
        before = found.get(row)
        if before is None or confidence > before.confidence:
            found[row] = Likeness(row, confidence, evidence)


def _weigh_near(index: NameIndex, found: dict[int, Likeness], name: Name, place: int) -> None:
    """Surnames that look alike, within the school: typing errors and old spellings."""
    words, codes = index.words_in(place)
    for key in name.keys[:2]:
        for _, ratio, at in process.extract(key, words, scorer=fuzz.ratio, score_cutoff=NEAR, limit=MOST):
            [rows] = index.in_school(np.array([place]), codes[at : at + 1])
            _weigh(index, found, name, rows, key, ratio, NEARLY_SAME)


def _first_name_fits(name: Name, person: Name) -> int:
    """How well first name and initials of the account fit the person, the surname being equal; 0 when they do not."""
    if name.given and person.given:
        if name.given == person.given:
            return EXACT
        if name.given[0] not in (person.given[0], person.initials[:1]):
            return 0
        is_similar = name.given[0] == person.given[0] and fuzz.ratio(name.given, person.given) >= NEAR
        return SIMILAR if is_similar else OTHER_FIRST_NAME
    if len(name.initials) > 1 and len(person.initials) > 1:
        if name.initials == person.initials:
            return FULL_INITIALS
        return INITIAL if name.initials[0] == person.initials[0] and len(name.initials) != len(person.initials) else 0
    return INITIAL if name.initials[0] in (person.initials[:1], person.given[:1]) else 0


def _same_prefix(one: str, other: str) -> bool:
    """Whether two tussenvoegsels can be one: equal, or written short (vd for van de, van den or van der)."""
    return _short(one) == _short(other)


def _short(prefix: str) -> str:
    return "vd" if prefix in ("vd", "vande", "vanden", "vander") else prefix


def _ranked(likes: Collection[Likeness]) -> list[Likeness]:
    """Best first; without a clear lead nobody is sure, and more than five people elsewhere are no proposal."""
    if len(likes) < 2:
        return list(likes)
    ranked = sorted(likes, key=lambda like: (-like.confidence, like.row))
    if len(ranked) > MOST and ranked[0].evidence == SAME_ELSEWHERE:
        return []
    if len(ranked) > 1 and ranked[0].confidence - ranked[1].confidence < LEAD:
        ranked = [Likeness(like.row, min(like.confidence, UNSURE), like.evidence) for like in ranked]
    return ranked[:MOST]
