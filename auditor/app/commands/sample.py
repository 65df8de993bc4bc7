"""`auditor sample`: whole schools by lot, and every user of them, for the director to look through (KIND)."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.app.aligned import aligned
from auditor.app.cli import Call
from auditor.app.exits import Exit
from auditor.model.errors import AuditorError

if TYPE_CHECKING:
    from auditor.store import Store


def run(call: Call) -> Exit:
    """Print or write the users of the schools chosen. Raise AuditorError before the first scan, or for a school that is not open."""
    from auditor.app.sampling import chosen_schools, open_schools, users_of
    from auditor.app.workspaces import load_workspace, open_store

    wanted = call.arguments
    with open_store(load_workspace(call.config)) as store:
        scan = store.last_scan()
        if scan is None:
            raise AuditorError("no_scan_yet")
        schools = open_schools(store.table_at("schools"), scan.as_of)
        if wanted.school:
            chosen = [_known(wanted.school, schools)]
        else:
            chosen = chosen_schools(schools, wanted.count or max(1, len(schools) // 10), scan.as_of, wanted.seed)
        tables = {name: store.table_at(name) for name in ("accounts", "links", "grants", "persons", "employments", "externals")}
        keys = _keys(store)
        users = {school: users_of(school, tables, scan.as_of, keys) for school in chosen}
    facts = {"as_of": scan.as_of.isoformat(), "seed": None if wanted.school else wanted.seed, "schools_in_lot": schools, "chosen": chosen}
    files = {school: str(_written(wanted.out, scan.as_of.isoformat(), school, users[school], call)) for school in chosen} if wanted.out else {}
    if call.is_json:
        print(json.dumps({**facts, "files": files, "users": users}, ensure_ascii=False, indent=2))
        return Exit.OK
    words = call.words
    if not wanted.school:
        print(words.text("sample.chosen", count=len(chosen), total=len(schools), day=words.short_day(scan.as_of), seed=wanted.seed))
    for school in chosen:
        print()
        print(words.text("sample.school", school=school, count=len(users[school])))
        if school in files:
            print(words.text("sample.written", path=files[school]))
        else:
            print(aligned(_headings(call), [_cells(call, user) for user in users[school]]))
    print()
    print(words.text("sample.next"))
    return Exit.OK


def _known(school: str, schools: Sequence[str]) -> str:
    found = next((code for code in schools if code.casefold() == school.casefold()), None)
    if found is None:
        raise AuditorError("no_such_school", school=school, known=", ".join(schools))
    return found


def _keys(store: Store) -> dict[tuple[str, str], list[str]]:
    """Keys of the findings that are not solved, by system and account."""
    keys: dict[tuple[str, str], list[str]] = {}
    for finding in store.findings(resolved="none", has_evidence=False):
        if finding["system"] and finding["account"]:
            keys.setdefault((finding["system"], finding["account"]), []).append(finding["key"])
    return keys


def _headings(call: Call) -> list[str]:
    from auditor.app.sampling import COLUMNS

    return [call.words.text(f"sample.column.{name}") for name in COLUMNS]


def _cells(call: Call, user: dict[str, Any]) -> list[str]:
    shown = user | {"status": call.words.text(f"cli.account.{user['status']}"), "rights": "; ".join(user["rights"]),
                    "findings": ", ".join(user["findings"])}
    return ["" if value is None else str(value) for value in shown.values()]


def _written(folder: Path, day: str, school: str, users: Sequence[dict[str, Any]], call: Call) -> Path:
    """The list as a file that Excel opens and only its owner may read: it names people."""
    from reports.render.csv import BOM, guarded
    from reports.visible import visible

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"sample-{day}-{school}.csv"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([*_headings(call), call.words.text("sample.column.fine"), call.words.text("sample.column.remark")])
    for user in users:
        writer.writerow([*(guarded(visible(cell)) for cell in _cells(call, user)), "", ""])
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(BOM + text.getvalue())
    return path
