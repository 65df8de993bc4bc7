"""Where the last scan read an account: source, file and day; and the line, when the file is still the one that was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from auditor.app.sources import open_source, read
from auditor.config.load import Workspace, settings_of
from auditor.model.coverage import SourceReport
from auditor.model.reading import Receipt
from auditor.store import Store


def origins_of(workspace: Workspace, store: Store, account: Mapping[str, Any], now: datetime, *, with_lines: bool) -> list[dict[str, Any]]:
    """Given an account (its system, id and school), return what the last scan read it from: source, state, file, as_of, and row.

    row is None unless with_lines: then the files are read again, and a line is told only of a file whose digest is still the one that was
    read. A line is not stored: it changes every night. A source that was not ok has its account from an earlier scan, and says its state.
    """
    last = store.last_scan()
    assert last is not None
    found: list[dict[str, Any]] = []
    for report in store.coverage_at(last.number).of_system(str(account["system"])):
        lines = _lines(workspace, report, str(account["account"]), now) if with_lines else {}
        found += [
            {"source": report.source, "state": report.state.value, "file": receipt.name, "as_of": receipt.as_of.isoformat(),
             "row": lines.get(receipt.name)}
            for receipt in _receipts(report, account.get("school"))
        ]
    return found


def _receipts(report: SourceReport, school: str | None) -> list[Receipt]:
    """The files of the account's school where files are a school's, else all."""
    of_school = [receipt for receipt in report.receipts if receipt.school and school and _plain(receipt.school) == _plain(school)]
    return of_school or list(report.receipts)


def _lines(workspace: Workspace, report: SourceReport, account: str, now: datetime) -> dict[str, int]:
    source = workspace.config.sources.get(report.source)
    if source is None or source.connector not in ("files", "oneroster", "sds"):
        return {}
    known = {receipt.name: receipt.sha256 for receipt in report.receipts}
    lines: dict[str, int] = {}
    for page in read(settings_of(report.source, source), open_source(workspace, report.source, source, now)).pages:
        same = [receipt.name for receipt in page.receipts if known.get(receipt.name) == receipt.sha256]
        for table in ("grants", "accounts"):
            rows = page.tables.get(table)
            if rows is not None and same:
                mine = rows[(rows["account"] == account) & rows["file"].isin(same) & (rows["row"] >= 0)]
                lines.update({str(file): int(row) for file, row in zip(mine["file"][::-1], mine["row"][::-1], strict=True)})
    return lines


def _plain(code: str) -> str:
    return "".join(sign for sign in code.casefold() if sign.isalnum())
