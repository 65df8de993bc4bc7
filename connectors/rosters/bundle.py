"""Finds the sets of files of a roster: a folder of CSV files, a zip of them, or a folder that gathers such folders and zips, oldest first."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from auditor.model.errors import ConnectorError, Fault, InputError
from connectors.files.convert import AMSTERDAM
from connectors.files.folder import EVERY_FILE, Candidate, NoFile, candidates, located, read_bytes
from connectors.files.xlsx_guard import ZIP_DAMAGE, ZIP_METHODS, members_told

MIB = 1 << 20
FILE_LIMIT = 200 * MIB
TOTAL_LIMIT = 400 * MIB
"""Bytes of all files of all sets that are read together, unpacked."""
RATIO_LIMIT = 100
MEMBERS_LIMIT = 200
SETS_LIMIT = 400


@dataclass(frozen=True)
class Bundle:
    """One set. name: of its folder or zip, "" for a folder that is the set itself; modified: seconds since 1970 of its newest file; files: name
    in small letters without folder -> content."""

    name: str
    modified: float
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def modified_on(self) -> date:
        """The day it was last changed, in Europe/Amsterdam."""
        return datetime.fromtimestamp(self.modified, AMSTERDAM).date()

    def shown(self, file: str) -> str:
        """Given one of its files, return its name as the user knows it."""
        return f"{self.name}/{file}" if self.name else file


@dataclass(frozen=True)
class _Place:
    """Where a set stands, not opened yet. name, modified: as of its bundle; open: reads it, given the most bytes it may hold."""

    name: str
    modified: float
    open: Callable[[int], Bundle]


def bundles(
    root: Path, named: str, allowed: Sequence[Path], wanted: Collection[str], now: datetime, settle_seconds: int,
    is_whole: Callable[[Bundle], bool],
) -> tuple[list[Bundle], list[str]]:
    """Given where to look (see folder.located), the names of files a set may have, this instant, how long a file must be untouched and which
    set says everything by itself, return the newest such set and those after it, oldest first, and the names of newer ones passed over
    because they may still be being written. Sets before it are not opened; where none is whole, all are returned.

    Raise InputError if a file is refused or the sets are too large together, ConnectorError if there is no set.
    """
    place = located(root, named, allowed)
    try:
        if place.is_file():
            found = [_of_zip(Candidate(place, place.lstat().st_mtime), wanted)]
        elif own := _of_folder(place, "", wanted):
            found = [own]
        else:
            found = _gathered(place, wanted)
    except NoFile:
        found = []
    if not found:
        raise ConnectorError("source_no_match", path=named, pattern=", ".join(sorted(wanted)[:3]))
    settled = [one for one in found if settle_seconds <= 0 or now.timestamp() - one.modified >= settle_seconds]
    if not settled:
        raise InputError([Fault(found[-1].name or named, "file_settling", facts={"seconds": settle_seconds})])
    opened: list[Bundle] = []
    left = TOTAL_LIMIT
    for one in reversed(settled):
        opened.insert(0, one.open(left))
        left -= sum(map(len, opened[0].files.values()))
        if is_whole(opened[0]):
            break
    return opened, [one.name for one in found if one not in settled]


def _gathered(place: Path, wanted: Collection[str]) -> list[_Place]:
    """Every folder and zip of a folder that is a set, oldest first. A link is never followed."""
    try:
        entries = sorted(entry for entry in place.iterdir() if not entry.name.startswith(".") and not entry.is_symlink())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        raise InputError([Fault(place.name, "file_denied")]) from None
    if len(entries) > SETS_LIMIT:
        raise InputError([Fault(place.name, "roster_many_sets", facts={"limit": SETS_LIMIT})])
    found = []
    for entry in entries:
        if entry.is_dir() and (one := _of_folder(entry, entry.name, wanted)):
            found.append(one)
        elif entry.suffix.lower() == ".zip" and entry.is_file():
            found.append(_of_zip(Candidate(entry, entry.lstat().st_mtime), wanted))
    return sorted(found, key=lambda one: (one.modified, one.name))


def _of_folder(folder: Path, name: str, wanted: Collection[str]) -> _Place | None:
    try:
        listed, faults = candidates(folder, EVERY_FILE)
    except NoFile:
        return None
    here = {one.name.lower(): one for one in listed if one.name.lower() in wanted}
    odd = [fault for fault in faults if fault.file.lower() in wanted]
    if odd:
        raise InputError(odd)
    if not here:
        return None
    modified = max(one.modified for one in here.values())

    def opened(limit: int) -> Bundle:
        size = sum(one.path.lstat().st_size for one in here.values())
        if size > limit:
            raise _too_large(name or folder.name)
        return Bundle(name, modified, {file: read_bytes(one.path, FILE_LIMIT) for file, one in sorted(here.items())})

    return _Place(name, modified, opened)


def _of_zip(candidate: Candidate, wanted: Collection[str]) -> _Place:
    return _Place(candidate.name, candidate.modified, lambda limit: _zipped(candidate, wanted, limit))


def _too_large(name: str) -> InputError:
    return InputError([Fault(name, "roster_large", facts={"limit": TOTAL_LIMIT // MIB})])


def _zipped(candidate: Candidate, wanted: Collection[str], limit: int) -> Bundle:
    """A zip whose table of contents was looked at before anything is unpacked."""
    data = read_bytes(candidate.path, FILE_LIMIT)
    name = candidate.name

    def refused(code: str, **facts: int) -> InputError:
        return InputError([Fault(name, code, facts=facts)])

    if (members_told(data) or 0) > MEMBERS_LIMIT:
        raise refused("roster_zip_many", limit=MEMBERS_LIMIT)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS_LIMIT:
                raise refused("roster_zip_many", limit=MEMBERS_LIMIT)
            if any(one.flag_bits & 1 for one in members):
                raise refused("roster_zip_locked")
            if any(one.compress_type not in ZIP_METHODS for one in members):
                raise refused("roster_zip_damaged")
            size = sum(one.file_size for one in members)
            if size > TOTAL_LIMIT or any(one.file_size > MIB and one.file_size > RATIO_LIMIT * max(one.compress_size, 1) for one in members):
                raise refused("roster_zip_large", size=size // MIB, limit=TOTAL_LIMIT // MIB)
            if size > limit:
                raise _too_large(name)
            files: dict[str, bytes] = {}
            for one in members:
                short = one.filename.replace("\\", "/").rpartition("/")[2].lower()
                if short in wanted and not one.filename.startswith("__MACOSX"):
                    if short in files:
                        raise InputError([Fault(f"{name}/{short}", "roster_file_twice")])
                    with archive.open(one) as member:
                        content = member.read(one.file_size + 1)
                    # A zip's checksum proves the file whole, where a loose one has only its last line's end: real files go without.
                    files[short] = content if content.endswith((b"\n", b"\r")) or not content else content + b"\n"
    except ZIP_DAMAGE:
        raise refused("roster_zip_damaged") from None
    return Bundle(name, candidate.modified, dict(sorted(files.items())))
