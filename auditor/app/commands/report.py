"""`auditor report`: the report of the last scan, in any format."""

from __future__ import annotations

import json

from auditor.app.cli import Call
from auditor.app.exits import Exit


def run(call: Call) -> Exit:
    """Write the report and print where it lies."""
    from auditor.app.reporting import write_report
    from auditor.app.workspaces import load_workspace, open_store

    workspace = load_workspace(call.config)
    arguments = call.arguments
    language = arguments.lang or workspace.config.board.language
    with open_store(workspace) as store:
        path = write_report(workspace, store, None, arguments.format, language, school=arguments.school, out=arguments.out)
    print(json.dumps({"report": str(path)}, ensure_ascii=False) if call.is_json else str(path))
    return Exit.OK
