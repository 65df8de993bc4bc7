"""Which number, address or alias is whose: the directories in which accounts are looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.correlate.lookup import NOBODY, SEVERAL, Directory, Positions, index_in, positions_in, texts
from auditor.model.past import Past
from auditor.model.people import People
from auditor.model.snapshot import Snapshot


@dataclass(frozen=True)
class Registry:
    """Owners are positions: of people first (rows of People.persons), then of pupils (`pupils`, distinct numbers).

    own: each person's own number; aliases: other numbers people list; addresses: work mail and login name within the managed domains
    (of declared externals: whatever address was declared); other_addresses: addresses listed as alias, and those a person had before.
    """

    size: int
    own: pa.Array
    pupils: pa.Array
    aliases: Directory
    addresses: Directory
    other_addresses: Directory

    def by_number(self, column: pd.Series[Any]) -> Positions:
        """Given numbers, return each one's person: an own number comes before an alias, two who list one alias are SEVERAL."""
        own = positions_in(self.own, column)
        if not len(self.aliases.words):
            return own
        return np.where(own >= 0, own, self.aliases.find(column))

    def by_pupil_number(self, column: pd.Series[Any]) -> Positions:
        """Given numbers, return each one's pupil as an owner position, NOBODY if none has it."""
        found = positions_in(self.pupils, column)
        return np.where(found >= 0, found + self.size, NOBODY)

    def number_of(self, owner: int) -> str:
        """Given an owner position, return the personnel or pupil number."""
        word = self.own[owner] if owner < self.size else self.pupils[owner - self.size]
        return str(word.as_py())


def enter(snapshot: Snapshot, people: People, domains: frozenset[str], past: Past) -> Registry:
    """Given who is known and the managed domains, return the directories. Without managed domains every domain counts."""
    persons = people.persons
    rows = np.arange(len(persons), dtype=np.int64)
    managed = frozenset(domain.casefold().lstrip("@") for domain in domains)
    is_external: npt.NDArray[np.bool_] = np.asarray(persons["kind"] == "external")
    addresses = _directory(((persons["mail"], rows), (persons["upn"], rows)), managed, is_external)
    listed = persons.loc[persons["numbers"].notna(), "numbers"].str.split(",").explode().str.strip()
    is_address = listed.str.contains("@", regex=False)
    own = texts(persons["person"])
    before = past.persons
    before_row = positions_in(own, before["person"])
    others = _directory(
        (
            (listed[is_address], listed[is_address].index.to_numpy(dtype=np.int64)),
            *_changed(persons, before, before_row),
        ),
        managed, is_external, unless=addresses,
    )
    numbers = listed[~is_address & listed.str.len().gt(0)]
    pupils = snapshot.table("pupils")["person"].cat
    used = pd.unique(pupils.codes.to_numpy())
    return Registry(
        len(persons), own, texts(pupils.categories).take(pa.array(used[used >= 0].astype(np.int64))),
        Directory(texts(numbers), numbers.index.to_numpy(dtype=np.int64)), addresses, others,
    )


def _changed(persons: pd.DataFrame, before: pd.DataFrame, owner: Positions) -> list[tuple[pd.Series[Any], Positions]]:
    """Addresses people had in the last accepted read and have no more: nearly nobody's, so these are found before anything else."""
    found = []
    rows = pa.array(owner, mask=owner < 0)
    for name in ("mail", "upn"):
        old, new = texts(before[name]), texts(persons[name]).take(rows)
        differs = np.flatnonzero(np.asarray(pc.fill_null(pc.not_equal(old, new), True).to_numpy(zero_copy_only=False)) & (owner >= 0))
        found.append((before[name].iloc[differs], owner[differs]))
    return found


def _directory(
    parts: Iterable[tuple[pd.Series[Any], Positions]], managed: frozenset[str], is_external: npt.NDArray[np.bool_],
    unless: Directory | None = None,
) -> Directory:
    """Addresses with their owners, folded, within the managed domains; those that stand in `unless` are left out."""
    values, owners = [], []
    for column, owner in parts:
        filled = np.flatnonzero(column.notna().to_numpy() & (owner >= 0))
        values.append(folded(texts(column).take(pa.array(filled))))
        owners.append(owner[filled])
    address, owner = pa.concat_arrays(values), np.concatenate(owners)
    kept = np.ones(len(owner), dtype=np.bool_)
    if managed:
        kept = is_external[owner]
        for domain in sorted(managed):
            kept |= np.asarray(pc.ends_with(address, f"@{domain}").to_numpy(zero_copy_only=False))
    if unless is not None:
        kept &= index_in(unless.words, address) < 0
    mask = pa.array(kept)
    return Directory(address.filter(mask), owner[kept])


def folded(addresses: pa.Array) -> pa.Array:
    """Given addresses, return them without case and outer spaces."""
    return pc.utf8_trim_whitespace(pc.utf8_lower(addresses))


def agree(first: Positions, second: Positions) -> Positions:
    """Given owners found in two places of equal weight, return what they say together: two different owners are SEVERAL."""
    both = (first >= 0) & (second >= 0)
    one = np.where(first >= 0, first, np.where(second >= 0, second, np.minimum(first, second)))
    return np.where(both & (first != second), SEVERAL, one)
