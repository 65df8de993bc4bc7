"""Chooses and opens the files of a part: regular files in the folder named, whole, and the newest of each school.

A folder that others can write to is hostile ground: a link may lead elsewhere, a named pipe blocks whoever opens it, a copy may still be
running. Names come from the folder, never from inside a file.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from auditor.model.errors import Fault, InputError
from connectors.files.convert import AMSTERDAM, day_of

_DATE = r"(?P<date>\d{8}|\d{4}-\d{2}-\d{2}|\d{1,2}-\d{1,2}-\d{4})"
_SCHOOL = r"(?P<school>[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*?)"
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""On Windows O_NOFOLLOW and O_NONBLOCK do not exist: there the kind of file is checked before it is opened, and again when it is open."""


class NoFile(Exception):
    """There is nothing to read at `path`."""

    def __init__(self, path: Path, pattern: str | None) -> None:
        self.path = path
        self.pattern = pattern
        super().__init__(str(path))


@dataclass(frozen=True)
class Candidate:
    """A file that may be read. school, day: as its name says; modified: seconds since 1970."""

    path: Path
    modified: float
    school: str | None = None
    day: date | None = None

    @property
    def name(self) -> str:
        """Its name, without folder."""
        return self.path.name

    @property
    def modified_on(self) -> date:
        """The day it was last changed, in Europe/Amsterdam."""
        return datetime.fromtimestamp(self.modified, AMSTERDAM).date()


def pattern_of(glob: str) -> re.Pattern[str]:
    """Given a pattern with *, ?, {school} and {date}, return it as an expression on file names. Raise ValueError if it holds a path."""
    if "/" in glob or "\\" in glob or ".." in glob:
        raise ValueError("a pattern names files, not folders")
    pieces = {"*": ".*", "?": ".", "{school}": _SCHOOL, "{date}": _DATE}
    parts = re.split(r"(\*|\?|\{school\}|\{date\})", glob)
    if parts.count("{school}") > 1 or parts.count("{date}") > 1:
        raise ValueError("{school} and {date} may stand once")
    return re.compile("".join(pieces.get(part, re.escape(part)) for part in parts), re.IGNORECASE)


def candidates(path: Path, glob: str) -> list[Candidate]:
    """Given a file or folder and a pattern for the latter, return the regular files that match, newest first.

    Raise InputError with a fault for each match that is a link, a pipe or a folder, or if the pattern is no pattern; NoFile if nothing
    matches.
    """
    try:
        kind = os.stat(path)  # noqa: PTH116 - the folder that the configuration names may itself be a link
    except OSError:
        raise NoFile(path, None) from None
    if not stat.S_ISDIR(kind.st_mode):
        return [_candidate(path, None)]
    try:
        pattern = pattern_of(glob)
    except ValueError as error:
        raise InputError([Fault(str(path), "pattern_bad", facts={"pattern": glob, "detail": str(error)})]) from None
    found: list[Candidate] = []
    faults: list[Fault] = []
    for name in sorted(os.listdir(path)):  # noqa: PTH208 - names are enough
        match = pattern.fullmatch(name)
        if match and not name.startswith((".", "~$")):
            try:
                found.append(_candidate(path / name, match))
            except InputError as refused:
                faults.extend(refused.faults)
    if faults:
        raise InputError(faults)
    if not found:
        raise NoFile(path, glob)
    return sorted(found, key=lambda one: (one.day or date.min, one.modified), reverse=True)


def newest(found: Iterable[Candidate], now: datetime, settle_seconds: int) -> tuple[list[Candidate], list[Candidate]]:
    """Given candidates newest first, return the newest of each school that is settled (untouched for that many seconds), and the newer
    ones passed over because they may still be being written. Raise InputError for a school that has only such files, and for two files
    that are equally new."""
    by_school: dict[str | None, list[Candidate]] = {}
    for one in found:
        by_school.setdefault(one.school and one.school.casefold(), []).append(one)
    chosen, passed, faults = [], [], []
    for files in by_school.values():
        settled = [one for one in files if settle_seconds <= 0 or now.timestamp() - one.modified >= settle_seconds]
        if not settled:
            faults.append(Fault(files[0].name, "file_settling", facts={"seconds": settle_seconds}))
            continue
        first, *others = settled
        twin = next((one for one in others if (one.day, one.modified) == (first.day, first.modified)), None)
        if twin is not None:
            faults.append(Fault(first.name, "files_equally_new", facts={"other": twin.name}))
            continue
        chosen.append(first)
        passed.extend(files[: files.index(first)])
    if faults:
        raise InputError(faults)
    return sorted(chosen, key=lambda one: one.name), passed


def read_bytes(path: Path, limit: int) -> bytes:
    """Given a file and the most bytes to take, return its content, read once.

    Raise InputError if it is no regular file of its own folder, is larger, cannot be opened, or changes while it is read.
    """
    if path.resolve().parent != path.parent.resolve():
        raise InputError([Fault(path.name, "file_not_regular")])
    try:
        _refuse_irregular(path, path.lstat())
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise InputError([Fault(path.name, "file_unreadable", facts={"detail": error.strerror or type(error).__name__})]) from None
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(file.fileno())
        _refuse_irregular(path, before)
        if before.st_size > limit:
            raise InputError([Fault(path.name, "file_too_large", facts={"size": before.st_size >> 20, "limit": limit >> 20})])
        data = file.read(limit + 1)
        after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(data) != before.st_size:
        raise InputError([Fault(path.name, "file_changing")])
    return data


def _candidate(path: Path, match: re.Match[str] | None) -> Candidate:
    try:
        status = path.lstat()
    except OSError as error:
        raise InputError([Fault(path.name, "file_unreadable", facts={"detail": error.strerror or type(error).__name__})]) from None
    _refuse_irregular(path, status)
    groups = match.groupdict() if match else {}
    day = None
    if groups.get("date"):
        try:
            day = day_of(groups["date"], ("ymd", "dmy", "compact"))
        except ValueError:
            raise InputError([Fault(path.name, "file_date_bad", facts={"shown": groups["date"]})]) from None
    return Candidate(path, status.st_mtime, groups.get("school"), day)


def _refuse_irregular(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise InputError([Fault(path.name, "file_not_regular")])
