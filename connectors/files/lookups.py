"""Resolves what one file of a source names by another name than the accounts in another file of it: a login for an id."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.model.errors import Reason


def resolved(frame: pd.DataFrame, column: str, accounts: pd.DataFrame, by: str) -> tuple[pd.DataFrame, list[Reason]]:
    """Given a frame whose `column` (categories) holds texts of the accounts' column `by`, or account ids, return it with account ids, and
    a note of how many it could not find: those keep their text (service principals and groups hold roles too)."""
    known = dict(zip(accounts[by].to_numpy(dtype=object), accounts["account"].to_numpy(dtype=object), strict=True))
    ids = set(accounts["account"].to_numpy(dtype=object))
    words = frame[column].cat.categories.to_numpy(dtype=object)
    new = [word if word in ids else known.get(word, word) for word in words]
    missing = np.array([word not in ids and word not in known for word in words], dtype=bool)
    codes, distinct = pd.factorize(pd.Index(new, dtype="str"))
    places = np.append(codes, -1)[frame[column].cat.codes.to_numpy()]
    changed = frame.assign(**{column: pd.Categorical.from_codes(places, categories=pd.Index(distinct, dtype="str"))})
    notes = [Reason("account_not_in_export", {"count": int(missing.sum()), "file": str(frame["file"].iloc[0])})] if missing.any() else []
    return changed, notes
