"""Which accounts have the name of nobody in particular: one door for the rule itself and for orphan-account, so that it is never both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.rules.hits import Rows
from auditor.rules.registry import spec_of
from auditor.rules.username import starts_with_word
from auditor.rules.view import AuditView

SLUG = "shared-account"
Flags = npt.NDArray[np.bool_]


def is_generic(view: AuditView, rows: Rows, words: Iterable[str]) -> Flags:
    """Given positions of accounts and words, return which have a login or shown name that begins with one of them as a whole word.

    A shown name with a comma is a surname and a given name: it is somebody's.
    """
    accounts = view.accounts
    shown = accounts["display_name"].take(rows)
    found = starts_with_word(shown, words)
    hits = np.flatnonzero(found)
    found[hits] = ["," not in name for name in shown.iloc[hits]]
    return found | starts_with_word(accounts["username"].take(rows), words)


def seems_shared(view: AuditView, rows: Rows) -> Flags:
    """Given positions of accounts, return which shared-account takes for their name, by the board's settings of that rule for each."""
    names = spec_of(SLUG).parameters["names"]
    if not any(setting.rule == SLUG for setting in view.policy.settings):
        return is_generic(view, rows, names)
    places: Any = view.accounts[["system", "where"]].take(rows).astype("object").reset_index(drop=True)
    found = np.zeros(len(rows), dtype=bool)
    for (system, school), at in places.groupby(["system", "where"], dropna=False).indices.items():
        setting = view.policy.setting(SLUG, system, None if pd.isna(school) else school)
        if setting is None or setting.is_on:
            found[at] = is_generic(view, rows[at], setting.parameters.get("names", names) if setting else names)
    return found
