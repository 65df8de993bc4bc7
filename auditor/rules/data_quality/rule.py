"""Data that contradicts itself.

What: an end before its start, one number for two people, conflicting end dates, a school code nobody knows, a row without a personnel
number; evidence that names two different owners for one account; staff accounts without a number where the system has numbers; an account
whose system says that its owner left, while HR says that he works.
Why: every judgement rests on these data; a fault in them hides or invents findings.
Known false positives: none known: it says what stands there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.model.columns import Columns
from auditor.model.coverage import SourceState
from auditor.model.finding import Hits
from auditor.rules.hits import accounts_as_rows, chosen, together
from auditor.rules.view import AuditView

FACTS = ("kind", "table", "detail", "number", "file")


def check(view: AuditView) -> Hits:
    """What the collector found, accounts on whose owner the tiers disagree, per system its staff accounts without a number, and accounts
    whose owner left according to their system only."""
    left, unsure = _left_elsewhere(view)
    rows = together(_collected(view), _contradictions(view), _without_number(view), left)
    rows = rows.assign(**{name: None for name in (*FACTS, "row") if name not in rows}) if len(rows) else rows
    return Hits(rows, (*FACTS, "row"), unsure if len(unsure) else None, ("number", "file", "row"))


def _collected(view: AuditView) -> Columns:
    if not len(view.snapshot.quality):
        return Columns()
    found = view.snapshot.quality[["kind", "table", "system", "account", "person", "school", "detail", "file", "row"]]
    words = {name: found[name].astype("object") for name in found.columns if name != "row"}
    same = ["kind", "table", "system", "account", "person", "school", "detail"]
    return Columns(pd.DataFrame({**words, "row": found["row"].astype("float64")}).drop_duplicates(same))


def _contradictions(view: AuditView) -> Columns:
    rows = chosen(view.accounts["contradicts"].notna())
    if not len(rows):
        return Columns()
    return accounts_as_rows(view, rows).assign(
        kind="tiers_disagree", table="accounts", detail=view.accounts["contradicts"].take(rows).to_numpy(dtype=object))


def _without_number(view: AuditView) -> Columns:
    """One row a system, not one an account: it is the export that lacks them."""
    accounts, coverage = view.accounts, view.snapshot.coverage
    systems = [system for system in coverage.systems if coverage.delivers(system, "accounts.number")]
    bare = accounts["is_live"] & accounts["number"].isna() & (accounts["person_row"] >= 0) & accounts["tier"].isin(["mail", "alias"])
    counts = accounts.loc[bare & accounts["system"].isin(systems), "system"].value_counts()
    if not counts.any():
        return Columns()
    told = [(str(system), int(number)) for system, number in counts.items() if number]
    return Columns({
        "system": [system for system, _ in told], "number": np.array([number for _, number in told], dtype=np.float64),
    }).assign(kind="no_number", table="accounts")


def _left_elsewhere(view: AuditView) -> tuple[Columns, Columns]:
    """Live accounts whose own system has a last day that is past (Entra's employeeLeaveDateTime), while their owner works; and those of which
    HR could not tell it today."""
    accounts = view.accounts
    past = accounts["is_live"].to_numpy() & (accounts["owner_leaves_on"] < view.day).to_numpy() & (accounts["person_row"] >= 0).to_numpy()
    is_known = accounts["is_assessable"].to_numpy() & (view.snapshot.coverage.state_of_role("hr") is SourceState.OK)
    works = ~accounts["has_left"].to_numpy() & ~accounts["is_vanished"].to_numpy()
    found = []
    for rows in (chosen(past & works & is_known), chosen(past & ~is_known)):
        days = accounts["owner_leaves_on"].take(rows).dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
        told = accounts_as_rows(view, rows) if len(rows) else Columns()
        found.append(told.assign(kind="left_elsewhere", table="accounts", detail=days) if len(rows) else told)
    hits, unsure = found
    return hits, unsure.assign(reason=None) if len(unsure) else unsure
