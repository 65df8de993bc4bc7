"""What can be wrong with registers that read well: words nobody knows, periods turned around, exceptions without an end, schools without
a director. Pure: tables and what is known in, faults out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd

from auditor.model.errors import Fault
from auditor.model.tables import TABLES
from matrices.words import facts_of_unknown

ROLES = (
    "CvB", "stafmedewerker ICT", "directie", "teamleider", "ICT-beheerder school", "administratief personeel", "onderwijspersoneel",
    "tijdelijk onderwijspersoneel", "leerlingen", "ouders", "netwerkleverancier", "verwerker", "externen",
)
"""KERO's thirteen roles."""

WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("schools", "kind"): ("school", "office"), ("contacts", "role"): ("director", "deputy", "ict", "board", "privacy"), ("functions", "role"): ROLES,
    ("declarations", "kind"): ("confidentiality", "conduct"), ("temporary_rights", "scope"): ("board", "school", "group"),
    ("service_accounts", "kind"): ("service", "shared", "emergency"), ("groups", "kind"): ("class", "subgroup"),
}
"""Columns with a fixed list of words."""

PERSONS = (
    ("contacts", "person"), ("tasks", "person"), ("declarations", "person"), ("temporary_rights", "person"), ("authorisation_table", "person"),
    ("teaching", "person"), ("externals", "sponsor"),
)
SYSTEMS = (
    ("schools", "domain"), ("temporary_rights", "system"), ("service_accounts", "system"), ("separation", "system"),
    ("separation", "other_system"), ("authorisation_table", "may_request"),
)
NEEDED = {"ends_on": True, "reason": False, "approved_by": False}
"""What an entry of the temporary rights must have (True) or should have: an exception needs a reason and a period (KIND)."""

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


@dataclass(frozen=True)
class Known:
    """What words may mean on a day. persons: numbers, None when no scan has read HR; functions: of matrices and registers; systems: configured
    or declared; domains: the board's own mail domains, empty for any; rights: by system with a matrix (or pattern), its words for rights."""

    as_of: date
    systems: Collection[str]
    functions: Collection[str]
    persons: Collection[str] | None = None
    domains: Collection[str] = ()
    rights: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """A fault, and whether it is an error or only looks odd."""

    fault: Fault
    is_error: bool = True


def check_registers(registers: Mapping[str, pd.DataFrame], known: Known) -> list[Problem]:
    """Given the registers that could be read, by table, and what is known, return everything wrong with them, by file and line."""
    found = [
        *_schools(registers), *_fixed_words(registers), *_systems(registers, known), *_rights(registers, known), *_functions(registers, known),
        *_persons(registers, known), *_periods(registers, known), *_temporary(registers), *_mail(registers, known),
        *_directors(registers, known),
    ]
    return sorted(found, key=lambda problem: (problem.fault.file, problem.fault.line or 0, problem.fault.column or ""))


def _at(frame: pd.DataFrame, row: int, column: str, code: str, is_error: bool = True, **facts: str | int) -> Problem:
    return Problem(Fault(str(frame["file"].iat[row]), code, int(frame["row"].iat[row]), column, facts), is_error)


def _rows(mask: Any) -> list[int]:
    """Positions where a column of answers is true."""
    return [int(row) for row in np.flatnonzero(mask.to_numpy(dtype=bool))]


def _unknown(
    frame: pd.DataFrame | None, column: str, words: Collection[str], code: str, is_error: bool = True, also: Collection[str] = (),
) -> Iterator[Problem]:
    """Cells that are none of the words, whatever their capitals."""
    if frame is None:
        return
    allowed = {word.casefold() for word in (*words, *also)}
    for row in _rows(frame[column].notna()):
        value = str(frame[column].iat[row])
        if value.casefold() not in allowed:
            yield _at(frame, row, column, code, is_error, **facts_of_unknown(value, words))


