"""Reads the sets of a OneRoster source: the newest bulk set, and every delta after it, laid over each other by sourcedId."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.errors import Fault, InputError
from auditor.model.reading import Receipt
from connectors.oneroster.manifest import Manifest, read_manifest
from connectors.rosters.bundle import Bundle
from connectors.rosters.organisations import Organisation, Organisations
from connectors.rosters.roster import Roster
from connectors.rosters.sheets import LINE, Sheet, folded, items, read_sheet
from connectors.rosters.source import RosterSettings, Understood

SHEETS = {
    "orgs": Sheet(("sourcedId", "status", "name", "type", "identifier", "parentSourcedId"), ("sourcedId", "name", "type"), ("sourcedId",)),
    "users": Sheet(
        ("sourcedId", "status", "enabledUser", "orgSourcedIds", "role", "username", "userIds", "givenName", "familyName", "identifier", "email",
         "primaryOrgSourcedId", "userMasterIdentifier"),
        ("sourcedId", "enabledUser", "username"), ("sourcedId",)),
    "roles": Sheet(
        ("sourcedId", "status", "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId"),
        ("sourcedId", "userSourcedId", "role", "orgSourcedId"), ("sourcedId", "userSourcedId", "role"), ("beginDate", "endDate")),
    "classes": Sheet(("sourcedId", "status", "title", "classCode", "schoolSourcedId"), ("sourcedId", "title", "schoolSourcedId"), ("sourcedId",)),
    "enrollments": Sheet(
        ("sourcedId", "status", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate"),
        ("sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"), ("sourcedId", "classSourcedId", "userSourcedId"),
        ("beginDate", "endDate")),
}
"""The standard's columns that are read. status and dateLastModified are empty in bulk files; passwords, phones, grades and demographics are not
read at all."""

FILES = frozenset({"manifest.csv", *(f"{kind}.csv" for kind in SHEETS)})
GONE = "tobedeleted"
"""A row that the sender takes away; older and real files also say inactive, which is a disabled user or an ended row."""


def understand(found: Sequence[Bundle], settings: RosterSettings) -> Understood:
    """Given the sets, oldest first, and the source's settings, return its roster. Raise InputError if no set is whole (bulk users), a file is
    refused, or the newest set's files do not belong together."""
    manifests = [_manifest(one) for one in found]
    start = max((place for place, one in enumerate(found) if _is_bulk(one, manifests[place])), default=None)
    if start is None:
        raise InputError([Fault(found[-1].shown("users.csv"), "roster_no_bulk")])
    held: dict[str, pd.DataFrame] = {}
    receipts: list[Receipt] = []
    version = manifests[start].version
    for bundle, manifest in zip(found[start:], manifests[start:], strict=True):
        receipts += [manifest.receipt] if manifest.receipt else []
        for kind, sheet in SHEETS.items():
            data = bundle.files.get(f"{kind}.csv")
            if manifest.mode(kind) == "absent" or data is None:
                if manifest.modes.get(kind) in ("bulk", "delta"):
                    raise InputError([Fault(bundle.shown(f"{kind}.csv"), "roster_file_missing", facts={"mode": manifest.modes[kind]})])
                continue
            least = settings.minimum_rows if kind == "users" and manifest.mode(kind) == "bulk" else 0
            name = bundle.shown(f"{kind}.csv")
            frame, receipt = read_sheet(data, name, sheet, f"oneroster.{kind}", bundle.modified_on, least)
            frame = _once(frame.assign(file=name), name)
            receipts.append(receipt)
            held[kind] = frame if manifest.mode(kind) == "bulk" else _over(held.get(kind), frame)
    _refuse_incomplete(held, version, found[-1])
    return Understood(_roster(held, version, settings), tuple(receipts), frozenset({"accounts.status", *_dated(held)}))


def _manifest(bundle: Bundle) -> Manifest:
    return read_manifest(bundle.files.get("manifest.csv"), bundle.shown("manifest.csv"), "roles.csv" in bundle.files, bundle.modified_on)


def is_whole(bundle: Bundle) -> bool:
    """Given a set, return whether it names all users there are. Raise InputError if its manifest is refused."""
    return _is_bulk(bundle, _manifest(bundle))


def _is_bulk(bundle: Bundle, manifest: Manifest) -> bool:
    return "users.csv" in bundle.files and manifest.mode("users") == "bulk"


