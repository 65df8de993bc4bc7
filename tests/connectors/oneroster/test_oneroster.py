"""OneRoster 1.1 and 1.2 as real suppliers write it: bulk, delta, zips, and the dirt in between."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditor.model.errors import ConnectorError, InputError
from auditor.model.reading import Page
from auditor.model.tables import TABLES
from connectors.oneroster import open_oneroster
from connectors.rosters import bundle
from connectors.rosters.source import RosterSettings

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ORGS = ("sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
        "d,,,Bestuur,district,,\ns1,,,De Rietkraag,school,99AA00,d\ns2,,,De Kade,school,,d\nb1,,,Bovenbouw,department,,s1\n")
USERS = ("sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,"
         "email,sms,phone,"
         "agentSourcedIds,grades,password\n"
         'u1,,,TRUE,"b1,s2",teacher,jet,"{LDAP:jet},{HR:00017}",Jet,Kluut,,17,J@w.example,,,,,geheim\n'
         "u2,,,FALSE,s1,student,2600039,,Piet,Puk,,2600039,p@ll.example,,,,3,geheim\n"
         "u3,,,TRUE,d,administrator,adm,,Ad,Min,,19,a@w.example,,,,,\n"
         "u4,,,TRUE,s1,parent,ouder,,O,Uder,,,o@thuis.example,,,,,\n")
CLASSES = ("sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds\n"
           "c3,,,Groep 3A,03,,,homeroom,,s1,\n")
ENROLLMENTS = ("sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
               "e1,,,c3,s1,u1,teacher,true,2026-08-01,2027-07-31\ne2,,,c3,s1,u2,student,,,\n")
SET = {"orgs.csv": ORGS, "users.csv": USERS, "classes.csv": CLASSES, "enrollments.csv": ENROLLMENTS}


def manifest(version: str = "1.1", **modes: str) -> str:
    """A manifest; files not named are bulk."""
    lines = "".join(f"file.{name},{mode}\n" for name, mode in modes.items())
    return f"propertyName,value\nmanifest.version,1.0\noneroster.version,{version}\n{lines}source.systemName,\n"


def put(folder: Path, files: dict[str, str], age: float = 3600) -> None:
    """Write files, last changed `age` seconds before NOW."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        os.utime(folder / name, (NOW.timestamp() - age,) * 2)


