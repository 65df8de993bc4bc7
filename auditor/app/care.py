"""What follows a stored scan: mail goes out, nothing is kept beyond its term, a copy of the database is left, and whoever keeps watch is told."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from auditor.app.access import drop_old
from auditor.app.clock import ZONE
from auditor.app.clock import now as clock
from auditor.app.logs import log
from auditor.app.mailing import send_due, tell_channel
from auditor.app.watching import sign_of_life, write_metrics
from auditor.config.load import Workspace
from auditor.model.errors import AuditorError, Reason
from auditor.store import Store
from auditor.store.copies import Contents

_SUFFIX = ".auditor-backup.db"
_DAY = re.compile(r"-(\d{4})-?(\d\d)-?(\d\d)(?=[T.-]|$)")
"""Where our own files have their day, or first and last day: auditor-board-2026-11-24.html, board-20261124T043000.auditor-backup.db,
evidence-board-2026-01-01-2026-12-31.json."""


@dataclass(frozen=True)
class Backup:
    """A copy that was made, read back and found equal."""

    path: Path
    contents: Contents


def make_backup(workspace: Workspace, store: Store, now: datetime, out: Path | None = None) -> Backup:
    """Given an open store and this instant, write a copy (to `out`, else in the folder of backups) and return it."""
    if out is None:
        folder = workspace.path(workspace.config.folders.backups)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        out = folder / f"{workspace.config.board.short}-{now.astimezone(ZONE):%Y%m%dT%H%M%S}{_SUFFIX}"
    return Backup(out, store.backup(out))


def nightly_backup(workspace: Workspace, store: Store, now: datetime) -> Backup | None:
    """Given an open store after a scan, write tonight's copy and let go of the oldest beyond what is kept; None when none are kept.

    The new copy is compared before an old one goes, so that there is always a good one.
    """
    keep = workspace.config.backups.keep
    if not keep:
        return None
    made = make_backup(workspace, store, now)
    copies = sorted(made.path.parent.glob(f"{workspace.config.board.short}-*{_SUFFIX}"))
    for old in copies[:-keep]:
        old.unlink()
    return made


def months_before(day: date, months: int) -> date:
    """Given a day, return the same day a number of months earlier, or the last of that month when it has no such day."""
    total = day.year * 12 + day.month - 1 - months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def keep_terms(workspace: Workspace, store: Store, as_of: date) -> Mapping[str, int]:
    """Given an open store and the day, let go of all that is older than the board's terms: in the database, and reports and copies on
    disk (they hold use dates as well). Return how much went, by kind."""
    terms = workspace.config.retention
    use_before, person_before = (months_before(as_of, months) for months in (terms.use_data_months, terms.person_data_months))
    gone = dict(store.purge(as_of, person_before, use_before))
    short, folders = workspace.config.board.short, workspace.config.folders
    gone["files"] = sum(
        _drop_files(workspace.path(folder), ours, before)
        for folder, ours, before in (
            (folders.reports, f"auditor-{short}-*", use_before), (folders.backups, f"{short}-*{_SUFFIX}", use_before),
            (folders.reports, f"evidence-{short}-*", person_before)))  # names who decided, and no use dates
    database = workspace.path(folders.database)
    gone["files"] += _drop_files(database.parent, f"{database.name}.before-restore-*", use_before)
    begin = datetime(use_before.year, use_before.month, use_before.day, tzinfo=ZONE)
    gone["files"] += drop_old(database.parent, begin)
    if workspace.config.mail:
        gone["files"] += _drop_mails(workspace.path(workspace.config.mail.folder), begin)
    return gone


def after_scan(workspace: Workspace, as_of: date, now: datetime) -> list[Reason]:
    """Given a scan that was stored, send what is due, keep the terms and leave a copy of the database. Return what did not succeed: a full disk
    must not make a finished scan look failed."""
    troubles: list[Reason] = []
    with Store(workspace.path(workspace.config.folders.database)) as store:
        for task in (
            lambda: send_due(workspace, store, clock), lambda: keep_terms(workspace, store, as_of), lambda: nightly_backup(workspace, store, now),
            lambda: write_metrics(workspace), lambda: sign_of_life(workspace), lambda: tell_channel(workspace, store),
        ):
            try:
                task()
            except (AuditorError, OSError) as error:
                why = error.reason if isinstance(error, AuditorError) else Reason("care_no_access", {"why": error.strerror or ""})
                log().error("care", code=why.code)
                troubles.append(why)
    return troubles


def _drop_files(folder: Path, ours: str, before: date) -> int:
    """Remove the files of ours whose day (the last, of more), in their name, is before a day."""
    old = [file for file in folder.glob(ours) if (days := _DAY.findall(file.name)) and max(date(*map(int, day)) for day in days) < before]
    for file in old:
        file.unlink()
    return len(old)


def _drop_mails(folder: Path, before: datetime) -> int:
    """Remove the mails in a folder that were written before an instant; their names have no day."""
    old = [file for file in folder.glob("*.eml") if file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink()
    return len(old)
