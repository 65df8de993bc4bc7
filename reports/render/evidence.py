"""Turns a finding's frozen evidence (any JSON-able facts) into labelled lines and small tables, ready to show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from auditor.model.errors import Reason
from auditor.model.finding import Finding
from reports.render.labels import Labels

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Block:
    """One fact: a label with a text, or with a small table (headers and rows)."""

    label: str
    text: str = ""
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def blocks(evidence: Mapping[str, object], labels: Labels) -> list[Block]:
    """Given evidence, return its facts in the order given; absent and empty ones are left out."""
    found = []
    for key, value in evidence.items():
        if value is None or value == "" or value == [] or value == {} or value == ():
            continue
        if isinstance(value, Sequence) and not isinstance(value, str) and all(_is_record(item) for item in value):
            found.append(_table(key, value, labels))
        else:
            found.append(Block(label(key, labels), worded(key, value, labels)))
    return found


def label(key: str, labels: Labels) -> str:
    """Given the name of a fact, return what a reader calls it; the name itself, without underscores, when the catalogue has none."""
    name = f"evidence.{key}"
    return labels.words.text(name) if labels.words.has(name) else key.replace("_", " ").capitalize()


def worded(key: str, value: object, labels: Labels) -> str:
    """Given a fact's name and value, return the value as text: dates written out, codes named, lists joined."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return labels.words.text("value.yes" if value else "value.no")
    if isinstance(value, date):
        return labels.words.short_day(value)
    if isinstance(value, str):
        return _text(key, value, labels)
    if isinstance(value, Mapping):
        if "code" in value and value.keys() <= {"code", "facts"}:
            facts = value.get("facts")
            return labels.words.say(Reason(str(value["code"]), facts if isinstance(facts, Mapping) else {}))
        return "; ".join(f"{label(name, labels)}: {worded(name, inner, labels)}" for name, inner in value.items() if inner not in (None, ""))
    if isinstance(value, Iterable):
        return ", ".join(worded(key, item, labels) for item in value)
    if isinstance(value, float):
        return f"{value:g}".replace(".", "," if labels.words.language == "nl" else ".")
    return str(value)


def origins(finding: Finding, labels: Labels) -> list[str]:
    """Given a finding, return one line for each place its facts come from: file and line, source, day of the data."""
    lines = []
    for origin in finding.sources:
        file, row, source, as_of = (origin.get(name) for name in ("file", "row", "source", "as_of"))
        where = str(file) if file else ""
        if file and isinstance(row, int) and row > 0:
            where = labels.words.text("report.findings.file_row", file=str(file), row=row)
        day = f"{labels.words.text('report.findings.as_of', day=str(as_of))}" if as_of else ""
        lines.append(" · ".join(part for part in (where, str(source or ""), day) if part))
    return lines


def _text(key: str, value: str, labels: Labels) -> str:
    if _ISO_DAY.fullmatch(value):
        try:
            return labels.words.short_day(date.fromisoformat(value))
        except ValueError:
            return value
    if key in ("school", "schools"):
        return labels.school(value)
    if key in ("system", "other_system"):
        return labels.system(value)
    name = f"value.{key}.{value}"
    return labels.words.text(name) if "." not in value and labels.words.has(name) else value


def _is_record(value: object) -> bool:
    return isinstance(value, Mapping) and not ("code" in value and value.keys() <= {"code", "facts"})


def _table(key: str, records: Sequence[object], labels: Labels) -> Block:
    maps = [record for record in records if isinstance(record, Mapping)]
    names = list(dict.fromkeys(name for record in maps for name, value in record.items() if value not in (None, "")))
    rows = [[worded(name, record.get(name), labels) for name in names] for record in maps]
    return Block(label(key, labels), headers=[label(name, labels) for name in names], rows=rows)
