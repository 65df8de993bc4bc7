"""What one read delivered, and whether it was whole: derived here, never claimed by a connector (design law 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.errors import AuditorError, Fault, InputError, Reason
from auditor.model.policy import SourceSettings
from auditor.model.reading import Page, Receipt
from auditor.model.tables import TABLES, combine


@dataclass(frozen=True)
class Read:
    """One source as it was read. pages: all that arrived; error: what ended the reading early, None when nothing did; is_configured: False
    for a source of the last scan that has been taken out of the configuration since: its absence is no answer."""

    settings: SourceSettings
    pages: tuple[Page, ...] = ()
    error: AuditorError | None = None
    is_configured: bool = True


@dataclass
class Delivery:
    """One read while it is being judged. Fields as in SourceReport; frames: its tables, only of use while it is ok."""

    settings: SourceSettings
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    receipts: tuple[Receipt, ...] = ()
    delivers: frozenset[str] = frozenset()
    state: SourceState = SourceState.OK
    reasons: list[Reason] = field(default_factory=list)
    warnings: list[Reason] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()
    refused_schools: frozenset[str] = frozenset()
    schools: dict[str, SourceState] = field(default_factory=dict)
    school_days: dict[str, date] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    holds_mail: bool = False
    is_new_reference: bool = False
    missing_kinds: frozenset[str] = frozenset()
    partial_rights: frozenset[str] = frozenset()
    left_out_rights: frozenset[str] = frozenset()

    @property
    def is_ok(self) -> bool:
        """Whether its rows may be used."""
        return self.state is SourceState.OK

    @property
    def rows(self) -> int:
        """Data rows read, as its receipts count them."""
        return sum(receipt.rows for receipt in self.receipts)

    @property
    def not_ok_schools(self) -> frozenset[str]:
        """Schools whose part must not be used."""
        return frozenset(school for school, state in self.schools.items() if state is not SourceState.OK)

    def stop(self, state: SourceState, *reasons: Reason) -> None:
        """Take the source out for tonight. The first reason decides the state; later ones are added to what is told."""
        if self.is_ok:
            self.state = state
        self.reasons.extend(reasons)

    def leave_out(self, school: str, state: SourceState, *reasons: Reason) -> None:
        """Take one school of the source out for tonight; the rest stays."""
        if self.schools.get(school, SourceState.OK) is SourceState.OK:
            self.schools[school] = state
        self.reasons.extend(reasons)

    def report(self) -> SourceReport:
        """Return what came of the source."""
        settings = self.settings
        return SourceReport(
            settings.name, settings.role, self.state, settings.system, tuple(self.reasons), self._day(),
            self.rows, self.receipts, dict(sorted(self.schools.items())), dict(sorted(self.school_days.items())), self.delivers,
            self.examples, tuple(self.warnings), self.faults, self.holds_mail, self.missing_kinds,
            self.partial_rights, self.left_out_rights)

    def _day(self) -> date | None:
        """The oldest day among the files that count; of all when none does. A school that is left out does not age the others."""
        kept = {day for school, day in self.school_days.items() if school not in self.not_ok_schools}
        days = {receipt.as_of for receipt in self.receipts}
        general = days - set(self.school_days.values())
        return min(kept | general or days, default=None)


def delivered(read: Read) -> Delivery:
    """Given one read, return what it delivered with the state that its ending gives it.

    No true last page: partial. A refused file: refused; only when every refused file is said to be one school's (fault fact `school`)
    and the source is read per school, the other schools go on. A broken connection: unreachable before the first page, partial after it.
    """
    pages, error = read.pages, read.error
    delivery = Delivery(
        read.settings,
        receipts=tuple(receipt for page in pages for receipt in page.receipts),
        delivers=frozenset().union(*(page.delivers for page in pages)),
        warnings=[reason for page in pages for reason in page.warnings],
        missing_kinds=frozenset().union(*(page.missing_kinds for page in pages)),
        partial_rights=frozenset().union(*(page.partial_rights for page in pages)),
        left_out_rights=frozenset().union(*(page.left_out_rights for page in pages)),
    )
    if not read.is_configured:
        delivery.stop(SourceState.NOT_CONFIGURED, Reason("source_taken_out"))
    elif isinstance(error, InputError):
        delivery.faults = error.faults
        schools = [fault.facts.get("school") for fault in error.faults]
        if read.settings.per_school and schools and all(schools) and pages:
            delivery.refused_schools = frozenset(str(school) for school in schools)
        else:
            delivery.stop(SourceState.REFUSED, error.reason)
    elif error is not None:
        delivery.stop(SourceState.PARTIAL if pages else SourceState.UNREACHABLE, error.reason)
    elif [page.is_last for page in pages] != [False] * (len(pages) - 1) + [True]:
        delivery.stop(SourceState.PARTIAL, Reason("read_without_end"))
    if delivery.is_ok:
        delivery.frames = _frames(delivery, pages)
    return delivery


def _frames(delivery: Delivery, pages: Iterable[Page]) -> dict[str, pd.DataFrame]:
    """The pages' tables, each checked at this seam: a connector's slip costs its source and not the scan."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for page in pages:
        for name, frame in page.tables.items():
            try:
                parts.setdefault(name, []).append(TABLES[name].check(frame))
            except (KeyError, TypeError, ValueError) as slip:
                delivery.stop(SourceState.REFUSED, Reason("read_not_as_declared", {"detail": str(slip)}))
                return {}
    return {name: combine(TABLES[name], frames) for name, frames in sorted(parts.items())}


def keep(frame: pd.DataFrame, chosen: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Given a frame and which rows to keep, return those; the same frame when it is all of them."""
    return frame if chosen.all() else frame[chosen].reset_index(drop=True)
