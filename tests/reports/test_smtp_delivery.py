"""Mail through a true SMTP server: encrypted and checked or not at all, refused or later, and nothing of a secret in what is said (T5, T18)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from auditor.model.errors import DeliveryError
from auditor.model.mail import MailKind, OutgoingMail, message_id
from auditor.model.secret import Secret
from reports.deliver.smtp import Server, Smtp
from tests.servers.certificates import authority, certificate
from tests.servers.smtp import PASSWORD, Taken, server

NOW = datetime(2026, 11, 25, 3, 31, tzinfo=UTC)
MAIL = OutgoingMail(
    message_id("bestuur.example", "x", "school", "99AA00"), MailKind.SCHOOL, ("d@bestuur.example", "p@bestuur.example"),
    "Toegang obs De Rietkraag: 3 accounts vragen aandacht", "Beste directeur,\n\nÉén account.\n", "<p>Één account</p>", "draad@bestuur.example")
Start = Callable[..., tuple[Taken, Server]]


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority nobody else trusts."""
    return authority(tmp_path_factory.mktemp("mail-ca"))


@pytest.fixture
def start(ca: Path) -> Iterator[Start]:
    """Starts a server; has_tls, name: of its certificate, refuses, needs_login."""
    with ExitStack() as stack:
        def started(has_tls: bool = True, name: str = "IP:127.0.0.1", **given: object) -> tuple[Taken, Server]:
            taken = Taken(given.get("refuses"))  # type: ignore[arg-type]
            pair = certificate(ca, f"mail-{name.partition(':')[2]}", (name,)) if has_tls else None
            needs_login = bool(given.get("needs_login"))
            controller: Controller = server(taken, pair, needs_login)
            controller.start()
            stack.callback(controller.stop)
            secret = Secret(str(given.get("password", PASSWORD)))
            return taken, Server("127.0.0.1", controller.port, "starttls", "auditor" if needs_login or not has_tls else None,
                                 secret if needs_login or not has_tls else None, ca, 5)
        yield started


def refusal(held: Server, mail: OutgoingMail = MAIL) -> DeliveryError:
    """Why it was not accepted; the password stands in no part of it."""
    with pytest.raises(DeliveryError) as caught:
        Smtp(held, "rechten@bestuur.example", NOW).deliver(mail)
    assert PASSWORD not in str(caught.value) + repr(caught.value.reason)
    return caught.value


def test_a_mail_arrives_whole_over_an_encrypted_connection_after_login(start):
    taken, held = start(needs_login=True)
    Smtp(held, "rechten@bestuur.example", NOW).deliver(MAIL)
    [message] = taken.messages
    assert taken.recipients == [["d@bestuur.example", "p@bestuur.example"]] and taken.logins == 1
    assert message["Message-ID"] == f"<{MAIL.message_id}>" and message["References"] == "<draad@bestuur.example>"
    assert message["Subject"] == MAIL.subject and message["From"] == "rechten@bestuur.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == MAIL.text
    assert message.get_body(("html",)).get_content().strip() == MAIL.html


def test_a_server_without_encryption_gets_no_login_and_no_mail(start):
    taken, held = start(has_tls=False)
    error = refusal(held)
    assert error.reason.code == "mail_no_tls" and not error.is_final
    assert taken.messages == [] and taken.logins == 0


@pytest.mark.parametrize("name", ["DNS:mail.elders.example", "IP:127.0.0.9"])
def test_a_certificate_in_another_name_gets_no_login_and_no_mail(start, name):
    taken, held = start(name=name, needs_login=True)
    assert refusal(held).reason.code == "mail_certificate"
    assert taken.messages == [] and taken.logins == 0


def test_a_certificate_of_an_unknown_authority_is_refused(start):
    taken, held = start(needs_login=True)
    assert refusal(replace(held, ca_file=None)).reason.code == "mail_certificate"
    assert taken.messages == [] and taken.logins == 0


def test_a_wrong_password_is_said_without_it(start):
    taken, held = start(needs_login=True, password="niet-dit")
    assert refusal(held).reason.code == "mail_login" and taken.messages == []


def test_an_address_refused_for_good_is_final_and_one_refused_for_now_is_not(start):
    _, held = start(refuses={"d@bestuur.example": "550 no such mailbox", "p@bestuur.example": "550 no such mailbox"})
    assert refusal(held).is_final
    _, held = start(refuses={"d@bestuur.example": "451 later", "p@bestuur.example": "550 no such mailbox"})
    assert not refusal(held).is_final


def test_one_refused_address_of_two_is_not_lost_in_silence(start):
    taken, held = start(refuses={"d@bestuur.example": "550 no such mailbox"})
    error = refusal(held)
    assert error.is_final and error.reason.code == "mail_refused"
    assert taken.recipients == [["p@bestuur.example"]], "the other one has it"


def test_a_server_that_is_not_there_can_be_tried_later():
    assert not refusal(Server("127.0.0.1", 9, "starttls", timeout_seconds=2)).is_final


@pytest.mark.parametrize("change", [
    {"subject": "Toegang\r\nBcc: evil@elders.example"}, {"subject": "Toegang\nx"},
    {"recipients": ("d@bestuur.example\r\nBcc: evil@elders.example",)}, {"recipients": ("d@bestuur.example, evil@elders.example",)},
    {"thread": "x>\r\nBcc: evil@elders.example"},
])
def test_what_would_add_a_header_or_a_recipient_is_never_sent(start, change):
    taken, held = start()
    with pytest.raises(ValueError):
        Smtp(held, "rechten@bestuur.example", NOW).deliver(replace(MAIL, **change))
    assert taken.messages == []
