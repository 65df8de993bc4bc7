"""Deciding about findings at the command line: by key or by filter, with a reason and an end, and taken back in sight."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from auditor.app.clock import today
from auditor.app.commands.decide import last_day_of_waiver

SOON = (today() + timedelta(days=30)).isoformat()


def findings(run, workspace: Path, *filters: str) -> list[dict[str, object]]:
    """The findings as JSON."""
    return json.loads(run("findings", "list", "--config", str(workspace / "auditor.toml"), "--json", *filters)[1])


def decide(run, workspace: Path, *arguments: str) -> tuple[int, str, str]:
    """A decision in this workspace."""
    return run("findings", *arguments, "--config", str(workspace / "auditor.toml"))


def test_a_waived_finding_stays_on_every_report_with_its_owner_and_end(run, workspace):
    key = findings(run, workspace)[0]["key"]
    code, out, _ = decide(run, workspace, "waive", key.lower().replace("-", ""), "--until", SOON, "--owner", "directeur", "--reason", "tot de zomer")
    assert code == 0 and "1 bevinding is uitgezonderd" in out
    (found,) = [one for one in findings(run, workspace) if one["key"] == key]
    assert found["state"] == "waived"
    config = str(workspace / "auditor.toml")
    assert run("report", "--config", config, "--out", str(workspace / "out"))[0] == 0
    page = next((workspace / "out").glob("*.html")).read_text(encoding="utf-8")
    assert "eigenaar directeur" in page and "tot de zomer" in page
    assert "tot de zomer" in run("findings", "show", key, "--config", config)[1]
    assert "tot de zomer" in run("explain", key, "--config", config)[1]


def test_a_filter_shows_what_it_means_and_records_nothing_until_told_so(run, workspace):
    rule = findings(run, workspace)[0]["rule"]
    meant = {one["key"] for one in findings(run, workspace, "--rule", rule) if one["state"] == "open"}
    code, out, err = decide(run, workspace, "ack", "--rule", rule, "--until", SOON, "--reason", "uitgezet")
    assert code == 2 and all(key in out for key in meant) and "--yes" in err
    assert {one["state"] for one in findings(run, workspace, "--rule", rule)} == {"open"}
    code, out, _ = decide(run, workspace, "ack", "--rule", rule, "--until", SOON, "--reason", "uitgezet", "--yes", "--json", "--by", "jdb")
    told = json.loads(out)
    assert code == 0 and set(told["keys"]) == meant and told["by"] == "jdb" and told["is_recorded"]
    assert {one["state"] for one in findings(run, workspace, "--rule", rule)} == {"acknowledged"}


def test_a_mistaken_decision_can_be_withdrawn_once(run, workspace):
    key = findings(run, workspace)[0]["key"]
    assert decide(run, workspace, "false-positive", key, "--reason", "test")[0] == 0
    assert decide(run, workspace, "withdraw", key, "--reason", "toch niet")[0] == 0
    code, _, err = decide(run, workspace, "withdraw", key, "--reason", "toch niet")
    assert code == 1 and key in err
    history = run("explain", key, "--config", str(workspace / "auditor.toml"))[1]
    assert "onterecht verklaard" in history and "toch niet" in history


@pytest.mark.parametrize("arguments", [
    ("waive", "AAAAA-AAAAA", "--until", "2031-01-01", "--owner", "x", "--reason", "te lang"),
    ("ack", "AAAAA-AAAAA", "--until", "2020-01-01", "--reason", "voorbij"),
    ("ack", "--until", SOON, "--reason", "niets gekozen"),
    ("ack", "AAAAA-AAAAA", "--rule", "orphan-account", "--until", SOON, "--reason", "allebei"),
    ("ack", "--rule", "no-such-rule", "--until", SOON, "--reason", "leeg filter"),
    ("waive", "AAAAA-AAAAA", "--reason", "zonder einde"),
])
def test_what_cannot_be_meant_is_wrong_use_and_records_nothing(run, workspace, arguments):
    before = findings(run, workspace)
    assert decide(run, workspace, *arguments)[0] == 2
    assert findings(run, workspace) == before


def test_a_waiver_made_on_a_leap_day_ends_a_year_later_on_the_last_of_february():
    assert last_day_of_waiver(date(2028, 2, 29)) == date(2029, 2, 28)
    assert last_day_of_waiver(date(2026, 11, 24)) == date(2027, 11, 24)
