"""From a roster, whatever standard it came by, to canonical tables. Of pupils neither name nor address goes along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.tables import TABLES
from connectors.rosters.organisations import Organisations

CARERS = frozenset({"guardian", "parent", "relative"})
PUPIL = "student"


@dataclass(frozen=True)
class Roster:
    """What both standards say, in frames of text (absent = NaN) with `line` and `file`.

    users: account, username, name, mail, number, status; roles: account, role, organisation, starts_on, ends_on; enrollments: account, role,
    group, organisation, starts_on, ends_on; groups: group, name, organisation. teaches: numbers are personnel numbers, so that enrollments say
    who teaches which group.
    """

    users: pd.DataFrame
    roles: pd.DataFrame
    enrollments: pd.DataFrame
    groups: pd.DataFrame
    organisations: Organisations
    teaches: bool = False


def tables_of(roster: Roster, system: str, source: str) -> dict[str, pd.DataFrame]:
    """Given a roster, the system its accounts are in and the name of its source, return accounts, rights, grants, groups, group_links and,
    where it teaches, teaching."""
    kinds = _kinds(roster)
    places = _places(roster)
    made = {
        "accounts": _accounts(roster, kinds, places, system, source), "rights": _rights(roster, system, source),
        "grants": _grants(roster, places, system, source), "groups": _groups(roster, places, source),
        "group_links": _group_links(roster, places, system, source),
    }
    if roster.teaches:
        made["teaching"] = _teaching(roster, places, source)
    return made


def _places(roster: Roster) -> Mapping[str, tuple[str, str]]:
    ids = {*roster.roles["organisation"].dropna(), *roster.groups["organisation"].dropna(), *roster.enrollments["organisation"].dropna()}
    return {one: roster.organisations.school(one) for one in sorted(ids)}


def _kinds(roster: Roster) -> pd.Series[Any]:
    """For every account what it is: a pupil's when all its roles are, a carer's is external, unknown without any role."""
    word = roster.roles["role"].str.casefold()
    kind = np.select([word == PUPIL, word.isin(list(CARERS)), word.notna()], ["pupil", "external", "person"], "unknown")
    order = pd.Series(kind, index=roster.roles["account"]).map({"person": 0, "external": 1, "pupil": 2, "unknown": 3})
    least = order.groupby(level=0).min()
    return least.map({0: "person", 1: "external", 2: "pupil", 3: "unknown"})


def _accounts(
    roster: Roster, kinds: pd.Series[Any], places: Mapping[str, tuple[str, str]], system: str, source: str,
) -> pd.DataFrame:
    users = roster.users
    kind = users["account"].map(kinds).fillna("unknown")
    is_pupil = (kind == "pupil").to_numpy()
    schools = _schools(roster.roles["organisation"], places)
    own = pd.DataFrame({"account": roster.roles["account"], "school": schools}).dropna().drop_duplicates()
    only = own.drop_duplicates("account", keep=False).set_index("account")["school"]
    return TABLES["accounts"].frame({
        "system": _same(system, len(users)), "account": users["account"], "id_is_stable": np.ones(len(users), dtype=bool),
        "username": users["username"].mask(is_pupil), "display_name": users["name"].mask(is_pupil),
        "mail": users["mail"].str.casefold().mask(is_pupil), "number": users["number"], "kind": kind, "status": users["status"],
        "school": users["account"].map(only), "file": users["file"], "row": users["line"],
    }, source=source)


def _grants(roster: Roster, places: Mapping[str, tuple[str, str]], system: str, source: str) -> pd.DataFrame:
    held = roster.roles[roster.roles["role"].notna()].drop_duplicates(["account", "role", "organisation"])
    return TABLES["grants"].frame({
        "system": _same(system, len(held)), "account": held["account"], "right": held["role"],
        "scope": held["organisation"].map(lambda one: places[one][0], na_action="ignore").fillna("unknown"),
        "school": _schools(held["organisation"], places), "starts_on": held["starts_on"].to_numpy(), "ends_on": held["ends_on"].to_numpy(),
        "file": held["file"], "row": held["line"],
    }, source=source)


def _rights(roster: Roster, system: str, source: str) -> pd.DataFrame:
    names = sorted(roster.roles["role"].dropna().unique())
    return TABLES["rights"].frame(
        {"system": [system] * len(names), "right": names, "name": names, "kind": ["role"] * len(names)}, source=source)


def _groups(roster: Roster, places: Mapping[str, tuple[str, str]], source: str) -> pd.DataFrame:
    held = roster.groups.assign(school=_schools(roster.groups["organisation"], places)).dropna(subset=["school", "group"])
    held = held.drop_duplicates(["school", "group"])
    return TABLES["groups"].frame({
        "school": held["school"], "group": held["group"], "name": held["name"], "kind": _same("class", len(held)),
        "file": held["file"], "row": held["line"],
    }, source=source)


def _staffed(roster: Roster, places: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Enrollments of others than pupils and carers, with the school of the group."""
    word = roster.enrollments["role"].str.casefold()
    held = roster.enrollments[~word.isin([PUPIL, *CARERS])]
    return held.assign(school=_schools(held["organisation"], places)).dropna(subset=["account", "group"])


def _group_links(roster: Roster, places: Mapping[str, tuple[str, str]], system: str, source: str) -> pd.DataFrame:
    held = _staffed(roster, places).drop_duplicates(["account", "school", "group"])
    return TABLES["group_links"].frame({
        "system": _same(system, len(held)), "account": held["account"], "school": held["school"], "group": held["group"],
        "starts_on": held["starts_on"].to_numpy(), "ends_on": held["ends_on"].to_numpy(), "file": held["file"], "row": held["line"],
    }, source=source)


def _teaching(roster: Roster, places: Mapping[str, tuple[str, str]], source: str) -> pd.DataFrame:
    held = _staffed(roster, places)
    numbers = roster.users.drop_duplicates("account").set_index("account")["number"]
    held = held.assign(person=held["account"].map(numbers)).dropna(subset=["person", "school"])
    held = held.drop_duplicates(["person", "school", "group", "starts_on"])
    return TABLES["teaching"].frame({
        "person": held["person"], "school": held["school"], "group": held["group"], "starts_on": held["starts_on"].to_numpy(),
        "ends_on": held["ends_on"].to_numpy(), "file": held["file"], "row": held["line"],
    }, source=source)


def _schools(organisations: pd.Series[Any], places: Mapping[str, tuple[str, str]]) -> pd.Series[Any]:
    return organisations.map(lambda one: places[one][1] or None, na_action="ignore").astype("str")


def _same(text: str, rows: int) -> list[str]:
    return [text] * rows
