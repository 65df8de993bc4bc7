"""`auditor report`: the report of the last scan, in any format."""

from __future__ import annotations

import json

from auditor.app.cli import Call
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError, UsageError


def run(call: Call) -> Exit:
    """Write the report on the last scan, or on that of a day, and print where it lies. Raise AuditorError if there was none by then."""
    from auditor.app.report_files import write_report
    from auditor.app.workspaces import load_workspace, open_store

    arguments = call.arguments
    if arguments.raw and arguments.format != "csv":
        raise UsageError("raw_is_for_csv")
    workspace = load_workspace(call.config)
    language = arguments.lang or workspace.config.board.language
    with open_store(workspace) as store:
        scan = None
        if arguments.as_of:
            shown = store.last_scan(arguments.as_of)
            if shown is None:
                raise AuditorError("no_scan_on_or_before", day=arguments.as_of.isoformat())
            scan = shown.number
        path = write_report(
            workspace, store, scan, arguments.format, language, kind=arguments.kind, school=arguments.school, since=arguments.since,
            out=arguments.out, is_raw=arguments.raw)
    print(json.dumps({"report": str(path)}, ensure_ascii=False) if call.is_json else str(path))
    return Exit.OK
