"""Reads the newest set of a School Data Sync source: v2.1 (users, roles, orgs) or the older v1 (School, Teacher, Student, ...).

Leaving out a row marks it inactive, so that the newest set is always the whole. Files may hold passwords: those columns are not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.errors import Fault, InputError
from auditor.model.reading import Receipt
from connectors.rosters.bundle import Bundle
from connectors.rosters.organisations import Organisation, Organisations
from connectors.rosters.roster import Roster
from connectors.rosters.sheets import LINE, Sheet, folded, read_sheet
from connectors.rosters.source import RosterSettings, Understood

NEW = {
    "users": Sheet(("sourcedId", "username", "givenName", "familyName", "activeDirectoryMatchId", "email"), ("sourcedId", "username"), ("sourcedId",
        )),
    "roles": Sheet(
        ("userSourcedId", "orgSourcedId", "role", "isPrimary", "roleStartDate", "roleEndDate"), ("userSourcedId", "orgSourcedId", "role"),
        ("userSourcedId", "role"), ("roleStartDate", "roleEndDate")),
    "orgs": Sheet(("sourcedId", "name", "type", "parentSourcedId"), ("sourcedId", "name", "type"), ("sourcedId",)),
    "classes": Sheet(("sourcedId", "orgSourcedId", "title"), ("sourcedId", "orgSourcedId", "title"), ("sourcedId",)),
    "enrollments": Sheet(("classSourcedId", "userSourcedId", "role"), ("classSourcedId", "userSourcedId", "role"), ("classSourcedId",
        "userSourcedId")),
}
_PERSON = ("SIS ID", "School SIS ID", "Username", "First Name", "Last Name", "Email", "Status", "Teacher Number", "Student Number")
OLD = {
    "school": Sheet(("SIS ID", "Name"), ("SIS ID", "Name"), ("SIS ID",)),
    "teacher": Sheet(_PERSON, ("SIS ID", "School SIS ID", "Username"), ("SIS ID",)),
    "student": Sheet(_PERSON, ("SIS ID", "School SIS ID", "Username"), ("SIS ID",)),
    "section": Sheet(("SIS ID", "School SIS ID", "Section Name"), ("SIS ID", "School SIS ID"), ("SIS ID",)),
    "teacherroster": Sheet(("Section SIS ID", "SIS ID"), ("Section SIS ID", "SIS ID"), ("Section SIS ID", "SIS ID")),
}
FILES = frozenset(f"{name}.csv" for name in (*NEW, *OLD))
_NEEDED = {"new": ("users", "roles", "orgs"), "old": ("school", "teacher")}
_DATED = frozenset({"grants.starts_on", "grants.ends_on"})

Frames = dict[str, pd.DataFrame]


def understand(found: Sequence[Bundle], settings: RosterSettings) -> Understood:
    """Given the sets, oldest first, and the source's settings, return the roster of the newest. Raise InputError if a file of it is missing or
    refused."""
    newest = found[-1]
    version = "new" if "users.csv" in newest.files else "old"
    sheets = NEW if version == "new" else OLD
    missing = [name for name in _NEEDED[version] if f"{name}.csv" not in newest.files]
    if missing:
        raise InputError([Fault(newest.shown(f"{name}.csv"), "roster_file_missing", facts={"mode": "bulk"}) for name in missing])
    held: Frames = {}
    receipts: list[Receipt] = []
    for name, sheet in sheets.items():
        data = newest.files.get(f"{name}.csv")
        if data is None:
            continue
        file = newest.shown(f"{name}.csv")
        least = settings.minimum_rows if name in ("users", "teacher") else 0
        frame, receipt = read_sheet(data, file, sheet, f"sds.{name}", newest.modified_on, least)
        held[name] = frame.assign(file=file)
        receipts.append(receipt)
    roster = _new(held, settings) if version == "new" else _old(held, settings)
    also = _DATED if version == "new" else frozenset({"accounts.status"})
    return Understood(roster, tuple(receipts), also)


def _new(held: Frames, settings: RosterSettings) -> Roster:
    users, roles = held["users"], held["roles"]
    _refuse_twice(users, "sourcedId")
    accounts = pd.DataFrame({
        "account": users["sourcedId"], "username": users["username"], "name": _names(users["givenName"], users["familyName"]),
        "mail": users["activeDirectoryMatchId"].where(users["activeDirectoryMatchId"].notna(), users["email"]),
        "number": _number(users, settings.number), "status": "unknown", "file": users["file"], LINE: users[LINE]})
    held_roles = pd.DataFrame({
        "account": roles["userSourcedId"], "role": roles["role"], "organisation": roles["orgSourcedId"], "starts_on": roles["roleStartDate"],
        "ends_on": roles["roleEndDate"], "file": roles["file"], LINE: roles[LINE]})
    groups = _groups(held.get("classes"), "sourcedId", "title", "orgSourcedId")
    return Roster(accounts, held_roles, _enrollments(held.get("enrollments"), groups, ("userSourcedId", "classSourcedId")), groups, Organisations({
        str(one): Organisation((str(one), str(name)), str(kind).casefold() == "school", str(parent))
        for one, name, kind, parent in zip(
            held["orgs"]["sourcedId"], held["orgs"]["name"].fillna(""), held["orgs"]["type"].fillna(""),
            held["orgs"]["parentSourcedId"].fillna(""), strict=True)}), settings.teaching)


def _old(held: Frames, settings: RosterSettings) -> Roster:
    """In v1 a person has a row for every school, and the file he stands in is his role."""
    people = pd.concat([held[name].assign(role=name) for name in ("teacher", "student") if name in held], ignore_index=True)
    once = people.drop_duplicates("SIS ID").reset_index(drop=True)
    state = folded(once["Status"])
    status = np.select([state == "active", state.isin(["inactive", "disabled"]), state == "deleted"], ["enabled", "disabled", "deleted"], "unknown")
    number = settings.number or "Teacher Number"
    accounts = pd.DataFrame({
        "account": once["SIS ID"], "username": once["Username"], "name": _names(once["First Name"], once["Last Name"]),
        "mail": once["Email"].where(once["Email"].notna(), once["Username"].where(once["Username"].str.contains("@", na=False))),
        "number": _number(once, number), "status": status, "file": once["file"], LINE: once[LINE]})
    none = np.full(len(people), np.datetime64("NaT", "s"))
    roles = pd.DataFrame({
        "account": people["SIS ID"], "role": people["role"], "organisation": people["School SIS ID"], "starts_on": none, "ends_on": none,
        "file": people["file"], LINE: people[LINE]})
    groups = _groups(held.get("section"), "SIS ID", "Section Name", "School SIS ID")
    taught = held.get("teacherroster")
    enrollments = _enrollments(None if taught is None else taught.assign(role="teacher"), groups, ("SIS ID", "Section SIS ID"))
    return Roster(accounts, roles, enrollments, groups, Organisations({
        str(one): Organisation((str(one), str(name)), True, "")
        for one, name in zip(held["school"]["SIS ID"], held["school"]["Name"].fillna(""), strict=True)}), settings.teaching)


def _names(given: pd.Series[Any], family: pd.Series[Any]) -> pd.Series[Any]:
    name = given.fillna("").str.cat(family.fillna(""), sep=" ").str.strip()
    return name.mask(name == "")


def _number(people: pd.DataFrame, number: str) -> Any:
    return people[number] if number in people else pd.Series(pd.NA, index=people.index, dtype="str")


def _refuse_twice(users: pd.DataFrame, key: str) -> None:
    twice = users[key].duplicated().to_numpy()
    if twice.any():
        row = int(np.argmax(twice))
        first = int(users.loc[users[key] == users[key].iloc[row], LINE].iloc[0])
        raise InputError([Fault(str(users["file"].iloc[row]), "row_twice", int(users[LINE].iloc[row]), key, {"first": first})])


def _groups(classes: pd.DataFrame | None, key: str, name: str, organisation: str) -> pd.DataFrame:
    if classes is None:
        return pd.DataFrame({**dict.fromkeys(("group", "name", "organisation", "file"), pd.Series([], dtype="str")), LINE: np.array([],
            dtype=np.int32)})
    return pd.DataFrame({
        "group": classes[key], "name": classes[name], "organisation": classes[organisation], "file": classes["file"], LINE: classes[LINE]})


def _enrollments(enrollments: pd.DataFrame | None, groups: pd.DataFrame, keys: tuple[str, str]) -> pd.DataFrame:
    """School Data Sync writes no school beside an enrollment: it is that of the class."""
    account, group = keys
    if enrollments is None:
        nothing = dict.fromkeys(("account", "role", "group", "organisation", "file"), pd.Series([], dtype="str"))
        return pd.DataFrame({**nothing, **dict.fromkeys(("starts_on", "ends_on"), pd.Series([], dtype="datetime64[s]")), LINE: np.array([],
            dtype=np.int32)})
    none = np.full(len(enrollments), np.datetime64("NaT", "s"))
    places = groups.drop_duplicates("group").set_index("group")["organisation"]
    return pd.DataFrame({
        "account": enrollments[account], "role": enrollments["role"], "group": enrollments[group],
        "organisation": enrollments[group].map(places).astype("str"), "starts_on": none, "ends_on": none, "file": enrollments["file"],
        LINE: enrollments[LINE]})
