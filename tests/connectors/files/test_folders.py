"""Which files of a folder are read: whole ones of our own folder, the newest of each school; and what is refused."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.model.errors import ConfigError, ConnectorError, InputError
from auditor.model.reading import Page
from connectors.files import open_connector
from connectors.files.folder import candidates, pattern_of, read_bytes
from reports.texts import Words

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
PUPILS = "Leerlingnummer;BRIN6;Ingeschreven tot\n"
PART = {"layout": "pupils-generic", "path": "exports", "pattern": "leerlingen_{school}*.csv"}


def pupils(number: int, school: str = "99AA00") -> str:
    return PUPILS + f"{number};{school};\n"


def numbers(pages: list[Any]) -> list[str]:
    return [number for page in pages for number in page.tables["pupils"]["person"].tolist()]


def codes(workspace: Any, *parts: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as refused:
        workspace.read(*parts, **more)
    return [(fault.file, fault.code) for fault in refused.value.faults]


def test_the_newest_file_of_each_school_is_read_and_nothing_is_moved(workspace: Any) -> None:
    workspace.write("exports/leerlingen_99AA00_oud.csv", pupils(1), age=90_000)
    workspace.write("exports/leerlingen_99AA00_nieuw.csv", pupils(2), age=3_600)
    workspace.write("exports/leerlingen_99AB00.csv", pupils(3, "99AB00"), age=90_000)
    workspace.write("exports/iets anders.csv", "x", age=10)
    before = sorted(path.name for path in (workspace.root / "exports").iterdir())
    pages = workspace.read(PART)
    assert numbers(pages) == ["2", "3"]
    assert [(page.receipts[0].school, page.receipts[0].as_of, page.receipts[0].is_dated_inside) for page in pages] == [
        ("99AA00", date(2026, 11, 24), False), ("99AB00", date(2026, 11, 23), False)]
    assert sorted(path.name for path in (workspace.root / "exports").iterdir()) == before


def test_the_date_in_a_name_beats_the_day_it_was_copied(workspace: Any) -> None:
    workspace.write("exports/leerlingen_99AA00_2026-11-20.csv", pupils(1), age=100)
    workspace.write("exports/leerlingen_99AA00_2026-11-22.csv", pupils(2), age=90_000)
    page = workspace.read({**PART, "pattern": "leerlingen_{school}_{date}.csv"})[0]
    assert (numbers([page]), page.receipts[0].as_of, page.receipts[0].is_dated_inside) == (["2"], date(2026, 11, 22), True)


def test_a_file_still_being_written_leaves_the_previous_one_in_place(workspace: Any) -> None:
    workspace.write("exports/leerlingen_99AA00_a.csv", pupils(1), age=3_600)
    workspace.write("exports/leerlingen_99AA00_b.csv", pupils(2), age=5)
    page = workspace.read(PART)[0]
    assert numbers([page]) == ["1"]
    assert [note.code for note in page.receipts[0].notes] == ["newer_file_settling"]


def test_a_file_still_being_written_and_no_other_is_refused(workspace: Any) -> None:
    workspace.write("exports/leerlingen_99AA00.csv", pupils(1), age=5)
    assert codes(workspace, PART) == [("leerlingen_99AA00.csv", "file_settling")]
    assert numbers(workspace.read(PART, settle_seconds=0)) == ["1"]


def test_two_files_equally_new_are_refused(workspace: Any) -> None:
    for name in ("a", "b"):
        workspace.write(f"exports/leerlingen_99AA00_{name}.csv", pupils(1))
    assert [code for _, code in codes(workspace, PART)] == ["files_equally_new"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_links_pipes_and_folders_are_refused_without_being_opened(workspace: Any) -> None:
    secret = workspace.write("geheim.txt", pupils(1))
    workspace.write("exports/leerlingen_99AA00.csv", pupils(2))
    (workspace.root / "exports/leerlingen_99AB00.csv").symlink_to(secret)
    os.mkfifo(workspace.root / "exports/leerlingen_99AC00.csv")
    (workspace.root / "exports/leerlingen_99AD00.csv").mkdir()
    pages: list[Page] = []
    with pytest.raises(InputError) as refused:
        pages.extend(open_connector("bron", "files", {"parts": [PART]}, workspace.root, NOW).pages())
    assert [(fault.file, fault.code, fault.facts["school"]) for fault in refused.value.faults] == [
        ("leerlingen_99AB00.csv", "file_is_link", "99AB00"), ("leerlingen_99AC00.csv", "file_is_pipe", "99AC00"),
        ("leerlingen_99AD00.csv", "file_is_folder", "99AD00")]
    assert numbers(pages) == ["2"], "the other school is read all the same"


def test_a_file_named_outright_may_be_no_link_either(workspace: Any) -> None:
    (workspace.root / "x.csv").symlink_to(workspace.write("geheim.txt", pupils(1)))
    assert codes(workspace, {"layout": "pupils-generic", "path": "x.csv"}) == [("x.csv", "file_is_link")]


def test_a_folder_with_the_name_of_a_file_is_called_a_folder(workspace: Any) -> None:
    (workspace.root / "leerlingen.csv").mkdir()
    assert codes(workspace, {"layout": "pupils-generic", "path": "leerlingen.csv"}) == [("leerlingen.csv", "file_is_folder")]
    workspace.write("leerlingen.csv/leerlingen_99AA00.csv", pupils(1))
    assert numbers(workspace.read({**PART, "path": "leerlingen.csv"})) == ["1"], "with a pattern it is a folder like any other"


def test_what_lies_outside_the_workspace_is_read_only_from_a_folder_that_is_allowed(workspace: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("share")
    (outside / "leerlingen.csv").write_text(pupils(1), encoding="utf-8")
    os.utime(outside / "leerlingen.csv", (0, 0))
    (workspace.root / "link").symlink_to(outside)
    inside = os.path.relpath(outside, workspace.root)
    for path in (str(outside / "leerlingen.csv"), f"{inside}/leerlingen.csv", "link/leerlingen.csv", str(outside), "link"):
        part = {"layout": "pupils-generic", "path": path, "pattern": "leerlingen*"}
        assert codes(workspace, part) == [(path, "path_outside")]
        assert numbers(workspace.read(part, folders=[str(outside)])) == ["1"]


def test_links_in_a_circle_are_refused(workspace: Any) -> None:
    (workspace.root / "a").symlink_to("b")
    (workspace.root / "b").symlink_to("a")
    assert codes(workspace, {"layout": "pupils-generic", "path": "a/x.csv"})[0][1] in ("path_bad", "path_outside")


def test_a_link_put_in_place_after_choosing_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "echt.csv").write_text("a;b\n")
    (tmp_path / "x.csv").symlink_to(tmp_path / "echt.csv")
    with pytest.raises(InputError):
        read_bytes(tmp_path / "x.csv", 100)


def test_a_file_above_the_limit_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a;b\n")
    with pytest.raises(InputError) as refused:
        read_bytes(tmp_path / "x.csv", 3)
    assert refused.value.faults[0].code == "file_too_large"


@pytest.mark.parametrize(("glob", "code"), [
    ("../*.csv", "pattern_path"), ("sub/*.csv", "pattern_path"), ("a\\b.csv", "pattern_path"), ("{school}{school}.csv", "pattern_twice"),
    ("x_{scool}.csv", "pattern_blank_meant"), ("x_{Date}.csv", "pattern_blank_meant"), ("x_{klas}.csv", "pattern_blank"),
])
def test_a_pattern_names_files_and_only_blanks_that_mean_something(workspace: Any, glob: str, code: str) -> None:
    (workspace.root / "exports").mkdir()
    with pytest.raises(InputError) as refused:
        workspace.read({**PART, "pattern": glob})
    [fault] = refused.value.faults
    assert (fault.file, fault.code, fault.column, fault.facts["pattern"]) == ("auditor.toml", code, "sources.bron.parts.pattern", glob)
    told = Words("nl", strict=True).fault(fault)
    assert glob in told and str(workspace.root) not in told


def test_hidden_and_lock_files_do_not_match(workspace: Any) -> None:
    workspace.write("exports/~$x.csv", "")
    workspace.write("exports/.x.csv", "")
    workspace.write("exports/x.csv", "")
    assert [one.name for one in candidates(workspace.root / "exports", "*")[0]] == ["x.csv"]


@pytest.mark.parametrize(("glob", "name", "groups"), [
    ("parnassys_{school}.*", "parnassys_99AA00.xlsx", {"school": "99AA00"}),
    ("parnassys_{school}_{date}.csv", "ParnasSys_99AA.00_20261124.csv", {"school": "99AA.00", "date": "20261124"}),
    ("{date} ?{school}.csv", "24-11-2026 x99AB.csv", {"school": "99AB", "date": "24-11-2026"}),
])
def test_patterns_find_school_and_date(glob: str, name: str, groups: dict[str, str]) -> None:
    match = pattern_of(glob).fullmatch(name)
    assert match is not None
    assert match.groupdict() == groups


def test_a_date_in_a_name_that_does_not_exist_is_refused(workspace: Any) -> None:
    workspace.write("exports/leerlingen_99AA00_2026-02-31.csv", pupils(1))
    assert [code for _, code in codes(workspace, {**PART, "pattern": "leerlingen_{school}_{date}.csv"})] == ["file_date_bad"]


def test_what_is_not_there_cannot_be_read(workspace: Any) -> None:
    with pytest.raises(ConnectorError) as missing:
        workspace.read({"layout": "pupils-generic", "path": "leerlingen.csv"})
    assert (missing.value.reason.code, missing.value.reason.facts["path"]) == ("source_no_file", "leerlingen.csv")
    workspace.write("exports/x.txt", "")
    with pytest.raises(ConnectorError) as missing:
        workspace.read(PART)
    assert missing.value.reason.code == "source_no_match"


def test_every_fault_of_every_file_is_told_before_the_source_is_refused(workspace: Any) -> None:
    workspace.write("exports/leerlingen_99AA00.csv", pupils(1))
    workspace.write("exports/leerlingen_99AB00.csv", PUPILS + "x;99AB00;31-02-2026\nTotaal;;\n")
    workspace.write("exports/leerlingen_99AC00.csv", "Leerling;Vestiging\n1;2\n")
    missing = {"layout": "pupils-generic", "path": "weg.csv"}
    assert codes(workspace, PART, missing) == [
        ("leerlingen_99AB00.csv", "value_pattern"), ("leerlingen_99AB00.csv", "value_not_date"), ("leerlingen_99AB00.csv", "value_pattern"),
        ("leerlingen_99AC00.csv", "header_missing")]


def test_one_schools_refused_file_leaves_the_other_schools_readable(workspace: Any) -> None:
    workspace.write("exports/leerlingen_99AA00.csv", pupils(1))
    workspace.write("exports/leerlingen_99AB00.csv", "geen kop\n")
    pages: list[Page] = []
    with pytest.raises(InputError) as refused:
        pages.extend(open_connector("bron", "files", {"parts": [PART]}, workspace.root, NOW).pages())
    assert (numbers(pages), [page.is_last for page in pages]) == (["1"], [False])
    assert {fault.facts["school"] for fault in refused.value.faults} == {"99AB00"}


def test_another_schools_export_under_this_schools_name_is_refused(workspace: Any) -> None:
    workspace.write("exports/leerlingen_99AA00.csv", pupils(1, "99AB00"))
    assert codes(workspace, PART) == [("leerlingen_99AA00.csv", "file_other_school")]
    workspace.write("exports/leerlingen_99AA00.csv", pupils(1, "99aa"))
    assert numbers(workspace.read(PART)) == ["1"]


def test_the_school_inside_a_file_may_choose_the_newest(workspace: Any) -> None:
    workspace.write("exports/a.csv", pupils(1), age=90_000)
    workspace.write("exports/b.csv", pupils(2), age=3_600)
    workspace.write("exports/c.csv", pupils(3, "99AB00"), age=80_000)
    part = {"layout": "pupils-generic", "path": "exports", "pattern": "*.csv", "options": {"newest_per_school": "yes"}}
    assert sorted(numbers(workspace.read(part))) == ["2", "3"]
    workspace.write("exports/d.csv", PUPILS + "4;99AA00;\n5;99AB00;\n")
    assert codes(workspace, part) == [("d.csv", "file_of_many_schools")]


def test_the_receipt_holds_the_digest_of_the_bytes_that_were_parsed(workspace: Any) -> None:
    workspace.write("leerlingen.csv", pupils(1))
    receipt = workspace.read({"layout": "pupils-generic", "path": "leerlingen.csv"})[0].receipts[0]
    data = pupils(1).encode()
    assert (receipt.sha256, receipt.size, receipt.rows, receipt.part) == (hashlib.sha256(data).hexdigest(), len(data), 1, "pupils-generic")


def test_one_schools_unfinished_file_leaves_the_other_schools_readable(workspace: Any) -> None:
    workspace.write("exports/leerlingen_99AA00.csv", pupils(1))
    workspace.write("exports/leerlingen_99AB00.csv", pupils(2, "99AB00"), age=5)
    pages: list[Page] = []
    with pytest.raises(InputError) as refused:
        pages.extend(open_connector("bron", "files", {"parts": [PART]}, workspace.root, NOW).pages())
    assert numbers(pages) == ["1"] and {(fault.code, fault.facts["school"]) for fault in refused.value.faults} == {("file_settling", "99AB00")}


def test_an_unknown_layout_and_an_option_that_means_nothing_are_told_together(workspace: Any) -> None:
    parts = [{"layout": "parnassys-overvieuw", "path": "x"}, {"layout": "pupils-generic", "path": "x", "options": {"schol": "x"}}]
    assert codes(workspace, *parts) == [("auditor.toml", "layout_unknown_meant"), ("auditor.toml", "option_unknown")]


@pytest.mark.parametrize(("layout", "option", "given", "code", "meant"), [
    ("accounts-generic", "kind", "mens", "option_choice", ""), ("accounts-generic", "kind", "persoon", "option_choice_meant", "person"),
    ("ad-csvde", "number", "employeeid", "option_choice_meant", "employeeID"), ("ad-csvde", "school_attribute", "afdeling", "option_choice", ""),
])
def test_an_option_that_is_none_of_its_words_is_refused_before_a_file_is_read(
    workspace: Any, layout: str, option: str, given: str, code: str, meant: str,
) -> None:
    with pytest.raises(InputError) as refused:
        workspace.read({"layout": layout, "path": "weg.csv", "options": {option: given}})
    assert [(fault.file, fault.code, fault.facts["meant"]) for fault in refused.value.faults] == [("auditor.toml", code, meant)]


def test_check_tells_of_each_file_whether_it_is_fine(workspace: Any) -> None:
    workspace.write("leerlingen.csv", pupils(1))
    settings = {"parts": [{"layout": "pupils-generic", "path": "leerlingen.csv"}]}
    fine = open_connector("bron", "files", settings, workspace.root, NOW).check()
    assert fine.is_fine and [item.reason.code for item in fine.items] == ["file_read"]
    workspace.write("leerlingen.csv", "x\n")
    wrong = open_connector("bron", "files", settings, workspace.root, NOW).check()
    assert not wrong.is_fine


@pytest.mark.parametrize(("kind", "settings", "column"), [
    ("files", {"parts": [], "settle": 1}, {"parts", "settle"}),
    ("files", {"parts": [{"layout": "pupils-generic"}]}, {"parts.1.path"}),
    ("ftp", {"parts": []}, {"connector"}),
])
def test_settings_that_are_wrong_are_told_with_their_keys(tmp_path: Path, kind: str, settings: dict[str, Any], column: set[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        open_connector("bron", kind, settings, tmp_path, NOW)
    assert {fault.column for fault in refused.value.faults} == column
