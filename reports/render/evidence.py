"""Turns a finding's frozen evidence (any JSON-able facts) into labelled lines and small tables, ready to show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeGuard

from auditor.model.errors import Reason
from auditor.model.finding import Finding
from reports.render.labels import Labels

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_LENGTH = 10

_SHOWN_ABOVE = frozenset({
    "system", "account", "person", "right", "level", "scope", "school", "group", "login", "username", "display_name", "status_note", "cause",
})
"""Facts that stand in the finding's own row or sentence already."""
_IN_MATRIX = ("row_", "wanted_", "lacks")
"""Beginnings of facts that the evidence about the matrix tells better."""
_TOLD_OF_ACCOUNT = frozenset({"rights", "weight", "status"})
_PLACE = ("file", "row", "source", "as_of")
_NOT_IN_TABLE = frozenset({*_PLACE, "counts"})
_REASON = frozenset({"code", "facts"})
_USUAL = {"origin": "employment"}
"""Values that go without saying."""
_FIRST = (
    "facts", "account", "link", "situation", "tier", "person", "name", "edition", "line", "status", "function", "school", "kind", "task",
    "starts_on", "ends_on", "origin", "employments", "grant", "native", "matrix", "right", "level", "scope", "stance", "what", "wanted", "held",
    "lacks",
)
"""The order in which a reader wants facts; stored facts have none. Others follow in the order given."""
_RANK = {name: rank for rank, name in enumerate(_FIRST)}
_PLAIN = (str, int, float, list, tuple, type(None))
"""What is no mapping, told at once: whether a class counts as one is asked at length."""
_MAPPING = (dict, Mapping)
_NUMBERS = (int, float)


class Block(NamedTuple):
    """One fact: a label with a text, or with a small table (headers and rows)."""

    label: str
    text: str = ""
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()

    @property
    def lines(self) -> Sequence[str]:
        """The fact as lines of text, for where there is no room for a table."""
        return [" · ".join(value for value in row if value) for row in self.rows] if self.headers else [self.text]


def blocks(evidence: Mapping[str, object], labels: Labels) -> list[Block]:
    """Given evidence, return its facts in the order given; what is absent, or told elsewhere on the page, is left out."""
    return _blocks(_ordered(tuple(evidence)), evidence, labels)


def _blocks(names: tuple[str, ...], facts: Mapping[str, object], labels: Labels) -> list[Block]:
    """The facts of these names, in this order."""
    found: list[Block] = []
    for key, title, values in labels.told(names):
        value = facts[key]
        if type(value) is str:
            if value:
                found.append(Block(title, _text(value, values, labels)))
        elif isinstance(value, _PLAIN):
            if _is_table(value):
                found.append(_table(title, value, labels))
            elif not _is_empty(value):
                found.append(Block(title, worded(key, value, labels)))
        elif key == "facts" and isinstance(value, _MAPPING):
            found += _blocks(_untold(tuple(value), "matrix" in names, "account" in names), value, labels)
        elif isinstance(value, _MAPPING) and _is_record(value):
            tables = [name for name, inner in value.items() if not isinstance(inner, str) and _is_table(inner)]
            line = [name for name, inner in value.items()
                    if (inner or isinstance(inner, _NUMBERS)) and name not in _PLACE and name not in tables]
            if line:
                found.append(Block(title, _line(key, tuple(line), value, labels)))
            if tables:
                found += _blocks(_ordered(tuple(tables)), value, labels)
        elif _is_table(value):
            found.append(_table(title, value, labels))
        elif not _is_empty(value):
            found.append(Block(title, worded(key, value, labels)))
    return found


def _line(key: str, names: tuple[str, ...], facts: Mapping[str, object], labels: Labels) -> str:
    """Facts of these names that are part of another, in one line."""
    if "code" in names and _REASON.issuperset(names):
        more = facts.get("facts")
        return labels.words.say(Reason(str(facts["code"]), more if isinstance(more, Mapping) else {}))
    return "; ".join([
        f"{title}: {_text(value, values, labels) if type(value) is str else worded(name, value, labels)}"
        for name, title, values in labels.told(_ordered(names), key) if (value := facts[name]) or isinstance(value, _NUMBERS)])


@lru_cache(1024)  # facts of one kind have the same names
def _ordered(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: _RANK.get(name, len(_RANK))))


@lru_cache(1024)
def _untold(names: tuple[str, ...], has_matrix: bool, has_account: bool) -> tuple[str, ...]:
    """The facts that do not stand elsewhere: in the finding's row, or better in another part of its evidence."""
    return tuple(
        name for name in _ordered(names)
        if name not in _SHOWN_ABOVE and not (has_matrix and name.startswith(_IN_MATRIX)) and not (has_account and name in _TOLD_OF_ACCOUNT))


