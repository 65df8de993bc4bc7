"""What a board's maker planted, and the comparison with what the auditor found: both ways, nothing missed and nothing extra."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path

SUBJECT = ("rule", "system", "username", "person", "right", "scope", "school", "group")
"""What a finding is compared on. An empty field of the truth is not compared; an empty field of the finding is None."""

COMPARED = (*SUBJECT, "change", "previous_rule")


@dataclass(frozen=True)
class Expected:
    """One finding that must be there after one night.

    night: 1 or 2; change: new, persisting, reason_changed, resolved or not_assessed, as seen on that night; previous_rule: set when the
    reason changed; why: the planted situation, in a sentence.
    """

    night: int
    rule: str
    system: str = ""
    username: str = ""
    person: str = ""
    right: str = ""
    scope: str = ""
    school: str = ""
    group: str = ""
    change: str = "new"
    previous_rule: str = ""
    why: str = ""

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)}" for name in (*SUBJECT, "change") if getattr(self, name))
        return f"night {self.night}: {shown} ({self.why})"


COLUMNS = tuple(field.name for field in fields(Expected))


def save_truth(path: Path, truth: Iterable[Expected]) -> None:
    """Given a path and the planted findings, write them as a `;` file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(astuple(row) for row in truth)


def load_truth(path: Path, night: int) -> list[Expected]:
    """Given a path and a night, return the findings expected after it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Expected(**{**row, "night": int(row["night"])}) for row in csv.DictReader(file, delimiter=";")]
    return [row for row in rows if row.night == night]


def compare_with_truth(findings: Iterable[object], truth: Iterable[Expected]) -> tuple[list[Expected], list[dict[str, str]]]:
    """Given findings (objects or mappings with the names of SUBJECT and `change`) and the truth of the same night, return what was
    missed and what was extra. Each finding answers one expected row, and the other way round."""
    left = dict(enumerate({name: _text(finding, name) for name in COMPARED} for finding in findings))
    missed = []
    by_named: dict[tuple[str, ...], list[Expected]] = defaultdict(list)
    for row in truth:
        by_named[tuple(name for name in COMPARED if getattr(row, name))].append(row)
    # The most specific expectations choose first: a vague one must not take the finding that only another can have.
    for named in sorted(by_named, key=len, reverse=True):
        found: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, shown in left.items():
            found[tuple(shown[name] for name in named)].append(place)
        for row in by_named[named]:
            places = found[tuple(getattr(row, name) for name in named)]
            if places:
                del left[places.pop()]
            else:
                missed.append(row)
    return missed, list(left.values())


def _text(finding: object, name: str) -> str:
    value = finding.get(name) if isinstance(finding, Mapping) else getattr(finding, name, None)
    return "" if value is None else str(value)
