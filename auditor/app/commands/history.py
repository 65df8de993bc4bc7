"""`auditor history`: who had this right on that day, and since when?"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from auditor.app.aligned import aligned
from auditor.app.cli import Call
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError
from reports.texts import Words
from reports.visible import visible

LEFT_OUT = ("source", "person_row", "via", "candidates", "contradicts", "id_is_stable")


def run(call: Call) -> Exit:
    """Print what the stored nights say of an account, a person or a right. Raise AuditorError if nothing answers to the subject."""
    from auditor.app.histories import history_of
    from auditor.app.workspaces import load_workspace, open_store

    wanted = call.arguments
    with open_store(load_workspace(call.config)) as store:
        told = history_of(store, wanted.subject, wanted.system, wanted.on)
    if not told:
        raise AuditorError("nothing_in_history", subject=wanted.subject)
    if call.is_json:
        print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return Exit.OK
    words = call.words
    print(words.text(f"history.{told['kind']}", subject=told["subject"], name=told["name"] or "-"))
    if wanted.on:
        print(words.text("history.on", day=wanted.on))
    print_tables(told["tables"], words)
    if not told["tables"]:
        print(words.text("history.nothing"))
    return Exit.OK


def print_tables(tables: dict[str, list[dict[str, Any]]], words: Words) -> None:
    """Given rows by table, print each table under its name, without the columns that are empty throughout."""
    for name, rows in tables.items():
        print(f"\n{words.text(f'history.table.{name}')}")
        columns = [column for column in rows[0] if column not in LEFT_OUT and any(row.get(column) is not None for row in rows)]
        heads = [words.text(f"history.column.{column}") if words.has(f"history.column.{column}") else column for column in columns]
        print(aligned(heads, [[_cell(row.get(column), words) for column in columns] for row in rows]))


def _cell(value: object, words: Words) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.text("value.yes" if value else "value.no")
    return words.short_day(value) if isinstance(value, date) else visible(str(value))
