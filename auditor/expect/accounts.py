"""Finds the account that each grant, or any other row, names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.expect.codes import Narrow
from auditor.model.arrows import FEW, occurring, positions


def accounts_of(grants: pd.DataFrame, accounts: pd.DataFrame) -> Narrow:
    """Given grants (or other rows that name an account) and accounts, return per row the position of its account (system and native id), -1
    when there is none.

    Raise ValueError if an account that may hold grants stands twice. The names of accounts are looked up among those that hold something, once;
    then each system has a table from name to account: a search for the keys of some millions of grants costs three times as much.
    """
    held = grants["account"].array
    if len(grants) * FEW < len(held.categories):
        held = occurring(held)
    names, systems = held.categories, grants["system"].array.categories
    name = positions(accounts["account"], names)
    system = np.append(systems.get_indexer(accounts["system"].array.categories), -1)[accounts["system"].array.codes]
    name_held, system_held = held.codes, grants["system"].array.codes
    found = np.full(len(grants), -1, dtype=np.int32)
    for place, word in enumerate(systems):
        own = np.flatnonzero((system == place) & (name >= 0))
        account = np.full(len(names) + 1, -1, dtype=np.int32)
        account[name[own]] = own
        double = account[name[own]] != own
        if double.any():
            raise ValueError(f"account {accounts['account'].iat[int(own[double][0])]!r} of {word} stands twice among the accounts")
        own = system_held == place
        found[own] = account[name_held[own]]
    return found
