"""One scan from beginning to end: read, conclude, save, report. The demo, the command and the timer all come through here."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from auditor import __version__
from auditor.app.clock import ZONE
from auditor.app.logs import log
from auditor.app.memory import keeping_memory
from auditor.app.nights import between
from auditor.app.pipeline import Night, Progress, conclude
from auditor.app.report_files import write_report
from auditor.app.sources import read_all
from auditor.assess import freeze
from auditor.config.load import Workspace, policy_of
from auditor.model.coverage import Coverage, SourceState
from auditor.model.errors import ConfigError, Fault
from auditor.model.finding import Change, NotAssessed
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from auditor.store import ScanRecord, Store, scan_lock
from auditor.store.store import Tell
from matrices.load import load_matrix

Kind = Literal["nightly", "manual"]


@dataclass(frozen=True)
class ScanOutcome:
    """What a scan concluded, for whoever asked for it.

    scan: its number, None after a dry run; open_count: findings not resolved, flagged ones included; worst_score: highest score among the
    findings that are open; report: path of the HTML report, None after a dry run; matrix_faults: of matrices that could not be read, or are gone;
    is_before: day of the last scan when the day judged lies before it, so that nothing was saved; is_ahead: whether that day is still to
    come, so that nothing was saved either; skipped: the dates since the scan before that have none.
    """

    board_name: str
    scan: int | None
    kind: str
    as_of: date
    started_at: datetime
    seconds: float
    coverage: Coverage
    counts: Mapping[str, int]
    open_count: int
    worst_score: int
    not_assessed: tuple[NotAssessed, ...]
    matrix_faults: tuple[Fault, ...]
    report: Path | None
    is_before: date | None = None
    is_ahead: bool = False
    skipped: tuple[date, ...] = ()

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing was saved."""
        return self.scan is None

    @property
    def kind_name(self) -> str:
        """Kind without its number: nightly, manual or dry_run."""
        return "dry_run" if self.is_dry_run else self.kind.split("-")[0]

    @property
    def has_blocked(self) -> bool:
        """Whether a guard held back a source, or a school of one."""
        return any(report.state is SourceState.BLOCKED or SourceState.BLOCKED in report.schools.values() for report in self.coverage.sources)

    @property
    def is_partial(self) -> bool:
        """Whether a source, a school of one, or a matrix was not assessed, or findings are left of a source that is no longer configured."""
        return bool(self.coverage.not_ok or self.matrix_faults or self.counts["not_assessed"])

    def as_json(self) -> dict[str, Any]:
        """Return the scan with the contract's keys."""
        return {
            "scan": self.scan, "kind": "dry-run" if self.is_dry_run else self.kind, "as_of": self.as_of.isoformat(),
            "started_at": self.started_at.isoformat(), "seconds": round(self.seconds, 3),
            "sources": [
                {
                    "source": report.source, "state": report.state.value, "rows": report.rows,
                    "sha256": [receipt.sha256 for receipt in report.receipts], "as_of": report.as_of.isoformat() if report.as_of else None,
                    "reason": [str(reason) for reason in report.reasons] + [str(fault) for fault in report.faults],
                }
                for report in self.coverage.sources
            ],
            "counts": {name: self.counts[name] + (self.counts["reason_changed"] if name == "persisting" else 0) for name in CONTRACTED},
            "not_assessed": [
                {"rule": one.rule, "system": one.system, "source": one.source, "reason": str(one.reason), "schools": sorted(one.schools),
                 "count": one.count}
                for one in self.not_assessed
            ],
            "report": str(self.report) if self.report else None,
        }


def run_scan(
    workspace: Workspace, as_of: date, *, now: datetime, kind: Kind, language: str | None = None, is_dry_run: bool = False,
    progress: Progress = lambda stage: None,
) -> ScanOutcome:
    """Given a workspace and a day, read every source, conclude, save in one transaction and write the report.

    now: this instant, for the age of files and the scan's own record; kind: nightly (once a date) or manual; is_dry_run, a day before the
    last scan, or one after today: nothing is saved. Raise ScanRunning if another scan runs, StoreError if the database cannot be used.
    """
    # A stored day to come would refuse every night until then, and mail as overdue what is not due yet.
    is_ahead = as_of > now.astimezone(ZONE).date()
    is_dry_run = is_dry_run or is_ahead
    database = workspace.path(workspace.config.folders.database)
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    begun = time.perf_counter()
    with nullcontext() if is_dry_run else scan_lock(database), Store(database) as store, _without_garbage_collection(), keeping_memory():
        last = store.last_scan()
        is_dry_run = is_dry_run or bool(last and as_of < last.as_of)
        past = store.past(as_of)
        matrices, faults = read_matrices(workspace)
        before = store.coverage_at().sources if last else ()
        # Nobody else holds what was read: its pages can go as soon as they are tables.
        night = conclude(as_of, read_all(workspace, now, store.pending_releases(), progress, before), matrices, policy_of(workspace.config),
                         past, progress)
        outcome = replace(
            _outcome(workspace, night, past, faults, as_of, now, begun, kind), is_ahead=is_ahead,
            is_before=last.as_of if last and as_of < last.as_of else None)
        if is_dry_run:
            return outcome
        progress("save")
        number = store.save(_record(night, past, matrices, as_of, now, time.perf_counter() - begun, kind),
                            _teller(workspace, kind))
        progress("report")
        del night, past, matrices, before
        saved = store.last_scan()
        assert saved is not None
        report = write_report(workspace, store, number, "html", language or workspace.config.board.language)
        if skipped := between(last.as_of if last else None, as_of):
            log().info("skipped", days=[day.isoformat() for day in skipped])
        for source in outcome.coverage.sources:
            log().info("source", source=source.source, state=source.state.value, rows=source.rows)
        log().info("scan", scan=number, kind=saved.kind, as_of=as_of.isoformat(), seconds=round(time.perf_counter() - begun, 3))
        counts = {name: saved.counts.get(name, 0) for name in COUNTED}
        return ScanOutcome(**{
            **vars(outcome), "scan": number, "skipped": tuple(skipped), "kind": saved.kind, "counts": counts, "open_count": saved.counts["open"],
            "report": report, "seconds": time.perf_counter() - begun,
        })


