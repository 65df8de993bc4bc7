"""Teachers who can log in to the pupil administration but teach no group there.

What: a usable account of a teacher or substitute that holds a role and is linked to no group today, in a system whose export has group
links. Who also does other work (a director who teaches, an IB) may log in without a group and is left alone.
Why: taking a teacher off a group is not enough: the user can still log in and print lists (KIND).
Known false positives: a teacher between two groups at the turn of the school year; a specialist teacher without an own group.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.arrows import positions
from auditor.model.finding import Hits
from auditor.rules.hits import Rows, account_facts, account_hits, chosen, status_note, taken
from auditor.rules.view import AuditView


def check(view: AuditView) -> Hits:
    """Not-disabled accounts with a role, of people who teach now, without a group link that runs today; at the turn of the school year last
    year's links still count."""
    accounts, coverage = view.accounts, view.snapshot.coverage
    systems = [system for system in coverage.systems if coverage.delivers(system, "group_links.group")]
    able = accounts["is_live"].to_numpy() & ~accounts["has_left"].to_numpy() & (accounts["rights"] > 0).to_numpy()
    teaching = taken(_teaches(view), accounts["person_row"].to_numpy(), False)
    rows = chosen(able & teaching & accounts["system"].isin(systems).to_numpy())
    rows = rows[~_is_linked(view, rows)]
    persons = accounts["person_row"].to_numpy()[rows]
    functions = view.people.persons["functions"].take(persons).reset_index(drop=True)
    return account_hits(view, rows, facts={"functions": functions, "status_note": status_note(view, rows)},
                        use=account_facts(view, rows, "rights"))


def _teaches(view: AuditView) -> npt.NDArray[Any]:
    """For each person whether every function that counts is a teaching one, and there is one."""
    engagements = view.engagement_arrays
    running = engagements["counts"] & (engagements["function"].codes >= 0)
    is_teaching = engagements["function"].isin(view.policy.teaching_functions)
    person = engagements["person_row"]
    teaches = np.zeros(len(view.people.persons), dtype=bool)
    teaches[person[running & is_teaching]] = True
    teaches[person[running & ~is_teaching]] = False
    return teaches


def _is_linked(view: AuditView, rows: Rows) -> npt.NDArray[Any]:
    """For each of these accounts whether a group link of it runs."""
    links = view.snapshot.table("group_links")
    runs = view.policy.runs(links["starts_on"], links["ends_on"], view.as_of)
    system, account = links["system"].array, links["account"].array
    width = len(account.categories)
    is_there = np.zeros(len(system.categories) * width + 1, dtype=bool)
    is_there[(system.codes.astype(np.int64) * width + account.codes)[runs]] = True
    accounts = view.account_arrays
    of_system = _places(accounts["system"], rows, system.categories)
    named = positions(accounts["account"].take(rows), account.categories)
    return is_there[np.where((of_system < 0) | (named < 0), -1, of_system * width + named)]


def _places(held: pd.Categorical, rows: Rows, words: pd.Index[Any]) -> npt.NDArray[np.int64]:
    """For each of these rows the position of its word among `words`, -1 where it is none of them."""
    found: npt.NDArray[np.int64] = np.append(positions(held.categories, words), -1)[held.codes[rows]]
    return found
