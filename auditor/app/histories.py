"""Who had this right on that day, and since when? Answers from the stored nights, for an account, a person or a right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from auditor.store import Store

GRANT = ("system", "account", "right", "level", "scope", "school", "group", "since", "gone")
OF_ACCOUNT = ("accounts", "links", "grants", "group_links")
OF_PERSON = ("persons", "employments", "tasks", "declarations", "externals", "temporary_rights", "teaching")
Rows = list[dict[str, Any]]


def history_of(store: Store, subject: str, system: str | None, on: date | None) -> dict[str, Any]:
    """Given an open store and the id or name of an account, the number of a person or the id or name of a right, return what they are and
    their rows of history by table (see Store.spans), oldest first. `on`: only what was so that day. Empty when nothing answers to it."""
    found: dict[str, Rows] = {}
    where = {"system": system} if system else {}
    if persons := store.spans("persons", {"person": subject}) or store.spans("externals", {"person": subject}):
        found |= {name: store.spans(name, {"person": subject}, on) for name in OF_PERSON}
        pairs = [pair for pair in store.accounts_of(subject) if system in (None, pair[0])]
        found |= _of_accounts(store, pairs, on, subject)
        return {"subject": subject, "kind": "person", "name": persons[-1].get("display_name") or persons[-1].get("name"), "tables": _some(found)}
    accounts = store.spans("accounts", {**where, "account": subject}) or store.spans("accounts", {**where, "username": subject})
    if accounts:
        pairs = list(dict.fromkeys((row["system"], row["account"]) for row in accounts))
        return {"subject": subject, "kind": "account", "name": accounts[-1]["username"], "tables": _some(_of_accounts(store, pairs, on))}
    rights = store.spans("rights", {**where, "right": subject}) or store.spans("rights", {**where, "name": subject})
    if rights:
        names = list(dict.fromkeys((row["system"], row["right"]) for row in rights))
        grants = [row for found_in, right in names for row in store.spans("grants", {"system": found_in, "right": right}, on)]
        owners = _owners(store, grants, on)
        rows = [{**row, "person": owners.get((row["system"], row["account"]))} for row in grants]
        return {"subject": subject, "kind": "right", "name": rights[-1]["name"], "tables": _some({"grants": rows})}
    return {}


def person_held(store: Store, person: str) -> dict[str, Any]:
    """Given an open store and a person's number, return everything that is held on them (AVG 15): rows by table with the days between which
    they were so, findings with evidence and decisions, use dates, and which mails tell of those findings. Empty when nothing is held."""
    tables: dict[str, Rows] = {}
    for name in (*OF_PERSON, "contacts", "authorisation_table"):
        tables[name] = store.spans(name, {"person": person})
    tables["folders"] = store.spans("folders", {"member": person})
    tables["sponsored_externals"] = store.spans("externals", {"sponsor": person})
    pairs = store.accounts_of(person)
    tables |= _of_accounts(store, pairs, None)
    findings = [
        row for row in store.findings(resolved="all", has_history=True)
        if row["person"] == person or (row["system"], row["account"]) in pairs
    ] if store.last_scan() else []
    seen = store.table_at("accounts") if pairs else None
    used = [] if seen is None else [
        {"system": row.system, "account": row.account, "last_used_on": _day(row.last_used_on), "last_attempt_on": _day(row.last_attempt_on),
         "password_set_on": _day(row.password_set_on)}
        for row in seen[seen["account"].isin([account for _, account in pairs])].itertuples() if (row.system, row.account) in pairs
    ]
    decisions = store.link_decisions()
    tables["link_decisions"] = [
        {str(name): _plain(value) for name, value in row.items()} for row in decisions[decisions["person"] == person].to_dict("records")]
    tables["use"] = used
    keys = {row["key"] for row in findings}
    tables["mails"] = [
        {"kind": str(one.mail.kind), "school": one.mail.school, "subject": one.mail.subject, "sent": str(one.state), "on": one.changed_at.date()}
        for one in store.mails() if any(key in one.mail.text for key in keys)]
    held = _some(tables)
    return {"person": person, "tables": held, "findings": findings} if held or findings else {}


def _of_accounts(store: Store, pairs: Sequence[tuple[str, str]], on: date | None, person: str | None = None) -> dict[str, Rows]:
    found: dict[str, Rows] = {name: [] for name in OF_ACCOUNT}
    for system, account in pairs:
        for name in OF_ACCOUNT:
            rows = store.spans(name, {"system": system, "account": account}, on)
            found[name] += [row for row in rows if name != "links" or person in (None, row["person"])]
    return found


def _owners(store: Store, grants: Rows, on: date | None) -> Mapping[tuple[str, str], str | None]:
    """Whose each account is now (or was on the day)."""
    owners: dict[tuple[str, str], str | None] = {}
    accounts = {(row["system"], row["account"]) for row in grants}
    if len(accounts) > 200:
        rows = [row for system in {system for system, _ in accounts} for row in store.spans("links", {"system": system}, on)]
    else:
        rows = [row for system, account in accounts for row in store.spans("links", {"system": system, "account": account}, on)]
    for row in rows:
        owners[row["system"], row["account"]] = row["person"]
    return owners


def _some(tables: Mapping[str, Rows]) -> dict[str, Rows]:
    return {name: rows for name, rows in tables.items() if rows}


def _day(value: Any) -> date | None:
    return None if value != value or value is None else value.date()


def _plain(value: Any) -> Any:
    return None if value is None or value != value else value.date() if hasattr(value, "date") else value