def _once(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    twice = frame["sourcedId"].duplicated().to_numpy()
    if twice.any():
        row = int(np.argmax(twice))
        first = int(frame.loc[frame["sourcedId"] == frame["sourcedId"].iloc[row], LINE].iloc[0])
        raise InputError([Fault(file, "row_twice", int(frame[LINE].iloc[row]), "sourcedId", {"first": first})])
    return frame


def _over(before: pd.DataFrame | None, delta: pd.DataFrame) -> pd.DataFrame:
    """A delta replaces the rows it names and adds new ones; the rest stays."""
    if before is None:
        return delta
    return pd.concat([before[~before["sourcedId"].isin(delta["sourcedId"])], delta], ignore_index=True)


def _refuse_incomplete(held: dict[str, pd.DataFrame], version: str, last: Bundle) -> None:
    needed = ("orgs", "users", "roles") if version == "1.2" else ("orgs", "users")
    missing = [kind for kind in needed if kind not in held]
    if missing:
        raise InputError([Fault(last.shown(f"{kind}.csv"), "roster_file_missing", facts={"mode": "bulk"}) for kind in missing])


def _dated(held: dict[str, pd.DataFrame]) -> set[str]:
    dates = {f"grants.{name}" for name in ("starts_on", "ends_on")} if "roles" in held else set()
    return dates | ({f"group_links.{name}" for name in ("starts_on", "ends_on")} if "enrollments" in held else set())


def _live(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~folded(frame["status"]).isin([GONE, "inactive"])].reset_index(drop=True)


def _roster(held: dict[str, pd.DataFrame], version: str, settings: RosterSettings) -> Roster:
    users = held["users"]
    roles = _roles(held["roles"]) if version == "1.2" else _roles_of_users(users)
    return Roster(
        _users(users, settings.number), roles, _enrollments(held.get("enrollments")), _groups(held.get("classes")),
        Organisations(_organisations(held["orgs"])), settings.teaching)


def _organisations(orgs: pd.DataFrame) -> dict[str, Organisation]:
    return {
        str(one): Organisation((str(identifier), str(one), str(name)), str(kind).casefold() == "school", str(parent))
        for one, identifier, name, kind, parent in zip(
            orgs["sourcedId"], orgs["identifier"].fillna(""), orgs["name"].fillna(""), orgs["type"].fillna(""),
            orgs["parentSourcedId"].fillna(""), strict=True)}


def _users(users: pd.DataFrame, number: str) -> pd.DataFrame:
    state, enabled = folded(users["status"]), folded(users["enabledUser"])
    status = np.select(
        [state == GONE, (state == "inactive") | enabled.isin(["false", "0", "no"]), enabled.isin(["true", "1", "yes"])],
        ["deleted", "disabled", "enabled"], "unknown")
    name = users["givenName"].fillna("").str.cat(users["familyName"].fillna(""), sep=" ").str.strip()
    return pd.DataFrame({
        "account": users["sourcedId"], "username": users["username"], "name": name.mask(name == ""), "mail": users["email"],
        "number": _numbers(users, number), "status": status, "file": users["file"], LINE: users[LINE]})


def _numbers(users: pd.DataFrame, number: str) -> pd.Series[Any]:
    """A column as it is, or of {type:id} items the id of one type."""
    kind = number.partition(":")[2]
    if not kind:
        return users[number or "identifier"]
    return users["userIds"].str.extract(r"(?i)\{\s*" + re.escape(kind) + r"\s*:\s*([^}]+?)\s*\}", expand=False)


def _roles(roles: pd.DataFrame) -> pd.DataFrame:
    held = _live(roles)
    return pd.DataFrame({
        "account": held["userSourcedId"], "role": held["role"], "organisation": held["orgSourcedId"], "starts_on": held["beginDate"],
        "ends_on": held["endDate"], "file": held["file"], LINE: held[LINE]})


def _roles_of_users(users: pd.DataFrame) -> pd.DataFrame:
    """In 1.1 a user has one role for all his organisations."""
    held = users.assign(organisation=items(users["orgSourcedIds"])).explode("organisation", ignore_index=True)
    none = np.full(len(held), np.datetime64("NaT", "s"))
    return pd.DataFrame({
        "account": held["sourcedId"], "role": held["role"], "organisation": held["organisation"].astype("str"), "starts_on": none, "ends_on": none,
        "file": held["file"], LINE: held[LINE]})


def _enrollments(enrollments: pd.DataFrame | None) -> pd.DataFrame:
    held = _live(enrollments) if enrollments is not None else _nothing("enrollments")
    return pd.DataFrame({
        "account": held["userSourcedId"], "role": held["role"], "group": held["classSourcedId"], "organisation": held["schoolSourcedId"],
        "starts_on": held["beginDate"], "ends_on": held["endDate"], "file": held["file"], LINE: held[LINE]})


def _groups(classes: pd.DataFrame | None) -> pd.DataFrame:
    held = _live(classes) if classes is not None else _nothing("classes")
    return pd.DataFrame({
        "group": held["sourcedId"], "name": held["title"], "organisation": held["schoolSourcedId"], "file": held["file"], LINE: held[LINE]})


def _nothing(kind: str) -> pd.DataFrame:
    sheet = SHEETS[kind]
    columns: dict[str, Any] = {
        name: pd.Series([], dtype="datetime64[s]" if name in sheet.days else "str") for name in (*sheet.columns, "file")}
    return pd.DataFrame({**columns, LINE: np.array([], dtype=np.int32)})
