"""May a rule be judged tonight? What it needs, held against what was read (rules 1, "Not assessed")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from auditor.assess.unread import UnreadRights
from auditor.model.coverage import Coverage, SourceReport, SourceState
from auditor.model.errors import Reason
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from auditor.model.tables import REGISTERS
from auditor.rules.spec import RuleSpec
from auditor.rules.view import AuditView


@dataclass(frozen=True)
class Gap:
    """One thing a rule needs and does not have. source: which source lacks it, None when it is no source; is_everywhere: it does not
    depend on the system, so that it is said once."""

    reason: Reason
    source: str | None = None
    is_everywhere: bool = False


class Needs:
    """Answers, for one night, whether a rule may be judged for a system, and for which schools not."""

    def __init__(self, view: AuditView) -> None:
        """Given the view of one day."""
        self.coverage: Coverage = view.snapshot.coverage
        self.systems = self.coverage.systems
        self.hr_schools = self.coverage.missing_schools_of_role("hr")
        self.unread = UnreadRights(view)
        self._view = view
        self._lacks: dict[tuple[str, str | None], tuple[Gap, ...]] = {}
        self._gaps: dict[tuple[str, str | None], tuple[Gap, ...]] = {}
        self._missing = {system: self.coverage.missing_schools_of_system(system) for system in self.systems}
        self._registers: dict[str, tuple[SourceReport, ...]] = {}
        self._lost = frozenset(system for system in self.systems if is_matrix_gone(view.past, view.matrices, system))

    def gaps(self, spec: RuleSpec, system: str | None) -> tuple[Gap, ...]:
        """Given a rule and a system (None for findings about no system), return everything that stops it; empty when it may be judged."""
        at = (spec.slug, system)
        if at not in self._gaps:
            self._gaps[at] = tuple(self._found(spec, system))
        return self._gaps[at]

    def missing_schools(self, spec: RuleSpec, system: str | None) -> frozenset[str]:
        """Given a rule and a system, return the schools whose slice of that system was not read."""
        if system is None or not {"system", "sources"} & set(spec.needs):
            return frozenset()
        return self._missing.get(system, frozenset())

    def forgets(self, spec: RuleSpec) -> bool:
        """Whether the rule is about no system and reads every matrix, and one of them is gone: what it no longer finds may still be so."""
        return bool(self._lost) and "matrix?" in spec.needs and "system" not in spec.needs

    def needs_whole_hr(self, spec: RuleSpec) -> bool:
        """Whether the rule leans on HR while HR misses a school: then only people wholly known may be judged (rules 1)."""
        return "hr" in spec.needs and bool(self.hr_schools)

    def _found(self, spec: RuleSpec, system: str | None) -> Iterator[Gap]:
        for need in spec.needs:
            if (need, system) not in self._lacks:
                self._lacks[need, system] = tuple(self._lacking(need, system))
            yield from self._lacks[need, system]
        yield from self._columns(spec, system)

    def _lacking(self, need: str, system: str | None) -> Iterator[Gap]:
        """What stops every rule that has this need."""
        name, is_optional = need.rstrip("?"), need.endswith("?")
        if name == "system":
            if system is not None:
                yield from _not_ok(self.coverage.of_system(system), system, is_everywhere=False)
        elif name == "sources":
            yield from self._sources(system)
        elif name == "matrix":
            yield from self._matrix_that_was(system) if is_optional else self._matrix(system)
        elif name != "pupils" or self._may_hold_pupils(system):
            reports = self._reports(name)
            if reports or not is_optional:
                yield from _not_ok(reports, name if name in ("hr", "pupils") else f"register.{name}", is_everywhere=True)

    def _reports(self, name: str) -> tuple[SourceReport, ...]:
        if name == "hr":
            return self.coverage.of_role("hr")
        if name == "pupils":
            return self.coverage.of_role("pupils")
        assert name in REGISTERS, name
        if name not in self._registers:
            self._registers[name] = tuple(
                report for report in self.coverage.of_role("register")
                if report.source == f"register.{name}" or any(column.startswith(f"{name}.") for column in report.delivers)
            )
        return self._registers[name]

    def _sources(self, system: str | None) -> Iterator[Gap]:
        if system is not None:
            yield from _not_ok(self.coverage.of_system(system), system, is_everywhere=False)
            return
        reports = tuple(report for report in self.coverage.sources if report.system is None)
        if reports:
            yield from _not_ok(reports, "", is_everywhere=True)

    def _matrix(self, system: str | None) -> Iterator[Gap]:
        if system is None:
            if not self._view.matrices:
                yield Gap(Reason("needs_any_matrix"), is_everywhere=True)
        elif self._view.matrix_of(system) is None:
            yield Gap(Reason("needs_matrix", {"system": system}))

    def _matrix_that_was(self, system: str | None) -> Iterator[Gap]:
        """A rule that reads the matrix where there is one says nothing while it is gone or unreadable: what it knew of the system is gone too."""
        if system in self._lost:
            yield Gap(Reason("needs_matrix_gone", {"system": str(system)}))

    def _may_hold_pupils(self, system: str | None) -> bool:
        return not self._view.policy.pupil_systems or system is None or system in self._view.policy.pupil_systems

    def _columns(self, spec: RuleSpec, system: str | None) -> Iterator[Gap]:
        if system is None or not self.coverage.of_system(system):
            return
        for column in spec.columns:
            if not self.coverage.delivers(system, column):
                yield Gap(Reason("needs_column", {"column": column, "system": system}))


def is_matrix_gone(past: Past, matrices: Sequence[Matrix], system: str) -> bool:
    """Given the past, the matrices of today and a system, return whether an earlier scan judged it by a matrix and there is none today."""
    return not any(matrix.applies_to(system) for matrix in matrices) and any(fnmatchcase(system, pattern) for pattern in past.matrix_digests)


def _not_ok(reports: tuple[SourceReport, ...], name: str, is_everywhere: bool) -> Iterator[Gap]:
    if not reports:
        yield Gap(Reason("needs_not_configured", {"source": name}), None, is_everywhere)
    for report in reports:
        if report.state is not SourceState.OK:
            yield Gap(Reason(f"needs_{report.state.value}", {"source": report.source}), report.source, is_everywhere)
