"""From settings to a way into Graph: which cloud, signed in as what, with how much time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import requests

from auditor.model.errors import ConnectorError, Reason
from auditor.model.reading import Permission
from auditor.model.secret import Secret
from connectors.entra.clouds import CLOUDS
from connectors.entra.deadline import Deadline
from connectors.entra.graph import Graph
from connectors.entra.settings import GraphSettings
from connectors.entra.signing_in import Credential, Tokens
from connectors.entra.transport import new_session

NOTICE = timedelta(days=30)
SecretOf = Callable[[str], Secret]
"""Given a reference such as file:PATH, returns the secret it leads to, or raises ConnectorError."""


@dataclass(frozen=True)
class Clock:
    """What tells and passes the time of the edge: tests give another."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@contextmanager
def opened(settings: GraphSettings, secret_of: SecretOf, root: Path, clock: Clock) -> Iterator[Graph]:
    """Given settings, what finds secrets and the folder paths are seen from, yield a way into Graph that ends at the deadline."""
    with signed_in(settings, secret_of, root, clock) as (tokens, session, deadline):
        yield Graph(CLOUDS[settings.cloud], tokens, session, deadline)


@contextmanager
def signed_in(settings: GraphSettings, secret_of: SecretOf, root: Path, clock: Clock) -> Iterator[tuple[Tokens, requests.Session, Deadline]]:
    """Given the same, yield what gives tokens, a session of its own, and the deadline of both. Raise ConnectorError if a secret or the file of
    authorities cannot be had."""
    deadline = Deadline(settings.deadline_seconds, clock.now, clock.sleep)
    ca_file = str(root / settings.ca_file) if settings.ca_file else None
    if ca_file and not Path(ca_file).is_file():
        raise ConnectorError("graph_ca_missing", file=settings.ca_file or "")
    with new_session(ca_file, settings.proxy) as session:
        yield _tokens(settings, secret_of, session, deadline), session, deadline


def permissions(
    granted: frozenset[str], needed: Mapping[str, tuple[frozenset[str], str]], also: frozenset[str],
) -> Iterator[Permission]:
    """Given what the token holds, each permission needed (with the wider ones that would do, and what it is for) and those that are neither
    missed nor too much, yield what `doctor` tells: too little, and too much.

    A wider permission is too much even where it is what makes a read succeed: the least one would do.
    """
    for permission, (enough, parts) in sorted(needed.items()):
        if permission in granted:
            yield Permission(Reason("graph_permission", {"permission": permission}), True)
        elif granted & enough:
            wider = ", ".join(sorted(granted & enough))
            yield Permission(Reason("graph_permission_wider", {"permission": permission, "wider": wider}), True)
        else:
            yield Permission(Reason("graph_permission_missing", {"permission": permission, "parts": parts}), False)
    for extra in sorted(granted - set(needed) - also):
        is_writing = any(word in extra.casefold() for word in ("write", "manage", "fullcontrol", "send", "create", "invite"))
        yield Permission(Reason("graph_permission_writes" if is_writing else "graph_permission_unneeded", {"permission": extra}), False)


def lasting(settings: GraphSettings, secret_of: SecretOf, today: date) -> Iterator[Permission]:
    """Given settings and the day, yield until when our own certificate lasts; not fine in its last month. Of a secret nobody can tell."""
    if settings.certificate is None:
        return
    from cryptography import x509  # comes with msal; a tenth of a second that only `doctor` pays

    try:
        until = x509.load_pem_x509_certificate(secret_of(settings.certificate).reveal().encode()).not_valid_after_utc.date()
    except ValueError:
        yield Permission(Reason("graph_own_certificate_unreadable"), False)
        return
    yield Permission(Reason("graph_own_certificate", {"day": until.isoformat()}), until - today > NOTICE)


def _tokens(settings: GraphSettings, secret_of: SecretOf, session: requests.Session, deadline: Deadline) -> Tokens:
    def revealed(reference: str | None) -> str | None:
        return secret_of(reference).reveal() if reference else None

    credential = Credential(revealed(settings.secret), revealed(settings.certificate), revealed(settings.certificate_password))
    return Tokens(CLOUDS[settings.cloud], settings.tenant, settings.client_id, credential, session, deadline)
