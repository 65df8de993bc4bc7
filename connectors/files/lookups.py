"""Resolves what one file of a source names by another name than the accounts in another file of it: a login for an id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.model.arrows import arrow
from auditor.model.errors import Reason


def resolved(frame: pd.DataFrame, column: str, accounts: pd.DataFrame, by: str) -> tuple[pd.DataFrame, list[Reason]]:
    """Given a frame whose `column` (categories) holds texts of the accounts' column `by`, or account ids, return it with account ids, and
    a note of how many it could not find: those keep their text (service principals and groups hold roles too).

    Case does not matter. Of several accounts of one name, that of the row's own school is meant; where that does not tell, none is.
    """
    words = frame[column].cat.categories.to_numpy(dtype=object)
    is_id = pc.is_in(arrow(frame[column].cat.categories), arrow(accounts["account"])).to_numpy(zero_copy_only=False)
    ids = set(words[is_id.astype(bool)])
    known: dict[str, str | None] = {}
    at_school: dict[tuple[str, object], str | None] = {}
    asked = accounts.take(_rows_named(accounts[by], words))
    columns = (asked[name].to_numpy(dtype=object) for name in (by, "account", "school"))
    for name, account, school in zip(*columns, strict=True):
        folded = name.casefold()
        known[folded] = account if known.get(folded, account) == account else None
        at_school[folded, school] = account if at_school.get((folded, school), account) == account else None
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


def _rows_named(column: pd.Series[Any], words: Iterable[str]) -> npt.NDArray[np.intp]:
    """Rows whose text is one of the words, whatever the case: a few hundred roles are held in a directory of a million accounts."""
    texts = arrow(column)
    if pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        folded = pc.ascii_lower(texts)
    else:
        folded = pa.array([None if text is None else text.casefold() for text in texts.to_pylist()], pa.large_string())
    return np.flatnonzero(pc.is_in(folded, pa.array({word.casefold() for word in words}, pa.large_string())).to_numpy(zero_copy_only=False))
