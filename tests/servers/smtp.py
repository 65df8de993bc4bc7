"""A mail server on loopback for one test: with STARTTLS or without, with a login, and with addresses it refuses."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

PASSWORD = "s3cret-canary"


class Taken:
    """What the server took, and what it was told. refuses: address -> answer, used up from the front when it is a list."""

    def __init__(self, refuses: Mapping[str, Any] | None = None) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.logins = 0
        self.connections = 0
        self.refuses = dict(refuses or {})
        self._guard = threading.Lock()

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> list[str]:
        """Count who comes by."""
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Refuse who is refused."""
        answer = self.refuses.get(address)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else None
        if answer:
            return str(answer)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the message."""
        with self._guard:
            self.messages.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
            self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    def login(self, server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        """Only the right password."""
        self.logins += 1
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


def server(taken: Taken, certificate: tuple[Path, Path] | None, needs_login: bool = False) -> Controller:
    """Given what takes the mail and a certificate with its key (None: no STARTTLS is offered), return a server that is not started yet."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
    return Controller(
        taken, hostname="127.0.0.1", port=_free_port(), tls_context=context, require_starttls=context is not None,
        authenticator=taken.login if needs_login else None, auth_required=needs_login, auth_require_tls=context is not None)


def _free_port() -> int:
    """aiosmtpd knocks on its own door by number, so that the system cannot choose one while it starts."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
