"""Who is known, and how each person stands with the board on the day judged."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

PEOPLE = {
    "person": "str", "kind": "category", "display_name": "str", "mail": "str", "upn": "str", "numbers": "str",
    "given_name": "str", "initials": "str", "prefix": "str", "surname": "str", "partner_surname": "str",
    "in_hr": "bool", "first_day": "datetime64[s]", "has_left": "bool", "left_on": "datetime64[s]", "deadline_on": "datetime64[s]",
    "leaves_on": "datetime64[s]", "renewal_until": "datetime64[s]", "is_vanished": "bool", "vanished_after": "datetime64[s]",
    "is_senior": "bool", "functions": "str", "schools": "str", "is_assessable": "bool", "source": "category", "file": "category", "row": "int32",
}
"""Columns of People.persons, one row per person, and their dtypes.

in_hr: stands in tonight's HR (or in the externals register); first_day: of the first employment or deployment known; has_left, left_on: no
employment, position or deployment runs on as_of, none bridges, and this was the last day; deadline_on: first working day after left_on
(KERO 14.9); leaves_on: last day, when it lies ahead within leaver_notice_days and nothing follows; renewal_until: until when a renewal is
expected in summer (then has_left is False), NaT otherwise; is_vanished: last known employment still ran when the row disappeared from a
complete HR read, vanished_after: day of the last scan that still had it (has_left is then False); is_senior: a leaving director or
head-office employee (KIND's protocols); functions, schools: of the counting engagements, else of the last ones, separated by ", ";
is_assessable: False when HR misses a school in which the last accepted read had an employment of this person (part-complete HR).
"""

ENGAGEMENTS = {
    "person_row": "int32", "origin": "category", "employment": "str", "function": "category", "school": "category", "kind": "category",
    "task": "category", "starts_on": "datetime64[s]", "ends_on": "datetime64[s]", "gives_until": "datetime64[s]", "share": "float64",
    "weeks": "float64", "counts": "bool", "is_past": "bool", "source": "category", "file": "category", "row": "int32",
}
"""Columns of People.engagements: everything that can give an assignment, now or before.

person_row: position in People.persons; origin: employment, task or external; function, school, kind, task as in their tables (kind of an
external deployment is external, of a task task); weeks: length in weeks of the unbroken chain this engagement is part of (replacement work:
at one school, gaps bridged), infinite when open-ended; counts: gives assignments on as_of (early_days before the start until gives_until:
the deadline after the end, or through a bridged gap); is_past: ended and no longer counting, or a version of a row since changed
(function or school replaced): what `mover-keeps-right` looks at.
"""


@dataclass(frozen=True)
class People:
    """persons: see PEOPLE; engagements: see ENGAGEMENTS."""

    persons: pd.DataFrame
    engagements: pd.DataFrame
