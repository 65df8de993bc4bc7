"""The grammar of conditions: `name op value`, joined by ` & ` (design 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import get_args

from auditor.model.matrix import Condition, ConditionName, Operator
from matrices.words import facts_of_unknown

NAMES: tuple[ConditionName, ...] = get_args(ConditionName)
OPERATORS: tuple[Operator, ...] = get_args(Operator)
NUMERIC = frozenset({"weeks", "share"})
VALUES: dict[str, frozenset[str]] = {
    "kind": frozenset({"permanent", "temporary", "replacement", "trainee", "external", "task"}),
    "declaration": frozenset({"confidentiality", "conduct"}),
}
"""Names whose values are a closed list."""

_PART = re.compile(r"\s*(?P<name>\w+)\s*(?P<operator><=|>=|!=|=|<|>)\s*(?P<value>[^<>=!]*?)\s*")
_BETWEEN = re.compile(r"\s+&\s+")


class Ungrammatical(Exception):
    """A condition cannot be read; `code` and `facts` are what a Fault needs."""

    def __init__(self, code: str, facts: Mapping[str, str]) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


def read_conditions(text: str) -> tuple[Condition, ...]:
    """Given the cell of a row, return its conditions in order, none for an empty cell. Raise Ungrammatical at the first that is wrong."""
    if not text.strip():
        return ()
    return tuple(_condition(part) for part in _BETWEEN.split(text.strip()))


def write_conditions(conditions: Iterable[Condition]) -> str:
    """Given conditions, return the cell that reads back as them."""
    return " & ".join(str(condition) for condition in conditions)


def _condition(part: str) -> Condition:
    match = _PART.fullmatch(part)
    if match is None or not match["value"]:
        raise Ungrammatical("matrix_condition_unreadable", {"value": part.strip(), "allowed": ", ".join(NAMES)})
    name = next((known for known in NAMES if known == match["name"].casefold()), None)
    if name is None:
        raise Ungrammatical("matrix_word_unknown", facts_of_unknown(match["name"], NAMES))
    operator = next(known for known in OPERATORS if known == match["operator"])
    value = match["value"]
    if name in NUMERIC:
        return Condition(name, operator, _number(value))
    if operator not in ("=", "!="):
        raise Ungrammatical("matrix_condition_operator", {"value": part.strip(), "name": name})
    allowed = VALUES.get(name)
    if allowed is not None and value.casefold() not in allowed:
        raise Ungrammatical("matrix_word_unknown", facts_of_unknown(value, allowed))
    return Condition(name, operator, value.casefold() if allowed is not None else value)


def _number(value: str) -> str:
    plain = value.replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", plain):
        raise Ungrammatical("matrix_number_unreadable", {"value": value})
    return plain