def worded(key: str, value: object, labels: Labels) -> str:
    """Given a fact's name and value, return the value as text: dates written out, codes named, lists joined."""
    if isinstance(value, str):
        return _text(value, labels.named(key), labels)
    if value is None:
        return ""
    if isinstance(value, bool):
        return labels.words.text("value.yes" if value else "value.no")
    if isinstance(value, date):
        return labels.words.short_day(value)
    if isinstance(value, _NUMBERS):
        return _number(value, labels)
    if isinstance(value, _MAPPING):
        return _line(key, tuple(value), value, labels)
    if isinstance(value, Iterable):
        return ", ".join(worded(key, item, labels) for item in value)
    return str(value)


def _number(value: float, labels: Labels) -> str:
    return f"{value:g}".replace(".", "," if labels.words.language == "nl" else ".") if isinstance(value, float) else str(value)


def origins(finding: Finding, labels: Labels, is_short: bool = False) -> list[str]:
    """Given a finding, return one line for each row its facts come from and each source it leans on: file and line, day, state. When
    short, only rows, and sources that are not fine: the rest stands in the table of sources."""
    words = labels.words
    lines = []
    for origin in finding.sources:
        state, missing = origin.get("state"), origin.get("missing_schools")
        where = place(origin, labels)
        if is_short and (where or (state == "ok" and not missing)):
            lines.append(where)
            continue
        parts = [
            where, labels.reading(str(origin.get("source") or ""), str(origin.get("as_of") or ""), str(state or "")),
            words.text("report.unassessed.missing_schools", schools=worded("schools", missing, labels)) if missing else "",
        ]
        lines.append(" · ".join(part for part in parts if part))
    return list(dict.fromkeys(line for line in lines if line))


def seen(finding: Finding, as_of: date, labels: Labels) -> list[str]:
    """Given a finding and the day of the report, return what its row does not say of when it was seen."""
    words = labels.words
    told = []
    if finding.last_confirmed_on != as_of:
        told.append(words.text("report.findings.confirmed", day=finding.last_confirmed_on))
    if finding.reopened:
        told.append(words.plural("report.findings.times", finding.reopened))
    if finding.not_assessed_since:
        told.append(words.text("report.unassessed.since_day", day=finding.not_assessed_since))
    if finding.decision:
        told.append(decided(finding.decision, labels))
    return told


def decided(decision: Mapping[str, object], labels: Labels) -> str:
    """Given the decision that stands on a finding, return it as one line: what, until when, since when, who, why."""
    facts = {name: "-" if value is None else value for name, value in decision.items()}
    return labels.words.text(f"decide.standing.{decision['change']}", **facts)  # type: ignore[arg-type]


def place(record: Mapping[str, object], labels: Labels) -> str:
    """Given anything with a file and row, return where that is; the file alone when the row has no number, "" without a file."""
    file, row = record.get("file"), record.get("row")
    if not file:
        return ""
    return labels.words.text("report.findings.file_row", file=str(file), row=row) if isinstance(row, int) and row > 0 else str(file)


def _text(value: str, values: Mapping[str, str], labels: Labels) -> str:
    if len(value) == _DAY_LENGTH and _ISO_DAY.fullmatch(value):
        return labels.short_day(value)
    return values.get(value, value)


def _is_empty(value: object) -> bool:
    return not value and not isinstance(value, _NUMBERS)


def _is_record(value: object) -> bool:
    return not isinstance(value, _PLAIN) and isinstance(value, _MAPPING) and not ("code" in value and value.keys() <= _REASON)


def _is_table(value: object) -> TypeGuard[Sequence[Mapping[str, object]]]:
    if isinstance(value, list | tuple):
        return bool(value) and all(map(_is_record, value))
    return not isinstance(value, _PLAIN) and isinstance(value, Sequence) and bool(value) and all(map(_is_record, value))


def _table(title: str, records: Sequence[Mapping[str, object]], labels: Labels) -> Block:
    """Records under each other; where each stands (file and row) in one last column."""
    told = dict.fromkeys(
        name for record in records for name, value in record.items()
        if name not in _NOT_IN_TABLE and (value or isinstance(value, _NUMBERS)) and _USUAL.get(name) != value)
    columns = labels.told(_ordered(tuple(told)))
    headers = [header for _, header, _ in columns]
    rows = [
        [_text(value, values, labels) if type(value := record.get(name)) is str else worded(name, value, labels) for name, _, values in columns]
        for record in records]
    places = [place(record, labels) for record in records]
    if any(places):
        headers.append(labels.words.text("report.findings.origin"))
        rows = [[*row, where] for row, where in zip(rows, places, strict=True)]
    return Block(title, headers=headers, rows=rows)
