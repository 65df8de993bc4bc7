"""How a rule says what it found: rows about accounts or grants, with facts beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.arrows import united
from auditor.model.columns import Columns, plain_array
from auditor.model.finding import Hits

if TYPE_CHECKING:
    from auditor.rules.view import AuditView

Rows = npt.NDArray[np.intp]
POSITIONS = ("account_row", "person_row", "grant_row")
NO_FACTS: Mapping[str, Any] = {}
_NO_WORDS = pd.CategoricalDtype(pd.Index([], dtype="str"))


def chosen(mask: Any) -> Rows:
    """Given a boolean column or array, return the positions where it is true."""
    return np.flatnonzero(np.asarray(mask, dtype=bool))


def taken(values: Any, rows: Rows, absent: Any) -> npt.NDArray[Any]:
    """Given an array and positions in it, return the values at those positions, `absent` where the position is -1."""
    known = np.asarray(values)
    if not len(known):
        return np.full(len(rows), absent, dtype=known.dtype)
    found: npt.NDArray[Any] = known[rows]
    found[np.asarray(rows) < 0] = absent
    return found


def cells(column: Any, rows: Rows) -> Any:
    """Given a column, or its array, and positions in it (none negative), return its cells there as an array of the same dtype; cheaper than
    Series.take."""
    held = plain_array(column)
    if isinstance(held, pd.Categorical):
        return pd.Categorical.from_codes(held.codes[rows], dtype=held.dtype, validate=False)
    return held[rows] if isinstance(held, np.ndarray) else held.take(rows)


def nothing(length: int) -> pd.Categorical:
    """Given a number of rows, return a column of text that is absent in all of them."""
    return pd.Categorical.from_codes(np.full(length, -1, dtype=np.int8), dtype=_NO_WORDS, validate=False)


def accounts_as_rows(view: AuditView, rows: Rows) -> Columns:
    """Given positions of accounts, return the subject of each: system, account, person, school and positions."""
    return Columns(_account_columns(view, rows))


def grants_as_rows(view: AuditView, rows: Rows) -> Columns:
    """Given positions of judged grants, return the subject of each.

    right: the matrix's word, the native name where the matrix knows none; school: where the right reaches, else where its holder is at
    home (for who must see it); held_school: where it reaches and nothing else (for identity); mode: of the row that flagged it.
    """
    return Columns(grant_columns(view, rows))


def grant_columns(view: AuditView, rows: Rows) -> dict[str, Any]:
    """Given positions of judged grants, return the columns of `grants_as_rows`."""
    grants, accounts = view.grant_arrays, view.account_arrays
    holders = grants["account_row"][rows]
    right, school = cells(grants["right"], rows), cells(grants["school"], rows)
    return {
        "system": cells(grants["system"], rows), "account": cells(accounts["account"], holders), "person": cells(accounts["person"], holders),
        "right": _first(right, lambda: cells(grants["native"], rows)),
        "level": cells(grants["level"], rows), "scope": cells(grants["scope"], rows),
        "school": _first(school, lambda: cells(accounts["where"], holders)),
        "held_school": school, "group": cells(grants["group"], rows), "mode": cells(grants["mode"], rows),
        "account_row": holders.astype("int32"), "person_row": grants["person_row"][rows].astype("int32"),
        "grant_row": np.asarray(rows).astype("int32"),
    }


def _account_columns(view: AuditView, rows: Rows) -> dict[str, Any]:
    """The columns of `accounts_as_rows`, and those of a right, which an account as such does not have."""
    accounts = view.account_arrays
    return {
        "system": cells(accounts["system"], rows), "account": cells(accounts["account"], rows), "person": cells(accounts["person"], rows),
        "school": cells(accounts["where"], rows), "person_row": cells(accounts["person_row"], rows),
        "account_row": np.asarray(rows).astype("int32"), "grant_row": np.full(len(rows), -1, dtype=np.int32),
        **{name: nothing(len(rows)) for name in ("right", "level", "scope", "group")},
    }


def account_hits(
    view: AuditView, rows: Rows, facts: Mapping[str, Any] = NO_FACTS, use: Mapping[str, Any] = NO_FACTS, unsure: Columns | None = None,
) -> Hits:
    """Given positions of accounts, facts and facts about use (aligned with rows, or one value for all), return the hits."""
    found = Columns({**_account_columns(view, rows), **facts, **use}) if len(rows) else Columns()
    return Hits(found, tuple(facts) + tuple(use), unsure, tuple(use))


def unsure_accounts(view: AuditView, rows: Rows, reason: str | None) -> Columns:
    """Given positions of accounts that could not be judged, and the catalogue's reason, return what Hits.unsure holds."""
    return Columns({**_account_columns(view, rows), "reason": reason}) if len(rows) else Columns()


