"""Resolves what one file of a source names by another name than the accounts in another file of it: a login for an id."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.model.errors import Reason


def resolved(frame: pd.DataFrame, column: str, accounts: pd.DataFrame, by: str) -> tuple[pd.DataFrame, list[Reason]]:
    """Given a frame whose `column` (categories) holds texts of the accounts' column `by`, or account ids, return it with account ids, and
    a note of how many it could not find: those keep their text (service principals and groups hold roles too).

    Case does not matter. Of several accounts of one name, that of the row's own school is meant; where that does not tell, none is.
    """
    ids = set(accounts["account"].to_numpy(dtype=object))
    known: dict[str, str | None] = {}
    at_school: dict[tuple[str, object], str | None] = {}
    schools = accounts["school"].to_numpy(dtype=object)
    for name, account, school in zip(accounts[by].to_numpy(dtype=object), accounts["account"].to_numpy(dtype=object), schools, strict=True):
        if isinstance(name, str):
            folded = name.casefold()
            known[folded] = account if known.get(folded, account) == account else None
            at_school[folded, school] = account if at_school.get((folded, school), account) == account else None
    words = frame[column].cat.categories.to_numpy(dtype=object)
    codes = frame[column].cat.codes.to_numpy().astype(np.int64)
    places, own = np.zeros(len(frame), dtype=np.int64), np.array([None], dtype=object)
    if None in known.values() and "school" in frame:
        places, own = pd.factorize(frame["school"].to_numpy(dtype=object), use_na_sentinel=False)
    pairs, distinct = pd.factorize(np.where(codes < 0, -1, codes * len(own) + places))
    new: list[str | None] = []
    missing: set[str] = set()
    for pair in distinct.tolist():
        word, school = (words[pair // len(own)], own[pair % len(own)]) if pair >= 0 else (None, None)
        account = word
        if word is not None and word not in ids:
            folded = word.casefold()
            account = known.get(folded) or at_school.get((folded, school))
            missing |= {word} if account is None else set()
        new.append(account or word)
    numbers, names = pd.factorize(pd.Index(new, dtype="str"))
    changed = frame.assign(**{column: pd.Categorical.from_codes(numbers[pairs], categories=pd.Index(names, dtype="str"))})
    notes = [Reason("account_not_in_export", {"count": len(missing), "file": str(frame["file"].iloc[0])})] if missing else []
    return changed, notes
