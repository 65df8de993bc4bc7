"""The nightly copy of the database, and how many of them are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.app.clock import ZONE
from auditor.config.load import Workspace
from auditor.store import Store
from auditor.store.copies import Contents

_SUFFIX = ".auditor-backup.db"


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
