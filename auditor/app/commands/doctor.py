"""`auditor doctor`: can every source, register and matrix be read, how old is it, and what is missing, who can be mailed? Changes nothing."""

from __future__ import annotations

import json
import os
import sys

from auditor.app.cli import Call
from auditor.app.clock import now, today
from auditor.app.exits import Exit, worst
from auditor.model.coverage import SourceReport, SourceState
from auditor.model.reading import Permission
from reports.render.labels import Labels
from reports.render.terminal import Check, Screen, checks


def run(call: Call) -> Exit:
    """Read everything as a scan would, judge nothing, and tell what was met."""
    from auditor.app.mail_checks import mail_faults
    from auditor.app.nightly import read_matrices
    from auditor.app.progress import progress_on
    from auditor.app.sources import connectors, read
    from auditor.app.workspaces import load_workspace
    from auditor.collect import collect
    from auditor.config.load import policy_of
    from auditor.model.past import Past
    from auditor.store import Store
    from matrices.lint import lint

    workspace = load_workspace(call.config)
    as_of, instant = today(), now()
    database = workspace.path(workspace.config.folders.database)
    past = Past()
    if database.exists():
        with Store(database) as store:
            past = store.past(as_of)
    met: list[tuple[str, Permission]] = []
    reads = []
    with progress_on(call) as progress:
        for settings, connector in connectors(workspace, instant, {}):
            progress(settings.name)
            # Of a file that can be read its line below says enough; of a live source also what is fine: who answered, with which rights.
            met += [(settings.name, item) for item in connector.check().items if not item.is_fine or item.reason.code != "file_read"]
            reads.append(read(settings, connector))
        progress("collect")
        snapshot = collect(workspace.config.board.short, as_of, reads, policy_of(workspace.config), past).snapshot
        coverage = snapshot.coverage
    lines = [_source_line(call, report) for report in coverage.sources]
    told = {line.name: line.text for line in lines}
    lines += [Check(name, item.is_fine, said) for name, item in met if (said := call.words.say(item.reason)) not in told.get(name, "")]
    matrices, faults = read_matrices(workspace)
    lines += [Check("matrix", False, call.words.fault(fault)) for fault in faults]
    functions = set(snapshot.table("functions")["function"].dropna())
    lines += [Check("matrix", True, call.words.fault(fault)) for fault in lint(matrices, functions or None)]
    lines += [Check("mail", False, call.words.fault(fault)) for fault in mail_faults(workspace, snapshot)]
    lines.append(Check("database", True, call.words.text("cli.doctor.database" if database.exists() else "cli.doctor.no_database")))
    if call.is_json:
        print(json.dumps([{"name": line.name, "is_fine": line.is_fine, "text": line.text} for line in lines], ensure_ascii=False, indent=2))
    else:
        print(checks(lines, Labels(call.words), Screen.of(sys.stdout, os.environ)), end="")
    is_blocked = any(report.state is SourceState.BLOCKED for report in coverage.sources)
    return worst(
        Exit.BLOCKED if is_blocked else Exit.OK, Exit.PARTIAL if coverage.not_ok or not all(line.is_fine for line in lines) else Exit.OK)


def _source_line(call: Call, report: SourceReport) -> Check:
    words = call.words
    state = words.text(f"cli.state.{report.state.value}")
    text = f"{state}."
    if report.receipts:
        files = words.plural("cli.doctor.files", len(report.receipts))
        text = words.plural("cli.doctor.source", report.rows, state=state, day=words.short_day(report.as_of) if report.as_of else "-", files=files)
    told = [words.say(reason) for reason in (*report.reasons, *report.warnings)] + [words.fault(fault) for fault in report.faults]
    if report.missing_schools:
        told.append(words.text("cli.doctor.schools", schools=", ".join(sorted(report.missing_schools))))
    return Check(report.source, report.state is SourceState.OK and not report.missing_schools, " ".join([text, *told]))
