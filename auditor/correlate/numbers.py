"""Who is meant by a personnel number: aliases merged, so that a person with several numbers is one person (rules 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.correlate.lookup import NOBODY, Positions, index_in, texts
from auditor.model.past import Past
from auditor.model.snapshot import Snapshot


@dataclass(frozen=True)
class Numbers:
    """words: every number that names somebody; people: for each word the row of its person in People.persons; lead: for each person
    row the position of its own number in `words`."""

    words: pa.Array
    people: Positions
    lead: Positions
    _asked: dict[int, tuple[pd.Index[Any], Positions]] = field(default_factory=dict, repr=False)

    def rows(self, column: pd.Series[Any]) -> Positions:
        """Given a categorical column of personnel numbers, return each one's row in People.persons, NOBODY if unknown.

        The categories of a column are looked up once: several tables and steps ask for the same ones.
        """
        words, codes = column.cat.categories, column.cat.codes.to_numpy()
        known = self._asked.get(id(words))
        if known is None:
            places = index_in(self.words, texts(words))
            rows = np.append(np.where(places < 0, NOBODY, self.people[places] if len(self.people) else NOBODY), NOBODY)
            known = self._asked[id(words)] = (words, rows)
        found: Positions = known[1][codes]
        return found

    def learn(self, words: pd.Index[Any], used: Positions, people: Positions) -> None:
        """Given categories of personnel numbers, which of them occur, and the row in People.persons of each of those, remember them."""
        rows = np.full(len(words) + 1, NOBODY, dtype=np.int64)
        rows[used] = people
        self._asked[id(words)] = (words, rows)


def number_people(snapshot: Snapshot, past: Past) -> Numbers:
    """Given tonight and the past, return who is known: HR first, then the externals register, then who dropped out, in that order.

    An alias (`persons.numbers`) leads to the person who lists it, unless two people list the same one: then it merges nobody.
    """
    tonight, dropped = snapshot.table("persons"), past.persons
    columns = (
        tonight["person"], snapshot.table("employments")["person"], snapshot.table("externals")["person"],
        dropped["person"], past.employments["person"],
    )
    used = [_first_seen(column) for column in columns]
    told = pa.concat_arrays([_words(column, own) for column, own in zip(columns, used, strict=True)]).dictionary_encode()
    known = told.dictionary
    claims = [listed_aliases(tonight)]
    listing = dropped[dropped["numbers"].notna()]
    if len(listing):
        claims.append(listed_aliases(listing[index_in(_words(tonight["person"], used[0]), texts(listing["person"].astype("str"))) < 0]))
    aliases = pa.concat_arrays([claim.aliases for claim in claims])
    claimers = pa.concat_arrays([claim.claimers for claim in claims])
    words = pc.unique(pa.concat_arrays([known, aliases])) if len(aliases) else known
    leads = _leads(words, aliases, claimers)
    is_lead = np.arange(len(words)) == leads
    row_of_lead = np.cumsum(is_lead) - 1
    lead = np.flatnonzero(is_lead)
    # A number that is only an alias two people share names nobody: it must not become a person of its own.
    shared = lead[lead >= len(known)]
    row_of_lead[shared] = NOBODY
    numbers = Numbers(words, row_of_lead[leads], lead[lead < len(known)])
    places = np.split(told.indices.to_numpy(), np.cumsum([len(one) for one in used])[:-1])
    for column, seen, own in zip(columns, used, places, strict=True):
        numbers.learn(column.cat.categories, seen, numbers.people[own])
    return numbers


@dataclass(frozen=True)
class Claims:
    """aliases, claimers: number by number, `claimers[i]` lists `aliases[i]` as another number of the same person."""

    aliases: pa.Array
    claimers: pa.Array


def listed_aliases(persons: pd.DataFrame) -> Claims:
    """Given persons, return which other numbers they list; addresses among them are left to the address tier."""
    listing = persons[persons["numbers"].notna()]
    split = listing["numbers"].str.split(",")
    pairs = pd.DataFrame({"alias": split, "person": listing["person"].astype("str")}).explode("alias")
    pairs["alias"] = pairs["alias"].astype("str").str.strip()
    pairs = pairs[pairs["alias"].str.len().gt(0) & ~pairs["alias"].str.contains("@", regex=False) & (pairs["alias"] != pairs["person"])]
    return Claims(texts(pairs["alias"]), texts(pairs["person"]))


def _words(column: pd.Series[Any], codes: Positions) -> pa.Array:
    return texts(column.cat.categories).take(pa.array(codes))


def _first_seen(column: pd.Series[Any]) -> Positions:
    """Codes of the categories that occur, in the order in which they occur first."""
    codes = column.cat.codes.to_numpy()
    found: Positions = pd.unique(codes[codes >= 0]).astype(np.int64)
    return found


def _leads(words: pa.Array, aliases: pa.Array, claimers: pa.Array) -> Positions:
    """For each word the position of the number that leads its person: itself, or whoever lists it (over several steps)."""
    parent = np.arange(len(words), dtype=np.int64)
    if not len(aliases):
        return parent
    pairs = np.unique(np.stack([_places(words, aliases), _places(words, claimers)], axis=1), axis=0)
    alias, claimer = pairs[:, 0], pairs[:, 1]
    claims = np.bincount(alias, minlength=len(words))
    single = claims[alias] == 1
    alias, claimer = alias[single], claimer[single]
    parent[alias] = claimer
    # Two records that list each other: the first one known leads.
    circular = (parent[parent] == np.arange(len(words))) & (parent > np.arange(len(words)))
    parent[circular] = np.flatnonzero(circular)
    for _ in range(8):  # 2 ** 8 steps; longer chains of numbers do not exist
        parent = parent[parent]
    is_root = parent[parent] == parent
    return np.where(is_root, parent, np.arange(len(words)))


def _places(words: pa.Array, values: pa.Array) -> npt.NDArray[np.int64]:
    return np.asarray(pc.index_in(values, value_set=words).to_numpy(zero_copy_only=False)).astype(np.int64)
