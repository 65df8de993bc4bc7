"""Which conditions of a matrix each engagement meets."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.expect.codes import is_word, runs_on
from auditor.expect.numbers import persons_of
from auditor.model.matrix import Condition, Matrix
from auditor.model.people import People
from auditor.model.snapshot import Snapshot

_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}
MOST = 62
"""Distinct conditions a matrix may have: they must fit the bits of one int64."""


def distinct_conditions(matrix: Matrix) -> tuple[Condition, ...]:
    """Given a matrix, return its distinct conditions in the order in which its rows name them first. Raise ValueError beyond MOST."""
    found = tuple(dict.fromkeys(condition for row in matrix.rows for condition in row.conditions))
    if len(found) > MOST:
        raise ValueError(f"{matrix.name}: {len(found)} distinct conditions, at most {MOST}")
    return found


@dataclass(frozen=True)
class Circumstances:
    """What conditions ask about, engagement by engagement.

    engagements: as in People, in the judge's order; schools, declarations, tasks: the tables; people: to find whose declaration.
    """

    engagements: pd.DataFrame
    people: People
    snapshot: Snapshot

    def holds(self, condition: Condition) -> npt.NDArray[np.bool_]:
        """Given a condition, return per engagement whether it holds. A value the sources do not give meets no condition but `!=`."""
        if condition.name in ("weeks", "share"):
            return np.asarray(_ORDER[condition.operator](self.engagements[condition.name].to_numpy(), float(condition.value)))
        equal = {"kind": self._kind, "school": self._school, "declaration": self._declaration, "task": self._task}[condition.name](
            condition.value.casefold())
        return ~equal if condition.operator == "!=" else equal

    def _kind(self, value: str) -> npt.NDArray[np.bool_]:
        return is_word(self.engagements["kind"], {value})

    def _school(self, value: str) -> npt.NDArray[np.bool_]:
        schools = self.snapshot.table("schools")
        of_kind = schools.loc[is_word(schools["kind"], {value}), "school"]
        return is_word(self.engagements["school"], {value, *(str(code).casefold() for code in of_kind)})

    def _declaration(self, value: str) -> npt.NDArray[np.bool_]:
        declarations = self.snapshot.table("declarations")
        signed = is_word(declarations["kind"], {value}) & _reached(declarations["signed_on"], self.snapshot.as_of)
        holder = persons_of(declarations["person"], self.people)[signed]
        has = np.zeros(len(self.people.persons) + 1, dtype=bool)
        has[holder[holder >= 0]] = True
        return np.asarray(has[self.engagements["person_row"].to_numpy()])

    def _task(self, value: str) -> npt.NDArray[np.bool_]:
        """The task itself, and every engagement of its holder at the same school (a task without a school counts at each)."""
        person = self.engagements["person_row"].to_numpy().astype(np.int64)
        school = self.engagements["school"].cat.codes.to_numpy().astype(np.int64)
        own = is_word(self.engagements["task"], {value})
        live = own & self.engagements["counts"].to_numpy()
        width = len(self.engagements["school"].cat.categories) + 1
        here = np.isin(person * width + school, (person * width + school)[live & (school >= 0)]) & (school >= 0)
        everywhere = np.isin(person, person[live & (school < 0)])
        is_task = is_word(self.engagements["origin"], {"task"})
        return np.where(is_task, own, here | everywhere)


def _reached(column: pd.Series[Any], as_of: date) -> npt.NDArray[np.bool_]:
    return np.asarray(runs_on(column, None, as_of) & column.notna().to_numpy())
