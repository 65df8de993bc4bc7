"""Renders findings as lines for a SIEM, in ArcSight's Common Event Format (CEF:0): one line each, in UTF-8."""

from __future__ import annotations

import re

from auditor.model.finding import Finding, Severity
from auditor.model.report import ReportData
from reports.render.labels import step, worst_first
from reports.render.overview import until_of
from reports.visible import visible

WEIGHT = {Severity.CRITICAL: 10, Severity.HIGH: 8, Severity.MEDIUM: 5, Severity.LOW: 3, Severity.INFO: 1}
"""CEF's scale of 0 to 10."""
_HEAD = re.compile(r"[\\|]")
_EXTENSION = re.compile(r"[\\=]")


def render(data: ReportData) -> str:
    """Given a report's data, return its findings as CEF lines, worst first; what changed tonight tells `act`."""
    return "".join(_line(one, data) + "\n" for one in sorted(data.findings, key=worst_first))


def _line(one: Finding, data: ReportData) -> str:
    head = ("CEF:0", "rechtenauditor", "auditor", data.version, one.rule, one.title or one.rule, str(WEIGHT[one.severity]))
    facts: dict[str, str | int | None] = {
        "rt": int(data.started_at.timestamp() * 1000), "externalId": one.key, "cat": one.family, "act": step(one), "outcome": one.state.value,
        "duser": one.username, "duid": one.account, "cs1": one.school, "cs1Label": "school" if one.school else None,
        "cs2": one.system, "cs2Label": "system" if one.system else None, "cs3": one.right, "cs3Label": "right" if one.right else None,
        "cs4": one.person, "cs4Label": "person" if one.person else None, "cn1": one.score, "cn1Label": "score", "cn2": one.days_open,
        "cn2Label": "daysOpen", "deviceCustomDate1": one.deadline_at or (one.deadline_on.isoformat() if one.deadline_on else None),
        "deviceCustomDate1Label": "deadline" if one.deadline_at or one.deadline_on else None, "msg": one.summary,
    }
    if one.decision:
        until, owner = until_of(one), one.decision.get("owner") or one.decision.get("by")
        facts |= {"cs5": str(owner) if owner else None, "cs5Label": "decisionOwner" if owner else None,
                  "cs6": str(one.decision.get("reason") or ""), "cs6Label": "decisionReason" if one.decision.get("reason") else None,
                  "deviceCustomDate2": until.isoformat() if until else None, "deviceCustomDate2Label": "decisionUntil" if until else None}
    extension = " ".join(f"{name}={_escaped(str(value), _EXTENSION)}" for name, value in facts.items() if value not in (None, ""))
    return "|".join((head[0], *(_escaped(part, _HEAD) for part in head[1:]), extension))


def _escaped(text: str, special: re.Pattern[str]) -> str:
    """A backslash before what CEF reads as structure; hidden characters and line ends are made visible first: a name cannot begin a line."""
    return special.sub(lambda found: "\\" + found.group(), visible(text))