def read(root: Path, path: str = "in", **more: Any) -> Page:
    """Read a source; every frame is checked against its declaration."""
    connector = open_oneroster(RosterSettings(name="bron", system="itslearning", root=root, path=path, **more), NOW)
    (page,) = connector.pages()
    for name, frame in page.tables.items():
        TABLES[name].check(frame)
    assert page.is_last
    return page


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Rows as tuples: absent as None, days as text."""
    shown = [frame[name].dt.strftime("%Y-%m-%d") if str(frame[name].dtype).startswith("datetime") else frame[name] for name in columns]
    return list(zip(*([None if pd.isna(value) else value for value in values.tolist()] for values in shown), strict=True))


def fault_of(root: Path, **more: Any) -> tuple[str, str, int | None, str | None]:
    """File, code, line and column of the one fault."""
    with pytest.raises(InputError) as refused:
        read(root, **more)
    (fault,) = refused.value.faults
    return fault.file, fault.code, fault.line, fault.column


def test_one_role_counts_at_all_of_a_users_organisations(tmp_path: Path) -> None:
    put(tmp_path / "in", SET)
    page = read(tmp_path, number="userIds:HR", teaching=True)
    assert rows(page.tables["accounts"], "system", "account", "username", "display_name", "mail", "number", "kind", "status", "school") == [
        ("itslearning", "u1", "jet", "Jet Kluut", "j@w.example", "00017", "person", "enabled", None),
        ("itslearning", "u2", None, None, None, None, "pupil", "disabled", "99AA00"),
        ("itslearning", "u3", "adm", "Ad Min", "a@w.example", None, "person", "enabled", None),
        ("itslearning", "u4", "ouder", "O Uder", "o@thuis.example", None, "external", "enabled", "99AA00")]
    assert rows(page.tables["grants"], "account", "right", "scope", "school") == [
        ("u1", "teacher", "school", "99AA00"), ("u1", "teacher", "school", "s2"), ("u2", "student", "school", "99AA00"),
        ("u3", "administrator", "board", None), ("u4", "parent", "school", "99AA00")]
    assert rows(page.tables["group_links"], "account", "school", "group", "starts_on", "ends_on", "row") == [
        ("u1", "99AA00", "c3", "2026-08-01", "2027-07-31", 2)]
    assert rows(page.tables["teaching"], "person", "school", "group") == [("00017", "99AA00", "c3")]
    assert rows(page.tables["groups"], "school", "group", "name") == [("99AA00", "c3", "Groep 3A")]
    users = next(receipt for receipt in page.receipts if receipt.name == "users.csv")
    assert "password" in users.dropped and "geheim" not in repr(page)


def test_without_being_told_no_number_is_a_personnel_number(tmp_path: Path) -> None:
    put(tmp_path / "in", SET)
    page = read(tmp_path)
    assert "teaching" not in page.tables
    assert rows(page.tables["accounts"], "number")[0] == ("17",)


ROLES = ("sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n"
         "r1,,,u1,primary,teacher,2019-08-01,,s1,\nr2,,,u1,secondary,principal,2026-08-01,2027-07-31,s2,\nr3,,,u2,primary,student,,,s1,\n")
NEWER = ("sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,identifier,email,primaryOrgSourcedId,"
         "userMasterIdentifier\n"
         "u1,,,true,jet,,Jet,Kluut,17,J@w.example,s1,m1\nu2,,,,2600039,,Piet,Puk,2600039,,s1,\n")


def test_in_1_2_every_role_has_its_own_school_and_days(tmp_path: Path) -> None:
    put(tmp_path / "in", {"manifest.csv": manifest("1.2", users="bulk", roles="bulk", orgs="bulk"), "orgs.csv": ORGS, "users.csv": NEWER,
        "roles.csv": ROLES})
    page = read(tmp_path)
    assert rows(page.tables["grants"], "account", "right", "school", "starts_on", "ends_on") == [
        ("u1", "teacher", "99AA00", "2019-08-01", None), ("u1", "principal", "s2", "2026-08-01", "2027-07-31"),
        ("u2", "student", "99AA00", None, None)]
    assert rows(page.tables["accounts"], "account", "kind", "status") == [("u1", "person", "enabled"), ("u2", "pupil", "unknown")]


def test_a_delta_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    put(tmp_path / "in" / "oud", SET | {"users.csv": USERS.replace("Jet,Kluut", "Weg,Ermee")}, age=30 * 86_400)
    put(tmp_path / "in" / "vol", SET, age=7 * 86_400)
    head = USERS.partition("\n")[0] + "\n"
    put(tmp_path / "in" / "dag1", {
        "manifest.csv": manifest(users="delta", enrollments="delta", orgs="absent", classes="absent"),
        "users.csv": head + "u4,tobedeleted,2026-11-20,FALSE,s1,parent,ouder,,O,Uder,,,,,,,,\n"
                            "u5,active,2026-11-20,TRUE,s1,teacher,nieuw,,N,W,,20,n@w.example,,,,,\n",
        "enrollments.csv": ENROLLMENTS.partition("\n")[0] + "\ne1,tobedeleted,2026-11-20,c3,s1,u1,teacher,true,,\n"}, age=4 * 86_400)
    page = read(tmp_path)
    assert rows(page.tables["accounts"], "account", "display_name", "status") == [
        ("u1", "Jet Kluut", "enabled"), ("u2", None, "disabled"), ("u3", "Ad Min", "enabled"), ("u4", "O Uder", "deleted"), ("u5", "N W", "enabled")]
    assert len(page.tables["group_links"]) == 0
    assert {receipt.name.partition("/")[0] for receipt in page.receipts} == {"vol", "dag1"}


def test_changes_alone_say_nothing_of_who_is_there(tmp_path: Path) -> None:
    put(tmp_path / "in", SET | {"manifest.csv": manifest(users="delta")})
    assert fault_of(tmp_path)[:2] == ("users.csv", "roster_no_bulk")


def zipped(path: Path, files: dict[str, str]) -> None:
    """Write a zip, an hour old."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    path.write_bytes(held.getvalue())
    os.utime(path, (NOW.timestamp() - 3600,) * 2)


def test_a_zip_may_lack_the_last_newline_for_its_checksum_proves_it_whole(tmp_path: Path) -> None:
    zipped(tmp_path / "set.zip", {f"OneRoster/{name}": text.rstrip("\n") for name, text in SET.items()})
    assert len(read(tmp_path, "set.zip").tables["accounts"]) == 4
    put(tmp_path / "in", SET | {"users.csv": USERS.rstrip("\n")})
    assert fault_of(tmp_path)[:3] == ("users.csv", "roster_cut_off", 5)


@pytest.mark.parametrize(("files", "code"), [
    ({"users.csv": "a" * 30_000_000}, "roster_zip_large"), ({f"x{n}.txt": "" for n in range(201)}, "roster_zip_many"),
    ({"a/users.csv": USERS, "b/users.csv": USERS}, "roster_file_twice"),
])
def test_a_zip_that_is_no_set_is_refused_before_it_is_unpacked(tmp_path: Path, files: dict[str, str], code: str) -> None:
    zipped(tmp_path / "set.zip", files)
    assert fault_of(tmp_path, path="set.zip")[1] == code


def test_a_zip_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    zipped(tmp_path / "set.zip", SET)
    (tmp_path / "set.zip").write_bytes((tmp_path / "set.zip").read_bytes()[:-40])
    os.utime(tmp_path / "set.zip", (NOW.timestamp() - 3600,) * 2)
    assert fault_of(tmp_path, path="set.zip")[1] == "roster_zip_damaged"


