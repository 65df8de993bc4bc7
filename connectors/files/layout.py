"""What a layout file may say: which headers an export has, what they mean, and which tables they fill. Data, no code.

A layout is TOML. `[headers."Name"]` declares a column of the file, `[[tables]]` a canonical table it fills; a table's column is the name
of a header, or a table of its own that says how the value comes about (see Value).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from auditor.model.tables import TABLES
from connectors.files.columns import extracts
from connectors.files.encodings import ENCODINGS
from connectors.files.private import may_be_mapped

Parts = Literal["text", "lower", "initials", "share", "guid", "mail"]
PROVENANCE_COLUMNS = ("source",)
ACCOUNT_KINDS = ("person", "pupil", "external", "shared", "service", "emergency", "unknown")
WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("accounts", "status"): ("enabled", "disabled", "deleted", "unknown"), ("accounts", "kind"): ACCOUNT_KINDS,
    ("employments", "kind"): ("permanent", "temporary", "replacement", "trainee", "external"),
    ("grants", "scope"): ("board", "school", "group", "folder", "own", "unknown"),
}
"""Columns that hold one of a few words, on which rules lean: any other word would be taken silently and judged by none of them."""


def _pattern(value: str) -> str:
    """RE2, as pyarrow runs it: it takes linear time whatever the pattern, so that a pattern of a board can hang nothing."""
    try:
        pc.match_substring_regex(pa.array([""], pa.string()), value)
    except pa.ArrowInvalid:
        raise PydanticCustomError("config_layout_pattern", "not a pattern of RE2") from None
    return value


def _encoding(value: str) -> str:
    if value not in ENCODINGS:
        raise PydanticCustomError("config_value_choice", "use one of {known}", {"known": ", ".join(ENCODINGS)})
    return value


def _extraction(value: str) -> str:
    if not extracts(value):
        raise PydanticCustomError("config_value_pattern", "not a pattern with a group named value: (?P<value>...)")
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]
Extraction = Annotated[str, AfterValidator(_extraction)]


class Strict(BaseModel):
    """Unknown keys are errors: a typing mistake must not become a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Header(Strict):
    """One column of the file. aliases: other names it goes by; required: the file is refused without it; filled: no cell may be empty;
    pattern: every cell that is not empty must match it whole (a footer row does not); pad: digits are filled up with zeros to this
    length, which Excel ate; blank: what an empty cell means, and what stands in each row where the header is not there."""

    aliases: list[str] = Field(default_factory=list)
    required: bool = False
    filled: bool = False
    pattern: Pattern | None = None
    pad: int = Field(0, ge=0, le=20)
    blank: str = ""


class Value(Strict):
    """How a table's column comes about.

    header: the header it is taken from, several are joined by `sep`; first_of: the first of these that is not empty;
    earliest_of, latest_of: of several days the first or the last real one (no end is none); constant: the same
    for every row; option: the setting of this name, else `constant`; kind: how the text is changed (lower: case-folded; initials: without
    dots; share: 80 or 0,8 becomes 0.8; guid: lower-case with hyphens; mail: case-folded and only if it is one address); values: text (case
    does not matter, * stands for anything, the first that fits counts) -> word; otherwise: word for every other text, "" for none;
    empty: word for an empty cell; missing: word where none of the
    headers is in the file, else that of `empty`; exclude: texts whose rows are left out; absent: texts that mean nothing;
    extract: pattern with one group named `value`, the rest is dropped; extract_option: setting that replaces it; split: sign between
    several values in a cell, each gives a row; lookup: "table.column" of this source that holds this text: the account there is meant.
    """

    header: list[str] = Field(default_factory=list)
    sep: str = "-"
    first_of: list[str] = Field(default_factory=list)
    earliest_of: list[str] = Field(default_factory=list)
    latest_of: list[str] = Field(default_factory=list)
    constant: str | None = None
    option: str | None = None
    kind: Parts = "text"
    values: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None
    empty: str | None = None
    missing: str | None = None
    exclude: list[str] = Field(default_factory=list)
    absent: list[str] = Field(default_factory=list)
    extract: Extraction | None = None
    extract_option: str | None = None
    split: str | None = None
    lookup: str | None = None

    @property
    def sources(self) -> list[str]:
        """The headers it is made from."""
        return [*self.header, *self.first_of, *self.days]

    @property
    def days(self) -> list[str]:
        """The headers of several days of which one counts."""
        return [*self.earliest_of, *self.latest_of]

    def words_beside(self, words: Collection[str]) -> list[str]:
        """Given the words a column may hold, return what else this could make of it; "*" where it takes texts as they are."""
        told = {*self.values.values(), self.otherwise, self.empty, self.missing, self.constant} - {None, "", *words}
        is_open = bool(self.sources) and not self.values and self.otherwise is None
        return sorted([*(word for word in told if word), *(["*"] if is_open else [])])

    @model_validator(mode="after")
    def _one_origin(self) -> Value:
        given = (self.header, self.first_of, self.earliest_of, self.latest_of, self.constant is not None or self.option is not None)
        if sum(map(bool, given)) != 1:
            raise PydanticCustomError("config_layout_origin", "give exactly one of header, first_of, earliest_of, latest_of, and constant or option")
        return self


def _value(value: Any) -> Any:
    """A header's name alone is a value that is taken as it is."""
    if isinstance(value, str):
        return {"header": [value]}
    if isinstance(value, dict) and isinstance(value.get("header"), str):
        return {**value, "header": [value["header"]]}
    return value


