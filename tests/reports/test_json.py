"""The JSON: in the shape of its schema, with the contract's keys, safe to print."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from auditor.model.finding import FINDING_KEYS
from reports.render.json import render
from tests.reports.golden import check
from tests.reports.sample import many, report

SCHEMA = json.loads((files("reports.render") / "report.schema.json").read_text(encoding="utf-8"))
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
KNOWN = {
    "$schema", "title", "description", "type", "required", "properties", "additionalProperties", "items", "enum", "pattern", "minimum", "maximum",
}


def faults(schema: dict[str, Any], value: Any, path: str = "") -> list[str]:
    """What of a value does not fit a schema, for the words of JSON Schema that ours uses."""
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    found = []
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind != "boolean") for kind in kinds):
            return [f"{path}: {value!r} is not {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r} is not one of {schema['enum']}")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        found.append(f"{path}: {value!r} is not like {schema['pattern']}")
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{path}: {value!r} is out of range")
    if isinstance(value, dict):
        found += [f"{path}: {name} is missing" for name in schema.get("required", ()) if name not in value]
        for name, inner in value.items():
            part = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            found += faults(part, inner, f"{path}/{name}") if isinstance(part, dict) else []
    if isinstance(value, list) and "items" in schema:
        for n, inner in enumerate(value):
            found += faults(schema["items"], inner, f"{path}/{n}")
    return found


def test_the_sample_night_looks_as_it_did() -> None:
    check("report.json", render(report()))


@pytest.mark.parametrize("data", [report(), report("en", previous=None, matrices=(), sources=(), not_assessed=()), report(findings=()), many(50)])
def test_a_report_fits_its_schema(data: Any) -> None:
    assert not faults(SCHEMA, json.loads(render(data)))


def test_the_schema_refuses_what_is_wrong() -> None:
    shaped = json.loads(render(report()))
    del shaped["findings"][0]["key"]
    shaped["findings"][1]["severity"] = "mild"
    shaped["sources"][0]["rows"] = -1
    shaped["report"]["as_of"] = "24-11-2026"
    assert len(faults(SCHEMA, shaped)) == 4


def test_the_schema_names_every_key_of_the_contract() -> None:
    finding = SCHEMA["properties"]["findings"]["items"]
    assert tuple(finding["required"][:len(FINDING_KEYS)]) == FINDING_KEYS
    assert tuple(json.loads(render(report()))["findings"][0])[:len(FINDING_KEYS)] == FINDING_KEYS


def test_hidden_characters_are_escapes_and_read_back_as_they_were() -> None:
    word = "<script>=cmd\u202e\u200b\x1b\n\U000e0041\ud800"
    data = report()
    text = render(replace(data, findings=(replace(data.findings[0], display_name=word),)))
    text.encode("utf-8")
    assert not re.search("[\u202e\u200b\x1b\U000e0041]", text)
    assert json.loads(text)["findings"][0]["display_name"] == word


def test_a_source_says_why_it_is_not_read() -> None:
    shaped = json.loads(render(report()))
    refused = next(one for one in shaped["sources"] if one["state"] == "refused")
    assert refused["reason"].startswith("rollen.csv, regel 17: ")
    assert shaped["sources"][0]["sha256"] == ("9f2c41d07ab3" * 6)[:64]
