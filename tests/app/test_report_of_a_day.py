"""Any night rebuilt, and all that changed since a day."""

from __future__ import annotations

import json
import shutil
from pathlib import Path


def report(run, workspace: Path, *arguments: str) -> dict[str, object]:
    """The report as JSON."""
    out = workspace / "out"
    shutil.rmtree(out, ignore_errors=True)
    code, _, err = run("report", "--format", "json", "--out", str(out), "--config", str(workspace / "auditor.toml"), *arguments)
    assert code == 0, err
    return json.loads(next(out.glob("*.json")).read_text(encoding="utf-8"))


def test_the_report_of_an_earlier_night_is_what_it_was_that_night(run, workspace):
    nights = sorted((workspace / "var" / "reports").glob("*.html"))
    first = nights[0].stem[-10:]
    rebuilt = report(run, workspace, "--as-of", first)
    assert (rebuilt["report"]["as_of"], rebuilt["report"]["scan"]) == (first, 1)
    now = report(run, workspace)
    assert now["report"]["scan"] == 2 and rebuilt["findings"] != now["findings"]
    key = now["findings"][0]["key"]
    run("findings", "false-positive", key, "--reason", "later besloten", "--config", str(workspace / "auditor.toml"))
    assert report(run, workspace, "--as-of", first)["findings"] == rebuilt["findings"], "a later decision does not change it"


def test_what_changed_over_several_nights_is_told_together(run, workspace):
    config = str(workspace / "auditor.toml")
    first = report(run, workspace, "--as-of", sorted((workspace / "var" / "reports").glob("*.html"))[0].stem[-10:])
    second = {one["key"]: one["change"] for one in report(run, workspace)["findings"]}
    assert run("scan", "--as-of", "2026-11-25", "--config", config)[0] in (0, 3, 4)
    third = {one["key"]: one["change"] for one in report(run, workspace)["findings"]}
    together = report(run, workspace, "--since", str(first["report"]["as_of"]))
    changes = {one["key"]: one["change"] for one in together["findings"]}
    new = {key for key, change in second.items() if change == "new"}
    assert new and {third[key] for key in new & third.keys()} <= {"persisting", "not_assessed"}, "no longer new the night after"
    assert {changes[key] for key in new & third.keys()} == {"new"}, "new over both nights"
    solved = {key for key, change in second.items() if change == "resolved"}
    assert solved and not solved & third.keys() and {changes[key] for key in solved} == {"resolved"}
    assert together["counts"]["resolved"] >= len(solved)


def test_a_report_of_folded_evidence_says_the_same(run, scanned, tmp_path, monkeypatch):
    def pages(name: str) -> dict[str, bytes]:
        assert run("report", "--out", str(tmp_path / name), "--config", str(scanned / "auditor.toml"))[0] == 0
        return {page.name: page.read_bytes() for page in (tmp_path / name).iterdir()}

    monkeypatch.setattr("reports.render.split.ABOVE", 10)
    at_once = pages("at once")
    monkeypatch.setattr("auditor.app.reporting.AT_ONCE", 7)
    assert len(at_once) > 3 and pages("folded") == at_once


def test_a_day_before_the_first_scan_has_no_report(run, workspace):
    for option in ("--as-of", "--since"):
        code, _, err = run("report", option, "2020-01-01", "--config", str(workspace / "auditor.toml"))
        assert code == 1 and "2020" in err
