"""What a finding rests on, frozen as plain data: it stays readable when the sources have moved on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.assess.needs import Needs
from auditor.model.assessment import Assessment
from auditor.model.finding import SUBJECT
from auditor.model.judged import Lack
from auditor.rules.closest import matrix_row
from auditor.rules.registry import spec_of
from auditor.rules.view import AuditView

USE = frozenset({"last_used_on", "last_attempt_on", "password_set_on"})
"""Facts about the use of an account: to be kept six months at most (OPOR), so whoever stores evidence must find them."""
_ACCOUNT = ("source", "file", "row", "status", "kind", "school")
_LINK = ("situation", "tier", "person", "contradicts")
_GRANT = ("source", "file", "row", "via", "starts_on", "ends_on")
_ENGAGEMENT = ("origin", "function", "school", "kind", "task", "starts_on", "ends_on", "counts", "source", "file", "row")


def freeze(view: AuditView, assessment: Assessment, rows: npt.NDArray[np.integer[Any]]) -> list[dict[str, Any]]:
    """Given the day, its assessment and positions in Assessment.findings, return the evidence of each as JSON-able data.

    Keys: facts (SUBJECT, `login` to show, `username`, `display_name`, `held_school` and the rule's facts, use facts among them), account,
    link, employments (that count, else the last), grant and matrix (for rights: the row that came nearest and every lack), rights (number
    and weight of what the account holds) and sources (the rows it rests on, then every source the rule leans on, with its state and age).
    Dates are ISO text; what does not apply is left out.
    """
    findings = assessment.findings.take(np.asarray(rows, dtype=np.intp))
    employments = _employments(view, findings["person_row"].to_numpy())
    needs = Needs(view)
    told = []
    for finding, facts in zip(_records(findings), _facts(assessment, findings), strict=True):
        told.append(_evidence(view, needs, finding, facts, employments))
    return told


def _evidence(
    view: AuditView, needs: Needs, finding: Mapping[str, Any], facts: Mapping[str, Any], employments: Mapping[int, list[dict[str, Any]]],
) -> dict[str, Any]:
    account_row, person_row, grant_row = (int(finding[name]) for name in ("account_row", "person_row", "grant_row"))
    shown = {name: finding.get(name) for name in SUBJECT} | _names(view, account_row, person_row, grant_row) | dict(facts)
    evidence: dict[str, Any] = {
        "facts": {name: value for name, value in shown.items() if value is not None},
    }
    if account_row >= 0:
        evidence |= _account(view, account_row)
    if person_row >= 0:
        evidence["employments"] = employments.get(person_row, [])
    if grant_row >= 0:
        evidence |= _grant(view, grant_row)
    evidence["sources"] = [*_rows_read(view, account_row, grant_row), *_sources(needs, str(finding["rule"]), finding.get("system"))]
    return {name: value for name, value in evidence.items() if value not in (None, {}, [])}


def _names(view: AuditView, account_row: int, person_row: int, grant_row: int) -> dict[str, Any]:
    names: dict[str, Any] = {}
    if account_row >= 0:
        account, username = (view.accounts[name].iat[account_row] for name in ("account", "username"))
        is_pupil = view.accounts["kind"].iat[account_row] == "pupil" or view.accounts["is_pupil"].iat[account_row] is True
        names["username"] = plain(username)
        # A pupil is shown by id and number; the username only in `findings show` (rules 4).
        names["login"] = account if is_pupil or names["username"] is None else names["username"]
    if person_row >= 0:
        names["display_name"] = plain(view.people.persons["display_name"].iat[person_row])
    if grant_row >= 0:
        names["held_school"] = plain(view.grants["school"].iat[grant_row])
    return names


def _account(view: AuditView, row: int) -> dict[str, Any]:
    one = view.accounts
    candidates = one["candidates"].iat[row]
    link = _cells(one, row, _LINK) | ({"candidates": json.loads(candidates)} if isinstance(candidates, str) else {})
    return {
        "account": _cells(one, row, _ACCOUNT) | {"as_of": plain(one["source_day"].iat[row])}, "link": link,
        "rights": {"number": int(one["rights"].iat[row]), "weight": int(one["weight"].iat[row])},
    }


def _grant(view: AuditView, grant_row: int) -> dict[str, Any]:
    judged = view.grants.iloc[grant_row]
    grant = _cells(view.snapshot.table("grants"), int(judged["grant_row"]), _GRANT)
    if isinstance(grant.get("via"), str):
        grant["via"] = json.loads(grant["via"])
    case = int(judged["case"])
    ruling = view.judged.rulings[case]
    position = view.judged.cases[case].matrix
    found: dict[str, Any] = {"grant": {"native": plain(judged["native"]), **grant}}
    if position >= 0:
        matrix = view.matrices[position]
        row = matrix_row(view, case)
        found["matrix"] = {"system": matrix.system, "name": matrix.name, "edition": matrix.edition, "lacks": lacks_in_full(ruling.lacks)}
        if row is not None:
            found["matrix"] |= {
                "line": row.line, "function": row.function, "right": row.right, "level": row.level, "scope": row.scope,
                "stance": row.stance, "conditions": [str(condition) for condition in row.conditions], "note": row.note,
            }
    return found


def lacks_in_full(lacks: Sequence[Lack]) -> list[dict[str, str]]:
    """Given the lacks of a row, return each as what, wanted and held."""
    return [{"what": lack.what, "wanted": lack.wanted, "held": lack.held} for lack in lacks]


def _rows_read(view: AuditView, account_row: int, grant_row: int) -> Iterator[dict[str, Any]]:
    """The rows themselves: file and line, and the day of their source."""
    if account_row >= 0:
        day = plain(view.accounts["source_day"].iat[account_row])
        yield {**_cells(view.accounts, account_row, ("source", "file", "row")), "as_of": day}
    if grant_row >= 0:
        yield _cells(view.snapshot.table("grants"), int(view.grants["grant_row"].iat[grant_row]), ("source", "file", "row"))


def _sources(needs: Needs, rule: str, system: str | None) -> Iterator[dict[str, Any]]:
    """What the rule leans on: its system's sources, HR and pupils where it asks for them."""
    wanted = {need.rstrip("?") for need in spec_of(rule).needs}
    for report in needs.coverage.sources:
        is_own = report.system == system and system is not None
        if is_own or report.role in wanted - {"system"} or report.source.removeprefix("register.") in wanted:
            yield {
                "source": report.source, "state": report.state.value, "as_of": plain(report.as_of), "rows": report.rows,
                "missing_schools": sorted(report.missing_schools),
            }


def _employments(view: AuditView, person_rows: npt.NDArray[np.integer[Any]]) -> dict[int, list[dict[str, Any]]]:
    """Per person the engagements that count on the day; of who has none, the last one that did."""
    engagements = view.people.engagements
    asked = np.zeros(len(view.people.persons) + 1, dtype=bool)
    asked[person_rows[person_rows >= 0]] = True
    near = engagements[asked[engagements["person_row"].to_numpy()]]
    has_one = set(near.loc[near["counts"], "person_row"])
    kept = near[near["counts"] | ~near["person_row"].isin(has_one)].sort_values(["person_row", "starts_on", "employment"], kind="stable")
    told: dict[int, list[dict[str, Any]]] = {}
    for person_row, record in zip(kept["person_row"].tolist(), _records(kept[list(_ENGAGEMENT)]), strict=True):
        known = told.setdefault(person_row, [])
        one = {name: value for name, value in record.items() if value is not None}
        told[person_row] = [*known, one] if person_row in has_one else [one]
    return told


def _facts(assessment: Assessment, findings: pd.DataFrame) -> list[dict[str, Any]]:
    """The facts of each finding, taken from its rule's frame in one go per rule."""
    told: list[dict[str, Any]] = [{} for _ in range(len(findings))]
    for rule in findings["rule"].unique():
        places = np.flatnonzero((findings["rule"] == rule).to_numpy())
        facts = assessment.facts[str(rule)].take(findings["hit"].to_numpy()[places])
        for place, record in zip(places, _records(facts), strict=True):
            told[place] = record
    return told


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    names = list(frame.columns)
    columns = [[plain(value) for value in frame[name].astype("object").tolist()] for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)] if names else [{} for _ in range(len(frame))]


def _cells(frame: pd.DataFrame, row: int, names: Sequence[str]) -> dict[str, Any]:
    cells = {name: plain(frame[name].iat[row]) for name in names}
    return {name: value for name, value in cells.items() if value is not None}


def plain(value: Any) -> Any:
    """Given one cell, return it as JSON holds it: dates as ISO text, whole numbers as integers, what is absent as None."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, (pd.Timestamp, np.datetime64)):
        stamp = pd.Timestamp(value)
        return None if stamp is pd.NaT else stamp.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value
