"""Which persons are named in the rows that name their holders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.numbers import seats
from auditor.expect.ruling import Rulebook
from auditor.model.people import People


def holder_bits(people: People, books: Sequence[Rulebook]) -> npt.NDArray[np.int64]:
    """Given the people and the matrices, return per matrix and person an integer whose bit i tells whether the i-th row with named holders
    names that person, by the personnel number or another number of the same person. Raise ValueError beyond 62 such rows in a matrix."""
    bits = np.zeros((len(books), len(people.persons)), dtype=np.int64)
    wanted = {holder for book in books for row in book.matrix.rows for holder in row.holders}
    if not wanted:
        return bits
    named = sorted(wanted)
    place = {holder: seat for holder, seat in zip(named, seats(pd.Index(named, dtype="str"), people).tolist(), strict=True) if seat >= 0}
    for number, book in enumerate(books):
        if len(book.named) > 62:
            raise ValueError(f"{book.matrix.name}: {len(book.named)} rows with named holders, at most 62")
        for row in book.matrix.rows:
            for holder in row.holders & place.keys():
                bits[number, place[holder]] |= 1 << book.named[row.line]
    return bits
