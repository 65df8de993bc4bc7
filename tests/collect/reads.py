"""Small reads for the collector's tests: built by hand, in the canonical tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from auditor.collect import Collected, Read, collect
from auditor.model.past import Past, Reference
from auditor.model.policy import Policy, SourceSettings
from auditor.model.reading import Page, Receipt
from auditor.model.tables import TABLES

TUESDAY = date(2026, 11, 24)


def receipt(rows: int, day: date = TUESDAY, name: str = "export.csv", sha: str = "a", school: str | None = None, part: str = "all") -> Receipt:
    return Receipt(name, part, sha, 100, rows, day, school)


def table(name: str, columns: dict[str, Any], source: str, file: str = "export.csv") -> pd.DataFrame:
    length = len(next(iter(columns.values())))
    dates = {key: pd.Series(pd.to_datetime(pd.Series(value)), dtype="datetime64[s]") for key, value in columns.items() if key.endswith("_on")}
    return TABLES[name].frame({**columns, **dates, "row": np.arange(2, length + 2)}, source=source, file=file)


def hr(people: Sequence[str], schools: Sequence[str | None] | None = None, settings: SourceSettings | None = None, day: date = TUESDAY,
       sha: str = "a", **columns: Any) -> Read:
    """An HR read: one person and one running employment each."""
    settings = settings or SourceSettings("hr", "hr")
    persons = table("persons", {"person": list(people), "kind": ["employee"] * len(people)}, settings.name)
    employments = table("employments", {
        "person": list(people), "employment": [f"{person}-1" for person in people], "function": ["leerkracht"] * len(people),
        "school": list(schools or ["99AA00"] * len(people)), "kind": ["permanent"] * len(people), **columns}, settings.name)
    return Read(settings, (Page({"persons": persons, "employments": employments}, (receipt(len(people), day, sha=sha),), is_last=True),))


def las(accounts: Sequence[str], schools: Sequence[str | None] | None = None, settings: SourceSettings | None = None, day: date = TUESDAY,
        sha: str = "b", **columns: Any) -> Read:
    """A system's read: one account with one grant each."""
    settings = settings or SourceSettings("las", "system", "las")
    places = list(schools or ["99AA00"] * len(accounts))
    system = [settings.system] * len(accounts)
    found = table("accounts", {"system": system, "account": list(accounts), "kind": ["unknown"] * len(accounts),
                               "status": ["enabled"] * len(accounts), "school": places, **columns}, settings.name)
    grants = table("grants", {"system": system, "account": list(accounts), "right": ["Leerkracht"] * len(accounts),
                              "scope": ["school"] * len(accounts), "school": places}, settings.name)
    return Read(settings, (Page({"accounts": found, "grants": grants}, (receipt(len(accounts), day, sha=sha),), is_last=True),))


def register(name: str, columns: dict[str, Any]) -> Read:
    settings = SourceSettings(f"register.{name}", "register", minimum_rows=0)
    rows = len(next(iter(columns.values()), []))
    frame = table(name, columns, settings.name, f"{name}.csv") if rows else TABLES[name].empty()
    return Read(settings, (Page({name: frame}, (receipt(rows, name=f"{name}.csv"),), is_last=True),))


def schools(*codes: str, **columns: Any) -> Read:
    rows = len(codes)
    return register("schools", {"school": list(codes), "kind": ["school"] * rows, "name": list(codes), **columns})


def numbered(count: int, start: int = 0) -> list[str]:
    return [f"{100000 + number}" for number in range(start, start + count)]


def with_references(past: Past, collected: Collected) -> Past:
    """The past after one more accepted night: the largest accepted read of the last seven stays the reference (here: of all)."""
    references = dict(past.references)
    for source, ids in collected.ids.items():
        before = references.get(source)
        is_larger = before is None or len(np.unique(ids.ids)) >= len(np.unique(before.ids)) or source in collected.new_references
        if is_larger:
            references[source] = Reference(ids.ids, ids.schools, ids.school_names, ids.rows, (before.reads if before else 0) + 1)
    return Past(1, collected.snapshot.as_of, references=references, files=collected.files)


def past_after(*reads: Read, day: date = date(2026, 11, 23)) -> Past:
    """Given reads of an earlier night, return the past they leave."""
    return with_references(Past(), collect("b", day, reads, Policy("b"), Past()))
