"""The figures of a quarter: what counts as new, repaired and overdue."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from auditor.app.quarters import first_day, quarter
from auditor.model.report import Night

AS_OF = date(2026, 11, 24)


def row(since: str, resolved: str | None = None, by: str = "repaired", deadline: str | None = None, state: str = "open",
        **more: Any) -> dict[str, Any]:
    return {
        "rule": "leaver-active", "school": "99AA00", "state": "resolved" if resolved else state, "first_seen_on": date.fromisoformat(since),
        "resolved_on": date.fromisoformat(resolved) if resolved else None, "resolved_by": by if resolved else None,
        "deadline_on": date.fromisoformat(deadline) if deadline else None, **more,
    }


@pytest.mark.parametrize(("day", "first"), [("2026-01-01", "2026-01-01"), ("2026-03-31", "2026-01-01"), ("2026-11-24", "2026-10-01"),
                                            ("2024-02-29", "2024-01-01"), ("2026-06-30", "2026-04-01")])
def test_a_quarter_begins_in_january_april_july_or_october(day: str, first: str) -> None:
    assert first_day(date.fromisoformat(day)) == date.fromisoformat(first)


def test_what_is_counted() -> None:
    rows = [
        row("2026-09-01"), row("2026-10-05", deadline="2026-11-23"), row("2026-10-06", deadline="2026-11-24"),
        row("2026-10-07", deadline="2026-10-08", state="waived"), row("2026-09-20", "2026-10-02"), row("2026-10-10", "2026-10-14"),
        row("2026-10-10", "2026-11-14", by="declared"), row("2026-05-01", "2026-09-30"), row("2026-10-11", rule="no-longer-a-rule"),
    ]
    told = quarter(rows, [Night(date(2026, 9, 30), 1, 0, 0, 0), Night(AS_OF, 4, 0, 0, 0)], AS_OF, date(2026, 1, 5), ["99AA00", "99AB00"])
    assert (told.total.new, told.total.resolved, told.total.open, told.total.overdue) == (5, 3, 4, 1)
    assert told.total.days_to_repair == 8  # the median of 12 and 4; what a declaration resolved took nobody's time
    assert told.total.oldest == 84
    assert told.families["B"] == told.total == told.schools["99AA00"]
    assert told.schools["99AB00"].open == 0
    assert [night.as_of for night in told.nights] == [AS_OF]
    assert told.first_scan_on is None


def test_what_the_first_scan_found_is_no_news() -> None:
    told = quarter([row("2026-10-05"), row("2026-10-06")], [], AS_OF, date(2026, 10, 5), [])
    assert (told.total.new, told.first_scan_on) == (1, date(2026, 10, 5))
    assert told.total.days_to_repair is None