def _schools(registers: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    schools = registers.get("schools")
    if schools is None:
        return
    codes = [str(code) for code in schools["school"]]
    yield from _unknown(schools, "merged_into", codes, "register_school_unknown")
    owner: dict[str, str] = {code.casefold(): code for code in codes}
    for row, others in enumerate(schools["codes"]):
        for other in (part.strip() for part in str(others).split(",") if isinstance(others, str)):
            taken = owner.setdefault(other.casefold(), codes[row]) if other else codes[row]
            if taken != codes[row]:
                yield _at(schools, row, "codes", "register_code_double", value=other, other=taken)
    for row in _rows(schools["merged_into"].notna()):
        if schools["merged_into"].iat[row] == codes[row]:
            yield _at(schools, row, "merged_into", "register_merged_into_itself", value=codes[row])
        elif pd.isna(schools["closed_on"].iat[row]):
            yield _at(schools, row, "closed_on", "register_merged_and_open", False, value=codes[row])
    names = {part.strip() for text in schools["codes"].dropna() for part in str(text).split(",")}
    for table, frame in registers.items():
        if table != "schools" and "school" in frame:
            yield from _unknown(frame, "school", codes, "register_school_unknown", also=names)


def _fixed_words(registers: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    for (table, column), words in WORDS.items():
        yield from _unknown(registers.get(table), column, words, "register_word_unknown")


def _systems(registers: Mapping[str, pd.DataFrame], known: Known) -> Iterator[Problem]:
    for table, column in SYSTEMS:
        also = ("*",) if column == "may_request" else ()
        # A school's domain may be one that nobody reads here: odd, and no error.
        yield from _unknown(registers.get(table), column, known.systems, "register_system_unknown", table != "schools", also)
    reviews = registers.get("reviews")
    if reviews is not None:
        yield from _unknown(reviews[reviews["folder"].isna()].reset_index(drop=True), "system", known.systems, "register_system_unknown")
    folders = registers.get("folders")
    if reviews is not None and folders is not None:
        yield from _unknown(reviews, "folder", sorted(set(folders["folder"].astype("str"))), "register_folder_unknown")
    separation = registers.get("separation", TABLES["separation"].empty())
    for row in range(len(separation)):
        one, other = ((str(separation[f"{side}{name}"].iat[row]).casefold() for name in ("system", "right")) for side in ("", "other_"))
        if tuple(one) == tuple(other):
            yield _at(separation, row, "other_right", "register_pair_of_one")


def _rights(registers: Mapping[str, pd.DataFrame], known: Known) -> Iterator[Problem]:
    """A right nobody calls so covers nothing; a warning, for a system may have rights that no matrix names."""
    for table, side in (("temporary_rights", ""), ("separation", ""), ("separation", "other_")):
        frame = registers.get(table, TABLES[table].empty())
        for row in range(len(frame)):
            system = str(frame[f"{side}system"].iat[row])
            words = known.rights.get(system) or next((words for pattern, words in known.rights.items() if fnmatchcase(system, pattern)), ())
            right = str(frame[f"{side}right"].iat[row])
            if words and right.casefold() not in {word.casefold() for word in words}:
                yield _at(frame, row, f"{side}right", "register_right_unknown", False, system=system, **facts_of_unknown(right, words))


def _functions(registers: Mapping[str, pd.DataFrame], known: Known) -> Iterator[Problem]:
    listed = registers.get("functions")
    words = {*known.functions, *(() if listed is None else listed["function"].astype("str"))}
    yield from _unknown(registers.get("externals"), "function", sorted(words), "register_function_unknown", False)
    groups, teaching = registers.get("groups"), registers.get("teaching")
    if groups is None or teaching is None:
        return
    known_at = set(groups["school"].astype("str"))
    here = set(zip(groups["school"].astype("str"), groups["group"].astype("str"), strict=True))
    for row, place in enumerate(zip(teaching["school"].astype("str"), teaching["group"].astype("str"), strict=True)):
        if place[0] in known_at and place not in here:
            near = facts_of_unknown(place[1], sorted({group for school, group in here if school == place[0]}))
            yield _at(teaching, row, "group", "register_group_unknown", False, school=place[0], **near)


def _persons(registers: Mapping[str, pd.DataFrame], known: Known) -> Iterator[Problem]:
    """A warning: who left long ago is in no HR export any more. Numbers are shown and no others suggested: those are of other people."""
    if known.persons is None:
        return
    externals = registers.get("externals")
    people = {*known.persons, *(() if externals is None else externals["person"].astype("str"))}
    asked = [(table, column) for table, column in PERSONS if table in registers]
    for table, column in asked:
        frame = registers[table]
        for row in _rows(frame[column].notna() & ~frame[column].astype("str").isin(people)):
            yield _at(frame, row, column, "register_person_unknown", False, value=str(frame[column].iat[row]))
    folders = registers.get("folders", TABLES["folders"].empty())
    for row, member in enumerate(folders["member"].astype("str")):
        if "@" not in member and member not in people:
            yield _at(folders, row, "member", "register_person_unknown", False, value=member)


def _periods(registers: Mapping[str, pd.DataFrame], known: Known) -> Iterator[Problem]:
    for frame in registers.values():
        for first, last in (("starts_on", "ends_on"), ("opened_on", "closed_on")):
            if first in frame and last in frame:
                for row in _rows(frame[last] < frame[first]):
                    yield _at(frame, row, last, "register_end_before_start", start=_day(frame[first].iat[row]), end=_day(frame[last].iat[row]))
    today = np.datetime64(known.as_of, "s")
    for table, column in (("reviews", "reviewed_on"), ("declarations", "signed_on"), ("authorisation_table", "adopted_on")):
        frame = registers.get(table, TABLES[table].empty())
        for row in _rows(frame[column] > today):
            yield _at(frame, row, column, "register_day_ahead", day=_day(frame[column].iat[row]))


def _temporary(registers: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    frame = registers.get("temporary_rights", TABLES["temporary_rights"].empty())
    for column, is_error in NEEDED.items():
        for row in _rows(frame[column].isna()):
            yield _at(frame, row, column, f"register_without_{column}", is_error, id=str(frame["id"].iat[row]))


def _mail(registers: Mapping[str, pd.DataFrame], known: Known) -> Iterator[Problem]:
    for table, is_ours in (("contacts", True), ("externals", False)):
        frame = registers.get(table, TABLES[table].empty())
        for row in _rows(frame["mail"].notna()):
            address = str(frame["mail"].iat[row])
            domain = address.rpartition("@")[2].casefold()
            if not _ADDRESS.fullmatch(address):
                yield _at(frame, row, "mail", "register_mail_not_one")
            elif is_ours and known.domains and domain not in known.domains:
                yield _at(frame, row, "mail", "register_mail_foreign", domain=domain, allowed=", ".join(sorted(known.domains)))


def _directors(registers: Mapping[str, pd.DataFrame], known: Known) -> Iterator[Problem]:
    """Reports of a school go to its director; a school without one hears nothing."""
    schools, contacts = registers.get("schools"), registers.get("contacts")
    if schools is None or contacts is None:
        return
    today = np.datetime64(known.as_of, "s")
    is_open = ~(schools["opened_on"] > today) & ~(schools["closed_on"] < today) & (schools["kind"] == "school")
    led = set(contacts.loc[(contacts["role"] == "director").to_numpy(), "school"].astype("str"))
    for row in _rows(is_open):
        names = {str(schools["school"].iat[row]), *(part.strip() for part in str(schools["codes"].iat[row]).split(","))}
        if not names & led:
            yield Problem(Fault("contacts.csv", "register_no_director", None, "role", {
                "school": str(schools["school"].iat[row]), "name": str(schools["name"].iat[row])}))


def _day(value: Any) -> str:
    return str(pd.Timestamp(value).date())
