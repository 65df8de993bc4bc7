"""Temporary rights that somebody asked for who may not ask.

What: an entry of the register that has not ended was requested by nobody, or by somebody whom the authorisation table does not let ask for
this system at this school. A row of the table without a school is for every school; a right for the whole board needs such a row.
Why: only who stands in the authorisation table may request a change for a school (KIND, KERO).
Known false positives: a deputy who asked while the director was away and is not in the table; a requester whose name is spelt otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd

from auditor.expect.numbers import persons_of, seats
from auditor.model.columns import Columns
from auditor.model.finding import Hits
from auditor.rules.hits import chosen
from auditor.rules.of_people import ENTRY, temporary_entries
from auditor.rules.view import AuditView

FACTS = ("entry", "held_school", "requested_by")
Authority = tuple[str, str | None]


def check(view: AuditView) -> Hits:
    """One hit per entry whose requester the table does not name for its system and school."""
    entries = temporary_entries(view)
    if not len(entries):
        return Hits(Columns(), FACTS)
    authority = _authority(view)
    continued = view.successors
    wanted = zip(
        _requesters(view, entries["requested_by"]), np.asarray(entries["system"], dtype=str),
        (continued.get(str(code), str(code)) if isinstance(code, str) else None for code in entries["held_school"]), strict=True)
    rows = chosen([not _may_ask(authority.get(who, []), system, school) for who, system, school in wanted])
    return Hits(entries.take(rows).only(*ENTRY, "requested_by") if len(rows) else Columns(), FACTS)


def _may_ask(given: list[Authority], system: str, school: str | None) -> bool:
    return any(
        (pattern == "*" or fnmatchcase(system, pattern)) and (allowed is None or allowed == school) for pattern, allowed in given)


def _authority(view: AuditView) -> Mapping[int, list[Authority]]:
    """By position in People.persons, what each may request where; school None for every school."""
    table = view.snapshot.table("authorisation_table")
    continued = view.successors
    found: dict[int, list[Authority]] = {}
    for person, pattern, school in zip(
            persons_of(table["person"], view.people).tolist(), table["may_request"].astype("str"), table["school"].astype("object"), strict=True):
        if person >= 0:
            found.setdefault(person, []).append((pattern, continued.get(school, school) if isinstance(school, str) else None))
    return found


def _requesters(view: AuditView, asked: Any) -> list[int]:
    """Positions of who asked, by number or by the full name where one person has it; -1 for nobody known."""
    found: list[int] = seats(pd.Index(asked), view.people).tolist()
    lost = {row: text.strip().casefold() for row, text in enumerate(asked) if found[row] < 0 and isinstance(text, str)}
    if lost:
        names = view.people.persons["display_name"].str.casefold()
        known = names[names.isin(set(lost.values())) & ~names.duplicated(keep=False)]
        by_name = dict(zip(known, known.index.tolist(), strict=True))
        for row, name in lost.items():
            found[row] = by_name.get(name, -1)
    return found
