"""Hangs positions under contracts, and gives every employment an id of its own.

Both can end, and a position without an end of its own ends with its contract. A contract without a position keeps its dates and has no
function and no school: somebody who works here without a place yet has not left (design 4).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.model.arrows import arrow, text_array
from auditor.model.errors import Reason
from auditor.model.joining import rows_of

Days = npt.NDArray[np.datetime64]


def hang(contracts: pd.DataFrame, positions: pd.DataFrame) -> tuple[pd.DataFrame, list[Reason]]:
    """Given the employments of both parts, in which `employment` is the contract's id, return the positions with the dates and kind of
    their contract, and what is odd: positions without a contract, or that end after it."""
    once = once_each(contracts)
    at = rows_of(positions, once, ["employment"])
    known = at >= 0
    contract_ends = _taken(once["ends_on"], at)
    own_starts: Days = positions["starts_on"].to_numpy()
    own_ends: Days = positions["ends_on"].to_numpy()
    hung = positions.assign(
        kind=_kinds(once["kind"], positions["kind"], at),
        starts_on=np.where(np.isnat(own_starts), _taken(once["starts_on"], at), own_starts),
        # A position that outlives its contract keeps its own end: the collector takes the earliest and notes the contradiction.
        ends_on=np.where(np.isnat(own_ends), contract_ends, own_ends),
        contract_ends_on=contract_ends,
    )
    hung["employment"] = _with_place(hung)
    after = known & ~np.isnat(own_ends) & ~np.isnat(contract_ends) & (own_ends > contract_ends)
    return hung, [*_noted("position_without_contract", ~known, positions), *_noted("position_ends_after_contract", after, positions)]


def missing_contracts(contracts: pd.DataFrame, positions: pd.DataFrame) -> dict[str, int]:
    """Given the employments of both parts, return how many of the open-ended positions have no contract and how many there are, as `lost`
    and `known`, when the export of contracts cannot be whole; else nothing. Such a position would run for ever. The limits are those of
    the volume guards: a tenth, and at least three (design 5)."""
    is_open = np.isnat(positions["ends_on"].to_numpy())
    at = rows_of(positions, once_each(contracts), ["employment"])
    lost, known = int((is_open & (at < 0)).sum()), int(is_open.sum())
    return {"lost": lost, "known": known} if lost >= 3 and lost * 10 >= known else {}


def without_position(contracts: pd.DataFrame, held: pd.Series[Any]) -> pd.DataFrame:
    """Given contracts and the contract ids that positions name, return the other contracts, once each, without function and school."""
    once = once_each(contracts)
    is_held = pc.is_in(arrow(once["employment"]), value_set=arrow(held).unique()).to_numpy(zero_copy_only=False)
    bare = once[~is_held].reset_index(drop=True)
    nothing = pd.Categorical.from_codes(np.full(len(bare), -1), categories=pd.Index([], dtype="str"))
    return bare.assign(function=nothing, school=nothing)


def with_own_ids(employments: pd.DataFrame) -> pd.DataFrame:
    """Given employments, return them with unique ids: where an id stands more than once, start and school are added, then a number."""
    ids = arrow(employments["employment"])
    if not (again := _stands_twice(ids)).any():
        return employments
    ids = pc.if_else(pa.array(again), arrow(_with_place(employments)), ids)
    rows = np.flatnonzero(_stands_twice(ids))
    if len(rows):
        texts = pd.Series(ids.take(pa.array(rows)).to_pylist())
        order = texts.groupby(texts).cumcount()
        mask = np.zeros(len(ids), dtype=bool)
        mask[rows] = True
        numbered = [text if not place else f"{text}/{place + 1}" for text, place in zip(texts, order, strict=True)]
        ids = pc.replace_with_mask(ids, pa.array(mask), pa.array(numbered, pa.large_string()))
    return employments.assign(employment=text_array(ids))


def once_each(contracts: pd.DataFrame) -> pd.DataFrame:
    """Given employments, return the first of each id."""
    found = arrow(contracts["employment"]).dictionary_encode()
    if len(found.dictionary) == len(contracts):
        return contracts
    first = np.sort(np.unique(found.indices.to_numpy(), return_index=True)[1])
    return contracts.iloc[first].reset_index(drop=True)


def _stands_twice(ids: Any) -> npt.NDArray[np.bool_]:
    codes = ids.dictionary_encode().indices.to_numpy()
    found: npt.NDArray[np.bool_] = (np.bincount(codes) > 1)[codes]
    return found


def _with_place(employments: pd.DataFrame) -> Any:
    """Ids with the day and the school of the position: these stay when other positions come or go, a number would not."""
    days: Days = employments["starts_on"].to_numpy()
    distinct, codes = np.unique(days.astype("datetime64[D]"), return_inverse=True)
    words = pa.array(["" if np.isnat(day) else str(day).replace("-", "") for day in distinct], pa.large_string())
    school = employments["school"]
    schools = pa.array([*school.cat.categories.tolist(), ""], pa.large_string())
    joined = pc.binary_join_element_wise(
        arrow(employments["employment"]), words.take(pa.array(codes)), schools.take(pa.array(school.array.codes % len(schools))),
        pa.scalar("/", pa.large_string()))
    return text_array(joined)


def _kinds(contract: pd.Series[Any], own: pd.Series[Any], at: npt.NDArray[np.intp]) -> Any:
    """The kind of the contract, the position's own where there is no contract."""
    words = pd.Index([*contract.cat.categories, *own.cat.categories], dtype="str")
    codes = np.append(contract.cat.codes.to_numpy(), -1)[at]
    codes = np.where(at >= 0, codes, own.cat.codes.to_numpy() + len(contract.cat.categories))
    numbers, distinct = pd.factorize(words)
    return pd.Categorical.from_codes(numbers[codes], categories=pd.Index(distinct, dtype="str"))


def _taken(days: pd.Series[Any], at: npt.NDArray[np.intp]) -> Days:
    values: Days = np.append(days.to_numpy().astype("datetime64[s]"), np.datetime64("NaT", "s"))
    return values[at]


def _noted(code: str, rows: npt.NDArray[np.bool_], positions: pd.DataFrame) -> list[Reason]:
    if not rows.any():
        return []
    first = int(np.argmax(rows))
    return [Reason(code, {"count": int(rows.sum()), "file": str(positions["file"].iloc[first]), "line": int(positions["row"].iloc[first])})]
