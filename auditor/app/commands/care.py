"""`auditor verify|backup|restore`: is the evidence as it was sealed, and can it be brought back?"""

from __future__ import annotations

import json
from pathlib import Path

from auditor.app.cli import Call
from auditor.app.clock import now
from auditor.app.exits import Exit
from auditor.model.errors import Reason


def verify(call: Call) -> Exit:
    """Check the database against its chain, and against a checkpoint from an earlier mail or report; exit 1 when something differs."""
    from auditor.app.workspaces import load_workspace, open_store

    workspace = load_workspace(call.config)
    given = call.arguments.checkpoint or ""
    with open_store(workspace) as store:
        problems: list[Reason] = [*store.check(), *store.verify(given)]
        checkpoint = store.checkpoint()
    words = call.words
    if call.is_json:
        print(json.dumps({
            "checkpoint": checkpoint, "checked_against": given or None, "is_intact": not problems,
            "problems": [{"code": one.code, "facts": dict(one.facts), "text": words.say(one)} for one in problems],
        }, ensure_ascii=False, indent=2))
    else:
        for one in problems:
            print(words.say(one))
        print(words.text("care.verified" if not problems else "care.not_verified", checkpoint=checkpoint))
        if not given:
            print(words.text("care.no_checkpoint"))
    return Exit.ERROR if problems else Exit.OK


def backup(call: Call) -> Exit:
    """Write a whole copy of the database, read it back and compare."""
    from auditor.app.care import make_backup
    from auditor.app.workspaces import load_workspace, open_store

    workspace = load_workspace(call.config)
    with open_store(workspace) as store:
        made = make_backup(workspace, store, now(), call.arguments.out)
    facts: dict[str, str | int] = {"backup": str(made.path), "checkpoint": made.contents.checkpoint, "rows": sum(made.contents.rows.values())}
    print(json.dumps(facts, ensure_ascii=False) if call.is_json else call.words.text("care.backed_up", **facts))
    return Exit.OK


def restore(call: Call) -> Exit:
    """Put a copy in the database's place; the replaced one is kept beside it."""
    from auditor.app.workspaces import load_workspace
    from auditor.store.copies import put_back

    workspace = load_workspace(call.config)
    held, aside = put_back(Path(call.arguments.file), workspace.path(workspace.config.folders.database), now())
    facts = {"restored": str(call.arguments.file), "checkpoint": held.checkpoint, "replaced": aside.name if aside else None}
    if call.is_json:
        print(json.dumps(facts, ensure_ascii=False))
    else:
        print(call.words.text("care.restored", checkpoint=held.checkpoint))
        if aside:
            print(call.words.text("care.set_aside", file=aside.name))
    return Exit.OK
