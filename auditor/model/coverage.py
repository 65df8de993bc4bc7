"""How much of each source was read tonight: what absence may and may not mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from auditor.model.errors import Fault, Reason
from auditor.model.reading import Receipt


class SourceState(StrEnum):
    """Only OK may open, resolve or count leavers (design law 5)."""

    OK = "ok"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    STALE = "stale"
    PARTIAL = "partial"
    REFUSED = "refused"
    NOT_CONFIGURED = "not_configured"


Role = Literal["hr", "system", "pupils", "register"]


@dataclass(frozen=True)
class SourceReport:
    """What came of one source.

    role: hr (persons, employments), system (accounts, grants of `system`), pupils, or register (a table the board keeps itself);
    state: of the source as a whole; reasons: why, empty when ok; as_of: the oldest day among its files, None when nothing was read;
    rows: data rows read; schools: state per school for the schools it is expected to cover one by one (empty: it is one whole);
    school_days: the source's own day per school; delivers: "table.column" names it can fill; examples: the rows that tripped a guard;
    warnings: what is odd but blocks nothing; faults: every fault of refused files; missing_kinds, partial_rights, left_out_rights: as in
    Page.
    """

    source: str
    role: Role
    state: SourceState
    system: str | None = None
    reasons: tuple[Reason, ...] = ()
    as_of: date | None = None
    rows: int = 0
    receipts: tuple[Receipt, ...] = ()
    schools: Mapping[str, SourceState] = field(default_factory=dict)
    school_days: Mapping[str, date] = field(default_factory=dict)
    delivers: frozenset[str] = frozenset()
    examples: tuple[str, ...] = ()
    warnings: tuple[Reason, ...] = ()
    faults: tuple[Fault, ...] = ()
    holds_mail: bool = False
    missing_kinds: frozenset[str] = frozenset()
    partial_rights: frozenset[str] = frozenset()
    left_out_rights: frozenset[str] = frozenset()

    @property
    def is_blocked(self) -> bool:
        """Whether a guard held back the source, or a school of it."""
        return SourceState.BLOCKED in (self.state, *self.schools.values())

    @property
    def missing_schools(self) -> frozenset[str]:
        """Schools that were expected and are not ok, while the source as a whole is."""
        return frozenset(school for school, state in self.schools.items() if state is not SourceState.OK)


@dataclass(frozen=True)
class Coverage:
    """The reports of all sources of one scan, and the questions rules may ask of them."""

    sources: tuple[SourceReport, ...] = ()

    def of_role(self, role: Role) -> tuple[SourceReport, ...]:
        """All sources with this role, in the order of the configuration."""
        return tuple(report for report in self.sources if report.role == role)

    def of_system(self, system: str) -> tuple[SourceReport, ...]:
        """All sources that deliver accounts of this system."""
        return tuple(report for report in self.sources if report.system == system)

    @property
    def systems(self) -> tuple[str, ...]:
        """Systems with at least one configured source, sorted."""
        return tuple(sorted({report.system for report in self.sources if report.system}))

    def state_of_role(self, role: Role) -> SourceState:
        """NOT_CONFIGURED without a source of this role, OK when all are, else the state of the first that is not."""
        reports = self.of_role(role)
        if not reports:
            return SourceState.NOT_CONFIGURED
        return next((report.state for report in reports if report.state is not SourceState.OK), SourceState.OK)

    def state_of_system(self, system: str) -> SourceState:
        """As state_of_role, for the sources of one system."""
        reports = self.of_system(system)
        if not reports:
            return SourceState.NOT_CONFIGURED
        return next((report.state for report in reports if report.state is not SourceState.OK), SourceState.OK)

    def missing_schools_of_role(self, role: Role) -> frozenset[str]:
        """Schools missing from sources of this role that are ok as a whole."""
        return frozenset().union(*(report.missing_schools for report in self.of_role(role)))

    def missing_schools_of_system(self, system: str) -> frozenset[str]:
        """Schools missing from sources of this system that are ok as a whole."""
        return frozenset().union(*(report.missing_schools for report in self.of_system(system)))

    def delivers(self, system: str, column: str) -> bool:
        """Whether any source of this system can fill "table.column"."""
        return any(column in report.delivers for report in self.of_system(system))

    def missing_kinds_of_system(self, system: str) -> frozenset[str]:
        """Kinds of right that sources of this system could not read, while they are ok."""
        return frozenset().union(*(report.missing_kinds for report in self.of_system(system)))

    def partial_rights_of_system(self, system: str) -> frozenset[str]:
        """Native names of rights whose holders sources of this system could not all see, while they are ok."""
        return frozenset().union(*(report.partial_rights for report in self.of_system(system)))

    def left_out_rights_of_system(self, system: str) -> frozenset[str]:
        """Native names of rights that the settings of this system's sources leave out."""
        return frozenset().union(*(report.left_out_rights for report in self.of_system(system)))

    @property
    def not_ok(self) -> tuple[SourceReport, ...]:
        """Sources that are not ok, or miss a school: what the report shows first."""
        return tuple(report for report in self.sources if report.state is not SourceState.OK or report.missing_schools)
