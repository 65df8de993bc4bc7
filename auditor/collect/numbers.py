"""A person with several numbers is one person: which number leads to which (rules 1)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.collect.quality import Quality

OWNED = ("employments", "tasks", "declarations", "teaching", "temporary_rights")
"""Tables whose `person` may be written with any of a person's numbers."""


def leading_numbers(persons: pd.DataFrame, quality: Quality) -> dict[str, str]:
    """Given all persons, return for every other number they list (`numbers`) the number it leads to.

    A number listed by two people leads nowhere and is noted. An address in the list is no number. Lists that point at each other end at
    the person who stands first in the order of their numbers.
    """
    listing = persons[persons["numbers"].notna()]
    claims: dict[str, list[int]] = {}
    for row, (person, numbers) in enumerate(zip(listing["person"].astype("str"), listing["numbers"].astype("str"), strict=True)):
        for number in dict.fromkeys(part.strip() for part in numbers.split(",")):
            if number and "@" not in number and number != person:
                claims.setdefault(number, []).append(row)
    people = listing["person"].astype("str").to_list()
    leads: dict[str, str] = {}
    for number, rows in sorted(claims.items()):
        claimers = sorted({people[row] for row in rows})
        if len(claimers) > 1:
            quality.add("number_of_two_people", "persons", listing, np.array(sorted(rows, key=lambda row: people[row])), [
                f"{number}: {', '.join(claimers)}"] * len(rows))
        elif _end(claimers[0], leads) != number:
            leads[number] = claimers[0]
    return {number: _end(number, leads) for number in leads}


def _end(number: str, leads: dict[str, str]) -> str:
    while number in leads:
        number = leads[number]
    return number
