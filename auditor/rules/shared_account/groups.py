"""How many groups an account is linked to at one school, beside how many one person teaches there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.accounts import accounts_of
from auditor.expect.codes import Codes, intern
from auditor.rules.hits import cells
from auditor.rules.view import AuditView


def groups_beyond(view: AuditView) -> npt.NDArray[Any]:
    """For each account by how many its linked groups at a school exceed the most that anybody teaches there, the highest of its schools;
    0 where nobody's teaching at that school is known. Groups of last year count while they are still expected.
    """
    found = np.zeros(len(view.accounts), dtype=np.int64)
    most = _most_taught(view)
    links = view.snapshot.table("group_links")
    if not most or not len(links):
        return found
    running = np.flatnonzero(_runs(view, links))
    rows, number = _distinct_groups([cells(links[name], running) for name in ("system", "account", "school")], cells(links["group"], running))
    into = view.successors
    schools = links["school"].array
    taught = np.array([*(most.get(into.get(str(school), str(school)), 0) for school in schools.categories), 0], dtype=np.int64)
    limit = taught[schools.codes[running[rows]]]
    is_over = (limit > 0) & (number > limit)
    if not is_over.any():
        return found
    at = accounts_of(links[["system", "account"]].take(running[rows[is_over]]), view.accounts)
    np.maximum.at(found, at[at >= 0], (number - limit)[is_over][at >= 0])
    return found


def _most_taught(view: AuditView) -> dict[str, int]:
    """The most groups anybody teaches, per school, merged schools under the code that continues them."""
    teaching = view.snapshot.table("teaching")
    running = np.flatnonzero(_runs(view, teaching))
    into = view.successors
    held = teaching["school"].array
    continued = [into.get(str(school), str(school)) for school in held.categories]
    seats = {school: seat for seat, school in enumerate(dict.fromkeys(continued))}
    school = np.array([*(seats[word] for word in continued), -1], dtype=np.int64)[held.codes[running]]
    rows, number = _distinct_groups([school, cells(teaching["person"], running)], cells(teaching["group"], running))
    most = np.zeros(len(seats) + 1, dtype=np.int64)
    np.maximum.at(most, school[rows], number)
    return {word: int(most[seat]) for word, seat in seats.items() if most[seat]}


def _distinct_groups(key: Sequence[Any], group: Any) -> tuple[Codes, Codes]:
    """Given arrays that say of whom, and groups beside them, return for each of whom (all of it present) one row, and how many different
    groups it has."""
    parts = [_numbers(column) for column in key]
    groups = _numbers(group)
    present = np.flatnonzero(np.logical_and.reduce([codes >= 0 for codes, _ in (*parts, groups)]))
    if not len(present):
        return present, present
    whom, first = intern([(codes[present], size) for codes, size in parts])
    _, each = intern([(whom, len(first)), (groups[0][present], groups[1])])
    return present[first], np.bincount(whom[each], minlength=len(first)).astype(np.int64)


def _numbers(column: Any) -> tuple[Codes, int]:
    """A number for each value from 0, -1 where absent, and how many there can be."""
    if isinstance(column, pd.Categorical):
        return column.codes.astype(np.int64), len(column.categories) or 1
    if isinstance(column, np.ndarray):
        codes = column.astype(np.int64)
        return codes, int(codes.max(initial=0)) + 1
    codes, words = pd.factorize(column)
    return codes.astype(np.int64), len(words) or 1


def _runs(view: AuditView, table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = view.policy.runs(table["starts_on"].to_numpy(), table["ends_on"].to_numpy(), view.as_of)
    return found
