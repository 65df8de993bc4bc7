"""The matrix of promise P6: each source down, empty, half, as of long ago, the wrong file or a login page: nothing is opened or resolved, no
director is mailed, and what is open says since when it was not assessed. Directors' mail is on, and a good night went before."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.app.cli import main
from auditor.app.clock import ZONE
from auditor.model.mail import MailKind
from auditor.store import Store
from tests.hostile.tables import table
from tests.proofs import write_section
from tests.travelling import scan_on

NIGHT_BEFORE, NIGHT = "2026-11-25", "2026-11-26"
LONG_AGO = datetime(2026, 6, 1, 12, tzinfo=ZONE).timestamp()
SOURCES = ("afas-hr", "afas-users", "parnassys", "esis", "ad-waterland", "entra", "leerlingen")
LOGIN = b"<!DOCTYPE html><html><body><form action='/login'></form></body></html>\n"


def half(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return data[: len(data) // 2] if data.startswith(b"PK") else b"".join(lines[: len(lines) // 2])


WRITES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"", "half": half, "wrong file": lambda data: b"Datum;Bedrag;Omschrijving\n01-11-2026;12,50;Potloden\n" * 40,
    "login page": lambda data: LOGIN,
}
KINDS = ("down", "yesterday's copy", *WRITES)


def scan(workspace: Path, capsys: pytest.CaptureFixture[str], day: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = scan_on(day, "--json", "--config", str(workspace / "auditor.toml"))
    return code, json.loads(capsys.readouterr().out)


def freshened(workspace: Path, day: str) -> None:
    """Every export is of this morning."""
    at = datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=ZONE).timestamp()
    for file in (workspace / "exports").iterdir():
        dated = file.rename(file.with_name(re.sub(r"\d{4}-\d\d-\d\d", day, file.name)))
        os.utime(dated, (at, at))


def files_of(workspace: Path, source: str) -> list[Path]:
    """The exports of a source."""
    parts = tomllib.loads((workspace / "auditor.toml").read_text(encoding="utf-8"))["sources"][source]["parts"]
    globs = [re.sub(r"\{\w+\}", "*", part.get("pattern", Path(part["path"]).name)) for part in parts]
    found = [file for file in sorted((workspace / "exports").iterdir()) if any(fnmatch.fnmatch(file.name, glob) for glob in globs)]
    assert found
    return found


def spoil(workspace: Path, source: str, kind: str) -> None:
    """Let this happen to every export of a source."""
    for file in files_of(workspace, source):
        made = file.stat().st_mtime
        if kind == "down":
            file.unlink()
        elif kind == "yesterday's copy":
            os.utime(file.rename(file.with_name(re.sub(r"\d{4}-\d\d-\d\d", "2026-06-01", file.name))), (LONG_AGO, LONG_AGO))
        else:
            file.write_bytes(WRITES[kind](file.read_bytes()))
            os.utime(file, (made, made))


def director_mails(workspace: Path, before: int = 0) -> int:
    """Mails to schools in the outbox, beyond so many."""
    with Store(workspace / "var" / "auditor.db") as store:
        return sum(one.mail.kind is MailKind.SCHOOL for one in store.mails()) - before


@pytest.fixture(scope="session")
def after_a_good_night(board: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled board with directors' mail on, after one more night in which all went well."""
    folder = tmp_path_factory.mktemp("good") / "board"
    shutil.copytree(board, folder)
    config = ["--config", str(folder / "auditor.toml")]
    assert main(["mail", "enable", *config]) == 0
    freshened(folder, NIGHT_BEFORE)
    assert scan_on(NIGHT_BEFORE, *config) in (0, 3)
    freshened(folder, NIGHT)
    return folder


def bad_night(start: Path, folder: Path, capsys: pytest.CaptureFixture[str], source: str, kind: str) -> list[str | int]:
    """Scan a copy of the board with one source spoilt, hold it to the promise, and return its row."""
    shutil.copytree(start, folder)
    mailed = director_mails(folder)
    spoil(folder, source, kind)
    code, told = scan(folder, capsys, NIGHT)
    states = {one["source"]: one for one in told["sources"]}
    counts = told["counts"]
    case = f"{source} {kind}"
    assert states[source]["reason"], case
    assert states[source]["state"] != "ok" or source == "parnassys", case  # every school delivers apart, and is held back apart
    assert code in (3, 4), case
    assert (counts["new"], counts["resolved"], counts["reopened"]) == (0, 0, 0), case
    assert director_mails(folder, mailed) == 0, case
    capsys.readouterr()
    main(["findings", "list", "--json", "--config", str(folder / "auditor.toml")])
    found = json.loads(capsys.readouterr().out)
    flagged = [one for one in found if one["not_assessed_since"] == NIGHT]
    assert len(flagged) == counts["not_assessed"], case
    shutil.rmtree(folder)
    state = "ok, its schools held back" if states[source]["state"] == "ok" else states[source]["state"]
    return [source, kind, state, counts["new"], counts["resolved"], 0, counts["not_assessed"]]


def test_the_good_night_mails_directors_so_that_a_bad_one_could(after_a_good_night: Path, tmp_path: Path,
                                                                capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "board"
    shutil.copytree(after_a_good_night, folder)
    assert director_mails(folder) > 0
    _, told = scan(folder, capsys, NIGHT)
    assert {one["state"] for one in told["sources"] if one["source"] in SOURCES} == {"ok"}
    assert (told["counts"]["new"], told["counts"]["resolved"], told["counts"]["reopened"]) == (0, 0, 0)


@pytest.mark.parametrize(("source", "kind"), [("afas-hr", "half"), ("parnassys", "login page")])
def test_a_bad_night_opens_resolves_and_mails_nothing(
        after_a_good_night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, kind: str) -> None:
    bad_night(after_a_good_night, tmp_path / "board", capsys, source, kind)


@pytest.mark.proof
def test_every_source_in_every_bad_night_opens_resolves_and_mails_nothing(
        after_a_good_night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [bad_night(after_a_good_night, tmp_path / "board", capsys, source, kind) for source in SOURCES for kind in KINDS]
    write_section("bad-nights", "Each source in each kind of bad night", table(
        "The bundled board, with mail to directors on and a good night before. Counted: findings opened and resolved, mails to directors, and "
        "open findings that say they were not assessed.",
        ["source", "bad night", "state", "new", "resolved", "director mails", "not assessed"], rows))
