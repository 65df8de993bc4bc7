"""Everyone who is known by surname, on the whole board and in each school: where name evidence is looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from auditor.correlate.lookup import NOBODY, Positions, distinct, texts
from auditor.correlate.names import Name, fold, parse, surname_keys
from auditor.model.people import People


class NameIndex:
    """People under each surname key they have (own, partner's, with and without tussenvoegsel), in every school they work or worked at."""

    def __init__(self, people: People) -> None:
        """Given who is known, build the index."""
        persons = people.persons
        self.shown: list[str | None] = texts(persons["display_name"]).to_pylist()
        self._parts = [folded_once(persons[name], _glued).to_pylist() for name in ("given_name", "initials", "prefix")]
        self._names: dict[int, Name] = {}
        self._codes: dict[str, int] = {}
        owners, keys = self._surnames(persons)
        self._words = list(self._codes)
        self.width = len(self._words) + 1
        engagements = people.engagements
        school = engagements["school"].cat
        self._schools = {str(name): place for place, name in enumerate(school.categories)}
        works = engagements["person_row"].to_numpy(dtype=np.int64) * (len(self._schools) + 1) + school.codes.to_numpy()
        works = distinct(works[school.codes.to_numpy() >= 0])
        at, entry = _spread(works, len(self._schools) + 1, owners, len(persons))
        self._board, self._board_rows = _sorted(keys, owners)
        self._school, self._school_rows = _sorted(at * self.width + keys[entry], owners[entry])
        self._near: dict[int, tuple[list[str], Positions]] = {}

    def school(self, name: str | None) -> int:
        """Given a school code, return its position, NOBODY when no one works or worked there."""
        return NOBODY if name is None else self._schools.get(name, NOBODY)

    def code(self, key: str) -> int:
        """Given a surname key, return its code, NOBODY when no one has it."""
        return self._codes.get(key, NOBODY)

    def in_school(self, schools: Positions, codes: Positions) -> list[list[int]]:
        """Given schools and surname codes, return for each pair the rows of the people who have that surname there."""
        return _slices(self._school, self._school_rows, np.where((schools < 0) | (codes < 0), NOBODY, schools * self.width + codes))

    def on_board(self, codes: Positions) -> list[list[int]]:
        """Given surname codes, return for each the rows of everyone who has that surname."""
        return _slices(self._board, self._board_rows, codes)

    def words_in(self, school: int) -> tuple[list[str], Positions]:
        """Given a school, return the surname keys found there and their codes."""
        known = self._near.get(school)
        if known is None:
            first, last = np.searchsorted(self._school, (school * self.width, (school + 1) * self.width)).tolist()
            codes = np.unique(self._school[first:last]) - school * self.width
            known = self._near[school] = ([self._words[code] for code in codes.tolist()], codes)
        return known

    def name(self, row: int) -> Name:
        """Given a person's row, return first name, initials and tussenvoegsel (keys only where they come from the name shown)."""
        known = self._names.get(row)
        if known is None:
            given, initials, prefix = (part[row] or "" for part in self._parts)
            known = self._names[row] = Name(given, initials or given[:1], prefix, ())
        return known

    def _surnames(self, persons: pd.DataFrame) -> tuple[Positions, Positions]:
        """Rows and codes of their surname keys; who has no surname of its own is taken apart from the name shown."""
        owners, keys = _keys_of(persons["surname"], persons["prefix"], self._codes)
        more_owners, more_keys = _keys_of(persons["partner_surname"], None, self._codes)
        shown_owners: list[int] = []
        shown_keys: list[int] = []
        for row in np.flatnonzero(persons["surname"].isna().to_numpy() & persons["display_name"].notna().to_numpy()).tolist():
            name = parse(self.shown[row] or "")
            if name is not None:
                self._names[row] = name
                shown_owners.extend([row] * len(name.keys))
                shown_keys.extend(self._codes.setdefault(key, len(self._codes)) for key in name.keys)
        return (np.concatenate([owners, more_owners, np.array(shown_owners, dtype=np.int64)]),
                np.concatenate([keys, more_keys, np.array(shown_keys, dtype=np.int64)]))


def _glued(text: str) -> str:
    return fold(text).replace("-", "").replace(" ", "")


def folded_once(column: pd.Series[Any], fold_one: Callable[[str], str]) -> pa.Array:
    """Given a column of texts and a way to fold one, return them folded, each distinct text once; null where nothing is left."""
    encoded = texts(column).dictionary_encode()
    made = pa.array([fold_one(word) or None for word in encoded.dictionary.to_pylist()], type=pa.large_string())
    return made.take(encoded.indices)


def _keys_of(surname: pd.Series[Any], prefix: pd.Series[Any] | None, known: dict[str, int]) -> tuple[Positions, Positions]:
    """Rows and codes of the keys of a column of surnames, taken apart once per distinct surname and tussenvoegsel; keys that are not known
    yet get the next code."""
    codes, names = pd.factorize(surname)
    if prefix is None:
        before, prefixes = np.zeros(len(codes), dtype=np.int64), [""]
    else:
        before, prefixes = pd.factorize(prefix.fillna(""))
    rows = np.flatnonzero(codes >= 0)
    pair = codes[rows].astype(np.int64) * len(prefixes) + before[rows]
    places, distinct = pd.factorize(pair)
    said, before_said = list(map(str, names)), list(map(str, prefixes))
    keys = [surname_keys(said[one // len(prefixes)], before_said[one % len(prefixes)]) for one in distinct.tolist()]
    owners: list[Positions] = []
    codes_of: list[Positions] = []
    for turn in range(max((len(key) for key in keys), default=0)):
        codes = np.array([known.setdefault(key[turn], len(known)) if len(key) > turn else NOBODY for key in keys], dtype=np.int64)[places]
        has_turn = codes >= 0
        owners.append(rows[has_turn].astype(np.int64))
        codes_of.append(codes[has_turn])
    nothing = np.zeros(0, dtype=np.int64)
    return (np.concatenate(owners), np.concatenate(codes_of)) if owners else (nothing, nothing)


def _spread(works: Positions, width: int, owners: Positions, size: int) -> tuple[Positions, Positions]:
    """Each entry at each school of its owner: schools, and the entry repeated for each."""
    first = np.searchsorted(works // width, np.arange(size + 1))
    count = (first[1:] - first[:-1])[owners]
    entry = np.repeat(np.arange(len(owners)), count)
    turn = np.arange(len(entry)) - np.repeat(np.cumsum(count) - count, count)
    return (works % width)[first[owners[entry]] + turn], entry


def _sorted(keys: Positions, rows: Positions) -> tuple[Positions, Positions]:
    order = np.argsort(keys, kind="stable")
    return keys[order], rows[order]


def _slices(keys: Positions, rows: Positions, wanted: Positions) -> list[list[int]]:
    starts: npt.NDArray[np.intp] = np.searchsorted(keys, wanted)
    stops = np.searchsorted(keys, wanted, side="right")
    return [rows[start:stop].tolist() if stop > start else [] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]
