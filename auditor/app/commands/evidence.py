"""`auditor evidence`: one package for a period, to show to whoever asks whether the rules work."""

from __future__ import annotations

import json
from datetime import date

from auditor.app.cli import Call
from auditor.app.clock import now, today
from auditor.app.exits import Exit
from auditor.model.errors import UsageError


def run(call: Call) -> Exit:
    """Write the package as JSON and HTML. Raise UsageError for a period that ends before it begins, AuditorError if no scan lies in it."""
    from auditor.app.care import months_before
    from auditor.app.evidence_package import evidence_package
    from auditor.app.whole_file import write_whole
    from auditor.app.workspaces import load_workspace, open_store
    from reports.render import evidence_package as rendered

    wanted = call.arguments
    until: date = wanted.until or today()
    since: date = wanted.since or months_before(until, 12)
    if since > until:
        raise UsageError("period_backwards", since=since.isoformat(), until=until.isoformat())
    workspace = load_workspace(call.config)
    with open_store(workspace) as store:
        package = evidence_package(workspace, store, since, until, call.words, now())
    folder = wanted.out or workspace.path(workspace.config.folders.reports)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"evidence-{package.board}-{since.isoformat()}-{until.isoformat()}"
    files = [folder / f"{name}.json", folder / f"{name}.html"]
    for path, content in zip(files, (rendered.as_json(package), rendered.as_html(package, call.words)), strict=True):
        write_whole(path, content)
    if call.is_json:
        print(json.dumps({"files": [str(path) for path in files], "items": {item.item: item.answer for item in package.items}}))
        return Exit.OK
    for item in package.items:
        print(f"{call.words.text(f'evidence_package.item.{item.item}')} {call.words.text(f'evidence_package.answer.{item.answer}')}")
    for path in files:
        print(call.words.text("evidence_package.written", path=str(path)))
    return Exit.OK
