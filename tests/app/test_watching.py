"""Silence is never success, it always ends, and no secret is ever said (promises P3, P20; logs by allow-list)."""

from __future__ import annotations

import io
import json
import os
import socket
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import structlog

from auditor.app import logs, sources, watching
from auditor.app.care import after_scan
from auditor.app.notify import notify
from auditor.app.watching import LATE_HOURS, alarm, is_late, sign_of_life, write_metrics
from auditor.app.workspaces import load_workspace
from auditor.model.errors import AuditorError, DeliveryError
from auditor.model.policy import SourceSettings
from auditor.model.reading import Page
from auditor.store.light import last_status
from reports.deliver.heartbeat import beat
from tests.travelling import in_the_night_of

CANARY = "kanarie-geheim-7f3a"


def status_of(workspace: Path) -> Any:
    """How the last scan left things."""
    return last_status(workspace / "var" / "auditor.db")


def add_settings(workspace: Path, text: str) -> Any:
    """Add settings to the configuration and load it."""
    file = workspace / "auditor.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
    return load_workspace(file)


def mails(workspace: Path) -> list[Any]:
    """The alarms in the folder of mail."""
    return [message_from_bytes(file.read_bytes(), policy=default) for file in (workspace / "var" / "mail").glob("silence-*.eml")]


def test_a_scan_made_while_the_clock_stood_in_the_future_is_an_error_that_says_what_to_do(workspace, run):
    with in_the_night_of("2026-11-23"):
        code, out, _ = run("status", "--config", str(workspace / "auditor.toml"))
    assert code == 1 and "klok op 24 november 2026 stond" in out and "auditor restore" in out


def test_a_scan_is_late_after_twenty_six_hours_and_one_that_read_nothing_does_not_count(workspace):
    status = status_of(workspace)
    begun = status.started_at
    assert not is_late(status, begun + timedelta(hours=LATE_HOURS)) and is_late(status, begun + timedelta(hours=LATE_HOURS, seconds=1))
    assert is_late(None, begun)
    connection = sqlite3.connect(workspace / "var" / "auditor.db")
    connection.execute("UPDATE coverage SET state = 'unreachable' WHERE scan = 2 AND role <> 'register'")
    connection.commit()
    connection.close()
    dark = status_of(workspace)
    assert dark.number == 2 and dark.complete_at < dark.started_at and is_late(dark, begun + timedelta(hours=4))


def test_the_alarm_mails_ict_once_a_day_and_says_when_the_last_one_was(run, workspace):
    code, _, err = run("status", "--alarm", "--config", str(workspace / "auditor.toml"))
    assert code in (1, 3) and (code == 3 or "gemaild" in err)
    held = load_workspace(workspace / "auditor.toml")
    status = status_of(workspace)
    late = status.started_at + timedelta(hours=30)
    (workspace / "var" / watching.ALARM).unlink(missing_ok=True)
    assert alarm(held, status, late) and not alarm(held, status, late + timedelta(hours=1))
    assert alarm(held, status, late + timedelta(days=1))
    told = [mail for mail in mails(workspace) if "30 uur" in str(mail["Subject"])]
    assert len(told) == 1 and "24 november 2026 04:30" in " ".join(told[0].get_body(("plain",)).get_content().split())
    assert str(told[0]["To"]).endswith("@waterlanden.example")


def test_the_alarm_needs_no_database(run, workspace):
    (workspace / "var" / "auditor.db").write_bytes(b"kapot" * 1000)
    for suffix in ("-wal", "-shm"):
        (workspace / "var" / f"auditor.db{suffix}").unlink(missing_ok=True)
    code, _, _ = run("status", "--alarm", "--config", str(workspace / "auditor.toml"))
    assert code == 1 and len(mails(workspace)) == 1


def test_without_anybody_to_mail_the_alarm_says_so(workspace):
    (workspace / "registers" / "contacts.csv").write_text("school;person;role;mail\n", encoding="utf-8")
    with pytest.raises(AuditorError, match="alarm_no_mail"):
        alarm(load_workspace(workspace / "auditor.toml"), None, datetime.now(UTC))


