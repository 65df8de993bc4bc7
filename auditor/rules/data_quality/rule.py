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
from auditor.rules.hits import accounts_as_rows, cells, chosen, together
from auditor.rules.settled import is_kind
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
    rows = chosen(pd.notna(view.account_arrays["contradicts"]))
    if not len(rows):
        return Columns()
    return accounts_as_rows(view, rows).assign(
        kind="tiers_disagree", table="accounts", detail=cells(view.account_arrays["contradicts"], rows))


def _without_number(view: AuditView) -> Columns:
    """One row a system, not one an account: it is the export that lacks them."""
    accounts, coverage = view.account_arrays, view.snapshot.coverage
    systems = [system for system in coverage.systems if coverage.delivers(system, "accounts.number")]
    bare = accounts["is_live"] & pd.isna(accounts["number"]) & (accounts["person_row"] >= 0) & is_kind(view, "tier", "mail", "alias")
    counts = pd.Series(accounts["system"][bare & is_kind(view, "system", *systems)]).value_counts()
    if not counts.any():
        return Columns()
    told = [(str(system), int(number)) for system, number in counts.items() if number]
    return Columns({
        "system": [system for system, _ in told], "number": np.array([number for _, number in told], dtype=np.float64),
    }).assign(kind="no_number", table="accounts")


def _left_elsewhere(view: AuditView) -> tuple[Columns, Columns]:
    """Live accounts whose own system has a last day that is past (Entra's employeeLeaveDateTime), while their owner works; and those of which
    HR could not tell it today."""
    accounts = view.account_arrays
    past = accounts["is_live"] & (accounts["owner_leaves_on"] < view.day) & (accounts["person_row"] >= 0)
    is_known = accounts["is_assessable"] & (view.snapshot.coverage.state_of_role("hr") is SourceState.OK)
    works = ~accounts["has_left"] & ~accounts["is_vanished"]
    found = []
    for rows in (chosen(past & works & is_known), chosen(past & ~is_known)):
        days = np.datetime_as_string(accounts["owner_leaves_on"][rows], unit="D").astype(object)
        told = accounts_as_rows(view, rows) if len(rows) else Columns()
        found.append(told.assign(kind="left_elsewhere", table="accounts", detail=days) if len(rows) else told)
    hits, unsure = found
    return hits, unsure.assign(reason=None) if len(unsure) else unsure
