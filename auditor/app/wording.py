"""Findings as users see them: what the store holds, in the words of the rules and the language asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from auditor.model.finding import SUBJECT, Change, Finding, State, severity_of
from auditor.model.report import RuleWords
from auditor.norms import control_of
from auditor.rules.registry import SLUGS, spec_of
from auditor.rules.words import advice, summary


def findings_in_words(
    stored: Sequence[Mapping[str, Any]], *, board: str, language: str, as_of: date, started_at: datetime, systems: Mapping[str, str],
    schools: Mapping[str, str],
) -> list[Finding]:
    """Given findings as the store returns them, the day and instant of their scan and the names of systems and schools, return them in words."""
    return [_finding(row, board, language, as_of, started_at, systems, schools) for row in stored if row["rule"] in SLUGS]


@cache
def rule_words(slug: str, language: str) -> RuleWords:
    """Given a rule and a language, return its title, reason, steps per system and norms."""
    spec = spec_of(slug)
    text = spec.words[language]
    by_system = {("" if system == "default" else system): advice(spec, None if system == "default" else system, language) for system in text.advice}
    norms = tuple(control_of(norm).shown(language) for norm in spec.norms)
    return RuleWords(slug, text.title, text.why, spec.family, by_system, norms, text.false_positives)


def _finding(
    row: Mapping[str, Any], board: str, language: str, as_of: date, started_at: datetime, systems: Mapping[str, str], schools: Mapping[str, str],
) -> Finding:
    spec = spec_of(row["rule"])
    evidence: dict[str, Any] = dict(row["evidence"])
    facts = {name: row[name] for name in SUBJECT} | evidence.get("facts", {})
    since: date = row["first_seen_on"]
    until: date = row["resolved_on"] or as_of
    sources = evidence.pop("sources", [])
    return Finding(
        key=row["key"], rule=row["rule"], family=spec.family, state=State(row["state"]), severity=severity_of(row["score"]), score=row["score"],
        board=board, school=row["school"], system=row["system"], account=row["account"], username=facts.get("username"), person=row["person"],
        display_name=facts.get("display_name"), right=row["right"], level=row["level"], scope=row["scope"], group=row["group"],
        first_seen_on=since, last_confirmed_on=row["last_confirmed_on"], days_open=(until - since).days, reopened=row["reopened"],
        deadline_on=row["deadline_on"], deadline_at=_deadline_at(spec.deadline.hours, row.get("found_at") or started_at),
        not_assessed_since=row["not_assessed_since"], resolved_by=row["resolved_by"], cause=facts.get("cause") or spec.cause, acts=spec.acts,
        summary=summary(spec, facts, language, systems, schools), advice=_steps(spec.slug, row["system"], language), evidence=evidence,
        norms=_norms(spec.slug), sources=sources,
        change=Change(row["change"]) if row["change"] else None, previous_rule=row["previous_rule"], title=spec.words[language].title,
        history=row.get("history", ()), decision=row.get("decision"),
    )


@cache
def _steps(slug: str, system: str | None, language: str) -> tuple[str, ...]:
    return advice(spec_of(slug), system, language)


@cache
def _norms(slug: str) -> tuple[str, ...]:
    return tuple(f"{norm.framework}:{norm.control}" for norm in spec_of(slug).norms)


def _deadline_at(hours: Sequence[int], found_at: datetime) -> str | None:
    """The first instant by which something must be done, counted from the scan that found it (OPOR E: 8 hours)."""
    return (found_at + timedelta(hours=hours[0])).isoformat(timespec="minutes") if hours else None