def test_dirt_of_real_files_is_read_past(tmp_path: Path) -> None:
    dirty = (USERS.replace("dateLastModified", "dataLastModified").replace("password\n", "password,ext_kleur,metadata.x,,\n")
             .replace(",geheim\n", ",geheim,blauw,,,\n").replace("a@w.example,,,,,\n", "a@w.example,,,,,,,,,\n").replace("thuis.example,,,,,\n",
                 "thuis.example,,,,,,,,,\n"))
    put(tmp_path / "in", SET | {"users.csv": dirty, "manifest.csv": manifest() + "file.demographics,\n"})
    assert len(read(tmp_path).tables["accounts"]) == 4


@pytest.mark.parametrize(("change", "expected"), [
    ({"enrollments.csv": ENROLLMENTS.replace("2026-08-01", "1/05/2023")}, ("enrollments.csv", "value_not_date", 2, "beginDate")),
    ({"users.csv": USERS.replace("\nu3,", "\nu2,")}, ("users.csv", "row_twice", 4, "sourcedId")),
    ({"users.csv": USERS.replace("\nu3,", "\n,")}, ("users.csv", "cell_empty", 4, "sourcedId")),
    ({"users.csv": ORGS}, ("users.csv", "header_missing", 1, "enabledUser")),
    ({"manifest.csv": manifest("2.0")}, ("manifest.csv", "roster_version", 3, "value")),
    ({"manifest.csv": manifest(users="alles")}, ("manifest.csv", "roster_mode", 4, "value")),
    ({"manifest.csv": manifest(roles="bulk")}, ("roles.csv", "roster_file_missing", None, None)),
])
def test_what_cannot_be_read_is_named_with_file_line_and_field(tmp_path: Path, change: dict[str, str], expected: Any) -> None:
    put(tmp_path / "in", SET | change)
    with pytest.raises(InputError) as refused:
        read(tmp_path)
    first = refused.value.faults[0]
    assert (first.file, first.code, first.line, first.column) == expected


def test_a_set_still_being_written_waits_and_an_empty_folder_is_no_set(tmp_path: Path) -> None:
    put(tmp_path / "in" / "a", SET)
    put(tmp_path / "in" / "b", SET, age=5)
    page = read(tmp_path)
    assert [reason.code for reason in page.warnings] == ["newer_file_settling"]
    assert {receipt.name.partition("/")[0] for receipt in page.receipts} == {"a"}
    (tmp_path / "leeg").mkdir()
    with pytest.raises(ConnectorError):
        read(tmp_path, "leeg")


def test_what_came_before_the_newest_whole_set_is_not_opened(tmp_path: Path) -> None:
    put(tmp_path / "in" / "vol", SET, age=7 * 86_400)
    (tmp_path / "in" / "oud.zip").write_bytes(b"PK kapot")
    os.utime(tmp_path / "in" / "oud.zip", (NOW.timestamp() - 30 * 86_400,) * 2)
    assert {receipt.name.partition("/")[0] for receipt in read(tmp_path).receipts} == {"vol"}
    os.utime(tmp_path / "in" / "oud.zip", (NOW.timestamp() - 3600,) * 2)
    assert fault_of(tmp_path)[:2] == ("oud.zip", "roster_zip_damaged")


@pytest.mark.parametrize("is_packed", [False, True])
def test_sets_that_are_too_large_together_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_packed: bool,
) -> None:
    put(tmp_path / "in" / "vol", SET, age=7 * 86_400)
    changes = SET | {"manifest.csv": manifest(users="delta", enrollments="delta")}
    if is_packed:
        zipped(tmp_path / "in" / "dag1.zip", changes)
    else:
        put(tmp_path / "in" / "dag1", changes)
    monkeypatch.setattr(bundle, "TOTAL_LIMIT", sum(len(text) for text in (*SET.values(), *changes.values())))
    assert read(tmp_path).receipts
    monkeypatch.setattr(bundle, "TOTAL_LIMIT", sum(map(len, SET.values())) + 10)
    assert fault_of(tmp_path)[:2] == (("dag1.zip", "roster_zip_large") if is_packed else ("dag1", "roster_large"))
    monkeypatch.setattr(bundle, "TOTAL_LIMIT", sum(map(len, changes.values())) + 10)
    assert fault_of(tmp_path)[:2] == ("vol", "roster_large")


def test_a_link_among_the_sets_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "elders", SET)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "users.csv").symlink_to(tmp_path / "elders" / "users.csv")
    assert fault_of(tmp_path)[:2] == ("users.csv", "file_is_link")


def test_doctor_tells_what_it_read_and_what_is_wrong(tmp_path: Path) -> None:
    put(tmp_path / "in", SET)
    connector = open_oneroster(RosterSettings(name="bron", system="x", root=tmp_path, path="in"), NOW)
    assert connector.check().is_fine
    put(tmp_path / "in", {"users.csv": "kapot\n"})
    assert [item.reason.code for item in connector.check().items] == ["csv_no_rows"]
