"""One human may have several personnel numbers; one of them stands for the person, the others are aliases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from connectors.files.raw import Column


def one_person_each(persons: pd.DataFrame, same: Column) -> tuple[pd.DataFrame, dict[str, str]]:
    """Given persons and, for each row, the text that is equal when they are one human, return one row a human and alias -> number.

    The lowest number stands for the person, so that a new record beside the old one changes nobody's key; `numbers` lists the others.
    """
    texts = np.array(same.words.to_pylist(), dtype=object)[same.codes] if len(same) else np.array([], dtype=object)
    numbers = persons["person"].astype("str")
    shared = pd.Series(texts).where(texts != "").duplicated(keep=False).to_numpy() & (texts != "")
    groups: dict[str, list[tuple[int, str, int]]] = {}
    for row in np.flatnonzero(shared).tolist():
        number = str(numbers.iloc[row])
        groups.setdefault(str(texts[row]), []).append((len(number), number, row))
    aliases: dict[str, str] = {}
    kept = np.ones(len(persons), dtype=bool)
    listed = persons["numbers"].copy()
    for members in groups.values():
        (_, main, row), *others = sorted(members)
        listed.iloc[row] = ",".join(number for _, number, _ in others)
        for _, number, other in others:
            aliases[number] = main
            kept[other] = False
    return persons.assign(numbers=listed)[kept].reset_index(drop=True), aliases


def with_other_numbers(persons: pd.DataFrame, other: Column) -> tuple[pd.DataFrame, dict[str, str]]:
    """Given persons and, for each row, another number of the same person (several with blanks or line breaks between), return one row a
    person, the others listed in `numbers`, and alias -> number. Of two records that name each other the first counts."""
    numbers = persons["person"].astype("str").tolist()
    aliases: dict[str, str] = {}
    listed: dict[str, list[str]] = {}
    for number, texts in zip(numbers, other.texts(), strict=True):
        for alias in texts.split():
            main = aliases.get(number, number)
            if alias != main and alias not in aliases and alias not in listed:
                aliases[alias] = main
                listed.setdefault(main, []).append(alias)
    kept = np.array([number not in aliases for number in numbers], dtype=bool)
    told = [",".join(listed[number]) if number in listed else None for number in numbers]
    return persons.assign(numbers=pd.array(told, dtype="str"))[kept].reset_index(drop=True), aliases


def renamed(people: pd.Series[Any], aliases: Mapping[str, str]) -> pd.Series[Any]:
    """Given a column of personnel numbers (categories) and alias -> number, return it with aliases replaced."""
    if not aliases or not people.cat.categories.isin(list(aliases)).any():
        return people
    words = pd.Index([aliases.get(word, word) for word in people.cat.categories], dtype="str")
    codes, distinct = pd.factorize(words)
    places = np.append(codes, -1)[people.cat.codes.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(places, categories=pd.Index(distinct, dtype="str")), index=people.index)
