"""Puts a day's facts side by side for the rules: each account with its owner's standing, by positions and codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.arrows import positions
from auditor.model.joining import rows_of
from auditor.model.judged import Judged
from auditor.model.matrix import Matrix
from auditor.model.people import People
from auditor.model.snapshot import Snapshot
from auditor.rules.hits import Rows, taken
from auditor.rules.schools import successors

NO_DAY = np.datetime64("NaT", "s")
DIRECTORY, CLOUD, FOLDERS = "ad:", "entra", "sharepoint"
"""How the names of systems begin whose accounts are originals, and of the one whose accounts are those of the cloud."""
_DAYS = ("left_on", "deadline_on", "leaves_on", "renewal_until", "vanished_after")
_FLAGS = ("has_left", "is_vanished", "is_senior")


def enriched_accounts(
    snapshot: Snapshot, people: People, links: pd.DataFrame, judged: Judged, matrices: Sequence[Matrix],
) -> pd.DataFrame:
    """Given everything known of one day, return the accounts with the columns ACCOUNTS of auditor.rules.view.

    Raise ValueError if links are not row by row with the accounts.
    """
    accounts = snapshot.table("accounts")
    if len(links) != len(accounts):
        raise ValueError(f"{len(links)} links for {len(accounts)} accounts: they go row by row")
    persons = people.persons
    person_row = _person_rows(links, persons)
    owner: dict[str, Any] = {
        name: links[name].set_axis(accounts.index) for name in ("situation", "person", "is_pupil", "tier", "contradicts", "candidates")
    }
    owner["person_row"] = person_row.astype("int32")
    owner |= {name: taken(persons[name].to_numpy(dtype=bool), person_row, False) for name in _FLAGS}
    owner |= {name: taken(persons[name].to_numpy(dtype="datetime64[s]"), person_row, NO_DAY) for name in _DAYS}
    owner["is_assessable"] = taken(persons["is_assessable"].to_numpy(dtype=bool), person_row, True)
    rights, weight = _rights_held(judged, matrices, snapshot, len(accounts))
    return accounts.assign(
        **owner,
        is_live=~_is_one_of(accounts["status"], ("disabled", "deleted")),
        judged_kind=_judged_kind(accounts["kind"]),
        source_day=_source_days(snapshot, accounts),
        copy_of=_copies(accounts),
        where=_where(accounts, persons, person_row, successors(snapshot)),
        rights=rights,
        weight=weight,
    )


def _person_rows(links: pd.DataFrame, persons: pd.DataFrame) -> Rows:
    rows = rows_of(links, persons, ["person"])
    pupils = links["is_pupil"].fillna(False).to_numpy(dtype=bool)
    rows[pupils] = -1
    return rows


def _is_one_of(column: pd.Series[Any], words: Sequence[str]) -> npt.NDArray[np.bool_]:
    codes = column.cat.categories.get_indexer(pd.Index(words))
    return np.isin(column.cat.codes.to_numpy(), codes[codes >= 0])


def _judged_kind(kinds: pd.Series[Any]) -> pd.Series[Any]:
    if "unknown" not in kinds.cat.categories:
        return kinds
    words = kinds.cat.categories.where(kinds.cat.categories != "unknown", "person")
    known = words.unique()
    codes = np.append(known.get_indexer(words), -1)[kinds.cat.codes.to_numpy()]
    return pd.Series(pd.Categorical.from_codes(codes, categories=known), index=kinds.index)


def _source_days(snapshot: Snapshot, accounts: pd.DataFrame) -> npt.NDArray[np.datetime64]:
    """The own day of the read each account came from: of its school's file where sources go school by school (rules 1)."""
    sources, schools = accounts["source"].cat.categories, accounts["school"].cat.categories
    days = np.full((len(sources) + 1, len(schools) + 1), NO_DAY)
    reports = {report.source: report for report in snapshot.coverage.sources}
    for place, source in enumerate(sources):
        report = reports.get(source)
        if report is None:
            continue
        days[place, :] = np.datetime64(report.as_of, "s") if report.as_of else NO_DAY
        for school, day in report.school_days.items():
            if school in schools:
                days[place, schools.get_loc(school)] = np.datetime64(day, "s")
    found: npt.NDArray[np.datetime64] = days[accounts["source"].cat.codes.to_numpy(), accounts["school"].cat.codes.to_numpy()]
    return found


