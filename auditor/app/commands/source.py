"""`auditor source preview|release`: look at a file before it becomes a source; let a blocked source through once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.aligned import aligned
from auditor.app.cli import Call
from auditor.app.clock import now
from auditor.app.decisions import signed_by
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError

if TYPE_CHECKING:
    from connectors.files.preview import Preview


def release(call: Call) -> Exit:
    """Record that the next scan may count a blocked source. Raise AuditorError if there is no such source."""
    from auditor.app.workspaces import load_workspace, open_store
    from auditor.model.tables import REGISTERS

    wanted = call.arguments
    workspace = load_workspace(call.config)
    known = [*workspace.config.sources, *(f"register.{table}" for table in REGISTERS)]
    if wanted.source not in known:
        raise AuditorError("no_such_source", source=wanted.source, known=", ".join(known))
    by = signed_by(wanted.by)
    with open_store(workspace) as store:
        store.release(wanted.source, wanted.reason, by, now())
    if call.is_json:
        print(json.dumps({"source": wanted.source, "reason": wanted.reason, "by": by}, ensure_ascii=False))
    else:
        print(call.words.text("cli.source.released", source=wanted.source, by=by))
    return Exit.OK


def preview(call: Call) -> Exit:
    """Print what a file holds and what would be read of it, samples masked; exit 1 when it would be refused."""
    from connectors.files.preview import preview as look
    from connectors.files.shelf import load_layouts

    wanted = call.arguments
    own = call.config.parent / "layouts"
    seen = look(Path(wanted.file), wanted.layout, load_layouts(own if own.is_dir() else None))
    words = call.words
    made = _written(seen, wanted.write) if wanted.write else None
    if call.is_json:
        print(json.dumps(seen.as_dict(), ensure_ascii=False, indent=2, default=str))
        return Exit.ERROR if seen.faults else Exit.OK
    print(words.plural("cli.preview.file", seen.rows, file=seen.file, format=seen.format))
    if seen.encoding:
        print(words.text("cli.preview.written", encoding=seen.encoding, delimiter=repr(seen.delimiter or "-")))
    if seen.layout:
        print(words.text("cli.preview.layout", layout=seen.layout))
    else:
        print(words.text("cli.preview.no_layout"))
    others = [f"{name} ({round(100 * score)}%)" for name, score in seen.scores if name != seen.layout and score > 0]
    if others:
        print(words.text("cli.preview.others", others=", ".join(others)))
    print()
    print(aligned(
        [words.text(f"cli.preview.column.{name}") for name in ("header", "state", "targets", "conversions", "samples")],
        [[column.header, words.text(f"cli.preview.state.{column.state}"), ", ".join(column.targets), ", ".join(column.conversions),
          "  ".join(column.samples)] for column in seen.columns]))
    if seen.tables:
        print()
        print(words.text("cli.preview.tables", tables=", ".join(f"{name} {rows}" for name, rows in seen.tables.items() if rows)))
    for reason in seen.notes:
        print(words.say(reason))
    for fault in seen.faults:
        print(words.fault(fault))
    if made is not None:
        print(words.text("cli.preview.written_ready" if made else "cli.preview.written_open", file=str(wanted.write)))
    return Exit.ERROR if seen.faults else Exit.OK


def _written(seen: Preview, file: Path) -> bool:
    """Write a layout to start from, never over a file that is there; return whether it is ready. Raise AuditorError if it cannot be written."""
    from connectors.files.drafting import draft
    from connectors.files.shelf import load_layouts

    made = draft(seen, load_layouts())
    if file.suffix != ".toml":
        raise AuditorError("layout_exists", file=str(file))
    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(made.text)
    except OSError:
        raise AuditorError("layout_exists", file=str(file)) from None
    return made.is_extension
