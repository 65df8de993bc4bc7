"""kill -9 of whoever sends the mail, against a true mail server: nothing lost, doubles recognisable (promise P11)."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.app.mailing import BACK_OFF, send_due
from auditor.app.workspaces import load_workspace
from auditor.config.load import Workspace
from auditor.model.mail import MailKind, MailState, OutgoingMail, message_id
from auditor.store import Store
from tests.proofs import write_promise
from tests.servers.certificates import authority, certificate
from tests.servers.smtp import PASSWORD, Taken, server

NOW = datetime(2026, 11, 25, 3, 31, tzinfo=UTC)
SENDER = """
import sys
from pathlib import Path
from auditor.app.clock import now
from auditor.app.mailing import send_due
from auditor.app.workspaces import load_workspace
from auditor.store import Store
workspace = load_workspace(Path(sys.argv[1]))
with Store(workspace.path(workspace.config.folders.database)) as store:
    print("begun", flush=True)
    send_due(workspace, store, now)
"""


@contextmanager
def board(folder: Path, taken: Taken) -> Iterator[Workspace]:
    """A workspace whose mail goes to a server of ours, with a login."""
    folder.mkdir(exist_ok=True)
    ca = authority(folder / "ca")
    controller = server(taken, certificate(ca, "mail", ("IP:127.0.0.1",)), needs_login=True)
    controller.start()
    (folder / "password").write_text(PASSWORD, encoding="ascii")
    (folder / "password").chmod(0o600)
    (folder / "var").mkdir()
    (folder / "auditor.toml").write_text(f"""
[board]
name = "Stichting De Proef"
short = "proef"
managed_domains = ["bestuur.example"]
[retention]
use_data_months = 6
person_data_months = 24
[mail]
sender = "rechten@bestuur.example"
way = "smtp"
[mail.smtp]
host = "127.0.0.1"
port = {controller.port}
user = "auditor"
password = "file:password"
ca_file = "ca/ca.pem"
timeout_seconds = 10
""", encoding="utf-8")
    try:
        yield load_workspace(folder / "auditor.toml")
    finally:
        controller.stop()


def mails(number: int, to: str = "d{n}@bestuur.example") -> list[OutgoingMail]:
    """So many mails to schools, each in a name of its own."""
    return [
        OutgoingMail(
            message_id("bestuur.example", "proef", "school", str(n)), MailKind.SCHOOL, (to.format(n=n),), f"Toegang school {n}", "Beste", "<p>Beste")
        for n in range(number)
    ]


def kill_senders(folder: Path, number: int, kills: int) -> str:
    """Send mails by a process that is killed again and again; the last one may finish. Return the figures."""
    taken, chance = Taken(), random.Random(20261124)
    with board(folder, taken) as workspace:
        database = workspace.path(workspace.config.folders.database)
        with Store(database) as store:
            store.add_mails(mails(number), NOW)
        command = [sys.executable, "-c", SENDER, str(workspace.file)]
        killed = 0
        span = 1.0
        while killed < kills:
            sender = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert sender.stdout is not None and sender.stdout.readline() == b"begun\n"
            before = len(taken.messages)
            time.sleep(chance.uniform(0, span))
            sender.kill()
            sender.wait()
            killed += 1
            arrived = len(taken.messages)
            if arrived == before:
                span = min(span * 1.5, 20.0)  # a busy machine: nothing had begun yet
            elif (number - arrived) / max(kills - killed, 1) < arrived - before:
                span = max(span * 0.8, 0.05)  # leave some for the kills to come
        assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
        with Store(database) as store:
            states = Counter(one.state for one in store.mails())
            ids = {one.mail.message_id for one in store.mails()}
    assert states == {MailState.SENT: number}
    arrived = Counter(str(message["Message-ID"]).strip("<>") for message in taken.messages)
    assert set(arrived) == ids, "nothing is lost, and a double has the Message-ID of the first"
    doubles = sum(arrived.values()) - number
    assert doubles <= kills and max(arrived.values()) <= 3
    return f"{kills} kills over {number} mails: 0 lost, {doubles} doubles, each with the Message-ID of the first"


def test_a_sender_that_is_killed_loses_nothing(tmp_path):
    kill_senders(tmp_path / "board", 45, 3)


@pytest.mark.proof
def test_a_hundred_and_fifty_kills_over_three_thousand_mails_lose_nothing(tmp_path):
    figures = kill_senders(tmp_path / "board", 3000, 150)
    write_promise("P11", "150 kills over 3,000 mails: 0 lost, at most one double a kill, all with the same Message-ID", figures)


def test_two_senders_at_once_send_each_mail_once(tmp_path):
    taken = Taken()
    with board(tmp_path / "board", taken) as workspace:
        with Store(workspace.path(workspace.config.folders.database)) as store:
            store.add_mails(mails(40), NOW)
        command = [sys.executable, "-c", SENDER, str(workspace.file)]
        running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
        assert [one.wait() for one in running] == [0, 0]
    assert len({str(message["Message-ID"]) for message in taken.messages}) == len(taken.messages) == 40


def test_what_is_refused_for_now_goes_later_and_what_is_refused_for_good_is_failed(tmp_path):
    taken = Taken({"d0@bestuur.example": ["451 later", "451 later"], "d1@bestuur.example": "550 no such mailbox"})
    with board(tmp_path / "board", taken) as workspace, Store(workspace.path(workspace.config.folders.database)) as store:
        store.add_mails(mails(3), NOW)
        first = send_due(workspace, store, lambda: NOW)
        assert (first.sent, first.failed, first.waiting) == (1, 1, 1)
        soon = send_due(workspace, store, lambda: NOW + BACK_OFF[0] - timedelta(seconds=1))
        assert (soon.sent, soon.waiting) == (0, 1), "not before its time"
        second = NOW + BACK_OFF[0]
        assert send_due(workspace, store, lambda: second).waiting == 1
        assert send_due(workspace, store, lambda: second + BACK_OFF[0]).sent == 0, "the second wait is longer"
        assert send_due(workspace, store, lambda: second + BACK_OFF[1]).sent == 1
        states = [one.state for one in store.mails()]
        assert states == [MailState.SENT, MailState.FAILED, MailState.SENT]
        assert store.mails((MailState.FAILED,))[0].reason == "mail_refused"
    assert [rcpt for [rcpt] in taken.recipients] == ["d2@bestuur.example", "d0@bestuur.example"]


def test_a_mail_that_can_be_no_mail_does_not_keep_the_others_waiting(tmp_path):
    taken = Taken()
    with board(tmp_path / "board", taken) as workspace, Store(workspace.path(workspace.config.folders.database)) as store:
        [good, bad] = mails(2)
        wrong = OutgoingMail(bad.message_id, bad.kind, bad.recipients, "Toegang\r\nBcc: evil@elders.example", "x", "x")
        store.add_mails([wrong, good], NOW)
        sent = send_due(workspace, store, lambda: NOW)
        assert (sent.sent, sent.failed) == (1, 1)
    assert [str(message["Subject"]) for message in taken.messages] == ["Toegang school 0"]


def test_while_the_server_is_away_only_one_mail_is_tried_and_none_is_given_up(tmp_path):
    with board(tmp_path / "board", Taken()) as workspace:
        pass
    with Store(workspace.path(workspace.config.folders.database)) as store:
        store.add_mails(mails(5), NOW)
        sent = send_due(workspace, store, lambda: NOW)
        assert (sent.sent, sent.failed, sent.waiting) == (0, 0, 5)
        assert [one.attempts for one in store.mails()] == [1, 0, 0, 0, 0]