def unsure_grants(view: AuditView, rows: Rows, reason: str | None) -> Columns:
    """Given positions of judged grants that could not be judged, and why, return what Hits.unsure holds."""
    return Columns({**grant_columns(view, rows), "reason": reason}) if len(rows) else Columns()


def together(*parts: Columns) -> Columns:
    """Given rows of any columns, return them under each other; what a part does not have is absent in its rows."""
    filled = [part for part in parts if len(part)]
    if len(filled) <= 1:
        return next(iter(filled), Columns())
    names = dict.fromkeys(name for part in filled for name in part)
    return Columns({name: _under([part.get(name) for part in filled], [len(part) for part in filled]) for name in names})


def _under(arrays: Sequence[Any], lengths: Sequence[int]) -> Any:
    """Arrays under each other: of one kind as they are, else as objects; None stands for as many absent values."""
    held = [array for array in arrays if array is not None]
    kinds = {array.dtype.kind if isinstance(array, np.ndarray) else "category" if isinstance(array, pd.Categorical) else "text" for array in held}
    is_whole = len(held) == len(arrays)
    if kinds == {"category"} and is_whole and all(array.dtype == held[0].dtype for array in held):
        return united(held)
    if kinds == {"M"} or kinds <= {"i", "u", "f"} or (kinds == {"b"} and is_whole):
        absent: Any = np.datetime64("NaT", "s") if kinds == {"M"} else np.nan
    else:
        absent, arrays = None, [None if array is None else np.asarray(array, dtype=object) for array in arrays]
    return np.concatenate([np.full(length, absent) if array is None else array for array, length in zip(arrays, lengths, strict=True)])


def account_facts(view: AuditView, rows: Rows, *names: str) -> dict[str, Any]:
    """Given positions of accounts and names of their columns, return those columns as facts."""
    return {name: cells(view.account_arrays[name], rows) for name in names}


def status_note(view: AuditView, rows: Rows) -> npt.NDArray[np.object_]:
    """Given positions of accounts, return "unknown" where this export has no status (judged, and said), absent elsewhere."""
    status = view.account_arrays["status"]
    told = np.array(["unknown" if word == "unknown" else None for word in (*status.categories, None)], dtype=object)
    found: npt.NDArray[np.object_] = told[status.codes[rows]]
    return found


def marked(mask: Any, word: str) -> npt.NDArray[np.object_]:
    """Given a boolean array and a code, return the code where it is true, absent elsewhere."""
    found: npt.NDArray[np.object_] = np.array([None, word], dtype=object)[np.asarray(mask, dtype=np.intp)]
    return found


def weight_of_rights(view: AuditView, rows: Rows) -> dict[str, Any]:
    """Number and weight of the rights an account holds: what an A or B finding shows instead of findings per right (rules 1)."""
    return account_facts(view, rows, "rights", "weight")


def _first(words: pd.Categorical, others: Callable[[], pd.Categorical]) -> pd.Categorical:
    """The words, and where one is absent what stands in its place."""
    codes = words.codes.astype(np.int32)
    absent = codes < 0
    if not absent.any():
        return words
    stand_ins = others()
    known = words.categories.append(stand_ins.categories[np.unique(stand_ins.codes[absent & (stand_ins.codes >= 0)])]).unique()
    places = np.append(known.get_indexer(stand_ins.categories), -1)
    codes[absent] = places[stand_ins.codes[absent]]
    return pd.Categorical.from_codes(codes, categories=known, validate=False)
