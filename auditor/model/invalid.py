"""Turns what pydantic finds wrong into faults of ours: the key, what is meant, and words of the catalogue instead of pydantic's English."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Collection, Mapping
from typing import Any

from auditor.model.errors import Fault
from auditor.model.lines import Place

_CODES = {
    "string_type": "value_text", "path_type": "value_text", "string_too_short": "value_short", "too_short": "value_list_short",
    "int_type": "value_whole", "int_parsing": "value_whole", "int_from_float": "value_whole", "bool_type": "value_flag",
    "bool_parsing": "value_flag", "list_type": "value_list", "model_type": "value_table", "dict_type": "value_table",
    "model_attributes_type": "value_table", "literal_error": "value_choice", "greater_than_equal": "value_low", "less_than_equal": "value_high",
    "string_pattern_mismatch": "value_month_day", "date_type": "value_date", "date_parsing": "value_date",
    "date_from_datetime_parsing": "value_date", "date_from_datetime_inexact": "value_date",
}
"""pydantic's kind of error -> our code behind `config_`. The schema's own kinds are codes of ours already."""
_OWN = "config_"


def fault_of(file: str, line: int | None, error: Mapping[str, Any], model: Any) -> Fault:
    """Given the file, the line, one of pydantic's errors and the model that found it, return the fault."""
    where: Place = tuple(error["loc"])
    key, kind = dotted(where), str(error["type"])
    if kind == "missing":
        return Fault(file, "config_key_missing", line, key)
    if kind == "extra_forbidden":
        return unknown_key(file, line, key, str(where[-1]), _known_keys(where[:-1], model))
    if kind.startswith(_OWN):
        return Fault(file, kind, line, key, _facts(error) | dict(error.get("ctx", {})))
    return Fault(file, _OWN + _CODES.get(kind, "value"), line, key, _facts(error))


def unknown_key(file: str, line: int | None, key: str, name: str, known: Collection[str]) -> Fault:
    """Given a name that is none of those known, return the fault, with the one that is meant if one is near."""
    near = difflib.get_close_matches(name.casefold(), known, 1)
    return Fault(file, "config_key_meant" if near else "config_key_unknown", line, key, {"meant": near[0]} if near else {})


def dotted(where: Place) -> str:
    """Given the path of a setting, return it as people write it, places in a list counted from 1."""
    return ".".join(str(word + 1) if isinstance(word, int) else word for word in where) or "-"


def _facts(error: Mapping[str, Any]) -> dict[str, str | int]:
    context = dict(error.get("ctx", {}))
    facts: dict[str, str | int] = {}
    if error["type"] == "literal_error":
        known = [word.strip(" '") for word in str(context["expected"]).replace(" or ", ", ").split(",")]
        facts = {"known": ", ".join(known)}
    limit = next((context[name] for name in ("ge", "le", "min_length") if name in context), None)
    return facts | ({"limit": limit} if isinstance(limit, int) else {})


def _known_keys(where: Place, model: Any) -> list[str]:
    from pydantic import BaseModel

    for word in where:
        if isinstance(model, type) and issubclass(model, BaseModel):
            model = model.model_fields[str(word)].annotation if str(word) in model.model_fields else None
        elif typing.get_origin(model) in (dict, list, tuple):
            model = next(one for one in reversed(typing.get_args(model)) if one is not ...)
        if typing.get_origin(model) is typing.Annotated:
            model = typing.get_args(model)[0]
        if typing.get_origin(model) is types.UnionType:
            model = next((one for one in typing.get_args(model) if one is not types.NoneType), None)
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []
