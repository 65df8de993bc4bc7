"""The incident form of a possible data breach, filled in as far as evidence goes (OPOR, appendix E; KIND 12; KERO 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.config.load import Workspace
from auditor.model.finding import Finding
from auditor.rules.registry import spec_of
from auditor.store import Store
from reports.texts import Words

BREACH = "used-after-leaving"
ZONE = ZoneInfo("Europe/Amsterdam")
BY_HAND = ("seen_data", "people", "who", "measures", "informed", "reported")
"""What no export can tell and a person fills in."""
Field = tuple[str, str]


def incident_form(workspace: Workspace, store: Store, finding: Finding, words: Words) -> Sequence[Field]:
    """Given an open store and a finding, return the fields of the form with what fills them; empty when it is no possible breach.

    The 8 and 72 hours run from the start of the scan that found it. What only people know is named, and left open.
    """
    if finding.rule != BREACH:
        return ()
    facts = finding.evidence.get("facts")
    known: Mapping[str, object] = facts if isinstance(facts, Mapping) else {}
    found_at: datetime = store.findings(keys=[finding.key], resolved="all", has_evidence=False)[0]["found_at"]
    inform, report = (_shown(found_at + timedelta(hours=hours), words) for hours in spec_of(BREACH).deadline.hours)
    system = finding.system or ""
    title = next((source.title for source in workspace.config.sources.values() if source.system == system and source.title), system)
    told = [
        ("number", finding.key), ("found_at", _shown(found_at, words)), ("found_by", words.text("incident.by_comparison")),
        ("what", words.text("incident.used", account=finding.username or finding.account or "-", system=title)),
        ("used_on", _day(known.get("last_used_on"), words)), ("left_on", _day(known.get("left_on"), words)),
        ("owner", words.text("incident.owner_is", name=finding.display_name or "-", person=finding.person or "-")),
        ("school", _school(store, finding.school)), ("status", words.text(f"value.status.{known.get('status') or 'unknown'}")),
        ("rights", ", ".join(_rights(store, finding)) or "-"),
        ("inform_by", inform), ("report_by", report),
    ]
    return [(words.text(f"incident.field.{name}"), text) for name, text in told] + [
        (words.text(f"incident.field.{name}"), words.text("incident.by_hand")) for name in BY_HAND]


def _shown(at: datetime, words: Words) -> str:
    local = at.astimezone(ZONE)
    return f"{words.day(local.date())} {local:%H:%M}"


def _day(value: object, words: Words) -> str:
    return words.day(date.fromisoformat(str(value)[:10])) if value else words.text("incident.not_kept")


def _school(store: Store, code: str | None) -> str:
    table = store.table_at("schools", where={"school": code}) if code else None
    return str(table["name"].iat[0]) if table is not None and len(table) and isinstance(table["name"].iat[0], str) else code or "-"


def _rights(store: Store, finding: Finding) -> list[str]:
    grants = store.table_at("grants", where={"system": finding.system or "", "account": finding.account or ""})
    return sorted({" ".join(part for part in (row.right, row.level, row.group) if isinstance(part, str)) for row in grants.itertuples()})

