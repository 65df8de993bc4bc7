"""`auditor links list|decide`: whose account is it, and who said so?"""

from __future__ import annotations

import json
from typing import Any

from auditor.app.aligned import aligned
from auditor.app.cli import Call
from auditor.app.clock import today
from auditor.app.decisions import signed_by
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError
from auditor.model.links import Situation

SHOWN = (Situation.DISPUTED, Situation.UNMATCHED)


def list_links(call: Call) -> Exit:
    """Print the links of the last scan: the undecided ones unless a situation is asked for."""
    rows = links_of(call)
    wanted = call.arguments.situation
    if wanted == "proposed":
        rows = [row for row in rows if row["situation"] == Situation.UNMATCHED and row["candidates"]]
    else:
        rows = [row for row in rows if (row["situation"] == wanted if wanted else row["situation"] in SHOWN)]
    if call.is_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return Exit.OK
    names = ("system", "account", "username", "situation", "person", "tier", "candidates")
    cells = [[_cell(call, name, row[name]) for name in names] for row in rows]
    print(aligned([call.words.text(f"cli.links.column.{name}") for name in names], cells))
    return Exit.OK


def decide(call: Call) -> Exit:
    """Record whose account it is; the next scan follows it. Raise AuditorError if the account or the person is not known."""
    from auditor.app.workspaces import load_workspace, open_store

    wanted = call.arguments
    workspace = load_workspace(call.config)
    with open_store(workspace) as store:
        accounts = store.table_at("accounts", where={"system": wanted.system})
        if not (accounts["account"] == wanted.account).any():
            raise AuditorError("no_such_account", system=wanted.system, account=wanted.account)
        if wanted.person is not None and not (store.table_at("persons")["person"] == wanted.person).any() and not (
                (store.table_at("externals")["person"] == wanted.person).any()):
            raise AuditorError("no_such_person", person=wanted.person)
        by = signed_by(wanted.by)
        store.decide_link(wanted.system, wanted.account, wanted.person, wanted.reason, by, today())
    facts = {"system": wanted.system, "account": wanted.account, "person": wanted.person, "by": by}
    if call.is_json:
        print(json.dumps(facts, ensure_ascii=False))
    else:
        key = "cli.links.set_aside" if wanted.person is None else "cli.links.decided"
        print(call.words.text(key, **{name: value or "" for name, value in facts.items()}))
    return Exit.OK


def links_of(call: Call) -> list[dict[str, Any]]:
    """Given a call, return the links of the last scan that a person may look at: staff accounts, with their username."""
    from auditor.app.workspaces import load_workspace, open_store

    with open_store(load_workspace(call.config)) as store:
        if store.last_scan() is None:
            raise AuditorError("no_scan_yet")
        links, accounts = store.table_at("links"), store.table_at("accounts")
    kinds = accounts.set_index(["system", "account"])[["username", "kind"]].astype("object")
    found = links.astype("object").join(kinds, on=["system", "account"])
    found = found[~found["kind"].isin(["pupil", "service", "shared", "emergency"])]
    return [
        {
            "system": row.system, "account": row.account, "username": _text(row.username), "situation": row.situation, "person": _text(row.person),
            "tier": row.tier, "contradicts": _text(row.contradicts), "candidates": json.loads(row.candidates) if _text(row.candidates) else [],
        }
        for row in found.itertuples()
    ]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _cell(call: Call, name: str, value: Any) -> str:
    if name == "situation":
        return call.words.text(f"cli.links.situation.{value}")
    if name == "tier":
        return call.words.text(f"cli.links.tier.{value}")
    if name == "candidates":
        return ", ".join(f"{one['person']} {one['name']} ({one['confidence']}%)" for one in value)
    return value or ""
