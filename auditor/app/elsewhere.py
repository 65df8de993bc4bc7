"""Who and what has nothing to do with a school, from the tables of a scan: what that school's report may not name (T33)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from auditor.app.school_view import Elsewhere
from auditor.store import Store

AT_SCHOOL = ("employments", "tasks", "teaching", "externals", "contacts", "temporary_rights")
"""Tables that connect a person to a school."""
ACCOUNT_NAMES = ("account", "username", "display_name", "mail", "upn", "number")
PERSON_NAMES = ("person", "display_name", "mail", "upn")


def elsewhere(store: Store, scan: int, school: str, word: str) -> Elsewhere:
    """Given an open store, a scan and the code of a school, return what its report may not name. `word`: what stands in its place.

    Connected to the school is who works, worked, teaches or is declared there, and their accounts; and accounts that are the school's. A name
    that somebody of the school has as well may be named: then it is theirs.
    """
    of_school: set[str] = set()
    for name in AT_SCHOOL:
        table = store.table_at(name, scan)
        of_school |= _texts(table.loc[(table["school"] == school).to_numpy(dtype=bool, na_value=False), "person"])
    links, accounts = store.table_at("links", scan), store.table_at("accounts", scan)
    linked = links.loc[links["person"].isin(of_school), ["system", "account"]]
    own_accounts = pd.MultiIndex.from_frame(accounts[["system", "account"]].astype(str)).isin(
        pd.MultiIndex.from_frame(linked.astype(str))) | (accounts["school"] == school).to_numpy(dtype=bool, na_value=False)
    owners = links.loc[pd.MultiIndex.from_frame(links[["system", "account"]].astype(str)).isin(
        pd.MultiIndex.from_frame(accounts.loc[own_accounts, ["system", "account"]].astype(str))), "person"]
    of_school |= _texts(owners)
    known: set[str] = set()
    others: set[str] = set()
    for name, columns in (("persons", PERSON_NAMES), ("externals", ("person", "name", "mail"))):
        people = store.table_at(name, scan)
        mine = people["person"].isin(of_school).to_numpy(dtype=bool)
        for column in columns:
            known |= _texts(people.loc[mine, column])
            others |= _texts(people.loc[~mine, column])
    for column in ACCOUNT_NAMES:
        known |= _texts(accounts.loc[own_accounts, column])
        others |= _texts(accounts.loc[~own_accounts, column])
    schools = store.table_at("schools", scan)
    rest = schools.loc[(schools["school"] != school).to_numpy(dtype=bool, na_value=True)]
    mine = _texts(schools.loc[(schools["school"] == school).to_numpy(dtype=bool, na_value=False), "name"]) | {school}
    names = {name for name in _texts(rest["school"]) | _texts(rest["name"]) if not any(name in own for own in mine)}
    return Elsewhere(
        ids=frozenset(others - known - of_school), schools=frozenset(names),
        systems=frozenset(_texts(accounts.loc[own_accounts, "system"])), word=word)


def _texts(column: Any) -> set[str]:
    return {str(value) for value in column.dropna().unique() if str(value)}
