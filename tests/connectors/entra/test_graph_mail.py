"""Mail through Graph's sendMail against the double, with the true msal and requests; the reading of sources stays reading (promise P19)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from auditor.model.errors import DeliveryError
from auditor.model.mail import MailKind, OutgoingMail
from auditor.model.secret import Secret
from connectors.entra.mailbox import mailbox
from connectors.entra.settings import GraphSettings
from reports.deliver.graph import GraphMail
from reports.deliver.webhook import post, teams_card
from tests.connectors.entra.double import CLIENT, SECRET, TENANT, Answer, Handler

NOW = datetime(2026, 11, 25, 3, 31, tzinfo=UTC)
SENDER = "rechten@bestuur.example"
MAIL = OutgoingMail("abc@bestuur.example", MailKind.SCHOOL, ("d@bestuur.example",), "Toegang één school", "Beste directeur", "<p>Beste</p>")


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What was posted to sendMail: the double takes mail in this test only."""
    taken: list[tuple[str, bytes]] = []
    before = Handler._answered

    def answered(self: Handler, verb: str, token: str | None, host: str) -> Answer:
        if verb == "POST" and self.path.startswith("/v1.0/"):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if token is None or self.headers["Content-Type"] != "text/plain":
                return Answer(400, {"error": {"code": "ErrorMimeContentInvalid"}})
            taken.append((self.path, body))
            return Answer(202, {})
        return before(self, verb, token, host)

    monkeypatch.setattr(Handler, "_answered", answered)
    return taken


@pytest.fixture
def send(double: Any, authority: Any) -> Callable[[], None]:
    """Hands the mail over, trusting the double's authority."""

    settings = GraphSettings(tenant=TENANT, client_id=CLIENT, secret="env:SECRET", ca_file=authority[0].name)

    def sent() -> None:
        with mailbox(settings, lambda one: Secret(SECRET), authority[0].parent) as (host, token, session):
            GraphMail(host, SENDER, token, session, NOW).deliver(MAIL)
    return sent


def test_a_mail_goes_as_one_message_with_our_own_id_from_our_own_mailbox(send, posted, double):
    send()
    [(path, body)] = posted
    message = message_from_bytes(base64.b64decode(body), policy=default)
    assert path == f"/v1.0/users/{SENDER}/sendMail" and message["Message-ID"] == "<abc@bestuur.example>"
    assert message["To"] == "d@bestuur.example" and message["Subject"] == "Toegang één school"
    assert [one.verb for one in double.requests if one.path.startswith("/v1.0/")] == ["POST"]


@pytest.mark.parametrize(("status", "is_final"), [(429, False), (503, False), (403, True), (404, True)])
def test_what_graph_refuses_is_final_or_tried_again(send, posted, double, status, is_final, monkeypatch):
    monkeypatch.setattr(Handler, "_answered", (lambda before: lambda self, verb, token, host: Answer(
        status, {"error": {"code": "x"}}) if self.path.startswith("/v1.0/") else before(self, verb, token, host))(Handler._answered))
    with pytest.raises(DeliveryError) as caught:
        send()
    assert caught.value.is_final is is_final and SECRET not in str(caught.value) and posted == []


def test_reading_sources_never_posts_to_graph(connector, double, posted):
    list(connector().pages())
    assert {one.verb for one in double.requests if one.path.startswith("/v1.0/")} == {"GET"} and posted == []


class Channel:
    """A session that takes what is posted."""

    def __init__(self, status: int) -> None:
        self.status_code, self.bodies = status, list[bytes]()

    def post(self, url: str, **more: Any) -> Channel:
        """Take it."""
        assert more["allow_redirects"] is False
        self.bodies.append(more["data"])
        return self


def test_a_channel_gets_counts_over_https_only():
    channel = Channel(202)
    post("https://hook.example/key", teams_card("Rechten", ["3 nieuw"]), channel)
    assert b"AdaptiveCard" in channel.bodies[0] and b"3 nieuw" in channel.bodies[0]
    with pytest.raises(DeliveryError):
        post("http://hook.example/key", {}, channel)
    with pytest.raises(DeliveryError) as caught:
        post("https://hook.example/key", {}, Channel(500))
    assert not caught.value.is_final and "key" not in str(caught.value) and len(channel.bodies) == 1