def _copies(accounts: pd.DataFrame) -> npt.NDArray[np.int32]:
    """For each account the position of the account it is a copy of, by native id or login name there; -1 for no copy. What a folder's
    members are copies of stands in Entra, all else in a directory."""
    found = np.full(len(accounts), -1, dtype=np.int32)
    systems = accounts["system"].cat.categories
    codes = accounts["system"].cat.codes.to_numpy()
    is_copy = accounts["synced_from"].notna().to_numpy()
    is_of_folders = np.append(systems.str.startswith(FOLDERS), False)[codes] if len(systems) else np.zeros(len(accounts), dtype=bool)
    for copies, prefix in ((np.flatnonzero(is_copy & ~is_of_folders), DIRECTORY), (np.flatnonzero(is_copy & is_of_folders), CLOUD)):
        originals = np.flatnonzero(np.append(systems.str.startswith(prefix), False)[codes]) if len(copies) else copies
        if not len(copies) or not len(originals):
            continue
        named = accounts["synced_from"].take(copies)
        for column in ("upn", "account"):
            place = positions(named, accounts[column].take(originals))
            found[copies] = np.where(place >= 0, originals[place], found[copies])
    return found


def _where(accounts: pd.DataFrame, persons: pd.DataFrame, person_row: Rows, successor_of: Mapping[str, str]) -> pd.Series[Any]:
    """School of the account, else the first school of its owner, under the code that continues it."""
    texts = persons["schools"].astype("category")
    firsts = [text.split(", ")[0] for text in texts.cat.categories]
    own = accounts["school"].cat.categories
    words = [successor_of.get(word, word) for word in (*own, *firsts)]
    known = pd.Index(dict.fromkeys(words), dtype="str")
    places = np.append(known.get_indexer(pd.Index(words, dtype="str")), -1)
    of_account = np.append(places[: len(own)], -1)[accounts["school"].cat.codes.to_numpy()]
    of_person = np.append(places[len(own) : -1], -1)[texts.cat.codes.to_numpy()]
    codes = np.where(of_account >= 0, of_account, taken(of_person, person_row, -1))
    return pd.Series(pd.Categorical.from_codes(codes, categories=known), index=accounts.index)


def _rights_held(
    judged: Judged, matrices: Sequence[Matrix], snapshot: Snapshot, length: int,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """For each account the number of its grants, and their weight: double for the whole board and for privileged rights."""
    grants = judged.grants
    holder = np.full(len(snapshot.table("grants")), -1, dtype=np.int32)
    is_heavy = np.zeros(len(holder), dtype=bool)
    rows = grants["grant_row"].to_numpy()
    holder[rows] = grants["account_row"].to_numpy()
    heavy = _is_one_of(grants["scope"], ("board",)) | is_privileged(grants, matrices, snapshot.table("rights"))
    is_heavy[rows[heavy]] = True
    holds = holder >= 0
    rights = np.bincount(holder[holds], minlength=length)
    doubled = np.bincount(holder[holds & is_heavy], minlength=length)
    return rights.astype("int32"), (rights + doubled).astype("int32")


def is_privileged(grants: pd.DataFrame, matrices: Sequence[Matrix], rights: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Given judged grants, the matrices and the table of rights, return for each grant whether it is privileged: as its matrix says, else as
    its source does."""
    systems, natives = grants["system"].cat.categories, grants["native"].cat.categories
    table = np.zeros((len(systems) + 1, len(natives) + 1), dtype=bool)
    told = rights.loc[rights["is_privileged"].fillna(False).astype(bool), ["system", "right"]]
    at = systems.get_indexer(pd.Index(told["system"].astype("str"))), natives.get_indexer(pd.Index(told["right"].astype("str")))
    table[at] = True
    for place, system in enumerate(systems):
        matrix = next((matrix for matrix in matrices if matrix.applies_to(system)), None)
        for native, meaning in matrix.natives.items() if matrix else ():
            if meaning.is_privileged is not None and native in natives:
                table[place, natives.get_loc(native)] = meaning.is_privileged
    table[-1, :], table[:, -1] = False, False
    found: npt.NDArray[np.bool_] = table[grants["system"].cat.codes.to_numpy(), grants["native"].cat.codes.to_numpy()]
    return found
