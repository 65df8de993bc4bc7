"""KIND's sample: whole schools, chosen by day and seed so that anyone can check the choice, with every user of the school. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.joining import rows_of

COLUMNS = ("school", "system", "login", "name", "person", "functions", "status", "last_used_on", "rights", "findings")
RECENT = timedelta(days=365)
"""Somebody whose work at the school ended this long ago may still have an account that does not say its school."""
_WORK = ("person", "school", "function", "starts_on", "ends_on")


def chosen_schools(schools: Collection[str], count: int, day: date, seed: str) -> list[str]:
    """Given school codes, how many to choose, the day and a seed, return the chosen ones: those with the lowest SHA-256 over day, seed and
    code. The same day and seed give the same schools; nobody can steer the choice but by the seed, which is printed."""
    def draw(code: str) -> str:
        return hashlib.sha256(f"{day.isoformat()}:{seed}:{code}".encode()).hexdigest()

    return sorted(sorted(set(schools), key=draw)[:count])


def open_schools(schools: pd.DataFrame, day: date) -> list[str]:
    """Given the schools table and a day, return the schools proper (not the office) that are open that day."""
    on = np.datetime64(day, "s")
    is_open = ~(schools["opened_on"] > on) & ~(schools["closed_on"] < on) & (schools["kind"] == "school")
    return sorted(schools.loc[is_open, "school"].astype("str"))


def users_of(
    school: str, tables: Mapping[str, pd.DataFrame], day: date, keys: Mapping[tuple[str, str], Sequence[str]],
) -> list[dict[str, Any]]:
    """Given a school, the tables of a scan (accounts, links, grants, persons, employments, externals) and the keys of open findings by system and
    account, return every account of the school but the pupils', with its owner and rights, by system and login.

    An account is the school's when it says so, when it holds a right there, or when its owner works there or did until a year ago.
    """
    accounts, links, externals = tables["accounts"], tables["links"], tables["externals"]
    words = dict.fromkeys(("person", "school", "function"), "object")
    work = pd.concat([part[[*_WORK]].astype(words) for part in (tables["employments"], externals)], ignore_index=True)
    at = rows_of(accounts, links, ["system", "account"])
    person = links["person"].reindex(pd.Index(at)).set_axis(accounts.index)
    is_pupil = links["is_pupil"].reindex(pd.Index(at)).fillna(False).to_numpy(dtype=bool) | (accounts["kind"] == "pupil").to_numpy()
    here = (accounts["school"] == school).to_numpy() | _holds_here(school, accounts, tables["grants"])
    here |= person.isin(_worked_here(school, work, day)).to_numpy()
    rows = np.flatnonzero(here & ~is_pupil)
    rights = _rights(accounts.take(rows), tables["grants"])
    names = _names(externals, "name") | _names(tables["persons"], "display_name")
    functions = _functions(work, day)
    told = []
    for place, row in enumerate(rows.tolist()):
        one = accounts.iloc[row]
        owner = person.iloc[row] if isinstance(person.iloc[row], str) else None
        shown = one["username"] if isinstance(one["username"], str) else one["account"]
        told.append({
            "school": school, "system": str(one["system"]), "login": str(shown),
            "name": names.get(owner or "") or (one["display_name"] if isinstance(one["display_name"], str) else None), "person": owner,
            "functions": functions.get(owner or ""), "status": str(one["status"]),
            "last_used_on": None if pd.isna(one["last_used_on"]) else one["last_used_on"].date().isoformat(),
            "rights": rights.get(place, []), "findings": sorted(keys.get((str(one["system"]), str(one["account"])), ())),
        })
    return sorted(told, key=lambda user: (user["system"], user["login"]))


def _holds_here(school: str, accounts: pd.DataFrame, grants: pd.DataFrame) -> npt.NDArray[np.bool_]:
    held = grants.loc[(grants["school"] == school).to_numpy(), ["system", "account"]].drop_duplicates()
    return np.asarray(rows_of(accounts, held, ["system", "account"]) >= 0)


def _worked_here(school: str, employments: pd.DataFrame, day: date) -> set[str]:
    since = np.datetime64(day - RECENT, "s")
    begun = ~(employments["starts_on"] > np.datetime64(day, "s"))
    here = (employments["school"] == school) & begun & ~(employments["ends_on"] < since)
    return set(employments.loc[here, "person"].astype("str"))


def _rights(accounts: pd.DataFrame, grants: pd.DataFrame) -> dict[int, list[str]]:
    """By position among these accounts, what each holds, in words of the system."""
    at = rows_of(grants, accounts.reset_index(drop=True), ["system", "account"])
    held: dict[int, list[str]] = {}
    for row in np.flatnonzero(at >= 0).tolist():
        grant = grants.iloc[row]
        parts = [str(grant[name]) for name in ("right", "level", "scope", "school", "group")
                 if isinstance(grant[name], str) and not (name == "scope" and grant[name] == "unknown")]
        held.setdefault(int(at[row]), []).append(" ".join(parts))
    return {place: sorted(rights) for place, rights in held.items()}


def _names(persons: pd.DataFrame, column: str) -> dict[str, str]:
    known = persons[persons[column].notna()]
    return dict(zip(known["person"].astype("str"), known[column].astype("str"), strict=True))


def _functions(employments: pd.DataFrame, day: date) -> dict[str, str]:
    on = np.datetime64(day, "s")
    runs = ~(employments["starts_on"] > on) & ~(employments["ends_on"] < on) & employments["function"].notna()
    pairs = employments.loc[runs, ["person", "function"]].astype("str").drop_duplicates().sort_values(["person", "function"])
    return {str(person): str(text) for person, text in pairs.groupby("person")["function"].agg(", ".join).items()}
