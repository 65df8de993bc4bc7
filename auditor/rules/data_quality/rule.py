"""Data that contradicts itself.

What: an end before its start, one number for two people, conflicting end dates, a school code nobody knows, a row without a personnel
number; evidence that names two different owners for one account; staff accounts without a number where the system has numbers.
Why: every judgement rests on these data; a fault in them hides or invents findings.
Known false positives: none known: it says what stands there.
"""

from __future__ import annotations

import pandas as pd

from auditor.model.finding import Hits
from auditor.rules.hits import accounts_as_rows, chosen
from auditor.rules.view import AuditView

FACTS = ("kind", "table", "detail", "number", "file")


def check(view: AuditView) -> Hits:
    """What the collector found, accounts on whose owner the tiers disagree, and per system its staff accounts without a number."""
    parts = [part for part in (_collected(view), _contradictions(view), _without_number(view)) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    rows = rows.reindex(columns=list(dict.fromkeys((*rows.columns, *FACTS, "row"))))
    return Hits(rows, (*FACTS, "row"), use_facts=("number", "file", "row"))


def _collected(view: AuditView) -> pd.DataFrame:
    if not len(view.snapshot.quality):
        return pd.DataFrame()
    found = view.snapshot.quality[["kind", "table", "system", "account", "person", "school", "detail", "file", "row"]]
    words = {name: found[name].astype("object") for name in found.columns if name != "row"}
    same = ["kind", "table", "system", "account", "person", "school", "detail"]
    return pd.DataFrame({**words, "row": found["row"].astype("float64")}).drop_duplicates(same).reset_index(drop=True)


def _contradictions(view: AuditView) -> pd.DataFrame:
    rows = chosen(view.accounts["contradicts"].notna())
    if not len(rows):
        return pd.DataFrame()
    return _plain(accounts_as_rows(view, rows)).assign(
        kind="tiers_disagree", table="accounts", detail=view.accounts["contradicts"].take(rows).to_numpy(dtype=object))


def _without_number(view: AuditView) -> pd.DataFrame:
    """One row a system, not one an account: it is the export that lacks them."""
    accounts, coverage = view.accounts, view.snapshot.coverage
    systems = [system for system in coverage.systems if coverage.delivers(system, "accounts.number")]
    bare = accounts["is_live"] & accounts["number"].isna() & (accounts["person_row"] >= 0) & accounts["tier"].isin(["mail", "alias"])
    counts = accounts.loc[bare & accounts["system"].isin(systems), "system"].value_counts()
    if not counts.any():
        return pd.DataFrame()
    told = [(str(system), int(number)) for system, number in counts.items() if number]
    return pd.DataFrame({
        "system": [system for system, _ in told], "number": [float(number) for _, number in told],
    }).assign(kind="no_number", table="accounts")


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype(dict.fromkeys(("system", "account", "person", "school"), "object"))
