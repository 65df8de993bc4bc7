"""The figures of a calendar quarter: what came, what went, how long repair took, and what is overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

from auditor.model.finding import State
from auditor.model.report import Figures, Night, Quarter
from auditor.rules.registry import SLUGS, spec_of

REPAIRED = (None, "repaired")
"""Resolved by repair; what a changed norm or a declaration resolved took nobody's time to repair."""
Rows = Sequence[Mapping[str, Any]]


def first_day(as_of: date) -> date:
    """Given a day, return the first day of its calendar quarter."""
    return date(as_of.year, (as_of.month - 1) // 3 * 3 + 1, 1)


def quarter(rows: Rows, nights: Sequence[Night], as_of: date, first_scan_on: date, schools: Iterable[str]) -> Quarter:
    """Given all findings ever stored as the store returns them, the nights of the last year, the day of the report, the day of the very first
    scan and the codes of the schools, return the figures of the quarter that the day lies in, until that day."""
    starts_on = first_day(as_of)
    news_after = first_scan_on if first_scan_on >= starts_on else None
    by_family: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    by_school: dict[str | None, list[Mapping[str, Any]]] = {school: [] for school in schools}
    known = [row for row in rows if row["rule"] in SLUGS]
    for row in known:
        by_family[spec_of(row["rule"]).family].append(row)
        by_school.setdefault(row["school"], []).append(row)

    def figures(some: Rows) -> Figures:
        return _figures(some, starts_on, as_of, news_after)

    return Quarter(
        starts_on, as_of, figures(known), {family: figures(some) for family, some in sorted(by_family.items())},
        {school: figures(some) for school, some in by_school.items() if school is not None or some},
        [night for night in nights if night.as_of >= starts_on], news_after)


def _figures(rows: Rows, starts_on: date, as_of: date, news_after: date | None) -> Figures:
    still_open = [row for row in rows if row["state"] != State.RESOLVED]
    resolved = [row for row in rows if row["state"] == State.RESOLVED and row["resolved_on"] and starts_on <= row["resolved_on"] <= as_of]
    repaired = [(row["resolved_on"] - row["first_seen_on"]).days for row in resolved if row["resolved_by"] in REPAIRED]
    return Figures(
        new=sum(row["first_seen_on"] >= starts_on and (news_after is None or row["first_seen_on"] > news_after) for row in rows),
        resolved=len(resolved), open=len(still_open),
        overdue=sum(row["deadline_on"] is not None and row["deadline_on"] < as_of and row["state"] != State.WAIVED for row in still_open),
        days_to_repair=round(median(repaired)) if repaired else None,
        oldest=max(((as_of - row["first_seen_on"]).days for row in still_open), default=0),
    )
