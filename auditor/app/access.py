"""Who looked at what the auditor holds: one line a command, beside the database, by the month (AVG 32, accountability).

A line has the instant, the person, the command and the school asked for. It never has a name, key or account that was looked at: the log
of those who look must not become a second file on those who are looked at.
"""

from __future__ import annotations

import json
import os
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path

from auditor.app.decisions import signed_by

command: ContextVar[str] = ContextVar("command", default="")
"""The command that runs, with its school when it has one; set by the command line."""


def log_access(database: Path, now: datetime) -> None:
    """Given the database's path and this instant, note that the running command opens it. Does nothing outside the command line; a log
    that cannot be written does not keep anyone from working."""
    if not command.get():
        return
    # In ASCII: some readers break a line at U+2028 or U+0085 too, and --school is whatever someone typed.
    line = json.dumps({"at": now.isoformat(timespec="seconds"), "by": signed_by(None), "command": command.get()})
    file = database.with_name(f"access-{now:%Y-%m}.jsonl")
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a", encoding="utf-8") as log:
            log.write(line + "\n")
    except OSError:
        return


def drop_old(folder: Path, before: datetime) -> int:
    """Given the database's folder, remove the months that ended before an instant. Return how many there were."""
    old = [file for file in folder.glob("access-????-??.jsonl") if file.stem[-7:] < f"{before:%Y-%m}"]
    for file in old:
        file.unlink()
    return len(old)
