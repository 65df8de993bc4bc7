"""What kind of account it is: the board's patterns for a source first, its register of declared accounts over them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.model.arrows import arrow
from auditor.model.policy import KindRule


def with_kinds(accounts: pd.DataFrame, rules: Sequence[KindRule], declared: pd.DataFrame) -> pd.DataFrame:
    """Given accounts, the source's kind rules (the first that matches) and the service_accounts register, return them with their kind.

    The register names an account by its id or its login name, and decides over every pattern: it names one account, with an owner.
    """
    if not rules and not len(declared):
        return accounts
    kinds = accounts["kind"].array
    words = [*dict.fromkeys([*kinds.categories, *(rule.kind for rule in rules), *declared["kind"].cat.categories])]
    place = {str(word): at for at, word in enumerate(words)}
    moved = np.array([*(place[str(word)] for word in kinds.categories), -1])
    codes = moved[kinds.codes]
    is_free = np.ones(len(accounts), dtype=np.bool_)
    for rule in rules:
        chosen = is_free & _matches(accounts[rule.column], rule.pattern)
        codes[chosen] = place[rule.kind]
        is_free &= ~chosen
    lines = zip(declared["system"].astype("str"), declared["account"], declared["kind"].astype("str"), strict=True)
    names = {(system, account.lower()): place[kind] for system, account, kind in lines}
    here = {str(system) for system in accounts["system"].cat.categories}
    wanted = pa.array(sorted({name for system, name in names if system in here}), type=pa.large_string())
    for column in ("username", "account") if len(wanted) else ():
        logins = pc.utf8_lower(arrow(accounts[column]))
        rows = np.flatnonzero(np.asarray(pc.is_in(logins, value_set=wanted, skip_nulls=True).to_numpy(zero_copy_only=False)))
        systems = accounts["system"].iloc[rows].astype("str")
        for row, system in zip(rows, systems, strict=True):
            codes[row] = names.get((system, logins[int(row)].as_py()), codes[row])
    return accounts.assign(kind=pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype="str"), validate=False))


def glob_regex(pattern: str) -> str:
    """Given a pattern with * and ?, return it as a regular expression for a whole value."""
    parts = [{"*": ".*", "?": "."}.get(sign) or re.escape(sign) for sign in pattern]
    return f"(?s)^{''.join(parts)}$"


def _matches(column: pd.Series[Any], pattern: str) -> npt.NDArray[np.bool_]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        found: npt.NDArray[np.bool_] = np.append(_hits(arrow(column.cat.categories), pattern), False)[column.cat.codes.to_numpy()]
        return found
    return _hits(arrow(column), pattern)


def _hits(texts: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    found = pc.match_substring_regex(texts, glob_regex(pattern), ignore_case=True)
    hits: npt.NDArray[np.bool_] = pc.fill_null(found, False).to_numpy(zero_copy_only=False)
    return hits
