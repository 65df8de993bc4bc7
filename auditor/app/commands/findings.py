"""`auditor findings list|show`: what the last scan found."""

from __future__ import annotations

import json
import os
import sys

from auditor.app.cli import Call
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError
from auditor.model.finding import Change, Finding, State
from reports.render import terminal
from reports.render.labels import Labels
from reports.render.terminal import Screen
from reports.visible import visible

CHANGED = (Change.NEW, Change.REOPENED, Change.REASON_CHANGED, Change.RESOLVED)


def list_findings(call: Call) -> Exit:
    """Print the findings that pass the filters, worst first."""
    found = [finding for finding in _stored(call) if _passes(finding, call)]
    found.sort(key=lambda finding: (-finding.score, finding.first_seen_on, finding.school or "", finding.key))
    if call.is_json:
        print(json.dumps([finding.as_json() for finding in found], ensure_ascii=False, indent=2))
    else:
        print(terminal.findings(found, _labels(call), Screen.of(sys.stdout, os.environ)), end="")
    return Exit.OK


def show_finding(call: Call) -> Exit:
    """Print one finding in full. Raise AuditorError if there is no such key."""
    from auditor.app.incident import incident_form
    from auditor.app.workspaces import load_workspace, open_store

    key = normal_key(call.arguments.key)
    found = _stored(call, key)
    if not found:
        raise AuditorError("no_such_finding", key=key)
    workspace = load_workspace(call.config)
    with open_store(workspace) as store:
        form = incident_form(workspace, store, found[0], call.words)
    if call.is_json:
        print(json.dumps(found[0].as_json() | ({"incident": dict(form)} if form else {}), ensure_ascii=False, indent=2))
        return Exit.OK
    print(terminal.finding(found[0], _labels(call), Screen.of(sys.stdout, os.environ)), end="")
    if form:
        print(f"\n{call.words.text('incident.title')}")
        for name, text in form:
            print(f"  {name}: {visible(text)}")
    return Exit.OK


def normal_key(typed: str) -> str:
    """Given a key as a person types it, return it as it is stored: capitals, with its dash."""
    letters = typed.strip().upper().replace("-", "").replace(" ", "").replace("I", "8").replace("O", "9")
    return f"{letters[:5]}-{letters[5:]}"


def _stored(call: Call, key: str | None = None) -> list[Finding]:
    from auditor.app.reporting import stored_findings
    from auditor.app.workspaces import load_workspace, open_store

    workspace = load_workspace(call.config)
    with open_store(workspace) as store:
        return stored_findings(
            workspace, store, call.words.language, key=key, with_resolved=bool(getattr(call.arguments, "all", False)))


def _labels(call: Call) -> Labels:
    from auditor.app.reporting import school_names, system_titles
    from auditor.app.workspaces import load_workspace, open_store

    workspace = load_workspace(call.config)
    with open_store(workspace) as store:
        last = store.last_scan()
        return Labels(call.words, school_names(store, last.number) if last else {}, system_titles(workspace))


def _passes(finding: Finding, call: Call) -> bool:
    wanted = call.arguments
    return (
        (not wanted.school or finding.school == wanted.school)
        and (not wanted.system or finding.system == wanted.system)
        and (not wanted.rule or finding.rule == wanted.rule)
        and (not wanted.severity or finding.severity == wanted.severity)
        and (finding.change in CHANGED if wanted.changed else (wanted.all or finding.state is not State.RESOLVED))
    )
