"""`auditor person export|forget`: what is held on one person (AVG 15), and letting go of it (AVG 17)."""

from __future__ import annotations

import json

from auditor.app.cli import Call
from auditor.app.clock import today
from auditor.app.commands.history import print_tables
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError


def export(call: Call) -> Exit:
    """Print everything that is held on one person, readable or as JSON. Raise AuditorError if nothing is."""
    from auditor.app.histories import person_held
    from auditor.app.workspaces import load_workspace, open_store

    workspace = load_workspace(call.config)
    with open_store(workspace) as store:
        held = person_held(store, call.arguments.person)
    if not held:
        raise AuditorError("nothing_held", person=call.arguments.person)
    terms = workspace.config.retention
    why = call.words.text("person.why", use=terms.use_data_months, months=terms.person_data_months)
    if call.is_json:
        print(json.dumps({"board": workspace.config.board.name, "made_on": today(), "why": why, **held}, ensure_ascii=False, indent=2, default=str))
        return Exit.OK
    words = call.words
    print(words.text("person.head", person=held["person"], board=workspace.config.board.name, day=today()))
    print(why)
    print_tables(held["tables"], words)
    if held["findings"]:
        print("\n" + words.text("person.findings"))
        for row in held["findings"]:
            state = words.text(f"report.state.{row['state']}")
            print(f"  {row['key']}  {row['rule']}  {row['system'] or ''}  {words.short_day(row['first_seen_on'])}  {state}")
            for event in row["history"]:
                said = f" ({event['by']}): {event['reason']}" if event.get("by") else ""
                print(f"      {words.short_day(event['on'])}  {words.text('report.change.' + event['change'])}{said}")
    return Exit.OK


def forget(call: Call) -> Exit:
    """Let go of what is no longer so about a person, and say what stays and why. Raise AuditorError if nothing is held."""
    from auditor.app.histories import person_held
    from auditor.app.workspaces import load_workspace, open_store

    wanted = call.arguments
    workspace = load_workspace(call.config)
    with open_store(workspace) as store:
        if not person_held(store, wanted.person):
            raise AuditorError("nothing_held", person=wanted.person)
        gone = store.forget(wanted.person, today())
        left = person_held(store, wanted.person)
    rows = [row for name, held in left.get("tables", {}).items() for row in held]
    sources = sorted({str(row["source"]) for row in rows if row.get("source")})
    open_findings = [row["key"] for row in left.get("findings", []) if row["state"] != "resolved"]
    if call.is_json:
        print(json.dumps({"person": wanted.person, "gone": dict(gone), "kept_rows": len(rows), "sources": sources, "open_findings": open_findings},
                         ensure_ascii=False, indent=2))
        return Exit.OK
    words = call.words
    print(words.text("person.forgotten", rows=gone["rows"], findings=gone["findings"], decisions=gone["decisions"]))
    if sources:
        print(words.text("person.still_delivered", sources=", ".join(sources)))
    if open_findings:
        print(words.text("person.still_open", keys=", ".join(open_findings)))
    print(words.text("person.kept"))
    return Exit.OK
