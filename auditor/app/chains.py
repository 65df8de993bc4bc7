"""Rebuilds the last scan around one account, from the store, and lets the core explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from auditor.app.nightly import read_matrices
from auditor.app.reporting import school_names, stored_findings, system_titles
from auditor.assess import explain_account
from auditor.config.load import Workspace, policy_of
from auditor.correlate import known_people, link_reasons
from auditor.expect import judge
from auditor.model.assessment import FINDINGS, Assessment
from auditor.model.errors import AuditorError, Reason
from auditor.model.snapshot import Snapshot
from auditor.rules.view import AuditView
from auditor.store import Store
from reports.texts import Words


def chain_of_finding(workspace: Workspace, store: Store, key: str, language: str) -> dict[str, Any] | None:
    """Given a finding's key, return the finding as users see it, and the chain of its account if it has one; None without such a finding."""
    found = stored_findings(workspace, store, language, key=key)
    if not found:
        return None
    finding = found[0]
    shown = {**finding.as_json(), "title": finding.title, "history": list(finding.history)}
    chain = _chain(workspace, store, finding.system, finding.account, language) if finding.system and finding.account else None
    return {"finding": shown, **(chain or {})}


def chain_of_account(workspace: Workspace, store: Store, subject: str, system: str | None, language: str) -> dict[str, Any] | None:
    """Given the username or id of an account, return its chain, None if there is no such account.

    Raise AuditorError if accounts of more systems answer to it and no system was named.
    """
    found: list[tuple[str, str]] = []
    for column in ("account", "username"):
        rows = store.table_at("accounts", where={column: subject})
        found += [(str(row.system), str(row.account)) for row in rows.itertuples()]
    found = sorted({pair for pair in found if system in (None, pair[0])})
    if len(found) > 1:
        raise AuditorError("more_accounts", subject=subject, systems=", ".join(f"{pair[0]} ({pair[1]})" for pair in found))
    return _chain(workspace, store, *found[0], language) if found else None


def _chain(workspace: Workspace, store: Store, system: str, account: str, language: str) -> dict[str, Any] | None:
    last = store.last_scan()
    assert last is not None
    around = store.around(system, account)
    snapshot = Snapshot(last.board, last.as_of, around.tables, store.coverage_at(last.number))
    past, policy = around.past, policy_of(workspace.config)
    matrices, _ = read_matrices(workspace)
    people = known_people(snapshot, policy, past)
    links = around.links
    judged = judge(snapshot, people, links, matrices, policy, past)
    view = AuditView.build(last.as_of, policy, snapshot, people, links, judged, matrices, past)
    explained = explain_account(view, _no_findings(), system, account)
    if explained is None:
        return None
    findings = store.finding_keys(system, account)
    words = Words(language)
    whose = _whose(explained, link_reasons(snapshot, people, 0, policy, past), words)
    schools, titles = school_names(store, last.number), system_titles(workspace)
    return {
        "account": explained["account"] | {"system": titles.get(system, system)}, "whose": whose,
        "work": _work(explained, words, schools),
        "rights": [_right(right, judged_right, words, schools) for right in explained["rights"] for judged_right in right["judged"]],
        "findings": findings, "chain": explained,
    }


def _no_findings() -> Assessment:
    import numpy as np
    import pandas as pd

    return Assessment(pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in FINDINGS.items()}), {}, (), np.zeros(0, dtype=np.bool_))


def _whose(explained: Mapping[str, Any], reasons: Sequence[Reason], words: Words) -> list[str]:
    account, person = explained["account"], explained["person"]
    lines = [words.text("cli.explain.link", situation=words.text(f"cli.links.situation.{account['situation']}"),
                        tier=words.text(f"cli.links.tier.{account['tier']}"))]
    lines += [words.say(reason) for reason in reasons]
    if person:
        lines.append(words.text("cli.explain.person", person=person["person"], name=person.get("display_name") or "-"))
        if person.get("left_on"):
            lines.append(words.text("cli.explain.left", day=person["left_on"]))
    return lines


def _work(explained: Mapping[str, Any], words: Words, schools: Mapping[str, str]) -> list[str]:
    lines = []
    for one in explained["engagements"]:
        school = schools.get(one.get("school", ""), one.get("school", "-"))
        first, last = (words.short_day(date.fromisoformat(day)) if (day := one.get(name)) else "..." for name in ("starts_on", "ends_on"))
        span = f"{first} - {last}"
        key = "cli.explain.counts" if one["counts"] else "cli.explain.counts_not"
        lines.append(f"{one.get('function') or one.get('task') or '-'}, {school}, {span} ({words.text(key)})")
    return lines


def _right(grant: Mapping[str, Any], judged: Mapping[str, Any], words: Words, schools: Mapping[str, str]) -> dict[str, Any]:
    place = ", ".join(part for part in (
        judged.get("level"), schools.get(judged.get("school") or "", judged.get("school")), judged.get("group")) if part)
    verdict = judged["verdict"]
    key = f"cli.verdict.{verdict}" if words.has(f"cli.verdict.{verdict}") else None
    title = f"{grant['right']} ({place})" if place else str(grant["right"])
    return {
        "title": title, "verdict": words.text(key) if key else _rule_title(verdict, words.language), "code": verdict,
        "because": [words.say(Reason(reason["code"], reason["facts"])) for reason in judged["reasons"] if reason["code"] != "verdict"],
    }


def _rule_title(slug: str, language: str) -> str:
    from auditor.rules.registry import spec_of

    return spec_of(slug).words[language].title
