"""`auditor scan`: read every source, compare, save, report."""

from __future__ import annotations

import json
import sys

from auditor.app.cli import SEVERITIES, Call
from auditor.app.clock import now, today
from auditor.app.exits import Exit, worst
from auditor.model.finding import severity_of


def run(call: Call) -> Exit:
    """Scan, print the summary, and end with the code of what was found."""
    from auditor.app.care import after_scan
    from auditor.app.logs import configure
    from auditor.app.nightly import ScanOutcome, run_scan
    from auditor.app.progress import progress_on
    from auditor.app.summary import print_summary
    from auditor.app.workspaces import load_workspace
    from auditor.store.light import last_status

    configure(call.arguments.verbose)
    workspace = load_workspace(call.config)
    as_of = call.arguments.as_of or today()
    last = last_status(workspace.path(workspace.config.folders.database))
    kind = "manual" if last and last.as_of == as_of else "nightly"
    with progress_on(call) as progress:
        outcome: ScanOutcome = run_scan(
            workspace, as_of, now=now(), kind=kind, language=call.arguments.lang, is_dry_run=call.arguments.dry_run, progress=progress)  # type: ignore[arg-type]
    troubles = after_scan(workspace, as_of, now()) if outcome.scan is not None else []
    for why in troubles:
        print(call.words.text("care.trouble", why=call.words.say(why)), file=sys.stderr)
    if call.is_json:
        print(json.dumps(outcome.as_json(), ensure_ascii=False, indent=2))
    else:
        print_summary(outcome, call.words)
    return exit_of(outcome.has_blocked, outcome.is_partial, outcome.worst_score, call.arguments.fail_on)


def exit_of(has_blocked: bool, is_partial: bool, worst_score: int, fail_on: str | None) -> Exit:
    """Given what a scan met, return the exit code: blocked before partial before findings (contract)."""
    exits = [Exit.OK]
    if has_blocked:
        exits.append(Exit.BLOCKED)
    if is_partial:
        exits.append(Exit.PARTIAL)
    if fail_on and worst_score >= 0 and SEVERITIES.index(severity_of(worst_score)) <= SEVERITIES.index(fail_on):
        exits.append(Exit.FINDINGS)
    return worst(*exits)
