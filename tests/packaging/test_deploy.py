"""What lies in deploy/: units that are as closed as we say, timers that run when we say, alerts on figures that exist (E15)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.app.cli import build_parser
from reports.render.metrics import Figures, SourceFigures, render
from reports.texts import Words

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
AT = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
FIGURES = render(Figures(
    "waterlanden", 2, AT, AT, 4.25, {"open": 58, "new": 8}, {"failed": 1, "sent": 4},
    [SourceFigures("afas-users", "stale", 53, AT), SourceFigures('a"b\\c', "ok", 3, None)]))
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_is_exposed_no_more_than_one_and_a_half(unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", str(unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-600:]
    print(unit.name, re.search(r"Overall exposure level.*: ([\d.]+)", done.stdout)[1])


@needs_systemd
@pytest.mark.parametrize("unit", TIMERS, ids=lambda unit: unit.name)
def test_a_timer_runs_when_it_says(unit):
    [when] = re.findall(r"^OnCalendar=(.+)$", unit.read_text(encoding="utf-8"), re.M)
    done = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (unit.with_suffix(".service")).exists()


def test_the_timer_of_the_scan_makes_up_for_a_missed_night_in_dutch_time():
    text = (DEPLOY / "systemd" / "auditor-scan.timer").read_text(encoding="utf-8")
    assert "OnCalendar=*-*-* 04:30:00 Europe/Amsterdam" in text and "Persistent=yes" in text


def commands_in_deploy() -> list[tuple[str, list[str]]]:
    """Every command of ours that a unit or task gives, without the path of its configuration."""
    found = [(unit.name, re.search(r"^ExecStart=\S+/auditor (.+?) --config", unit.read_text(encoding="utf-8"), re.M)[1]) for unit in SERVICES]
    tasks = (DEPLOY / "windows" / "Register-AuditorTasks.ps1").read_text(encoding="utf-8")
    found += [("tasks", words) for words in re.findall(r'^Register-AuditorTask "\w+" "([^"]+)"', tasks, re.M)]
    return [(name, words.split()) for name, words in found]


@pytest.mark.parametrize(("name", "words"), commands_in_deploy())
def test_every_command_that_is_deployed_exists(name, words):
    options = build_parser(Words("nl")).parse_args([*words, "--config", "x"])
    assert options.module in ("scan", "run", "mail", "status")


def test_alerts_ask_for_figures_that_the_scan_writes():
    known = {re.match(r"\w+", line)[0] for line in FIGURES.splitlines() if not line.startswith("#")}
    for file in ("prometheus-rules.yml", "zabbix-agent.conf"):
        asked = set(re.findall(r"auditor_\w+", (DEPLOY / "monitoring" / file).read_text(encoding="utf-8")))
        assert asked and asked <= known, file


def test_figures_are_whole_with_their_end_mark_and_quoted_names():
    lines = FIGURES.splitlines()
    assert lines[-1] == "# EOF" and "auditor_scans_total" in FIGURES
    assert r'auditor_source_rows{source="a\"b\\c"} 3' in lines
    assert 'auditor_source_state{source="afas-users",state="stale"} 1' in lines
    assert f"auditor_last_complete_scan_timestamp_seconds {AT.timestamp():.3f}" in lines
    typed = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(typed) == len(set(typed))


@pytest.mark.skipif(not shutil.which("awk") or os.name == "nt", reason="no awk here")
def test_the_zabbix_items_read_the_figures(tmp_path):
    (tmp_path / "auditor.prom").write_text(FIGURES, encoding="utf-8")
    answers = {}
    for line in (DEPLOY / "monitoring" / "zabbix-agent.conf").read_text(encoding="utf-8").splitlines():
        if line.startswith("UserParameter="):
            item, command = line.removeprefix("UserParameter=").split(",", 1)
            argument = {"auditor.mails[*]": "failed", "auditor.findings[*]": "open"}.get(item)
            if argument:  # what Zabbix does with a flexible item
                command = command.replace("$$", "\0").replace("$1", argument).replace("\0", "$")
            command = command.replace("/var/lib/auditor-metrics", str(tmp_path))
            answers[item] = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.strip()
    assert answers["auditor.sources.notok"] == "1" and answers["auditor.mails[*]"] == "1" and answers["auditor.findings[*]"] == "58"
    assert int(answers["auditor.complete.age"]) != 0


def test_the_container_is_nobody_and_keeps_no_tools():
    text = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
    last = text[text.rindex("\nFROM"):]
    assert "USER 10001" in last and "pip install" not in last and "--require-hashes" in text


def test_no_script_takes_a_secret_as_an_argument():
    for script in (DEPLOY / "windows").glob("*.ps1"):
        parameters = re.search(r"param\((.*?)\n?\)\n", script.read_text(encoding="utf-8"), re.S)[1]
        assert not re.search(r"secret|password|wachtwoord", parameters, re.I), script.name
