"""What a set says of itself: which version, and whether a file that lacks a row means that it is gone (bulk) or unchanged (delta)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, cast

from auditor.model.errors import Fault, InputError
from auditor.model.reading import Receipt
from connectors.rosters.sheets import LINE, Sheet, read_sheet

VERSIONS = ("1.0", "1.1", "1.2")
Mode = Literal["bulk", "delta", "absent"]
_SHEET = Sheet(("propertyName", "value"), required=("propertyName", "value"))


@dataclass(frozen=True)
class Manifest:
    """version: 1.1 or 1.2; modes: kind of file -> how it is to be read; receipt: of the file itself, None when there is none."""

    version: str
    modes: dict[str, Mode] = field(default_factory=dict)
    receipt: Receipt | None = None

    def mode(self, kind: str) -> Mode:
        """Given a kind of file, return how it is to be read: bulk where the manifest is silent."""
        return self.modes.get(kind, "bulk")


def read_manifest(data: bytes | None, file: str, has_roles: bool, as_of: date) -> Manifest:
    """Given a manifest (None when there is none), its name, whether the set has a file of roles, and its day, return what it says; without one
    the files themselves tell the version. Raise InputError if it names another version, or a mode that means nothing."""
    guess = "1.2" if has_roles else "1.1"
    if data is None:
        return Manifest(guess)
    frame, receipt = read_sheet(data, file, _SHEET, "oneroster.manifest", as_of)
    modes: dict[str, Mode] = {}
    version = guess
    for name, value, line in zip(frame["propertyName"].fillna(""), frame["value"].fillna(""), frame[LINE], strict=True):
        if name == "oneroster.version" and value:
            if value not in VERSIONS:
                raise InputError([Fault(file, "roster_version", int(line), "value", {"found": value[:20], "known": ", ".join(VERSIONS[1:])})])
            version = value
        elif name.startswith("file.") and value:
            if value.casefold() not in ("bulk", "delta", "absent"):
                raise InputError([Fault(file, "roster_mode", int(line), "value", {"found": value[:20], "property": name})])
            modes[name.removeprefix("file.").casefold()] = cast(Mode, value.casefold())
    return Manifest(version, modes, receipt)
