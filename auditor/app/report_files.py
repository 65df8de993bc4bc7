"""Writes the files of a report: each appears whole or not at all, readable by who may read the database's reports only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from auditor.app.reporting import report_data
from auditor.app.whole_file import write_whole
from auditor.config.load import Workspace
from auditor.model.errors import AuditorError
from auditor.store import Store
from reports.render import DOCUMENTS, QUARTER


def name_of(board: str, day: date, language: str, *about: str | None) -> str:
    """Given a board's short name, the day, a language and what else tells this report from others, return the name of its file without
    suffix."""
    parts = ("auditor", board, day.isoformat(), *about, language if language != "nl" else None)
    return "-".join(part for part in parts if part)


def write_report(
    workspace: Workspace, store: Store, scan: int | None, form: str, language: str, *, kind: str = "daily", school: str | None = None,
    since: date | None = None, out: Path | None = None, is_raw: bool = False,
) -> Path:
    """Given an open store, a format and a kind of report, write the report on a scan and return its path; that of its index when it takes
    several files. is_raw: CSV for programs. Raise AuditorError if this kind has no such format, or a file cannot be written."""
    document = DOCUMENTS.get((kind, f"{form}-raw" if is_raw else form))
    if document is None:
        forms = ", ".join(sorted({known for of, known in DOCUMENTS if of == kind and "-" not in known}))
        raise AuditorError("report_not_in_format", kind=kind, format=form, known=forms)
    data = report_data(workspace, store, language, scan, school, since, is_quarter=kind == QUARTER, may_fold=form == "html")
    folder = out or workspace.path(workspace.config.folders.reports)
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    span = f"since-{since.isoformat()}" if since else None
    name = name_of(data.board, data.as_of, language, None if kind == "daily" else kind, span, school)
    target = folder / (name + document.suffix)
    for beside, content in document.render(data, name):
        write_whole(folder / beside, content)
    return target
