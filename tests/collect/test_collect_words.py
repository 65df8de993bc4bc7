"""One word for one thing: school codes, functions, numbers, kinds, logins, last days; and what contradicts itself is noted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.collect import Read, collect
from auditor.collect.kinds import glob_regex
from auditor.collect.schools import known_schools
from auditor.model.coverage import SourceState
from auditor.model.errors import Fault, InputError
from auditor.model.past import Past
from auditor.model.policy import KindRule, Policy, SourceSettings
from auditor.model.snapshot import QUALITY, Snapshot
from auditor.model.tables import TABLES
from tests.collect.reads import TUESDAY, hr, las, register, schools


def night(*reads: Read) -> Snapshot:
    snapshot = collect("b", TUESDAY, reads, Policy("b"), Past()).snapshot
    QUALITY.check(snapshot.quality)
    for name, frame in snapshot.tables.items():
        TABLES[name].check(frame)
    return snapshot


def noted(snapshot: Snapshot, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in snapshot.quality[["kind", "table", *columns]].astype("object").itertuples(index=False)]


CODES = schools("99AA00", "99BB00", "99HK00", codes=["1201, 99aa.00", "1202", None], kind=["school", "school", "office"])


def test_every_code_of_a_school_becomes_its_one_code() -> None:
    snapshot = night(CODES, hr(["1", "2", "3"], ["1201", " 99AA.00", "99HK00"]), las(["a", "b"], ["1202", None]))
    assert snapshot.table("employments")["school"].tolist() == ["99AA00", "99AA00", "99HK00"]
    assert snapshot.table("accounts")["school"].isna().tolist() == [False, True]
    assert snapshot.table("grants")["school"].tolist()[0] == "99BB00"
    assert snapshot.quality.empty


def test_an_unknown_code_is_absent_and_noted_once_a_file_with_its_first_line() -> None:
    snapshot = night(CODES, hr(["1", "2", "3"], ["1201", "4711", "4711"]))
    assert snapshot.table("employments")["school"].isna().tolist() == [False, True, True]
    assert noted(snapshot, "school", "file", "row", "detail") == [("unknown_school", "employments", "4711", "export.csv", 3, "2")]


def test_a_grant_at_an_unknown_school_has_an_unknown_scope_and_not_the_whole_board() -> None:
    grants = night(CODES, las(["a", "b"], ["4711", "1201"])).table("grants")
    assert grants["scope"].tolist() == ["unknown", "school"]


def test_a_row_that_cannot_be_without_its_school_is_left_out() -> None:
    contacts = register("contacts", {"school": ["1201", "4711"], "role": ["director"] * 2, "mail": ["a@x.nl", "b@x.nl"]})
    snapshot = night(CODES, contacts)
    assert snapshot.table("contacts")["school"].tolist() == ["99AA00"]
    assert noted(snapshot, "school") == [("unknown_school", "contacts", "4711")]


def test_a_temporary_right_at_an_unknown_school_covers_no_school_instead_of_all() -> None:
    columns = {"id": ["1", "2"], "person": ["10", "10"], "system": ["las"] * 2, "right": ["IB"] * 2, "school": ["1201", "4711"]}
    assert night(CODES, register("temporary_rights", columns)).table("temporary_rights")["id"].tolist() == ["1"]


def test_a_merged_school_is_the_one_that_continues_it_but_its_own_contacts_stay() -> None:
    merged = schools("99AA00", "99BB00", "99CC00", merged_into=["99BB00", "99CC00", None])
    contacts = register("contacts", {"school": ["99AA00"], "role": ["director"], "mail": ["a@x.nl"]})
    snapshot = night(merged, contacts, hr(["1"], ["99AA00"]))
    assert snapshot.table("employments")["school"].tolist() == ["99CC00"]
    assert snapshot.table("contacts")["school"].tolist() == ["99AA00"]


@pytest.mark.parametrize(("closed", "said"), [("2026-11-24", "99BB00"), ("2026-11-23", "99AA00")])
def test_what_a_system_still_says_of_a_closed_school_keeps_the_old_code_from_the_day_after(closed: str, said: str) -> None:
    merged = schools("99AA00", "99BB00", merged_into=["99BB00", None], closed_on=[closed, None])
    snapshot = night(merged, las(["1"], ["99AA00"]), hr(["1"], ["99AA00"]))
    assert snapshot.table("accounts")["school"].tolist() == [said]
    assert snapshot.table("employments")["school"].tolist() == ["99BB00"]


def test_mergers_that_point_at_each_other_end() -> None:
    frame = night(schools("A", "B", merged_into=["B", "A"])).table("schools")
    assert {known_schools(frame, TUESDAY).of(code) for code in "AB"} <= {"A", "B"}


@pytest.mark.parametrize(("opened", "closed", "is_open"), [
    (None, None, True), ("2026-11-24", "2026-11-24", True), ("2026-11-25", None, False), (None, "2026-11-23", False)])
def test_a_school_is_open_from_its_first_day_through_its_last(opened: str | None, closed: str | None, is_open: bool) -> None:
    frame = night(schools("A", opened_on=[opened], closed_on=[closed])).table("schools")
    assert ("A" in known_schools(frame, TUESDAY).is_open) is is_open


def test_without_a_schools_register_codes_stay_as_the_source_writes_them() -> None:
    assert night(hr(["1"], ["4711"])).table("employments")["school"].tolist() == ["4711"]


@pytest.mark.parametrize("table", ["schools", "functions", "service_accounts"])
def test_a_broken_register_takes_out_what_cannot_be_read_without_it(table: str) -> None:
    broken = Read(SourceSettings(f"register.{table}", "register", minimum_rows=0), (), InputError([Fault(f"{table}.csv", "x", 3)]))
    states = [report.state for report in night(broken, hr(["1"]), las(["a"])).coverage.sources]
    refused, ok = SourceState.REFUSED, SourceState.OK
    assert states[1:] == {"schools": [refused, refused], "functions": [refused, ok], "service_accounts": [ok, refused]}[table]


def test_a_function_gets_the_boards_word_of_its_own_source_first() -> None:
    functions = register("functions", {"source": ["hr", "register.functions", "other", "register.functions"],
                                       "label": ["LKR", "lkr", "LKR", "DIR"], "function": ["leerkracht", "fout", "ook fout", "directeur"]})
    snapshot = night(functions, hr(["1", "2", "3"], function=["LKR", "dir ", "conciërge"]))
    assert snapshot.table("employments")["function"].tolist() == ["leerkracht", "directeur", "conciërge"]


def test_a_person_with_several_numbers_is_one_person_everywhere() -> None:
    read = hr(["10", "20"])
    persons = read.pages[0].tables["persons"].assign(numbers=pd.Series(["11, 12,jan@x.nl", None], dtype="str"))
    more = hr(["11"], settings=SourceSettings("hr2", "hr"))
    changed = Read(read.settings, (type(read.pages[0])({**read.pages[0].tables, "persons": persons}, read.pages[0].receipts, is_last=True),))
    employments = {"employments": more.pages[0].tables["employments"]}
    second = Read(more.settings, (type(read.pages[0])(employments, more.pages[0].receipts, is_last=True),))
    tasks = register("tasks", {"person": ["12", "20"], "task": ["BHV", "BHV"]})
    snapshot = night(changed, second, tasks)
    assert snapshot.table("employments")["person"].tolist() == ["10", "20", "10"]
    assert snapshot.table("tasks")["person"].tolist() == ["10", "20"]


def test_a_number_that_two_people_claim_leads_nowhere_and_is_noted_for_both() -> None:
    read = hr(["10", "20"])
    persons = read.pages[0].tables["persons"].assign(numbers=pd.Series(["77", "77"], dtype="str"))
    page = type(read.pages[0])({**read.pages[0].tables, "persons": persons}, read.pages[0].receipts, is_last=True)
    snapshot = night(Read(read.settings, (page,)), register("tasks", {"person": ["77"], "task": ["BHV"]}))
    assert snapshot.table("tasks")["person"].tolist() == ["77"]
    assert noted(snapshot, "person", "detail") == [("number_of_two_people", "persons", who, "77: 10, 20") for who in ("10", "20")]


def test_end_dates_that_are_exclusive_become_last_days() -> None:
    settings = SourceSettings("hr", "hr", end_is_exclusive=True)
    employments = night(hr(["1", "2"], settings=settings, ends_on=["2026-08-01", None])).table("employments")
    assert employments["ends_on"].iloc[0] == pd.Timestamp("2026-07-31")
    assert pd.isna(employments["ends_on"].iloc[1])


def test_a_position_ends_no_later_than_its_contract_and_a_difference_is_noted() -> None:
    snapshot = night(hr(["1", "2", "3"], ends_on=["2026-12-31", None, "2026-07-31"], contract_ends_on=["2026-07-31", "2026-07-31", None]))
    assert snapshot.table("employments")["ends_on"].tolist() == [pd.Timestamp("2026-07-31")] * 3
    assert noted(snapshot, "person", "row", "detail") == [("conflicting_end_dates", "employments", "1", 2, "2026-12-31 > 2026-07-31")]


def test_an_end_before_the_start_is_noted_and_kept() -> None:
    snapshot = night(hr(["1"], starts_on=["2026-08-01"], ends_on=["2026-07-01"]))
    assert noted(snapshot, "person", "detail") == [("end_before_start", "employments", "1", "2026-07-01 < 2026-08-01")]
    assert len(snapshot.table("employments")) == 1


def test_logins_and_addresses_are_folded() -> None:
    accounts = night(las(["a"], mail=["Jan.de.Wit@School.TEST"], upn=[None])).table("accounts")
    assert accounts["mail"].tolist() == ["jan.de.wit@school.test"]
    assert accounts["upn"].isna().all()


def test_kinds_come_from_the_first_pattern_that_matches_and_the_register_decides_over_them() -> None:
    rules = (KindRule("username", "svc-*", "service"), KindRule("username", "svc-inval*", "shared"), KindRule("school", "99bb??", "pupil"),
             KindRule("display_name", "vervanger ?", "shared"))
    declared = register("service_accounts", {"system": ["las", "las", "ad"], "account": ["A5", "SVC-Print", "a1"],
                                             "kind": ["emergency", "shared", "service"]})
    accounts = night(declared, las(
        ["a1", "a2", "a3", "a4", "a5", "a6"], ["99AA00", "99AA00", "99BB00", "99AA00", "99AA00", None],
        settings=SourceSettings("las", "system", "las", kind_rules=rules),
        username=["jdw", "SVC-inval", "svcx", "x", "y", "svc-print"], display_name=[None, None, None, "Vervanger 1", "Vervanger 12", "+"],
    )).table("accounts")
    assert accounts["kind"].tolist() == ["unknown", "service", "pupil", "shared", "emergency", "shared"]


@pytest.mark.parametrize(("pattern", "expected"), [("svc-*", "^svc\\-.*$"), ("a.b?", "^a\\.b.$")])
def test_a_pattern_knows_star_and_question_mark_and_nothing_else(pattern: str, expected: str) -> None:
    assert glob_regex(pattern) == f"(?s){expected}"


def test_rows_that_say_the_same_are_one_and_rows_that_differ_are_noted_beside_the_first() -> None:
    read = las(["a", "b", "a", "c", "c"], ["99AA00", "99AA00", "99AA00", "99AA00", "99BB00"], display_name=["x", "y", "x", "z", "z"])
    snapshot = night(read)
    assert snapshot.table("accounts")["account"].tolist() == ["a", "b", "c"]
    assert noted(snapshot, "account", "row", "detail") == [("duplicate_key", "accounts", "c", 6, "school: export.csv:5")]
    assert snapshot.table("accounts")["school"].tolist()[2] == "99AA00"


def test_the_same_employment_id_in_two_sources_is_two_employments() -> None:
    assert len(night(hr(["1"]), hr(["1"], settings=SourceSettings("hr2", "hr"))).table("employments")) == 2


def test_dates_and_categories_survive_stacking_of_many_sources() -> None:
    reads = [las([f"{name}1", f"{name}2"], ["99AA00", None], SourceSettings(name, "system", name), created_on=["2026-01-05", None])
             for name in ("esis", "ad", "entra")]
    accounts = night(*reads).table("accounts")
    assert accounts["system"].tolist() == ["esis", "esis", "ad", "ad", "entra", "entra"]
    assert accounts["school"].isna().tolist() == [False, True] * 3
    assert accounts["created_on"].tolist()[::2] == [pd.Timestamp("2026-01-05")] * 3


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.sampled_from([*"ABCDE", None])), unique_by=lambda row: row[0], min_size=1))
def test_whatever_the_mergers_every_code_leads_to_one_school_and_stays_there(rows: list[tuple[str, str | None]]) -> None:
    frame = TABLES["schools"].frame({"school": [row[0] for row in rows], "kind": ["school"] * len(rows), "name": ["x"] * len(rows),
                                     "merged_into": [row[1] for row in rows]})
    known = known_schools(frame, date(2026, 11, 24))
    for code, _ in rows:
        assert known.of(code) is not None
