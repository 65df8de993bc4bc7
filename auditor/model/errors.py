"""The errors of this project: each says where, what and what to do."""

from __future__ import annotations

from dataclasses import dataclass


class AuditorError(Exception):
    """Base of everything this project raises on purpose; its text is fit to show to a user."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one file.

    file: name of the file as the user knows it; line: 1-based line of the file, None when the fault is the whole file;
    column: header name or key, None when the fault is the whole line; what: what is wrong; remedy: what to do about it.
    """

    file: str
    what: str
    remedy: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f", regel {self.line}"
        if self.column is not None:
            where += f", kolom {self.column}"
        return f"{where}: {self.what}. {self.remedy}"


class InputError(AuditorError):
    """An input file was refused; carries every fault found, in order of appearance."""

    def __init__(self, faults: list[Fault] | tuple[Fault, ...]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ConfigError(InputError):
    """The configuration or a matrix was refused; carries every fault found, not just the first."""


class StoreError(AuditorError):
    """The database cannot be used: locked, of a newer schema, damaged, or readable by others."""


class ScanRunning(StoreError):
    """Another scan holds the lock."""
