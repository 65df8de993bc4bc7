"""Coverage of a scan to and from the database: states as columns, the rest as compressed JSON."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from auditor.model.coverage import Coverage, SourceReport, SourceState
from auditor.model.errors import Fault, Reason
from auditor.model.reading import Receipt


def save_coverage(connection: sqlite3.Connection, scan: int, coverage: Coverage) -> str:
    """Write the reports of all sources of one scan. Return their digest."""
    digest = hashlib.sha256()
    for place, report in enumerate(coverage.sources):
        details = _json(report)
        digest.update(details)
        connection.execute(
            "INSERT INTO coverage (scan, place, source, role, system, state, as_of, rows, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (scan, place, report.source, report.role, report.system, str(report.state), _iso(report.as_of), report.rows,
             zlib.compress(details, 9)),
        )
    return digest.hexdigest()


def load_coverage(connection: sqlite3.Connection, scan: int) -> Coverage:
    """Given a scan's number, return its coverage, sources in the order of the configuration."""
    found = connection.execute("SELECT details FROM coverage WHERE scan = ? ORDER BY place", (scan,))
    return Coverage(tuple(_report(json.loads(zlib.decompress(details))) for (details,) in found))


def coverage_digest(connection: sqlite3.Connection, scan: int) -> str:
    """Given a scan's number, return the digest of its coverage as it stands in the database, columns included."""
    digest = hashlib.sha256()
    columns = "source, role, system, state, as_of, rows, details"
    for *shown, details in connection.execute(f"SELECT {columns} FROM coverage WHERE scan = ? ORDER BY place", (scan,)):
        text = zlib.decompress(details)
        held = json.loads(text)
        digest.update(text if shown == [held[name] for name in columns.split(", ")[:-1]] else b"columns differ from details")
    return digest.hexdigest()


def _json(report: SourceReport) -> bytes:
    return json.dumps(_plain(report), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(one) for one in value)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _report(held: dict[str, Any]) -> SourceReport:
    return SourceReport(**held | {
        "state": SourceState(held["state"]),
        "reasons": _reasons(held["reasons"]),
        "warnings": _reasons(held["warnings"]),
        "as_of": _day(held["as_of"]),
        "receipts": tuple(
            Receipt(**one | {"as_of": date.fromisoformat(one["as_of"]), "dropped": tuple(one["dropped"]), "notes": _reasons(one["notes"])})
            for one in held["receipts"]
        ),
        "schools": {school: SourceState(state) for school, state in held["schools"].items()},
        "school_days": {school: date.fromisoformat(day) for school, day in held["school_days"].items()},
        "delivers": frozenset(held["delivers"]),
        "examples": tuple(held["examples"]),
        "faults": tuple(Fault(**one) for one in held["faults"]),
        **{name: frozenset(held.get(name, ())) for name in ("missing_kinds", "partial_rights", "left_out_rights")},
    })


def _reasons(held: list[dict[str, Any]]) -> tuple[Reason, ...]:
    return tuple(Reason(**one) for one in held)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
