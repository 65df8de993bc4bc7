"""School Data Sync, v2.1 and the older v1: two roles at two organisations, a role that ended, passwords never read."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.model.errors import InputError
from auditor.model.reading import Page
from auditor.model.tables import TABLES
from connectors.rosters.source import RosterSettings
from connectors.sds import open_sds

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NEW = {
    "orgs.csv": "sourcedId,name,type,parentSourcedId\no1,Bestuur,district,\no2,De Rietkraag,school,o1\n99AB00,De Kade,school,o1\n",
    "users.csv": ("sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms\n"
                  "u1,jet@w.example,Jet,Kluut,geheim,JET@w.example,,,\nu2,2600039@ll.example,Piet,Puk,geheim,,,,\nu3,los@w.example,L,Os,,,los@w.example,,\n"),
    "roles.csv": ("userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n"
                  "u1,o2,teacher,S,,TRUE,2019-08-01,\nu1,99AB00,substitute,S,,FALSE,2026-08-24,2026-10-11\nu1,o1,itAdmin,S,,FALSE,,\n"
                  "u2,o2,student,S,3,TRUE,,\n"),
    "classes.csv": "sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId\nc3,o2,Groep 3A,,\n",
    "enrollments.csv": "classSourcedId,userSourcedId,role\nc3,u1,teacher\nc3,u2,student\n",
}
OLD = {
    "School.csv": "SIS ID,Name\ns1,De Rietkraag\n99AB00,De Kade\n",
    "Teacher.csv": ("SIS ID,School SIS ID,Username,First Name,Last Name,Password,Status,Teacher Number\n"
                    "t1,s1,jet@w.example,Jet,Kluut,geheim,Active,00017\nt1,99AB00,jet@w.example,Jet,Kluut,geheim,Active,00017\nt2,s1,oud,O,Ud,,Inactive,\n"),
    "Student.csv": "SIS ID,School SIS ID,Username,First Name,Last Name,Grade\nl1,s1,2600039,Piet,Puk,3\n",
    "Section.csv": "SIS ID,School SIS ID,Section Name\nc3,s1,Groep 3A\n",
    "TeacherRoster.csv": "Section SIS ID,SIS ID\nc3,t1\n",
}


def read(root: Path, files: dict[str, str], **more: Any) -> Page:
    """Write a set an hour old and read it."""
    (root / "in").mkdir(exist_ok=True)
    for name, text in files.items():
        (root / "in" / name).write_text(text, encoding="utf-8")
        os.utime(root / "in" / name, (NOW.timestamp() - 3600,) * 2)
    (page,) = open_sds(RosterSettings(name="bron", system="sds", root=root, path="in", **more), NOW).pages()
    for name, frame in page.tables.items():
        TABLES[name].check(frame)
    return page


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Rows as tuples: absent as None, days as text."""
    shown = [frame[name].dt.strftime("%Y-%m-%d") if str(frame[name].dtype).startswith("datetime") else frame[name] for name in columns]
    return list(zip(*([None if pd.isna(value) else value for value in values.tolist()] for values in shown), strict=True))


def test_v2_1_gives_dated_roles_per_organisation(tmp_path: Path) -> None:
    page = read(tmp_path, NEW)
    assert rows(page.tables["accounts"], "account", "username", "mail", "kind", "status", "school") == [
        ("u1", "jet@w.example", "jet@w.example", "person", "unknown", None), ("u2", None, None, "pupil", "unknown", "o2"),
        ("u3", "los@w.example", "los@w.example", "unknown", "unknown", None)]
    assert rows(page.tables["grants"], "account", "right", "scope", "school", "starts_on", "ends_on") == [
        ("u1", "teacher", "school", "o2", "2019-08-01", None), ("u1", "substitute", "school", "99AB00", "2026-08-24", "2026-10-11"),
        ("u1", "itAdmin", "board", None, None, None), ("u2", "student", "school", "o2", None, None)]
    assert rows(page.tables["group_links"], "account", "school", "group") == [("u1", "o2", "c3")]
    assert "accounts.status" not in page.delivers and "accounts.number" not in page.delivers
    assert "geheim" not in repr(page)


def test_v1_has_a_row_for_every_school_of_a_teacher(tmp_path: Path) -> None:
    page = read(tmp_path, OLD, teaching=True)
    assert rows(page.tables["accounts"], "account", "number", "kind", "status", "mail") == [
        ("t1", "00017", "person", "enabled", "jet@w.example"), ("t2", None, "person", "disabled", None), ("l1", None, "pupil", "unknown", None)]
    assert rows(page.tables["grants"], "account", "right", "school") == [
        ("t1", "teacher", "s1"), ("t1", "teacher", "99AB00"), ("t2", "teacher", "s1"), ("l1", "student", "s1")]
    assert rows(page.tables["teaching"], "person", "school", "group") == [("00017", "s1", "c3")]


@pytest.mark.parametrize(("change", "expected"), [
    ({"roles.csv": NEW["roles.csv"].replace("2026-08-24", "8/24/2026")}, ("roles.csv", "value_not_date", 3, "roleStartDate")),
    ({"roles.csv": NEW["roles.csv"].replace("\nu2,", "\n,")}, ("roles.csv", "cell_empty", 5, "userSourcedId")),
    ({"users.csv": NEW["users.csv"].replace("\nu2,", "\nu1,")}, ("users.csv", "row_twice", 3, "sourcedId")),
    ({"users.csv": NEW["orgs.csv"]}, ("users.csv", "header_missing", 1, "username")),
])
def test_what_cannot_be_read_is_named_with_file_line_and_field(tmp_path: Path, change: dict[str, str], expected: Any) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, NEW | change)
    fault = refused.value.faults[0]
    assert (fault.file, fault.code, fault.line, fault.column) == expected


def test_a_set_without_its_roles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, {name: text for name, text in NEW.items() if name != "roles.csv"})
    assert [(fault.file, fault.code) for fault in refused.value.faults] == [("roles.csv", "roster_file_missing")]
