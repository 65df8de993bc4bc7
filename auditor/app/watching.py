"""For whoever keeps watch: how late a scan may be, figures for a monitor, a sign of life, and the alarm that a dead daemon cannot give (P3)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time

from auditor.app.clock import ZONE
from auditor.config.load import Workspace
from auditor.config.secrets import secret_of
from auditor.model.errors import AuditorError
from auditor.model.mail import MailKind, OutgoingMail, message_id
from auditor.store.light import Status, last_status

LATE_HOURS = 26
"""A complete scan that did not come for this long is worth an alarm: a night and two hours."""
ALARM = "last-alarm"
"""File beside the database with the date of the last alarm: one mail a day, and none lost because the database is."""


def is_late(status: Status | None, now: datetime) -> bool:
    """Given how the last scan left things and this instant, return whether a complete scan is overdue, or stands ahead of the clock: then
    no night is stored until its day, and silence would look like success."""
    complete = status.complete_at if status else None
    return complete is None or (now - complete).total_seconds() > LATE_HOURS * 3600 or is_ahead(status, now)


def is_ahead(status: Status | None, now: datetime) -> bool:
    """Given the last scan and this instant, return whether it was made while the clock stood in the future (an hour is no matter)."""
    return status is not None and (status.started_at - now).total_seconds() > 3600


def sign_of_life(workspace: Workspace) -> None:
    """Given a workspace whose scan was stored, ask for the board's heartbeat address, if it has one and the scan read anything. Raise
    DeliveryError if nobody answers."""
    reference = workspace.config.schedule.heartbeat
    status = last_status(workspace.path(workspace.config.folders.database))
    if reference is None or status is None or status.complete_at != status.started_at:
        return
    import requests

    from reports.deliver.heartbeat import beat

    with requests.Session() as session:
        beat(secret_of(reference, workspace.root).reveal(), session)


def write_metrics(workspace: Workspace) -> None:
    """Given a workspace with a stored scan, write its figures for a monitor, if it wants them: whole or not at all, to be read by others."""
    file = workspace.config.schedule.metrics
    status = last_status(workspace.path(workspace.config.folders.database))
    if file is None or status is None:
        return
    from reports.render.metrics import Figures, SourceFigures, render

    sources = tuple(
        SourceFigures(line.source, line.state, line.rows, datetime.combine(line.as_of, time(), UTC) if line.as_of else None)
        for line in status.sources)
    text = render(Figures(
        status.board, status.scans, status.started_at, status.complete_at, status.seconds, status.counts, status.mails, sources))
    target = workspace.path(file)
    half = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644), "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        half.replace(target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise AuditorError("metrics_not_written", file=target.name, detail=error.strerror or "") from error


def alarm(workspace: Workspace, status: Status | None, now: datetime) -> bool:
    """Given a workspace whose scan is overdue, mail its ICT officers, once a date. Return whether a mail went now.

    Needs neither daemon nor database: the addresses come from the register itself. Raise AuditorError if nobody can be mailed, DeliveryError
    if the mail was not accepted (the next call tries again).
    """
    from auditor.app.mailing import deliverer

    settings = workspace.config.mail
    people = ict_addresses(workspace, now)
    if settings is None or not people:
        raise AuditorError("alarm_no_mail")
    day = now.astimezone(ZONE).date().isoformat()
    mark = workspace.path(workspace.config.folders.database).with_name(ALARM)
    if mark.exists() and mark.read_text(encoding="ascii", errors="replace").strip() == day:
        return False
    with deliverer(workspace, settings, now) as way:
        way.deliver(_mail(workspace, status, now, day, people, settings.sender.rpartition("@")[2]))
    try:
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.write_text(day, encoding="ascii")
    except OSError:
        return True  # rather a second mail than a silent one
    return True


def ict_addresses(workspace: Workspace, now: datetime) -> tuple[str, ...]:
    """Given a workspace, return the addresses of its ICT officers as the register of contacts has them now, in allowed domains only."""
    from auditor.app.sources import connectors, read
    from auditor.notices.recipients import is_address

    settings = workspace.config.mail
    domains = (settings.allowed_domains if settings else []) or workspace.config.board.managed_domains
    for source, connector in connectors(workspace, now, {}):
        if source.name == "register.contacts":
            tables = [page.tables["contacts"] for page in read(source, connector).pages if "contacts" in page.tables]
            held = [(row.role, row.mail) for table in tables for row in table.itertuples()]
            return tuple(dict.fromkeys(mail for role, mail in held if role == "ict" and isinstance(mail, str) and is_address(mail, domains)))
    return ()


def _mail(
    workspace: Workspace, status: Status | None, now: datetime, day: str, people: tuple[str, ...], domain: str,
) -> OutgoingMail:
    from reports.render.mail import silence
    from reports.texts import Words

    board = workspace.config.board
    words = Words(board.language)
    complete = status.complete_at if status else None
    last = f"{words.day(complete.astimezone(ZONE).date())} {complete.astimezone(ZONE):%H:%M}" if complete else words.text("mail.silence.never")
    hours = int((now - complete).total_seconds() // 3600) if complete else LATE_HOURS
    kind = str(MailKind.SILENCE)
    return OutgoingMail(
        message_id(domain, board.short, kind, day), MailKind.SILENCE, people, *silence(board.name, hours, last, words),
        message_id(domain, board.short, kind, "", "thread"))

