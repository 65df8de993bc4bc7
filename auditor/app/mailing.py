"""Hands over what is in the outbox: each mail at least once, under one Message-ID, later again when it was not accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.app.logs import log
from auditor.config.load import Workspace
from auditor.config.mail import Mail
from auditor.config.secrets import secret_of
from auditor.model.errors import AuditorError, DeliveryError
from auditor.model.mail import Deliverer, MailState, OutgoingMail
from auditor.model.secret import Secret
from auditor.store import Store
from auditor.store.lock import sending_lock

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
MOST_ATTEMPTS = 12
GRAPH_SECONDS = 300
"""How long signing in to Graph may take in all."""
NOBODY_THERE = ("mail_unreachable", "mail_no_tls", "mail_certificate", "mail_login", "mail_no_way", "mail_folder")
"""What is wrong with the way and not with one mail."""


@dataclass(frozen=True)
class Sent:
    """How many mails were accepted, will never be, and wait for a later attempt."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0


def send_due(workspace: Workspace, store: Store, clock: Callable[[], datetime]) -> Sent:
    """Given an open store and a clock, hand over every mail that is due. Return how it went.

    A mail is marked as under way before it is handed over and as sent after it: should we stop in between, it goes again with the same
    Message-ID (promise P11: nothing is lost, doubles are recognisable). A mail that is not accepted waits, longer each time. When nobody
    can be reached at all, the others are not tried either. While another process sends, that one sends what there is.
    """
    settings = workspace.config.mail
    if settings is None:
        return Sent()
    sent = failed = 0
    with sending_lock(store.path) as is_ours:
        if is_ours and store.mails((MailState.QUEUED, MailState.SENDING)):
            with deliverer(workspace, settings, clock()) as way:
                while (found := store.next_mail(clock())) is not None:
                    error = _handed_over(way, found.mail)
                    if error is None:
                        store.mark_mail(found.number, MailState.SENT, clock())
                        sent += 1
                        continue
                    is_over = error.is_final or found.attempts + 1 >= MOST_ATTEMPTS
                    state = MailState.FAILED if is_over else MailState.QUEUED
                    wait = BACK_OFF[min(found.attempts, len(BACK_OFF) - 1)]
                    store.mark_mail(found.number, state, clock(), error.reason.code, None if is_over else clock() + wait)
                    log().warning("mail", kind=str(found.mail.kind), code=error.reason.code, attempts=found.attempts + 1)
                    failed += is_over
                    if error.reason.code in NOBODY_THERE:
                        break
    waiting = len(store.mails((MailState.QUEUED, MailState.SENDING)))
    log().info("mails", sent=sent, failed=failed, waiting=waiting)
    return Sent(sent, failed, waiting)


def _handed_over(way: Deliverer, mail: OutgoingMail) -> DeliveryError | None:
    """Hand one mail over; return why it was not accepted. Whatever is wrong with it, it may not keep the others waiting."""
    try:
        way.deliver(mail)
    except DeliveryError as error:
        return error
    except AuditorError as error:  # no token, no secret: the way there, not this mail
        return DeliveryError("mail_no_way", detail=error.reason.code)
    except ValueError:  # what cannot be a header will not be one tomorrow
        return DeliveryError("mail_malformed", is_final=True)
    return None


@contextmanager
def deliverer(workspace: Workspace, settings: Mail, now: datetime) -> Iterator[Deliverer]:
    """Given the mail settings, yield the way out. Raise AuditorError if a secret cannot be had."""
    def secret(reference: str) -> Secret:
        return secret_of(reference, workspace.root)

    if settings.way == "smtp" and settings.smtp:
        from reports.deliver.smtp import Server, Smtp

        own = settings.smtp
        yield Smtp(
            Server(own.host, own.port, own.security, own.user, secret(own.password) if own.password else None,
                   workspace.root / own.ca_file if own.ca_file else None, own.timeout_seconds), settings.sender, now)
    elif settings.way == "graph" and settings.graph:
        from connectors.entra.mailbox import mailbox
        from connectors.entra.settings import GraphSettings
        from reports.deliver.graph import GraphMail

        sender = settings.graph.sender
        access = GraphSettings(**settings.graph.model_dump(exclude={"sender"}), deadline_seconds=GRAPH_SECONDS)
        with mailbox(access, secret, workspace.root) as (host, token, session):
            yield GraphMail(host, sender, token, session, now)
    else:
        from reports.deliver.folder import Folder

        yield Folder(workspace.path(settings.folder), settings.sender, now)


def tell_channel(workspace: Workspace, store: Store) -> None:
    """Given an open store, post the counts of its last scan to the board's channel, if it has one: how many, never who. Raise AuditorError
    if it is not accepted."""
    settings, last = workspace.config.mail, store.last_scan()
    if settings is None or settings.webhook is None or last is None:
        return
    import requests

    from reports.deliver.webhook import post, teams_card
    from reports.texts import Words

    words = Words(workspace.config.board.language)
    names = ("new", "resolved", "reopened", "open", "waived", "not_assessed")
    counts = {name: last.counts.get(name, 0) for name in names}
    title = words.text("mail.digest.subject", board=workspace.config.board.name, day=last.as_of, new=counts["new"], open=counts["open"])
    hook = settings.webhook
    is_card = hook.kind == "teams"
    body = teams_card(title, [words.text("mail.digest.counts", **counts)]) if is_card else {"day": last.as_of.isoformat(), "counts": counts}
    with requests.Session() as session:
        post(secret_of(hook.url, workspace.root).reveal(), body, session)
