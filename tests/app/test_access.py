"""Who looked: one line a command, without the names of those who were looked at."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from auditor.app.access import drop_old


def test_each_look_at_what_is_held_leaves_one_line_without_names(run, workspace):
    config = str(workspace / "auditor.toml")
    key, person = next((one["key"], one["person"]) for one in json.loads(run("findings", "list", "--config", config, "--json")[1]) if one["person"])
    run("explain", key, "--config", config)
    run("person", "export", person, "--config", config)
    run("findings", "list", "--school", "99AA00", "--config", config)
    (log,) = (workspace / "var").glob("access-*.jsonl")
    assert log.stat().st_mode & 0o077 == 0
    text = log.read_text(encoding="utf-8")
    assert key not in text and person not in text
    commands = [json.loads(line)["command"] for line in text.splitlines()]
    assert {"explain run", "person export", "findings list_findings 99AA00"} <= set(commands)


def test_a_log_that_cannot_be_written_keeps_nobody_from_working(run, workspace):
    for month in ("2026-11", f"{datetime.now(UTC):%Y-%m}"):
        file = workspace / "var" / f"access-{month}.jsonl"
        if file.is_file():  # somebody looked at the board this is a copy of
            file.unlink()
        file.mkdir(exist_ok=True)
    assert run("findings", "list", "--config", str(workspace / "auditor.toml"))[0] == 0


def test_months_beyond_the_term_are_dropped(tmp_path):
    for month in ("2026-03", "2026-04", "2026-05"):
        (tmp_path / f"access-{month}.jsonl").write_text("{}")
    assert drop_old(tmp_path, datetime(2026, 5, 24, tzinfo=UTC)) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["access-2026-05.jsonl"]