class TableRule(Strict):
    """One canonical table this file fills. key: rows with equal values here are one row; vary: columns that may differ between such rows,
    and are then left absent; require: rows without these columns are left out; when: header -> the texts (case does not matter) with
    which a row counts; twice: what to do with rows that share a key and differ (note: the first counts, refuse: the file is refused)."""

    table: str
    key: list[str] = Field(default_factory=list)
    vary: list[str] = Field(default_factory=list)
    require: list[str] = Field(default_factory=list)
    when: dict[str, list[str]] = Field(default_factory=dict)
    twice: Literal["note", "refuse"] = "note"
    columns: dict[str, Annotated[Value, BeforeValidator(_value)]]

    @model_validator(mode="after")
    def _declared(self) -> TableRule:
        if self.table not in TABLES:
            raise PydanticCustomError("config_layout_table", "there is no table {table}", {"table": self.table, "known": ", ".join(sorted(TABLES))})
        for name, value in self.columns.items():
            if value.days and (name not in TABLES[self.table].names or TABLES[self.table].column(name).kind != "date"):
                raise PydanticCustomError("config_layout_day", "column {name} is no day", {"name": name})
        known = {*TABLES[self.table].names, *PROVENANCE_COLUMNS}
        for name in (*self.columns, *self.key, *self.vary, *self.require):
            if name not in known:
                facts = {"table": self.table, "name": name, "known": ", ".join(TABLES[self.table].names)}
                raise PydanticCustomError("config_layout_column", "table {table} has no column {name}", facts)
        for name, value in self.columns.items():
            if (words := WORDS.get((self.table, name))) is not None and (wrong := value.words_beside(words)):
                facts = {"name": f"{self.table}.{name}", "words": ", ".join(wrong), "known": ", ".join(words)}
                raise PydanticCustomError("config_layout_words", "{name} cannot be {words}", facts)
        missing = [column.name for column in TABLES[self.table].columns if column.required and column.name not in self.columns]
        if missing:
            facts = {"table": self.table, "missing": ", ".join(missing)}
            raise PydanticCustomError("config_layout_required", "table {table} also needs {missing}", facts)
        return self


class Records(Strict):
    """Where the rows of a JSON or XML file stand.

    path: the steps that lead to them. In JSON names with a point between (`items`, nothing for a list at the top, * for the first list);
    in XML names of elements with a slash between, the last of which is the record: the end of the way to it, or with a slash in front
    all of it, a bar between several. each: in JSON, lists within a record of which every item gives a row, an outer one before its inner
    one; count: in JSON, where the file says how many records there are.
    """

    path: str
    each: list[str] = Field(default_factory=list)
    count: str | None = None


class Title(Strict):
    """Its name for people."""

    nl: str
    en: str


class Layout(Strict):
    """One kind of export.

    name: of the file, without .toml; role: what a source with it is; reader: table (one row a line) or directory (entries with groups);
    records: where the rows stand in JSON or XML; position: contracts or positions, which hang under contracts when a source has both;
    same_person: header whose equal values make several personnel numbers one person; other_number: header with another number of the same
    person, by which other files of the source may name him;
    quotes: false where a quote in a CSV is a sign like any other; file_school: header that names the school of the whole file; day: header with the
    day of the export; dates: accepted notations; open_dates: texts that mean no end, beside every year from 2090 on; unknown: what happens to
    headers nobody declared; repeated_header: what happens when the header stands among the rows.
    """

    name: str = ""
    product: str
    title: Title
    role: Literal["hr", "system", "pupils", "register"]
    formats: tuple[Literal["csv", "xlsx", "ldif", "json", "xml"], ...] = Field(min_length=1)
    reader: Literal["table", "directory"] = "table"
    records: Records | None = None
    encodings: tuple[Annotated[str, AfterValidator(_encoding)], ...] = Field(("utf-8",), min_length=1)
    delimiters: tuple[Literal[";", ",", "\t", "|"], ...] = Field((";",), min_length=1)
    quotes: bool = True
    minimum_rows: int = Field(1, ge=0)
    dates: tuple[Literal["ymd", "dmy", "mdy", "compact", "instant", "unix"], ...] = Field(("ymd", "dmy", "instant"), min_length=1)
    open_dates: list[str] = Field(default_factory=list)
    unknown: Literal["drop", "refuse"] = "drop"
    repeated_header: Literal["refuse", "drop"] = "refuse"
    position: Literal["contracts", "positions"] | None = None
    same_person: str | None = None
    other_number: str | None = None
    file_school: str | None = None
    day: str | None = None
    options: dict[str, str] = Field(default_factory=dict, description="Settings a part may give, and what they mean")
    headers: dict[str, Header]
    tables: list[TableRule] = Field(default_factory=list)

    @property
    def used(self) -> frozenset[str]:
        """Headers whose columns are taken in, or whose cells are checked; the others are only known by name, so that nobody wonders about them."""
        if self.reader == "directory":
            return frozenset(self.headers)
        used = {name for rule in self.tables for value in rule.columns.values() for name in value.sources}
        used |= {name for rule in self.tables for name in rule.when}
        used |= {name for name, header in self.headers.items() if header.filled or header.pattern is not None}
        return frozenset(used | {name for name in (self.same_person, self.other_number, self.file_school, self.day) if name})

    @model_validator(mode="after")
    def _headers_exist(self) -> Layout:
        used = self.used
        unknown = sorted(used - set(self.headers))
        if unknown:
            raise PydanticCustomError("config_layout_headers", "headers used but not declared: {names}", {"names": ", ".join(unknown)})
        private = sorted(name for name in used if not may_be_mapped(name))
        if private:
            raise PydanticCustomError("config_layout_private", "private by nature, never taken in: {names}", {"names": ", ".join(private)})
        if self.reader == "table" and not self.tables:
            raise PydanticCustomError("config_layout_no_table", "it fills no table")
        if bool({"json", "xml"} & set(self.formats)) != (self.records is not None):
            raise PydanticCustomError("config_layout_records", "json and xml need records, and only they have them")
        return self