CONTRACTED = ("new", "resolved", "reopened", "persisting", "waived", "not_assessed")
"""What `scan --json` counts (contract): a finding of which only the reason changed counts as persisting there."""
COUNTED = ("new", "resolved", "reopened", "reason_changed", "persisting", "waived", "not_assessed", "renamed")


def read_matrices(workspace: Workspace) -> tuple[tuple[Matrix, ...], tuple[Fault, ...]]:
    """Given a workspace, return the matrices that can be read, and every fault of those that cannot: a typing mistake in one matrix must
    not stop the night, it makes the rights of that system not assessed."""
    folder = workspace.path(workspace.config.folders.matrices)
    matrices: list[Matrix] = []
    faults: list[Fault] = []
    for home in _homes(folder, workspace.config.folders.matrices, faults):
        try:
            matrices.append(load_matrix(home, workspace.config.folders.matrices / home.relative_to(folder)))
        except ConfigError as error:
            faults.extend(error.faults)
    return tuple(matrices), tuple(faults)


def _homes(folder: Path, shown: Path, faults: list[Fault]) -> list[Path]:
    """The folders of matrices, in order; one that cannot be looked into may hold some, and is a fault."""

    def unread(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            name = shown / Path(error.filename).relative_to(folder)
            faults.append(Fault(str(name), "matrix_folder_unreadable", facts={"detail": error.strerror or type(error).__name__}))

    return sorted(Path(home) for home, _, files in os.walk(folder, onerror=unread) if "matrix.toml" in files)


def _teller(workspace: Workspace, kind: Kind) -> Tell | None:
    """What mail comes of this scan; only of the nightly one, so that looking again by day mails nobody twice."""
    if workspace.config.mail is None or kind != "nightly":
        return None
    from auditor.app.telling import Teller

    return Teller(workspace, workspace.config.mail)


def _outcome(
    workspace: Workspace, night: Night, past: Past, faults: tuple[Fault, ...], as_of: date, now: datetime, begun: float, kind: str,
) -> ScanOutcome:
    findings, changes = night.assessment.findings, night.changes
    counts = {name: changes.count().get(name, 0) for name in COUNTED}
    lost = sorted({str(one.reason.facts["system"]) for one in night.assessment.not_assessed if one.reason.code == "needs_matrix_gone"})
    gone = [Fault(str(workspace.config.folders.matrices), "matrix_gone", facts={"system": system}) for system in lost]
    flagged = changes.gone.loc[(changes.gone["change"] == Change.NOT_ASSESSED).to_numpy()]
    return ScanOutcome(
        board_name=workspace.config.board.name, scan=None, kind=kind, as_of=as_of, started_at=now, seconds=time.perf_counter() - begun,
        coverage=night.collected.snapshot.coverage, counts=counts, open_count=len(findings) + len(flagged),
        worst_score=int(findings["score"].max()) if len(findings) else -1, not_assessed=night.assessment.not_assessed,
        matrix_faults=faults or tuple(gone), report=None,
    )


def _record(night: Night, past: Past, matrices: tuple[Matrix, ...], as_of: date, now: datetime, seconds: float, kind: Kind) -> ScanRecord:
    rows = night.changes.today["must_freeze"].to_numpy().nonzero()[0]
    bodies = freeze(night.view, night.assessment, rows)
    keys = night.assessment.findings["key"].to_numpy(dtype=object)[rows]
    return ScanRecord(
        kind=kind, as_of=as_of, started_at=now, seconds=seconds, version=__version__, snapshot=night.collected.snapshot, links=night.links,
        past=past, assessment=night.assessment, changes=night.changes, evidence=dict(zip(keys, bodies, strict=True)),
        accepted=night.collected.ids, files=night.collected.files, matrices=matrices, new_references=night.collected.new_references,
    )


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Cycles are rare here and frames are many: the collector costs more than it frees while a scan runs."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
