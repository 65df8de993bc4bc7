"""`auditor register check`: every mistake named with its file, line and column, and what was probably meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.app.register_checks import Known, Problem, check_registers
from auditor.model.tables import TABLES

Run = Callable[..., tuple[int, str, str]]
TODAY = date(2026, 11, 24)
SCHOOL = {"school": "12AB", "kind": "school", "name": "De Eik", "codes": "0100,12AB.00"}
DIRECTOR = {"school": "12AB", "role": "director", "person": "1", "mail": "directeur@demo.example"}
ENTRY = {"id": "T1", "person": "1", "system": "esis", "right": "Directie", "reason": "ziekte", "approved_by": "1", "ends_on": "2026-12-31"}
KNOWN = Known(TODAY, ["esis", "parnassys"], ["leerkracht"], {"1"}, {"demo.example"})


def register(table: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """A register as it is read, its first row on line 2."""
    columns: dict[str, Any] = {}
    for column in TABLES[table].columns:
        values = [row.get(column.name) for row in rows]
        dtype = {"date": "datetime64[s]", "flag": "boolean", "number": "float64"}.get(column.kind, "str")
        columns[column.name] = pd.Series(values, dtype=dtype)
    return TABLES[table].frame(columns, source=f"register.{table}", file=f"{table}.csv", rows=list(range(2, len(rows) + 2)))


def found(known: Known = KNOWN, **registers: pd.DataFrame) -> list[tuple[str, str, int | None, str | None]]:
    """Code, file, line and column of each problem; a sound school with a director is there unless given."""
    whole = {"schools": register("schools", SCHOOL), "contacts": register("contacts", DIRECTOR)} | registers
    return [(one.fault.code, one.fault.file, one.fault.line, one.fault.column) for one in check_registers(whole, known)]


def problem(known: Known = KNOWN, **registers: pd.DataFrame) -> Problem:
    """The only problem."""
    whole = {"schools": register("schools", SCHOOL), "contacts": register("contacts", DIRECTOR)} | registers
    (one,) = check_registers(whole, known)
    return one


def test_sound_registers_have_no_problems() -> None:
    assert found(temporary_rights=register("temporary_rights", ENTRY)) == []


@pytest.mark.parametrize(("change", "code", "column"), [
    ({"ends_on": None}, "register_without_ends_on", "ends_on"), ({"reason": None}, "register_without_reason", "reason"),
    ({"approved_by": None}, "register_without_approved_by", "approved_by"), ({"system": "esiss"}, "register_system_unknown", "system"),
    ({"person": "2"}, "register_person_unknown", "person"), ({"school": "12AC"}, "register_school_unknown", "school"),
    ({"scope": "schol"}, "register_word_unknown", "scope"), ({"starts_on": "2027-01-01"}, "register_end_before_start", "ends_on"),
])
def test_each_mistake_in_a_temporary_right_is_named_by_line_and_column(change: dict[str, Any], code: str, column: str) -> None:
    assert found(temporary_rights=register("temporary_rights", ENTRY, ENTRY | {"id": "T2"} | change)) == [
        (code, "temporary_rights.csv", 3, column)]


def test_the_nearest_word_is_suggested() -> None:
    one = problem(temporary_rights=register("temporary_rights", ENTRY | {"system": "parnasys"}))
    assert one.is_error and one.fault.facts["did_you_mean"] == "parnassys"


@pytest.mark.parametrize("table", ["temporary_rights", "separation"])
def test_a_right_the_matrix_does_not_name_is_odd_and_the_nearest_is_suggested(table: str) -> None:
    known = replace(KNOWN, rights={"esis": {"Directie", "Groepsleerkracht"}, "ad:*": {"Beheer"}})
    other = {"other_system": "parnassys", "other_right": "wat dan ook"}
    rows = [ENTRY | other | {"right": "directie"}, ENTRY | other | {"right": "Groepsleerkrach"}, ENTRY | other | {"right": "Zomaar"}]
    whole = {"schools": register("schools", SCHOOL), "contacts": register("contacts", DIRECTOR), table: register(table, *rows)}
    told = [one for one in check_registers(whole, known) if one.fault.code == "register_right_unknown"]
    assert [(one.fault.line, one.fault.facts["did_you_mean"], one.is_error) for one in told] == [(3, "Groepsleerkracht", False), (4, "", False)]


def test_a_function_list_as_older_excel_saves_it_is_read_by_the_check_of_matrices(workspace: Path, run: Run) -> None:
    file = workspace / "registers" / "functions.csv"
    file.write_bytes(file.read_text(encoding="utf-8-sig").encode("cp1252"))
    code, told, _ = run("matrix", "check", "--json", "--config", str(workspace / "auditor.toml"))
    assert code == 0 and not [one for one in json.loads(told)["warnings"] if one["code"] == "matrix_function_unknown"]


def test_a_person_nobody_knows_is_odd_and_before_the_first_scan_not_looked_at() -> None:
    tasks = register("tasks", {"person": "9", "task": "beheerder ParnasSys"})
    assert not problem(tasks=tasks).is_error
    assert found(Known(TODAY, KNOWN.systems, KNOWN.functions, None, KNOWN.domains), tasks=tasks) == []


def test_a_school_may_be_written_by_any_of_its_codes() -> None:
    assert found(tasks=register("tasks", {"person": "1", "task": "ict", "school": "0100"})) == []


def test_an_open_school_needs_a_director_and_a_closed_one_or_the_office_does_not() -> None:
    more = ({"school": "34CD", "kind": "school", "name": "De Iep"}, {"school": "56EF", "kind": "school", "name": "Dicht", "closed_on": "2026-11-23"},
            {"school": "99ZZ", "kind": "office", "name": "Bureau"})
    assert found(schools=register("schools", SCHOOL, *more)) == [("register_no_director", "contacts.csv", None, "role")]


@pytest.mark.parametrize(("mail", "code"), [
    ("a@demo.example, b@demo.example", "register_mail_not_one"), ("a.demo.example", "register_mail_not_one"),
    ("a@elders.example", "register_mail_foreign"),
])
def test_one_address_a_field_in_a_domain_of_the_board(mail: str, code: str) -> None:
    assert found(contacts=register("contacts", DIRECTOR, {"school": "12AB", "role": "ict", "mail": mail})) == [(code, "contacts.csv", 3, "mail")]


@pytest.mark.parametrize(("change", "code"), [
    ({"merged_into": "12AC"}, "register_school_unknown"), ({"merged_into": "34CD"}, "register_merged_into_itself"),
    ({"merged_into": "12AB"}, "register_merged_and_open"), ({"codes": "0100"}, "register_code_double"), ({"kind": "scool"}, "register_word_unknown"),
])
def test_schools_that_contradict_each_other(change: dict[str, Any], code: str) -> None:
    closed = {"school": "34CD", "kind": "school", "name": "De Iep", "closed_on": "2026-07-31"} | change
    if code == "register_merged_and_open":
        closed |= {"closed_on": None}
    contacts = register("contacts", DIRECTOR, DIRECTOR | {"school": "34CD"})
    assert [one[0] for one in found(schools=register("schools", SCHOOL, closed), contacts=contacts)] in ([code], [code, "register_merged_and_open"])


def test_days_that_are_still_to_come_cannot_have_happened() -> None:
    done = register("reviews", {"system": "esis", "reviewed_on": "2026-11-25", "reviewed_by": "D"})
    assert found(reviews=done) == [("register_day_ahead", "reviews.csv", 2, "reviewed_on")]


def test_a_right_is_not_kept_apart_from_itself() -> None:
    pair = {"system": "esis", "right": "Directie", "other_system": "ESIS", "other_right": "directie"}
    assert found(separation=register("separation", pair)) == [("register_pair_of_one", "separation.csv", 2, "other_right")]


def test_the_authorisation_table_may_say_any_system() -> None:
    row = {"person": "1", "school": "12AB", "may_request": "*"}
    assert found(authorisation_table=register("authorisation_table", row)) == []


class TestCommand:
    """What it prints and how it ends."""

    def mended(self, workspace: Path) -> Path:
        """The bundled board with a director at every open school."""
        schools = (workspace / "registers" / "schools.csv").read_text(encoding="utf-8").splitlines()[1:]
        lines = [f"{line.split(';')[0]};;director;directie@waterlanden.example" for line in schools]
        (workspace / "registers" / "contacts.csv").write_text("school;person;role;mail\n" + "\n".join(lines) + "\n", encoding="utf-8")
        return workspace

    def test_sound_registers_end_with_0(self, workspace: Path, run: Run) -> None:
        code, out, _ = run("register", "check", "--json", "--config", str(self.mended(workspace) / "auditor.toml"))
        assert code == 0, json.loads(out)["errors"]
        assert json.loads(out)["registers"]["schools"] == 8

    def test_an_error_ends_with_2_and_says_where_and_what_to_do(self, workspace: Path, run: Run) -> None:
        with (self.mended(workspace) / "registers" / "temporary_rights.csv").open("a", encoding="utf-8") as file:
            file.write("T9;100641;parnasys;Administratie;;school;99AA00;;ziekte;100182;100182;2026-09-01;2026-12-31\n")
        code, out, _ = run("register", "check", "--config", str(workspace / "auditor.toml"))
        assert code == 2
        assert "temporary_rights.csv, regel 6, kolom system" in out and "Bedoeld is misschien 'parnassys'" in out

    def test_a_register_that_cannot_be_read_does_not_hide_the_others(self, workspace: Path, run: Run) -> None:
        registers = self.mended(workspace) / "registers"
        (registers / "tasks.csv").write_text("person;taak\n1;x\n", encoding="utf-8")
        with (registers / "temporary_rights.csv").open("a", encoding="utf-8") as file:
            file.write("T9;100641;parnassys;Administratie;;school;99AA00;;ziekte;100182;100182;2026-13-01;2026-12-31\n")
        code, out, _ = run("register", "check", "--json", "--config", str(workspace / "auditor.toml"))
        told = json.loads(out)
        assert code == 2
        assert {error["file"] for error in told["errors"]} == {"tasks.csv", "temporary_rights.csv"}
        assert "teaching" in told["registers"] and "tasks" not in told["registers"]

    def test_a_file_that_is_no_register_is_named(self, workspace: Path, run: Run) -> None:
        (self.mended(workspace) / "registers" / "contact.csv").write_text("x\n", encoding="utf-8")
        code, out, _ = run("register", "check", "--config", str(workspace / "auditor.toml"))
        assert code == 0 and "contacts.csv" in out and "contact.csv" in out
