"""`auditor evidence`: one package for a period, to show to whoever asks whether the rules work."""

from __future__ import annotations

import json
from datetime import date

from auditor.app.cli import Call
from auditor.app.clock import now, today
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError, UsageError


def run(call: Call) -> Exit:
    """Write the package as JSON, HTML and, where text can be laid out, PDF. Raise UsageError for a period that ends before it begins,
    AuditorError if no scan lies in it."""
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
    content: dict[str, str | bytes] = {"json": rendered.as_json(package), "html": rendered.as_html(package, call.words)}
    no_pdf = ""
    try:
        content["pdf"] = rendered.as_pdf(package, call.words)
    except AuditorError as error:  # Pango is not on every computer; the other two are whole without it
        no_pdf = call.words.say(error.reason)
    files = [folder / f"{name}.{suffix}" for suffix in content]
    for path, whole in zip(files, content.values(), strict=True):
        write_whole(path, whole)
    if call.is_json:
        items = {item.item: item.answer for item in package.items}
        print(json.dumps({"files": [str(path) for path in files], "no_pdf": no_pdf or None, "items": items}, ensure_ascii=False))
        return Exit.OK
    for item in package.items:
        print(f"{call.words.text(f'evidence_package.item.{item.item}')} {call.words.text(f'evidence_package.answer.{item.answer}')}")
    for path in files:
        print(call.words.text("evidence_package.written", path=str(path)))
    if no_pdf:
        print(call.words.text("evidence_package.no_pdf", why=no_pdf))
    return Exit.OK
