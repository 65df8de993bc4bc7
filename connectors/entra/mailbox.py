"""A way to Graph's sendMail for whoever delivers mail: the host, what gives a token, and a session that follows no redirect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from connectors.entra.clouds import CLOUDS, CloudName
from connectors.entra.deadline import Deadline
from connectors.entra.opening import Clock, SecretOf
from connectors.entra.signing_in import Credential, Tokens
from connectors.entra.transport import new_session

SECONDS = 300


@contextmanager
def mailbox(
    tenant: str, client_id: str, secret_of: SecretOf, certificate: str | None, passphrase: str | None, secret: str | None,
    cloud: CloudName = "global",
) -> Iterator[tuple[str, Callable[[], str], requests.Session]]:
    """Given the application and the references of what proves it, yield Graph's address, what gives a token, and a session."""
    given = Credential(
        secret=secret_of(secret).reveal() if secret else None, certificate=secret_of(certificate).reveal() if certificate else None,
        passphrase=secret_of(passphrase).reveal() if passphrase else None)
    clock = Clock()
    with new_session(None, None) as session:
        tokens = Tokens(CLOUDS[cloud], tenant, client_id, given, session, Deadline(SECONDS, clock.now, clock.sleep))
        yield CLOUDS[cloud].graph, tokens.token, session
