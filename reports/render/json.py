"""Renders the report as JSON for programs, in the shape of `report.schema.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from auditor.model.coverage import SourceReport
from auditor.model.errors import Reason
from auditor.model.finding import Finding, NotAssessed
from auditor.model.report import ReportData
from reports.texts import Words
from reports.visible import REORDERING

DECIDED = ("change", "owner", "by", "reason", "on", "until")
"""What is told of a decision about a finding."""
_HIDDEN = re.compile(f"[\x7f-\x9f{REORDERING}]")


def render(data: ReportData) -> str:
    """Given a report's data, return it as JSON. Codes are English and stay; sentences are in the report's language. Characters that
    hide or reorder text are written as escapes."""
    words = Words(data.language)
    shaped = {
        "report": _about(data),
        "counts": dict(data.counts),
        "not_assessed": [_not_assessed(item, words) for item in data.not_assessed],
        "findings": [_finding(finding) for finding in data.findings],
        "sources": [_source(source, words) for source in data.sources],
        "matrices": [{"system": one.system, "name": one.name, "edition": one.edition, "adopted_on": one.adopted_on, "is_norm": one.is_norm,
                      "digest": one.digest} for one in data.matrices],
        "limits": [words.say(reason) for reason in data.limits],
    }
    text = json.dumps(shaped, ensure_ascii=False, indent=1, default=_iso)
    return _HIDDEN.sub(lambda found: json.dumps(found.group())[1:-1], text) + "\n"


def _about(data: ReportData) -> dict[str, Any]:
    return {
        "board": data.board, "board_name": data.board_name, "school": data.school, "language": data.language, "as_of": data.as_of,
        "previous": data.previous, "scan": data.scan, "kind": data.kind, "started_at": data.started_at, "seconds": data.seconds,
        "version": data.version, "checkpoint": data.checkpoint or None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    told = finding.decision
    decision = {name: told.get(name) for name in DECIDED} if told else None
    return {**finding.as_json(), "change": finding.change, "previous_rule": finding.previous_rule, "decision": decision}


def _source(source: SourceReport, words: Words) -> dict[str, Any]:
    hashes = [receipt.sha256 for receipt in source.receipts]
    why = [*(words.say(reason) for reason in source.reasons), *(words.fault(fault) for fault in source.faults)]
    return {
        "source": source.source, "role": source.role, "system": source.system, "state": source.state, "reason": " ".join(why) or None,
        "reasons": [_reason(reason) for reason in source.reasons], "as_of": source.as_of, "rows": source.rows,
        "sha256": hashes[0] if len(hashes) == 1 else None, "schools": dict(sorted(source.schools.items())),
        "files": [{"name": one.name, "part": one.part, "school": one.school, "rows": one.rows, "as_of": one.as_of, "sha256": one.sha256,
                   "dropped_private": one.dropped_private} for one in source.receipts],
        "warnings": [words.say(reason) for reason in source.warnings],
    }


def _not_assessed(item: NotAssessed, words: Words) -> dict[str, Any]:
    return {"rule": item.rule, "system": item.system, "source": item.source, "schools": sorted(item.schools), "count": item.count,
            "code": item.reason.code, "reason": words.say(item.reason)}


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "facts": dict(reason.facts)}


def _iso(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return value.isoformat() if isinstance(value, date) else str(value)
