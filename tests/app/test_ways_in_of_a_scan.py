"""A whole night with sources in JSON, XML and of several files: the bundled board, with more systems than it has."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.app.cli import main
from auditor.app.commands.demo import at_night, deliver, unpack
from auditor.app.nightly import run_scan
from auditor.app.workspaces import load_workspace
from auditor.model.coverage import SourceState
from auditor.store import Store

NIGHT = date(2026, 11, 23)
SOURCES = """
[sources.leeromgeving]
role = "system"
system = "itslearning"
connector = "oneroster"
roster = { path = "exports/oneroster", number = "identifier", teaching = true }
settle_seconds = 0

[sources.office]
role = "system"
system = "sds"
connector = "sds"
roster = { path = "exports/sds" }
settle_seconds = 0

[sources.basispoort]
role = "system"
system = "basispoort"
settle_seconds = 0
parts = [{ layout = "basispoort-staff", path = "exports/basispoort.json" }]

[sources.edexml]
role = "system"
system = "las"
settle_seconds = 0
max_age = "none"
parts = [{ layout = "edexml-staff", path = "exports", pattern = "edex_{school}.xml" },
         { layout = "edexml-groups", path = "exports", pattern = "edex_{school}.xml" }]
"""
EDEX = """<EDEX><school><schooljaar>2026-2027</schooljaar><peildatum>2026-11-20</peildatum><brincode>%s</brincode><xsdversie>2.1</xsdversie></school>
<groepen><groep key="3A"><naam>3A</naam></groep></groepen>
<leerkrachten><leerkracht key="LK1"><achternaam>Fuut</achternaam><groepen><groep key="3A"/></groepen></leerkracht></leerkrachten></EDEX>
"""
ROSTER = {
    "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns1,,,De Rietkraag,school,99AA00,\n",
    "users.csv": ("sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email\n"
                  "u1,,,TRUE,s1,teacher,fenna,F,F,100101,\nu9,,,TRUE,s1,teacher,niemand,N,N,999999,\n"),
    "classes.csv": "sourcedId,status,dateLastModified,title,schoolSourcedId\nc1,,,Groep 3A,s1\n",
    "enrollments.csv": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
                       "e1,,,c1,s1,u1,teacher,,,\n",
}
SDS = {
    "orgs.csv": "sourcedId,name,type,parentSourcedId\n99AA00,De Rietkraag,school,\n", "users.csv": "sourcedId,username\n"
                                                                                                   "u1,fenna@waterlanden.example\n",
    "roles.csv": "userSourcedId,orgSourcedId,role\nu1,99AA00,teacher\n",
}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled board with these sources, before its first night."""
    folder = tmp_path_factory.mktemp("ways") / "board"
    unpack(folder)
    deliver(folder, NIGHT)
    exports = folder / "exports"
    for name, files in (("oneroster", ROSTER), ("sds", SDS)):
        (exports / name).mkdir()
        for file, text in files.items():
            (exports / name / file).write_text(text, encoding="utf-8")
    staff: list[dict[str, Any]] = [
        {"id": 81, "emailadres": "x@waterlanden.example", "einddatum": None, "rollen": ["Leerkracht"], "persoonsgegevens": {"achternaam": "Fuut"}}]
    (exports / "basispoort.json").write_text(json.dumps({"brincode": "99AA", "dependancecode": "00", "medewerkers": staff}), encoding="utf-8")
    for brin in ("99AA", "99AB"):
        (exports / f"edex_{brin}00.xml").write_text(EDEX % brin, encoding="utf-8")
    for file in (*(exports / "oneroster").iterdir(), *(exports / "sds").iterdir(), exports / "basispoort.json", *exports.glob("edex_*")):
        os.utime(file, (at_night(NIGHT).timestamp() - 3600,) * 2)
    config = folder / "auditor.toml"
    config.write_text(config.read_text(encoding="utf-8") + SOURCES, encoding="utf-8")
    return folder


def test_every_new_way_in_is_read_judged_and_kept(board: Path) -> None:
    outcome = run_scan(load_workspace(board / "auditor.toml"), NIGHT, now=at_night(NIGHT), kind="nightly")
    reports = {one.source: one for one in outcome.coverage.sources}
    assert {name: reports[name].state for name in ("leeromgeving", "office", "basispoort", "edexml")} == dict.fromkeys(
        ("leeromgeving", "office", "basispoort", "edexml"), SourceState.OK)
    with Store(board / "var" / "auditor.db") as store:
        found = store.past(date(2026, 11, 25)).findings
    told = set(zip(found["rule"].astype("str"), found["system"].astype("str"), found["account"].astype("str"), strict=True))
    assert ("orphan-account", "itslearning", "u9") in told and ("orphan-account", "itslearning", "u1") not in told


def test_doctor_names_the_file_the_line_and_the_field(board: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = board / "exports" / "sds" / "roles.csv"
    whole = file.read_text(encoding="utf-8")
    file.write_text("userSourcedId,orgSourcedId,role\n,99AA00,teacher\n", encoding="utf-8")
    try:
        main(["doctor", "--config", str(board / "auditor.toml"), "--lang", "en"])
    finally:
        file.write_text(whole, encoding="utf-8")
    said = capsys.readouterr().out
    assert "roles.csv" in said and "userSourcedId" in said


def test_a_roster_without_its_own_settings_is_refused_with_its_line(board: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (board / "auditor.toml").read_text(encoding="utf-8").replace('roster = { path = "exports/sds" }', 'parts = [{ layout = '
                                                                                                             '"scim-users", path = "x" }]')
    (tmp_path / "auditor.toml").write_text(text, encoding="utf-8")
    assert main(["doctor", "--config", str(tmp_path / "auditor.toml"), "--lang", "en"]) == 2
    assert "roster" in capsys.readouterr().err
