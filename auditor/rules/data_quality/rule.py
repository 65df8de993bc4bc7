"""Data that contradicts itself.

What: an end before its start, one number for two people, conflicting end dates, a school code nobody knows, a row without a personnel
number; evidence that names two different owners for one account; staff accounts without a number where the system has numbers; an account
whose system says that its owner left, while HR says that he works.
Why: every judgement rests on these data; a fault in them hides or invents findings.
Known false positives: none known: it says what stands there.
"""

from __future__ import annotations

import pandas as pd

from auditor.model.coverage import SourceState
from auditor.model.finding import Hits
from auditor.rules.hits import accounts_as_rows, chosen
from auditor.rules.view import AuditView

FACTS = ("kind", "table", "detail", "number", "file")


def check(view: AuditView) -> Hits:
    """What the collector found, accounts on whose owner the tiers disagree, per system its staff accounts without a number, and accounts
    whose owner left according to their system only."""
    left, unsure = _left_elsewhere(view)
    parts = [part for part in (_collected(view), _contradictions(view), _without_number(view), left) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    rows = rows.reindex(columns=list(dict.fromkeys((*rows.columns, *FACTS, "row"))))
    return Hits(rows, (*FACTS, "row"), unsure if len(unsure) else None, ("number", "file", "row"))


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


def _left_elsewhere(view: AuditView) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Live accounts whose own system has a last day that is past (Entra's employeeLeaveDateTime), while their owner works; and those of which
    HR could not tell it today."""
    accounts = view.accounts
    past = accounts["is_live"].to_numpy() & (accounts["owner_leaves_on"] < view.day).to_numpy() & (accounts["person_row"] >= 0).to_numpy()
    is_known = accounts["is_assessable"].to_numpy() & (view.snapshot.coverage.state_of_role("hr") is SourceState.OK)
    works = ~accounts["has_left"].to_numpy() & ~accounts["is_vanished"].to_numpy()
    found = []
    for rows in (chosen(past & works & is_known), chosen(past & ~is_known)):
        days = accounts["owner_leaves_on"].take(rows).dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
        told = _plain(accounts_as_rows(view, rows)) if len(rows) else pd.DataFrame()
        found.append(told.assign(kind="left_elsewhere", table="accounts", detail=days) if len(rows) else told)
    hits, unsure = found
    return hits, unsure.assign(reason=None) if len(unsure) else unsure


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype(dict.fromkeys(("system", "account", "person", "school"), "object"))
