"""The canonical tables: which columns exist, what they mean, and what their absence means.

A column that is not declared here cannot be stored, mailed or shown: there is none for a BSN, birth date, home address,
mark or file note (AVG 5(1)(c)). Frames are checked against these declarations at every seam.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from auditor.model.arrows import STRINGS, arrow, categorised, of_words, repeated, text_array, united

Kind = Literal["text", "category", "date", "flag", "number"]

DTYPES: dict[str, str] = {"text": "str", "category": "category", "date": "datetime64[s]", "flag": "boolean", "number": "float64"}
"""How each kind stands in a frame. text: pandas str, absent = NaN; category: strings as categories, absent = NaN (never an
empty string); date: a calendar day at midnight without zone, absent = NaT; flag: nullable boolean, absent = <NA>."""

PROVENANCE = ("source", "file", "row")
"""Every table ends in these: source (category: name of the configured source), file (category: name of the file, or of the
endpoint for a live source) and row (int32: 1-based line of the file, or sheet row; -1 when the native id names the row)."""


@dataclass(frozen=True)
class Column:
    """name; kind (see DTYPES); meaning, with the meaning of absence; required: absent values are refused;
    versioned: False keeps it out of history comparison (use dates change nightly without anything having changed)."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    versioned: bool = True


@dataclass(frozen=True)
class Table:
    """One canonical table. key: columns that together name a row once."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the declared columns, without provenance."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Given a column name, return its declaration. Raise KeyError if it is not declared."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    def empty(self) -> pd.DataFrame:
        """Return a frame without rows, with every declared column and the provenance columns."""
        return self._nothing.copy(deep=False)

    @cached_property
    def _nothing(self) -> pd.DataFrame:
        return self.frame({})

    def frame(self, columns: dict[str, object], *, source: str = "", file: str = "", rows: object = -1) -> pd.DataFrame:
        """Given some of the columns (lists, arrays or Series of equal length), return a conforming frame.

        Missing columns become absent. Provenance columns may be given among `columns`, or by keyword for all rows at once.
        Raise KeyError if a column is not declared.
        """
        unknown = set(columns) - set(self.names) - set(PROVENANCE)
        if unknown:
            raise KeyError(f"{self.name}: not declared: {', '.join(sorted(unknown))}")
        length = max((len(value) for value in columns.values()), default=0)  # type: ignore[arg-type]
        data: dict[str, object] = {}
        for column in self.columns:
            given = columns.get(column.name)
            data[column.name] = _absent(column.kind, length) if given is None else _held(given, column.kind)
        for name, default in (("source", source), ("file", file)):
            given = columns.get(name)
            data[name] = repeated(default, length) if given is None else _held(given, "category")
        lines = columns.get("row", rows)
        data["row"] = np.full(length, lines, dtype=np.int32) if isinstance(lines, int) else np.asarray(lines).astype(np.int32, copy=False)
        # Ready arrays, an index and no copies: pandas takes four times as long over a Series a column.
        return pd.DataFrame(data, index=pd.RangeIndex(length), copy=False)

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Given a frame, return it unchanged. Raise TypeError if its columns or dtypes are not those declared,
        ValueError if a required value is absent. Cheap: no pass over text."""
        expected = (*self.names, *PROVENANCE)
        if tuple(frame.columns) != expected:
            raise TypeError(f"{self.name}: columns {tuple(frame.columns)} instead of {expected}")
        for column, actual in zip(self.columns, frame.dtypes.array, strict=False):
            if (column.kind == "category") != isinstance(actual, pd.CategoricalDtype):
                raise TypeError(f"{self.name}.{column.name}: {actual} instead of {DTYPES[column.kind]}")
            if column.kind != "category" and actual != _DTYPES[column.kind]:
                raise TypeError(f"{self.name}.{column.name}: {actual} instead of {DTYPES[column.kind]}")
            if column.required and _has_absent(frame[column.name].array):
                raise ValueError(f"{self.name}.{column.name}: a required value is absent")
        return frame


_DTYPES: dict[Kind, Any] = {
    "text": STRINGS, "date": np.dtype("datetime64[s]"), "flag": pd.BooleanDtype(), "number": np.dtype("float64"),
}


def _has_absent(held: Any) -> bool:
    return bool((held.codes < 0).any() if isinstance(held, pd.Categorical) else held.isna().any())


def _absent(kind: Kind, length: int) -> Any:
    if kind == "category":
        return pd.Categorical.from_codes(np.full(length, -1, dtype=np.int8), dtype=of_words(), validate=False)
    if kind == "text":
        return text_array(pa.nulls(length, pa.large_string()))
    if kind == "flag":
        return pd.arrays.BooleanArray(np.zeros(length, dtype=bool), np.ones(length, dtype=bool))
    return np.full(length, "NaT" if kind == "date" else "nan", dtype=_DTYPES[kind])


