"""The errors of this project: each says where, what and what to do.

A fault carries a code and facts, not a sentence: sentences come from the catalogue (reports/texts), Dutch or English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reason:
    """Why something is as it is, fit for the catalogue: `code` is a key under `reason.` or `fault.`, `facts` fill its blanks."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        blanks = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({blanks})" if blanks else self.code


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one file.

    file: name as the user knows it; code: key `fault.<code>` of the catalogue, which says what is wrong and what to do;
    line: 1-based line (or sheet row), None when it is the whole file; column: header name or key, None for a whole line;
    facts: fill the blanks of the sentence (never a personal value: an id is masked by whoever makes the fault).
    """

    file: str
    code: str
    line: int | None = None
    column: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line is not None else "") + (f" [{self.column}]" if self.column else "")
        return f"{where}: {Reason(self.code, self.facts)}"


class AuditorError(Exception):
    """Base of everything this project raises on purpose; `reason` is what the catalogue needs to say it."""

    def __init__(self, code: str, **facts: str | int) -> None:
        self.reason = Reason(code, facts)
        super().__init__(str(self.reason))


class InputError(AuditorError):
    """An input file was refused; carries every fault found, in order of appearance."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("input_refused", count=len(self.faults))

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class ConfigError(InputError):
    """The configuration or a matrix was refused; carries every fault found, not just the first."""


class UsageError(AuditorError):
    """What was asked for cannot be meant: the wrong combination of options, or a day that may not be chosen."""


class ConnectorError(AuditorError):
    """A source could not be reached or read to its end."""


class DeliveryError(AuditorError):
    """A mail was not accepted. is_final: trying again will not help."""

    def __init__(self, code: str, *, is_final: bool = False, **facts: str | int) -> None:
        super().__init__(code, **facts)
        self.is_final = is_final


class StoreError(AuditorError):
    """The database cannot be used: locked, of a newer schema, damaged, or readable by others."""


class ScanRunning(StoreError):
    """Another scan holds the lock (exit code 11)."""
