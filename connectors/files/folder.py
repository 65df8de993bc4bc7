"""Chooses and opens the files of a part: regular files in the folder named, whole, and the newest of each school.

A folder that others can write to is hostile ground: a link may lead elsewhere, a named pipe blocks whoever opens it, a copy may still be
running. Names come from the folder, never from inside a file.
"""

from __future__ import annotations

import difflib
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from auditor.model.errors import Fault, InputError
from connectors.files.convert import AMSTERDAM, day_of

_DATE = r"(?P<date>\d{8}|\d{4}-\d{2}-\d{2}|\d{1,2}-\d{1,2}-\d{4})"
_SCHOOL = r"(?P<school>[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*?)"
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""On Windows O_NOFOLLOW and O_NONBLOCK do not exist: there the kind of file is checked before it is opened, and again when it is open."""

FORMATS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".ldif": "ldif", ".ldf": "ldif", ".csv": "csv", ".txt": "csv", ".json": "json", ".xml": "xml"}
"""What the ending of a name says of the file."""
EVERY_FILE = "*"
_BLANKS = ("school", "date")


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


def located(root: Path, named: str, allowed: Sequence[Path] = ()) -> Path:
    """Given the workspace, a path as the configuration names it and the further folders it allows, return where that really is.

    Links on the way are followed, one at the end only if it leads to a folder: a file is read in the folder it was put in. Raise InputError
    if it lies outside all of them.
    """
    path = root / named
    try:
        real = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
        homes = [home.resolve() for home in (root, *allowed)]
    except PermissionError as error:
        raise InputError([_unreadable(path, error)]) from None
    except (OSError, RuntimeError, ValueError):  # links in a circle, a NUL in the name
        raise InputError([Fault(named, "path_bad")]) from None
    if not any(real.is_relative_to(home) for home in homes):
        raise InputError([Fault(named, "path_outside", facts={"path": str(real)})])
    return real


def pattern_of(glob: str) -> re.Pattern[str]:
    """Given a pattern with *, ?, {school} and {date}, return it as an expression on file names.

    Raise InputError if it holds a path, a blank that means nothing, or one of them twice.
    """
    if "/" in glob or "\\" in glob or ".." in glob:
        raise InputError([Fault(glob, "pattern_path")])
    for blank in re.findall(r"\{([^{}]*)\}", glob):
        if blank not in _BLANKS:
            near = difflib.get_close_matches(blank.casefold(), _BLANKS, 1)
            raise InputError([Fault(glob, "pattern_blank_meant" if near else "pattern_blank", facts={"blank": blank, "meant": "".join(near)})])
        if glob.count(f"{{{blank}}}") > 1:
            raise InputError([Fault(glob, "pattern_twice", facts={"blank": blank})])
    pieces = {"*": ".*", "?": ".", "{school}": _SCHOOL, "{date}": _DATE}
    parts = re.split(r"(\*|\?|\{school\}|\{date\})", glob)
    return re.compile("".join(pieces.get(part, re.escape(part)) for part in parts), re.IGNORECASE)


def candidates(path: Path, glob: str) -> tuple[list[Candidate], list[Fault]]:
    """Given a file or folder and a pattern for the latter, return the regular files that match, newest first, and a fault for each match
    that is no such file; the faults of a school (fact `school`) take its other files out too.

    Raise InputError if the path is a link to a file, a pipe or the like, or the pattern is no pattern; NoFile if nothing matches.
    """
    try:
        is_folder = stat.S_ISDIR(path.lstat().st_mode)
        if not is_folder:
            return [_candidate(path, None)], []
        if glob == EVERY_FILE and path.suffix.lower() in FORMATS:
            raise InputError([Fault(path.name, "file_is_folder")])
        pattern = pattern_of(glob)
        names = sorted(os.listdir(path))  # noqa: PTH208 - names are enough
    except (FileNotFoundError, NotADirectoryError):
        raise NoFile(path, None) from None
    except OSError as error:
        raise InputError([_unreadable(path, error)]) from None
    found: list[Candidate] = []
    faults: list[Fault] = []
    for name in names:
        match = pattern.fullmatch(name)
        if match and not name.startswith((".", "~$")):
            try:
                found.append(_candidate(path / name, match))
            except FileNotFoundError:  # moved away since the folder was listed
                continue
            except InputError as refused:
                faults.extend(_of_school(fault, match.groupdict().get("school")) for fault in refused.faults)
    if not found and not faults:
        raise NoFile(path, glob)
    refused_schools = {str(fault.facts["school"]).casefold() for fault in faults if "school" in fault.facts}
    kept = [one for one in found if one.school is None or one.school.casefold() not in refused_schools]
    return sorted(kept, key=lambda one: (one.day or date.min, one.modified), reverse=True), faults


def newest(found: Iterable[Candidate], now: datetime, settle_seconds: int) -> tuple[list[Candidate], list[Candidate], list[Fault]]:
    """Given candidates newest first, return the newest of each school that is settled (untouched for that many seconds), the newer ones
    passed over because they may still be being written, and a fault for a school that has only such files or two that are equally new."""
    by_school: dict[str | None, list[Candidate]] = {}
    for one in found:
        by_school.setdefault(one.school and one.school.casefold(), []).append(one)
    chosen, passed, faults = [], [], []
    for files in by_school.values():
        settled = [one for one in files if settle_seconds <= 0 or now.timestamp() - one.modified >= settle_seconds]
        if not settled:
            faults.append(_of_school(Fault(files[0].name, "file_settling", facts={"seconds": settle_seconds}), files[0].school))
            continue
        first, *others = settled
        twin = next((one for one in others if (one.day, one.modified) == (first.day, first.modified)), None)
        if twin is not None:
            faults.append(_of_school(Fault(first.name, "files_equally_new", facts={"other": twin.name}), first.school))
            continue
        chosen.append(first)
        passed.extend(files[: files.index(first)])
    return sorted(chosen, key=lambda one: one.name), passed, faults


def read_bytes(path: Path, limit: int) -> bytes:
    """Given a file and the most bytes to take, return its content, read once.

    Raise InputError if it is no regular file of its own folder, is larger, cannot be opened, or changes while it is read.
    """
    try:
        _refuse_irregular(path, path.lstat())
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise InputError([_unreadable(path, error)]) from None
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(file.fileno())
        _refuse_irregular(path, before)
        if before.st_size > limit:
            raise InputError([Fault(path.name, "file_too_large", facts={"size": before.st_size >> 20, "limit": limit >> 20})])
        data = file.read(before.st_size + 1)
        after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(data) != before.st_size:
        raise InputError([Fault(path.name, "file_changing")])
    return data


def _candidate(path: Path, match: re.Match[str] | None) -> Candidate:
    try:
        status = path.lstat()
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise
        raise InputError([_unreadable(path, error)]) from None
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
    """Windows shows a link that is no symbolic one (a junction) as a folder, and has no pipes in folders."""
    if stat.S_ISREG(status.st_mode):
        return
    kinds = ((stat.S_ISLNK, "file_is_link"), (stat.S_ISDIR, "file_is_folder"), (stat.S_ISFIFO, "file_is_pipe"))
    raise InputError([Fault(path.name, next((code for test, code in kinds if test(status.st_mode)), "file_not_regular"))])


def _unreadable(path: Path, error: OSError) -> Fault:
    if isinstance(error, PermissionError):
        return Fault(path.name, "file_denied")
    if isinstance(error, FileNotFoundError):
        return Fault(path.name, "file_missing")
    return Fault(path.name, "file_unreadable", facts={"detail": error.strerror or type(error).__name__})


def _of_school(fault: Fault, school: str | None) -> Fault:
    return replace(fault, facts={**fault.facts, "school": school}) if school else fault
