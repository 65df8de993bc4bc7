"""How a rule says what it found: rows about accounts or grants, with facts beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.finding import Hits

if TYPE_CHECKING:
    from auditor.rules.view import AuditView

Rows = npt.NDArray[np.intp]
POSITIONS = ("account_row", "person_row", "grant_row")
NO_FACTS: Mapping[str, Any] = {}


def chosen(mask: Any) -> Rows:
    """Given a boolean column or array, return the positions where it is true."""
    return np.flatnonzero(np.asarray(mask, dtype=bool))


def taken(values: Any, rows: Rows, absent: Any) -> npt.NDArray[Any]:
    """Given an array and positions in it, return the values at those positions, `absent` where the position is -1."""
    known = np.asarray(values)
    found: npt.NDArray[Any] = np.append(known, np.array([absent], dtype=known.dtype))[rows]
    return found


def accounts_as_rows(view: AuditView, rows: Rows) -> pd.DataFrame:
    """Given positions of accounts, return the subject of each: system, account, person, school and positions."""
    found = view.accounts[["system", "account", "person", "where", "person_row"]].take(rows)
    found = found.rename(columns={"where": "school"}).reset_index(drop=True)
    return found.assign(account_row=rows.astype("int32"), grant_row=np.int32(-1))


def grants_as_rows(view: AuditView, rows: Rows) -> pd.DataFrame:
    """Given positions of judged grants, return the subject of each.

    right: the matrix's word, the native name where the matrix knows none; school: where the right reaches, else where its holder is at
    home (for who must see it); held_school: where it reaches and nothing else (for identity); mode: of the row that flagged it.
    """
    found = view.grants.take(rows).reset_index(drop=True)
    holders = found["account_row"].to_numpy()
    accounts = view.accounts[["account", "person", "where"]].take(holders).reset_index(drop=True)
    school = found["school"].astype("object")
    return pd.DataFrame({
        "system": found["system"], "account": accounts["account"], "person": accounts["person"],
        "right": _first(found["right"], found["native"]), "level": found["level"], "scope": found["scope"],
        "school": school.where(school.notna(), accounts["where"].astype("object")).astype("str").astype("category"),
        "held_school": found["school"], "group": found["group"], "mode": found["mode"],
        "account_row": holders.astype("int32"), "person_row": found["person_row"].to_numpy(dtype="int32"), "grant_row": rows.astype("int32"),
    })


def account_hits(
    view: AuditView, rows: Rows, facts: Mapping[str, Any] = NO_FACTS, use: Mapping[str, Any] = NO_FACTS, unsure: pd.DataFrame | None = None,
) -> Hits:
    """Given positions of accounts, facts and facts about use (aligned with rows, or one value for all), return the hits."""
    found = accounts_as_rows(view, rows).assign(**{**facts, **use}) if len(rows) else pd.DataFrame()
    return Hits(found, tuple(facts) + tuple(use), unsure, tuple(use))


def unsure_accounts(view: AuditView, rows: Rows, reason: str | None) -> pd.DataFrame:
    """Given positions of accounts that could not be judged, and the catalogue's reason, return what Hits.unsure holds."""
    return accounts_as_rows(view, rows).assign(reason=reason) if len(rows) else pd.DataFrame()


def unsure_grants(view: AuditView, rows: Rows, reason: str | None) -> pd.DataFrame:
    """Given positions of judged grants that could not be judged, and why, return what Hits.unsure holds."""
    return grants_as_rows(view, rows).assign(reason=reason) if len(rows) else pd.DataFrame()


def together(*parts: pd.DataFrame) -> pd.DataFrame:
    """Given frames of rows that could not be judged, return them under each other."""
    return pd.concat(parts, ignore_index=True)


def account_facts(view: AuditView, rows: Rows, *names: str) -> dict[str, npt.NDArray[Any] | pd.Series[Any]]:
    """Given positions of accounts and names of their columns, return those columns as facts."""
    return {name: view.accounts[name].take(rows).reset_index(drop=True) for name in names}


def status_note(view: AuditView, rows: Rows) -> npt.NDArray[np.object_]:
    """Given positions of accounts, return "unknown" where this export has no status (judged, and said), absent elsewhere."""
    status = view.accounts["status"].take(rows)
    return np.where((status == "unknown").to_numpy(), "unknown", None)  # type: ignore[call-overload,no-any-return]


def marked(mask: Any, word: str) -> npt.NDArray[np.object_]:
    """Given a boolean array and a code, return the code where it is true, absent elsewhere."""
    found: npt.NDArray[np.object_] = np.array([None, word], dtype=object)[np.asarray(mask, dtype=np.intp)]
    return found


def weight_of_rights(view: AuditView, rows: Rows) -> dict[str, Any]:
    """Number and weight of the rights an account holds: what an A or B finding shows instead of findings per right (rules 1)."""
    return account_facts(view, rows, "rights", "weight")


def _first(column: pd.Series[Any], other: pd.Series[Any]) -> pd.Series[Any]:
    if not column.isna().any():
        return column
    words = column.astype("object")
    return words.where(words.notna(), other.astype("object")).astype("str").astype("category")
