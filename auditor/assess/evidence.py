"""What findings rest on, frozen as plain data: it stays readable when the sources have moved on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditor.assess.needs import Needs
from auditor.assess.plain import Record, plain, records
from auditor.model.assessment import Assessment
from auditor.model.finding import SUBJECT
from auditor.model.judged import Lack
from auditor.rules.closest import matrix_row
from auditor.rules.registry import spec_of
from auditor.rules.view import AuditView

_ACCOUNT = ("source", "file", "row", "status", "kind", "school")
_LINK = ("situation", "tier", "person", "contradicts", "candidates")
_GRANT = ("source", "file", "row", "via", "starts_on", "ends_on")
_ORIGIN = ("source", "file", "row", "as_of")
_ENGAGEMENT = ("origin", "function", "school", "kind", "task", "starts_on", "ends_on", "counts", "source", "file", "row")
Rows = npt.NDArray[np.integer[Any]]


def freeze(view: AuditView, assessment: Assessment, rows: Rows) -> list[Record]:
    """Given the day, its assessment and positions in Assessment.findings, return the evidence of each as JSON-able data.

    Keys: facts (SUBJECT, `login` to show, `username`, `display_name`, `held_school`, `earlier_account` where the account's id changed today,
    and the rule's facts, use facts among them), account,
    link, employments (that count, else the last), grant and matrix (for rights: the row that came nearest and every lack), rights (number
    and weight of what the account holds) and sources (the rows it rests on, then every source the rule leans on, with its state and age).
    Dates are ISO text; what does not apply is left out.
    """
    findings = assessment.findings.take(np.asarray(rows, dtype=np.intp))
    account_row, person_row, grant_row = (findings[name].to_numpy() for name in ("account_row", "person_row", "grant_row"))
    subjects = records(findings, SUBJECT)
    facts = _facts(assessment, findings)
    accounts = _per_row(account_row, lambda places: _accounts(view, places))
    persons = _per_row(person_row, lambda places: records(view.people.persons.take(places), ["display_name"]))
    grants = _per_row(grant_row, lambda places: _grants(view, places))
    employments = _employments(view, person_row)
    sources = _sources(Needs(view))
    told = []
    was = [{"earlier_account": assessment.renamed[key]} if key in assessment.renamed else {} for key in findings["key"].tolist()]
    for place, (subject, fact, rule) in enumerate(zip(subjects, facts, findings["rule"].tolist(), strict=True)):
        account, grant = accounts[place], grants[place]
        evidence: Record = {
            "facts": {**subject, **account.get("names", {}), **persons[place], **grant.get("names", {}), **fact, **was[place]},
            **{name: account[name] for name in ("account", "link") if name in account},
            "employments": employments.get(int(person_row[place]), []),
            **{name: grant[name] for name in ("grant", "matrix") if name in grant},
            **{name: account[name] for name in ("rights",) if name in account},
            "sources": [*account.get("origin", ()), *grant.get("origin", ()), *sources(rule, subject.get("system"))],
        }
        told.append({name: value for name, value in evidence.items() if value not in ({}, [])})
    return told


def lacks_in_full(lacks: Sequence[Lack]) -> list[dict[str, str]]:
    """Given the lacks of a row, return each as what, wanted and held."""
    return [{"what": lack.what, "wanted": lack.wanted, "held": lack.held} for lack in lacks]


def _per_row(rows: Rows, read: Callable[[Rows], list[Record]]) -> list[Record]:
    """Given positions (-1 for none) and how to read them, return a record for each; every position is read once."""
    distinct, places = np.unique(rows, return_inverse=True)
    known = distinct[distinct >= 0]
    told: list[Record] = [{} for _ in range(len(distinct) - len(known))] + (read(known) if len(known) else [])
    return [told[place] for place in places]


def _accounts(view: AuditView, rows: Rows) -> list[Record]:
    frame = view.accounts.take(rows)
    read = records(frame.assign(as_of=frame["source_day"], person=frame["person"]), [*_ACCOUNT, *_LINK, "as_of", "account", "username"])
    is_pupil = ((frame["kind"] == "pupil") | frame["is_pupil"].fillna(False).astype(bool)).tolist()
    copies = _copies(view, rows)
    told = []
    for row, one, shows_id, rights, weight in zip(
        rows.tolist(), read, is_pupil, frame["rights"].tolist(), frame["weight"].tolist(), strict=True,
    ):
        link = _part(one, _LINK)
        if "candidates" in link:
            link["candidates"] = json.loads(link["candidates"])
        # A pupil is shown by id and number; the username only in `findings show` (rules 4).
        login = one["account"] if shows_id else one.get("username", one["account"])
        told.append({
            "names": {"login": login} | _part(one, ("username",)), "account": _part(one, (*_ACCOUNT, "as_of")) | copies.get(row, {}), "link": link,
            "rights": {"number": rights, "weight": weight}, "origin": [_part(one, _ORIGIN)],
        })
    return told


def _copies(view: AuditView, rows: Rows) -> dict[int, Record]:
    """What the accounts have as synchronised copies elsewhere: the finding stands at the original alone."""
    copy_of = view.accounts["copy_of"].to_numpy()
    found = np.flatnonzero(np.isin(copy_of, rows) & (copy_of >= 0))
    told: dict[int, Record] = {}
    for row, one in zip(copy_of[found].tolist(), records(view.accounts.take(found), ["system", "account", "username", "status"]), strict=True):
        told.setdefault(row, {"copies": []})["copies"].append(one)
    return told


def _grants(view: AuditView, rows: Rows) -> list[Record]:
    judged = view.grants.take(rows)
    read = records(view.snapshot.table("grants").take(judged["grant_row"].to_numpy()), _GRANT)
    places = records(judged, ["native", "school"])

    @cache
    def matrix_of(case: int) -> Record:
        return _matrix(view, case)

    told = []
    for one, place, case in zip(read, places, judged["case"].tolist(), strict=True):
        if "via" in one:
            one["via"] = json.loads(one["via"])
        names = {"held_school": place["school"]} if "school" in place else {}
        told.append({"names": names, "grant": {"native": place["native"], **one}, "origin": [_part(one, _ORIGIN)], **matrix_of(case)})
    return told


def _matrix(view: AuditView, case: int) -> Record:
    position = view.judged.cases[case].matrix
    if position < 0:
        return {}
    matrix, row = view.matrices[position], matrix_row(view, case)
    told: Record = {
        "system": matrix.system, "name": matrix.name, "edition": matrix.edition, "lacks": lacks_in_full(view.judged.rulings[case].lacks),
    }
    if row is not None:
        told |= {
            "line": row.line, "function": row.function, "right": row.right, "level": row.level, "scope": row.scope, "stance": row.stance,
            "conditions": [str(condition) for condition in row.conditions], "note": row.note,
        }
    return {"matrix": told}


def _sources(needs: Needs) -> Callable[[str, str | None], list[Record]]:
    """How to tell which sources a rule leans on for a system: that system's own, and HR, pupils and registers where it asks for them."""

    def lean(rule: str, system: str | None) -> Iterator[Record]:
        wanted = {need.rstrip("?") for need in spec_of(rule).needs} - {"system"}
        for report in needs.coverage.sources:
            is_own = report.system == system and system is not None
            if is_own or report.role in wanted or report.source.removeprefix("register.") in wanted:
                yield {
                    "source": report.source, "state": report.state.value, "as_of": plain(report.as_of), "rows": report.rows,
                    "missing_schools": sorted(report.missing_schools),
                }

    @cache
    def told(rule: str, system: str | None) -> list[Record]:
        return list(lean(rule, system))

    return told


def _employments(view: AuditView, person_rows: Rows) -> dict[int, list[Record]]:
    """Per person the engagements that count on the day; of who has none, the last one that did."""
    engagements = view.people.engagements
    asked = np.zeros(len(view.people.persons) + 1, dtype=bool)
    asked[person_rows[person_rows >= 0]] = True
    near = engagements[asked[engagements["person_row"].to_numpy()]]
    has_one = np.zeros(len(asked), dtype=bool)
    has_one[near["person_row"].to_numpy()[near["counts"].to_numpy()]] = True
    is_shown = near["counts"].to_numpy() | ~has_one[near["person_row"].to_numpy()]
    kept = near[is_shown].sort_values(["person_row", "starts_on", "employment"], kind="stable")
    told: dict[int, list[Record]] = {}
    for person_row, one in zip(kept["person_row"].tolist(), records(kept, _ENGAGEMENT), strict=True):
        told[person_row] = [*told.get(person_row, ()), one] if has_one[person_row] else [one]
    return told


def _facts(assessment: Assessment, findings: pd.DataFrame) -> list[Record]:
    """The facts of each finding, taken from its rule's frame in one go per rule."""
    told: list[Record] = [{} for _ in range(len(findings))]
    hits = findings["hit"].to_numpy()
    for rule in findings["rule"].unique():
        places = np.flatnonzero((findings["rule"] == rule).to_numpy())
        for place, one in zip(places, records(assessment.facts[str(rule)].take(hits[places])), strict=True):
            told[place] = one
    return told


def _part(one: Record, names: Sequence[str]) -> Record:
    return {name: one[name] for name in names if name in one}
