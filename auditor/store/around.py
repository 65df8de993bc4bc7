"""One account and what lies around it: its rows, the people it may be of, the schools it reaches. A board's other rows stay unread."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from auditor.model.links import LINKS
from auditor.model.past import Past
from auditor.model.tables import TABLES
from auditor.store.decisions import load_link_decisions
from auditor.store.history import unpack_ids
from auditor.store.layouts import LAYOUTS, Layout
from auditor.store.past import VALID_AT, load_employments, load_persons, table_frame
from auditor.store.reading import Only, chosen, read_rows
from auditor.store.scans import load_days
from auditor.store.seen import seen_days
from auditor.store.words import Words

OF_ACCOUNT = ("accounts", "grants", "group_links", "overrides")
OF_PERSON = ("persons", "employments", "tasks", "declarations", "temporary_rights", "externals")
OF_SCHOOL = ("groups", "teaching")
Values = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Around:
    """tables: canonical tables as the scan had them, narrowed; links: the account's own; past: who those people are and were, their
    employments, the account's link and what was decided about it."""

    tables: Mapping[str, pd.DataFrame]
    links: pd.DataFrame
    past: Past


@dataclass
class _Reader:
    connection: sqlite3.Connection
    scan: int
    is_last: bool
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        self.words = Words(self.connection)

    def table(self, name: str, values: Values | None = None, more: Only | None = None) -> pd.DataFrame:
        """Rows of the scan that have one of these values in any of these columns; all rows without values."""
        layout = LAYOUTS[name]
        condition, parameters = VALID_AT, list[object]([self.scan, self.scan])
        if values is not None:
            told = more or either(layout, values, self.words)
            condition, parameters = chosen(self.connection, name, (f"({told[0]}) AND {condition}", [*told[1], *parameters]))
        rows = read_rows(self.connection, layout, condition, parameters)
        missed = self.connection.execute("SELECT ids FROM unobserved WHERE scan = ? AND name = ?", (self.scan, name)).fetchone()
        if missed and len(rows.ids):
            rows = rows.keep(~pd.Index(rows.ids).isin(unpack_ids(missed[0])))
        frame = table_frame(LINKS if name == LINKS.name else TABLES[name], rows, self.words)
        if layout.unversioned and len(frame) and self.is_last:
            frame = frame.assign(**seen_days(self.connection, layout, rows.ids))
        return frame


def load_around(connection: sqlite3.Connection, scan: int, is_last: bool, system: str, account: str) -> Around:
    """Given a scan, whether it is the last, and an account by system and native id, return what `auditor explain` needs of it."""
    read = _Reader(connection, scan, is_last)
    number = read.words.known(system)
    own = ('"system" = ? AND "account" = ?', list[object]([number if number is not None else -1, account]))
    tables = {name: read.table(name, {}, own) for name in OF_ACCOUNT}
    links = read.table(LINKS.name, {}, own)
    persons = _people(connection, tables["accounts"], links)
    addresses = _texts(tables["accounts"], "mail", "upn", "username")
    known = either(LAYOUTS["persons"], {"person": persons, "mail": addresses, "upn": addresses}, read.words)
    tables["persons"] = read.table("persons", {}, known)
    past_persons = load_persons(connection, scan, read.words, chosen(connection, "persons", known))
    for frame in (tables["persons"], past_persons):
        persons |= _texts(frame, "person")
        persons |= {alias.strip() for text in _texts(frame, "numbers") for alias in text.split(",") if alias.strip()}
    for name in OF_PERSON[1:]:
        tables[name] = read.table(name, {"person": persons})
    tables["pupils"] = read.table("pupils", {"person": persons})
    of_them = chosen(connection, "employments", either(LAYOUTS["employments"], {"person": persons}, read.words))
    past = Past(
        scan=scan, as_of=load_days(connection)[scan], links=links, decisions=load_link_decisions(connection), persons=past_persons,
        employments=load_employments(connection, scan, read.words, of_them))
    tables["schools"] = read.table("schools")
    near = _schools(tables["schools"], {school for frame in (*tables.values(), past.employments) for school in _texts(frame, "school")
                                        if frame is not tables["schools"]})
    for name in OF_SCHOOL:
        tables[name] = read.table(name, {"school": near, **({"person": persons} if name == "teaching" else {})})
    tables["rights"] = read.table("rights", {"system": [system]})
    for name in TABLES:
        if name not in tables:
            tables[name] = read.table(name)
    return Around(tables, links, past)


def either(layout: Layout, values: Values, words: Words) -> Only:
    """Given values by column, return the condition in SQL that a row has one of them in one of the columns, and its parameters."""
    parts, parameters = [], list[object]()
    for column, wanted in values.items():
        is_word = any(stored.name == column and stored.encoding == "word" for stored in layout.columns)
        numbers = [number for text in wanted if (number := words.known(text)) is not None] if is_word else []
        parts.append(f'"{column}" IN (SELECT value FROM json_each(?))')
        parameters.append(json.dumps(numbers if is_word else sorted(wanted)))
    return " OR ".join(parts) or "0", parameters


def _people(connection: sqlite3.Connection, accounts: pd.DataFrame, links: pd.DataFrame) -> set[str]:
    """Numbers of everyone the account may be of: its owner, whom a lower tier names, the candidates, and who has its number as alias."""
    found = _texts(links, "person", "contradicts") | _texts(accounts, "number")
    for text in _texts(links, "candidates"):
        found |= {str(candidate["person"]) for candidate in json.loads(text)}
    numbers = _texts(accounts, "number") | _texts(links, "person")
    for person, aliases in connection.execute("SELECT person, numbers FROM persons WHERE numbers IS NOT NULL"):
        if numbers & {alias.strip() for alias in aliases.split(",")}:
            found.add(str(person))
    return found


def _schools(schools: pd.DataFrame, wanted: set[str]) -> set[str]:
    """The schools wanted, with those they were merged into and those merged into them."""
    pairs = [(str(one), str(other)) for one, other in zip(schools["school"], schools["merged_into"], strict=True) if isinstance(other, str)]
    found: set[str] = set()
    while found != wanted:
        found = set(wanted)
        wanted = found | {school for pair in pairs if found & set(pair) for school in pair}
    return found


def _texts(frame: pd.DataFrame, *columns: str) -> set[str]:
    return {str(text) for column in columns if column in frame for text in frame[column].dropna().unique()}
