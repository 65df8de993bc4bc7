"""One event is one line of the log, whatever a value holds: nobody writes a second line through a name (promise T25)."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path

import pytest

from auditor.app.logs import ALLOWED, configure
from auditor.app.logs import log as logger

ENDS = ("\n", "\r", "\r\n", "\0", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
"""Whatever some reader takes for the end of a line."""
LINE = '{"event": "scan", "level": "info", "scan": 99}'


def lines(text: str) -> list[dict[str, object]]:
    """The lines of a log as a generous reader sees them, each of which must be JSON."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("key", sorted(ALLOWED - {"event", "level", "timestamp"}))
def test_a_value_that_ends_a_line_writes_no_second_one(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    configure(verbose=True)
    for end in ENDS:
        logger().info("source", **{key: f"afas{end}{LINE}{end}level=info"})
    told = lines(out.getvalue())
    assert [line["event"] for line in told] == ["source"] * len(ENDS)
    assert all("99" in str(line[key]) for line in told if key != "exception")


def test_a_key_that_is_not_on_the_list_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    configure(verbose=True)
    logger().error("look", **{"username": LINE, "code\n" + LINE: "x"})
    assert [sorted(line) for line in lines(out.getvalue())] == [["event", "level", "timestamp"]]


def test_whoever_looks_forges_no_line_in_the_log_of_looks(workspace: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    for end in set(ENDS) - {"\0"}:  # no system passes a NUL on
        monkeypatch.setenv("SUDO_USER", f"jan{end}{LINE}")
        run("findings", "list", "--school", f"99AA00{end}{LINE}", "--config", str(workspace / "auditor.toml"))
        (log,) = (workspace / "var").glob("access-*.jsonl")
        told = lines(log.read_bytes().decode())
        assert [set(line) for line in told] == [{"at", "by", "command"}] * len(told) and told[-1]["by"] == f"jan{end}{LINE}"
