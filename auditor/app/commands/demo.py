"""`auditor demo`: two nights on the bundled, fictional board, so that the report has a difference to show."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.cli import Call
from auditor.app.clock import ZONE
from auditor.app.commands.init import copy_tree
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError

if TYPE_CHECKING:
    from auditor.config.load import Workspace

MARK = ".auditor-demo"
NIGHTS = 2
"""So many of the last days are scanned; the earlier ones only bring exports that were not made again since."""
FOLDERS = ("exports", "matrices", "registers", "nights", "var")


def run(call: Call) -> Exit:
    """Make the demo's workspace anew, scan its nights one after the other, and print the summary of the last."""
    from auditor.app.logs import configure
    from auditor.app.nightly import run_scan
    from auditor.app.progress import progress_on
    from auditor.app.summary import print_summary
    from auditor.app.workspaces import load_workspace

    folder: Path = call.arguments.out
    configure()
    days = unpack(folder)
    workspace = load_workspace(folder / "auditor.toml")
    outcomes = []
    for night in days:
        deliver(folder, night)
        if night not in days[-NIGHTS:]:
            continue
        with progress_on(call) as progress:
            outcomes.append(run_scan(workspace, night, now=at_night(night), kind="nightly", language=call.arguments.lang, progress=progress))
        _deliver_mail(workspace, night)
    if call.is_json:
        print(json.dumps([outcome.as_json() for outcome in outcomes], ensure_ascii=False, indent=2))
        return Exit.OK
    for outcome in outcomes:
        print_summary(outcome, call.words)
        print()
    print(call.words.text("cli.demo.next", folder=str(folder)))
    return Exit.OK


def _deliver_mail(workspace: Workspace, night: date) -> None:
    """Write the night's mail as files, and let directors have it from the next night on, as a board does that has looked at its first scan."""
    from auditor.app.mailing import send_due
    from auditor.store import Store

    with Store(workspace.path(workspace.config.folders.database)) as store:
        send_due(workspace, store, lambda: at_night(night))
        store.set_mail("directors", "on", "demo", at_night(night))


def unpack(folder: Path) -> list[date]:
    """Given a folder, lay the bundled board in it, replacing an earlier demo, and return its nights in order.

    Raise AuditorError if the folder holds something that is not a demo.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise AuditorError("demo_folder_in_use", folder=str(folder))
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    copy_tree(files("auditor.demo").joinpath("board"), folder)
    (folder / MARK).write_text("", encoding="utf-8")
    (folder / "var").mkdir(mode=0o700, exist_ok=True)
    return sorted(date.fromisoformat(entry.name) for entry in (folder / "nights").iterdir())


def deliver(folder: Path, night: date) -> None:
    """Given the workspace and a day, put what arrived that day where the auditor looks, dated that night."""
    home = folder / "nights" / night.isoformat()
    made = datetime.combine(night, time(2), ZONE).timestamp()
    for file in sorted(home.rglob("*")):
        if file.is_file():
            target = folder / file.relative_to(home)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            os.utime(target, (made, made))


def at_night(night: date) -> datetime:
    """Given a date, return the instant the nightly scan starts: 04:30 in Europe/Amsterdam."""
    return datetime.combine(night, time(4, 30), ZONE).astimezone(UTC)