class Answers:
    """A session of requests that answers as told and remembers what was asked."""

    def __init__(self, status: int = 200, error: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.status_code, self._error = status, error

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def get(self, url: str, **more: object) -> Answers:
        """Answer."""
        assert more["allow_redirects"] is False and more["timeout"]
        self.asked.append(url)
        if self._error:
            raise self._error
        return self

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.mark.parametrize("session", [Answers(500), Answers(error=OSError(f"https://x/{CANARY}"))])
def test_a_sign_of_life_that_is_not_heard_says_so_without_its_address(session):
    with pytest.raises(DeliveryError) as caught:
        beat(f"https://hc.example/{CANARY}", session)
    assert CANARY not in str(caught.value) and caught.value.__cause__ is None
    with pytest.raises(DeliveryError):
        beat(f"http://hc.example/{CANARY}", Answers())


def test_a_sign_of_life_follows_a_complete_scan_only(workspace, monkeypatch):
    import requests

    (workspace / "hc").write_text(f"https://hc.example/{CANARY}", encoding="ascii")
    (workspace / "hc").chmod(0o600)
    held = add_settings(workspace, '[schedule]\nheartbeat = "file:hc"\n')
    session = Answers()
    monkeypatch.setattr(requests, "Session", lambda: session)
    sign_of_life(held)
    assert session.asked == [f"https://hc.example/{CANARY}"]
    monkeypatch.setattr(watching, "last_status", lambda path: None)
    sign_of_life(held)
    assert len(session.asked) == 1


def test_figures_are_written_whole_and_for_others_to_read(workspace):
    held = add_settings(workspace, '[schedule]\nmetrics = "var/auditor.prom"\n')
    write_metrics(held)
    file = workspace / "var" / "auditor.prom"
    text = file.read_text(encoding="utf-8")
    assert text.endswith("# EOF\n") and 'auditor_scans_total{board="waterlanden"} 2' in text
    assert 'auditor_source_state{source="afas-users",state="stale"} 1' in text
    assert os.name == "nt" or file.stat().st_mode & 0o444 == 0o444
    assert [one.name for one in file.parent.glob(".*prom*")] == []


def test_a_monitor_that_cannot_be_written_to_does_not_make_the_scan_fail(workspace):
    held = add_settings(workspace, '[schedule]\nmetrics = "nergens/auditor.prom"\n')
    status = status_of(workspace)
    assert [trouble.code for trouble in after_scan(held, status.as_of, status.started_at)] == ["metrics_not_written"]


class Hanging:
    """A source that never answers."""

    name = "traag"

    def pages(self) -> Any:
        """Wait longer than anyone should."""
        time.sleep(3)
        yield Page({})


def test_a_source_that_hangs_ends_at_its_deadline():
    begun = time.monotonic()
    read = sources.read_in_time(SourceSettings("traag", "system", "esis"), Hanging(), 0.2)  # type: ignore[arg-type]
    assert time.monotonic() - begun < 2
    assert read.error is not None and read.error.reason.code == "source_deadline" and read.pages == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_pipe_in_the_folder_of_exports_does_not_hold_up_the_scan(run, workspace):
    file = workspace / "exports" / "esis-gebruikers.csv"
    file.unlink()
    os.mkfifo(file)
    begun = time.monotonic()
    code, out, _ = run("scan", "--dry-run", "--json", "--as-of", "2026-11-24", "--config", str(workspace / "auditor.toml"))
    states = {one["source"]: one["state"] for one in json.loads(out)["sources"]}
    assert code in (3, 4) and states["esis"] != "ok" and time.monotonic() - begun < 60


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_systemd_is_told_and_a_deaf_one_is_no_trouble(tmp_path, monkeypatch):
    notify("READY=1")
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        listening.settimeout(2)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        notify("READY=1", "STATUS=goed\nmet een regel")
        assert listening.recv(1000) == b"READY=1\nSTATUS=goed met een regel"
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "weg"))
    notify("WATCHDOG=1")


def test_a_log_line_has_only_what_is_on_the_list_and_no_secret_of_a_traceback(monkeypatch):
    out = io.StringIO()
    logs.configure(verbose=True)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out))
    password = CANARY
    try:
        raise ValueError("fout")
    except ValueError:
        logs.log().error("mail", password=password, url=CANARY, kind="x\nlevel=info", exc_info=True)
    finally:
        structlog.reset_defaults()
    text = out.getvalue()
    assert CANARY not in text and text.count("\n") == 1
    assert json.loads(text)["kind"] == "x\nlevel=info" and "ValueError" in text
