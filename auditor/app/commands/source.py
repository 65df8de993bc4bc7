"""`auditor source preview|release`: look at a file before it becomes a source; let a blocked source through once."""

from __future__ import annotations

import json

from auditor.app.cli import Call
from auditor.app.clock import now
from auditor.app.decisions import signed_by
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError


def release(call: Call) -> Exit:
    """Record that the next scan may count a blocked source. Raise AuditorError if there is no such source."""
    from auditor.app.workspaces import open_store
    from auditor.config.load import load

    wanted = call.arguments
    workspace = load(call.config)
    if wanted.source not in workspace.config.sources:
        raise AuditorError("no_such_source", source=wanted.source, known=", ".join(workspace.config.sources))
    by = signed_by(wanted.by)
    with open_store(workspace) as store:
        store.release(wanted.source, wanted.reason, by, now())
    if call.is_json:
        print(json.dumps({"source": wanted.source, "reason": wanted.reason, "by": by}, ensure_ascii=False))
    else:
        print(call.words.text("cli.source.released", source=wanted.source, by=by))
    return Exit.OK
