"""`auditor status`: when was the last scan, and how do things stand? Reads with nothing heavy loaded."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from auditor.app.cli import Call
from auditor.app.clock import ZONE, now
from auditor.app.exits import Exit
from auditor.app.watching import LATE_HOURS, is_ahead
from auditor.app.watching import is_late as late
from auditor.model.errors import Reason, StoreError
from auditor.store.light import SourceLine, Status, last_status

if TYPE_CHECKING:
    from auditor.config.load import Workspace


def run(call: Call) -> Exit:
    """Print the last scan; exit 0 when it is fresh and complete, 3 when a source was not assessed, 4 when one was blocked, 1 when there is
    none or it is late. With --alarm a late one is mailed to ICT, once a day, also when the database cannot be read."""
    from auditor.app.workspaces import load_workspace

    workspace = load_workspace(call.config)
    try:
        status = last_status(workspace.path(workspace.config.folders.database))
    except StoreError:
        if call.arguments.alarm:
            _alarm(call, workspace, None)
        raise
    is_late = late(status, now())
    if is_late and call.arguments.alarm:
        _alarm(call, workspace, status)
    not_ok = [line for line in status.sources if line.state != "ok" or line.missing_schools] if status else []
    if call.is_json:
        print(json.dumps(_plain(status, is_late), ensure_ascii=False, indent=2))
    elif status is None:
        print(call.words.text("cli.status.none"))
    else:
        _print(call, status, not_ok, is_late)
    if is_late:
        return Exit.ERROR
    if any(line.state == "blocked" for line in not_ok):
        return Exit.BLOCKED
    return Exit.PARTIAL if not_ok else Exit.OK


def _alarm(call: Call, workspace: Workspace, status: Status | None) -> None:
    from auditor.app.watching import alarm

    said = "alarmed" if alarm(workspace, status, now()) else "alarm_before"
    print(call.words.text(f"cli.status.{said}"), file=sys.stderr)


def _print(call: Call, status: Status, not_ok: list[SourceLine], is_late: bool) -> None:
    if sys.stdout.isatty():
        _show(call, status, is_late)
        return
    words = call.words
    print(words.text("cli.status.last", scan=status.number, day=words.day(status.as_of), kind=words.text(f"cli.kind.{status.kind.split('-')[0]}")))
    if is_late:
        print(_why_late(call, status))
    if status.complete_at and status.complete_at != status.started_at:
        complete = status.complete_at.astimezone(ZONE)
        print("  " + words.text("cli.status.complete", day=words.day(complete.date()), time=f"{complete:%H:%M}"))
    for line in not_ok:
        reason = " ".join(words.say(Reason(code, facts)) for code, facts in line.reasons)
        key = "cli.summary.not_assessed_schools" if line.state == "ok" else "cli.summary.not_assessed"
        print("  " + words.text(
            key, source=line.source, state=words.text(f"cli.state.{line.state}"), reason=reason, schools=", ".join(line.missing_schools)))
    counts = status.counts
    print("  " + words.text(
        "cli.status.counts", open=counts["open"], new=counts["new"], resolved=counts["resolved"], not_assessed=counts["not_assessed"]))
    for line in status.sources:
        day = words.short_day(line.as_of) if line.as_of else "-"
        print(f"  {line.source:<28} {words.text(f'cli.state.{line.state}'):<16} {day:>12} {words.number(line.rows):>10}")


def _why_late(call: Call, status: Status) -> str:
    if is_ahead(status, now()):
        return call.words.text("cli.status.ahead", day=call.words.day(status.as_of))
    return call.words.text("cli.status.late", hours=LATE_HOURS)


def _show(call: Call, status: Status, is_late: bool) -> None:
    """The same for a person at a screen."""
    from reports.render.labels import Labels
    from reports.render.terminal import Screen, SourceRow
    from reports.render.terminal import status as shown

    words, counts = call.words, status.counts
    head = words.text("cli.status.last", scan=status.number, day=words.day(status.as_of), kind=words.text(f"cli.kind.{status.kind.split('-')[0]}"))
    rows = []
    for line in status.sources:
        why = " ".join(words.say(Reason(code, facts)) for code, facts in line.reasons)
        if line.missing_schools:
            why = f"{why} {words.text('cli.doctor.schools', schools=', '.join(line.missing_schools))}".strip()
        is_fine = line.state == "ok" and not line.missing_schools
        rows.append(SourceRow(line.source, words.text(f"cli.state.{line.state}"), is_fine, line.as_of, line.rows, why))
    alarms = [_why_late(call, status)] if is_late else []
    if status.complete_at and status.complete_at != status.started_at:
        complete = status.complete_at.astimezone(ZONE)
        alarms.append(words.text("cli.status.complete", day=words.day(complete.date()), time=f"{complete:%H:%M}"))
    counted = words.text(
        "cli.status.counts", open=counts["open"], new=counts["new"], resolved=counts["resolved"], not_assessed=counts["not_assessed"])
    print(shown(head, alarms, counted, rows, now().astimezone(ZONE).date(), Labels(words), Screen.of(sys.stdout, os.environ)), end="")


def _plain(status: Status | None, is_late: bool) -> dict[str, object]:
    if status is None:
        return {"scan": None, "is_late": True}
    return {
        "scan": status.number, "kind": status.kind, "as_of": status.as_of.isoformat(), "started_at": status.started_at.isoformat(),
        "last_complete_at": status.complete_at.isoformat() if status.complete_at else None, "mails": dict(status.mails),
        "seconds": status.seconds, "version": status.version, "board": status.board, "is_late": is_late, "counts": dict(status.counts),
        "sources": [
            {"source": line.source, "state": line.state, "as_of": line.as_of.isoformat() if line.as_of else None, "rows": line.rows,
             "reasons": [code for code, _ in line.reasons], "missing_schools": list(line.missing_schools)}
            for line in status.sources
        ],
    }
