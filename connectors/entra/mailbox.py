"""A way to Graph's sendMail for whoever delivers mail: the host, what gives a token, and a session that follows no redirect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from connectors.entra.clouds import CLOUDS
from connectors.entra.opening import Clock, SecretOf, signed_in
from connectors.entra.settings import GraphSettings


@contextmanager
def mailbox(settings: GraphSettings, secret_of: SecretOf, root: Path) -> Iterator[tuple[str, Callable[[], str], requests.Session]]:
    """Given how the application gets in, what finds secrets and the folder paths are seen from, yield Graph's address, what gives a token, and
    a session. Raise ConnectorError if a secret or the file of authorities cannot be had."""
    with signed_in(settings, secret_of, root, Clock()) as (tokens, session, _):
        yield CLOUDS[settings.cloud].graph, tokens.token, session
