"""Which persons are named in the rows that name their holders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.expect.codes import Codes
from auditor.expect.numbers import seats
from auditor.expect.ruling import Rulebook
from auditor.model.people import People


@dataclass(frozen=True)
class NamedHolders:
    """seat: per person a number, 0 for whom no row names; bits: per matrix and seat an integer whose bit i tells whether the i-th row with
    named holders names that person."""

    seat: Codes
    bits: Codes


def named_holders(people: People, books: Sequence[Rulebook]) -> NamedHolders:
    """Given the people and the matrices, return who is named in the rows that name their holders, by the personnel number or another number of
    the same person. Raise ValueError beyond 62 such rows in a matrix."""
    seat = np.zeros(len(people.persons), dtype=np.int64)
    named = sorted({holder for book in books for row in book.matrix.rows for holder in row.holders})
    person = seats(pd.Index(named, dtype="str"), people) if named else np.zeros(0, dtype=np.int64)
    known = np.unique(person[person >= 0])
    seat[known] = np.arange(1, len(known) + 1)
    bits = np.zeros((len(books), len(known) + 1), dtype=np.int64)
    place = {holder: int(seat[found]) for holder, found in zip(named, person.tolist(), strict=True) if found >= 0}
    for number, book in enumerate(books):
        if len(book.named) > 62:
            raise ValueError(f"{book.matrix.name}: {len(book.named)} rows with named holders, at most 62")
        for row in book.matrix.rows:
            for holder in row.holders & place.keys():
                bits[number, place[holder]] |= 1 << book.named[row.line]
    return NamedHolders(seat, bits)