def _held(given: Any, kind: Kind) -> Any:
    """The array in which a frame holds what was given; as it is when it fits already."""
    held = given.array if isinstance(given, pd.Series | pd.Index) else given
    dtype = getattr(held, "dtype", None)
    if kind == "category":
        if isinstance(dtype, pd.CategoricalDtype):
            return held
        return categorised(held if dtype == STRINGS else pd.Series(held).astype("str"))
    if dtype is not None and dtype == _DTYPES[kind]:
        return held.to_numpy() if isinstance(held, pd.arrays.NumpyExtensionArray) else held
    return pd.Series(held).astype(DTYPES[kind]).array


def combine(table: Table, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Given conforming frames of one table, return them under each other, categoricals kept as categoricals."""
    kept = [frame for frame in frames if len(frame)]
    if not kept:
        return table.empty()
    if len(kept) == 1:
        return kept[0].reset_index(drop=True)
    data: dict[str, object] = {}
    for name in kept[0].columns:
        parts = [frame[name].array for frame in kept]
        if isinstance(parts[0], pd.Categorical):
            data[name] = united(parts)
        elif parts[0].dtype == STRINGS:
            data[name] = text_array(pa.concat_arrays([arrow(part) for part in parts]))
        elif isinstance(parts[0], pd.arrays.NumpyExtensionArray | pd.arrays.DatetimeArray):
            data[name] = np.concatenate([part.to_numpy() for part in parts])
        else:
            data[name] = pd.concat([frame[name] for frame in kept], ignore_index=True).array
    return pd.DataFrame(data, index=pd.RangeIndex(sum(len(frame) for frame in kept)), copy=False)


def _c(name: str, kind: Kind, meaning: str, required: bool = False, versioned: bool = True) -> Column:
    return Column(name, kind, meaning, required, versioned)


_SCHOOL = "code of the school after the collector's mapping; absent: the source does not say"
_STARTS = "first day that counts; absent: since before anyone recorded"
_ENDS = "last day that counts; absent: open-ended"

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("schools", "schools and the head office", ("school",), (
            _c("school", "category", "the one code used everywhere (BRIN6; the head office its own)", True),
            _c("kind", "category", "school or office", True),
            _c("name", "text", "as users know it", True),
            _c("codes", "text", "other codes for it, separated by commas: HR unit, LAS id, OU, BRIN4"),
            _c("domain", "category", "system of its AD domain, e.g. ad:noord; absent: none of its own"),
            _c("opened_on", "date", _STARTS),
            _c("closed_on", "date", "last day of the school; absent: open"),
            _c("merged_into", "category", "code of the school that continues it"),
            _c("works_across_groups", "flag", "registered as groepsdoorbrekend (OPOR **); absent: no"),
        )),
        Table("contacts", "where mail may go; the only place recipients come from", ("school", "role", "mail"), (
            _c("school", "category", _SCHOOL),
            _c("person", "category", "personnel number"),
            _c("role", "category", "director, deputy, ict, board or privacy", True),
            _c("mail", "text", "exactly one address", True),
        )),
        Table("functions", "what the sources call a function, and what the matrices call it", ("source", "label"), (
            _c("label", "category", "code or label as found in the source named by provenance column `source`, or in any", True),
            _c("function", "category", "the board's word for it, as in the matrices", True),
            _c("role", "category", "one of KERO's thirteen roles"),
        )),
        Table("persons", "humans known to HR or declared", ("person",), (
            _c("person", "category", "personnel number after aliases; the join key", True),
            _c("kind", "category", "employee or external", True),
            _c("display_name", "text", "name as shown"),
            _c("given_name", "text", "roepnaam; evidence for a proposal only"),
            _c("initials", "text", "without dots; evidence for a proposal only"),
            _c("prefix", "text", "tussenvoegsel of surname"),
            _c("surname", "text", "geboortenaam without prefix"),
            _c("partner_surname", "text", "partner's name without prefix"),
            _c("mail", "text", "work address, case-folded"),
            _c("upn", "text", "login name HR knows, case-folded"),
            _c("numbers", "text", "aliases: this person's other personnel numbers, separated by commas"),
        )),
        Table("pupils", "pupils: number, school and until when, nothing else (AVG 5(1)(c))", ("person", "school"), (
            _c("person", "category", "pupil number", True),
            _c("school", "category", _SCHOOL),
            _c("ends_on", "date", "enrolled until and including; absent: enrolled"),
        )),
        Table("employments", "one row per position; a contract without a position has function and school absent", ("employment",), (
            _c("person", "category", "personnel number", True),
            _c("employment", "text", "id of contract and position, unique in the source", True),
            _c("function", "category", "the board's word (functions register applied); absent: no position"),
            _c("school", "category", _SCHOOL),
            _c("kind", "category", "permanent, temporary, replacement, trainee or external", True),
            _c("starts_on", "date", _STARTS),
            _c("ends_on", "date", "earliest real end of contract and position; absent: open-ended"),
            _c("contract_ends_on", "date", "end of the contract the position hangs under; absent: open-ended"),
            _c("share", "number", "working-time factor, 1.0 is full time"),
        )),
        Table("tasks", "extra duties beside a function", ("person", "task", "school"), (
            _c("person", "category", "personnel number", True),
            _c("task", "category", "e.g. beheerder ParnasSys", True),
            _c("school", "category", _SCHOOL),
            _c("starts_on", "date", _STARTS),
            _c("ends_on", "date", _ENDS),
        )),
        Table("declarations", "what a person signed", ("person", "kind"), (
            _c("person", "category", "personnel number", True),
            _c("kind", "category", "confidentiality or conduct", True),
            _c("signed_on", "date", "day of signing; absent: not signed"),
        )),
        Table("groups", "classes", ("school", "group"), (
            _c("school", "category", _SCHOOL, True),
            _c("group", "category", "name or code, unique within the school and year", True),
            _c("name", "text", "as shown"),
            _c("school_year", "category", "2026-2027"),
            _c("kind", "category", "class or subgroup"),
        )),
        Table("teaching", "who teaches which group: own groups come from here", ("person", "school", "group", "starts_on"), (
            _c("person", "category", "personnel number", True),
            _c("school", "category", _SCHOOL, True),
            _c("group", "category", "as in groups", True),
            _c("starts_on", "date", _STARTS),
            _c("ends_on", "date", _ENDS),
        )),
        Table("accounts", "logins in one system", ("system", "account"), (
            _c("system", "category", "where the right lives, e.g. esis, entra, ad:noord", True),
            _c("account", "text", "native id: stable id where the export has one, else the login", True),
            _c("id_is_stable", "flag", "survives a rename; absent: unknown"),
            _c("username", "text", "login name as shown"),
            _c("display_name", "text", "name as the system shows it; evidence for a proposal only"),
            _c("mail", "text", "address or UPN, case-folded; personnel correlation tier 3"),
            _c("upn", "text", "second login name where a system has both, case-folded"),
            _c("number", "text", "personnel or pupil number; correlation tier 2"),
            _c("kind", "category", "person, pupil, external, shared, service, emergency or unknown (judged as person)", True),
            _c("status", "category", "enabled, disabled, deleted or unknown: unknown is judged, and said", True),
            _c("school", "category", _SCHOOL),
            _c("created_on", "date", "absent: not in this export"),
            _c("last_used_on", "date", "last successful use; absent: unknown, never 'never'", False, False),
            _c("never_used", "flag", "the source itself says that it was never used; absent: unknown or no"),
            _c("last_attempt_on", "date", "last attempt, failed ones included; absent: unknown", False, False),
            _c("password_set_on", "date", "absent: unknown", False, False),
            _c("password_rule", "category", "expires, never_expires or not_required; absent: unknown"),
            _c("expires_on", "date", "last day the system lets it in; absent: never or unknown"),
            _c("has_mfa", "flag", "second factor registered; absent: unknown"),
            _c("owner_leaves_on", "date", "its owner's last day as the system itself has it; blocks nothing; absent: none or unknown"),
            _c("synced_from", "text", "native id of the account in another system that this one is a copy of; absent: none or unknown"),
        )),
        Table("group_links", "groups an account is linked to, as observed", ("system", "account", "school", "group"), (
            _c("system", "category", "as in accounts", True),
            _c("account", "category", "as in accounts", True),
            _c("school", "category", _SCHOOL),
            _c("group", "category", "as in groups", True),
            _c("starts_on", "date", _STARTS),
            _c("ends_on", "date", _ENDS),
        )),
        Table("rights", "what can be held in a system", ("system", "right"), (
            _c("system", "category", "as in accounts", True),
            _c("right", "category", "native id of the right", True),
            _c("name", "text", "as shown"),
            _c("kind", "category", "role, group, licence, door, folder, directory role or app role"),
            _c("is_privileged", "flag", "can change others' rights or see all; absent: unknown"),
        )),
        Table("grants", "what an account holds (IST)", ("system", "account", "right", "level", "scope", "school", "group"), (
            _c("system", "category", "as in accounts", True),
            _c("account", "category", "as in accounts", True),
            _c("right", "category", "native name of the right as the connector read it", True),
            _c("level", "category", "native level; absent: the matrix's native map gives it"),
            _c("scope", "category", "board, school, group, folder, own or unknown", True),
            _c("school", "category", "school the grant reaches; absent: board-wide or unknown"),
            _c("group", "category", "group or folder the grant reaches"),
            _c("via", "text", "JSON list of the paths by which it is held; absent: direct"),
            _c("starts_on", "date", _STARTS),
            _c("ends_on", "date", "end the system itself records: part of the grant, never a permission"),
        )),
        Table("temporary_rights", "the board's register of temporary extra rights", ("id",), (
            _c("id", "text", "as the register numbers it", True),
            _c("person", "category", "personnel number", True),
            _c("system", "category", "as in accounts", True),
            _c("right", "category", "the matrix's word for the right, or the native one", True),
            _c("level", "category", "absent: any"),
            _c("scope", "category", "board, school or group; absent: any"),
            _c("school", "category", _SCHOOL),
            _c("group", "category", "absent: any"),
            _c("reason", "text", "why"),
            _c("requested_by", "text", "personnel number or name"),
            _c("approved_by", "text", "personnel number or name"),
            _c("starts_on", "date", _STARTS),
            _c("ends_on", "date", "required by KIND and OPOR; absent is a finding"),
        )),
        Table("externals", "declared people who are never in HR (UNIEK, OPOR)", ("person", "school", "starts_on"), (
            _c("person", "category", "number given by the board, e.g. E001", True),
            _c("name", "text", "as shown", True),
            _c("organisation", "text", "who sends them"),
            _c("sponsor", "category", "personnel number of who answers for them"),
            _c("mail", "text", "address they log in with, case-folded"),
            _c("school", "category", _SCHOOL),
            _c("function", "category", "the board's word"),
            _c("starts_on", "date", _STARTS),
            _c("ends_on", "date", _ENDS),
        )),
        Table("service_accounts", "declared service, shared and emergency accounts", ("system", "account"), (
            _c("system", "category", "as in accounts", True),
            _c("account", "text", "native id or username", True),
            _c("kind", "category", "service, shared or emergency", True),
            _c("owner", "text", "who answers for it"),
            _c("purpose", "text", "what for"),
            _c("review_on", "date", "next review"),
        )),
        Table("authorisation_table", "who may request which change for which school (KIND, KERO)", ("person", "school", "may_request"), (
            _c("person", "category", "personnel number", True),
            _c("school", "category", _SCHOOL),
            _c("may_request", "category", "system or *", True),
            _c("adopted_on", "date", "day the table was adopted"),
        )),
        Table("folders", "declared members of SharePoint folders (OPOR)", ("folder", "school", "member"), (
            _c("folder", "category", "name", True),
            _c("school", "category", _SCHOOL),
            _c("member", "category", "personnel number or address", True),
            _c("starts_on", "date", _STARTS),
            _c("ends_on", "date", _ENDS),
            _c("granted_by", "text", "who granted it"),
        )),
        Table("separation", "pairs of rights that one person may not hold together", ("system", "right", "other_system", "other_right"), (
            _c("system", "category", "as in accounts", True),
            _c("right", "category", "the matrix's word", True),
            _c("other_system", "category", "as in accounts", True),
            _c("other_right", "category", "the matrix's word", True),
            _c("reason", "text", "why they are kept apart"),
        )),
        Table("reviews", "periodic checks that were done: of a system's users at a school, or of a declared folder (KERO, OPOR)",
              ("system", "folder", "school", "reviewed_on"), (
            _c("system", "category", "as in accounts; sharepoint for a folder", True),
            _c("folder", "category", "name of the declared folder that was cleaned; absent: the users and their rights"),
            _c("school", "category", "code of the school; absent: every school"),
            _c("reviewed_on", "date", "day of the check", True),
            _c("reviewed_by", "text", "who checked", True),
            _c("seen", "text", "what was looked at and what came of it"),
        )),
        Table("overrides", "use of break-glass access (ontheffing, OPOR); never the reason's text", ("system", "account", "used_on"), (
            _c("system", "category", "as in accounts", True),
            _c("account", "category", "as in accounts", True),
            _c("school", "category", _SCHOOL),
            _c("used_on", "date", "day of use", True),
            _c("has_reason", "flag", "whether a reason was given"),
            _c("reviewed_on", "date", "absent: not reviewed"),
            _c("reviewed_by", "text", "who reviewed it"),
        )),
    )
}

REGISTERS = (
    "schools", "contacts", "functions", "tasks", "declarations", "temporary_rights", "externals", "service_accounts",
    "authorisation_table", "folders", "separation", "teaching", "groups", "reviews",
)
"""Tables a board keeps itself as registers/<name>.csv, `;`, headers exactly the declared column names."""
