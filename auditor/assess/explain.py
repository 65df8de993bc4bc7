"""The chain behind a finding, or behind a right that is none: what was read, whose it is, what was declared, what was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from auditor.assess.evidence import freeze, lacks_in_full
from auditor.assess.plain import plain
from auditor.expect import ExplainedGrant, explain_grant
from auditor.model.assessment import Assessment
from auditor.rules.view import AuditView


def explain_account(view: AuditView, assessment: Assessment, system: str, account: str) -> dict[str, Any] | None:
    """Given a day, its assessment, a system and a native id or username, return the chain of that account, None if there is none.

    Keys: account and link (as read and linked), person and engagements (every one, also of before), rights (each grant with its verdict
    and the reasons that led to it, by the very judge that gave it) and findings (keys of those it has today).
    """
    accounts = view.accounts
    near = (accounts["system"] == system).to_numpy() & ((accounts["account"] == account) | (accounts["username"] == account)).to_numpy()
    rows = np.flatnonzero(near)
    if not len(rows):
        return None
    row = int(rows[0])
    person_row = int(accounts["person_row"].iat[row])
    found = assessment.findings
    return {
        "account": _row(accounts, row), "person": _row(view.people.persons, person_row) if person_row >= 0 else None,
        "engagements": _engagements(view, person_row), "rights": _rights(view, row),
        "findings": found.loc[(found["account_row"] == row).to_numpy(), "key"].tolist(),
    }


def explain_finding(view: AuditView, assessment: Assessment, key: str) -> dict[str, Any] | None:
    """Given a day, its assessment and the key of one of its findings, return its evidence and, where it is about an account, the chain
    of that account; None if the finding is not there that day."""
    rows = np.flatnonzero((assessment.findings["key"] == key).to_numpy())
    if not len(rows):
        return None
    finding = assessment.findings.iloc[int(rows[0])]
    chain = None
    if finding["account_row"] >= 0:
        chain = explain_account(view, assessment, str(finding["system"]), str(finding["account"]))
    return {"key": key, "rule": str(finding["rule"]), "evidence": freeze(view, assessment, rows[:1])[0], "chain": chain}


def _rights(view: AuditView, account_row: int) -> list[dict[str, Any]]:
    held = np.unique(view.grants["grant_row"].to_numpy()[view.grants["account_row"].to_numpy() == account_row])
    grants = view.snapshot.table("grants")
    told = []
    for grant_row in held.tolist():
        explained = explain_grant(view.judged, view.matrices, grant_row)
        told.append({**_row(grants, grant_row), "judged": [_judged(view, one) for one in explained]})
    return told


def _judged(view: AuditView, one: ExplainedGrant) -> dict[str, Any]:
    place = _row(view.grants, one.position)
    return {
        **{name: place.get(name) for name in ("right", "level", "scope", "school", "group")}, "verdict": one.ruling.verdict,
        "mode": one.ruling.mode, "matrix": one.matrix.name if one.matrix else None, "row": _declared(one),
        "lacks": lacks_in_full(one.ruling.lacks), "reasons": [{"code": reason.code, "facts": dict(reason.facts)} for reason in one.reasons],
    }


def _declared(one: ExplainedGrant) -> Mapping[str, Any] | None:
    if one.row is None:
        return None
    cells = asdict(one.row) | {"conditions": [str(condition) for condition in one.row.conditions], "holders": sorted(one.row.holders)}
    return {name: value for name, value in cells.items() if value not in (None, "", [])}


def _engagements(view: AuditView, person_row: int) -> list[dict[str, Any]]:
    engagements = view.people.engagements
    if person_row < 0:
        return []
    return [_row(engagements, int(row)) for row in np.flatnonzero(engagements["person_row"].to_numpy() == person_row)]


def _row(frame: Any, row: int) -> dict[str, Any]:
    cells = {str(name): plain(frame[name].iat[row]) for name in frame.columns}
    return {name: value for name, value in cells.items() if value is not None and not name.endswith("_row")}
