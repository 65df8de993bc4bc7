"""A small fictional board, put together row by row and taken through the real steps up to what the rules see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from auditor.assess import AuditView, assess, freeze
from auditor.changes import compare
from auditor.correlate import known_people, link
from auditor.expect import judge
from auditor.model.assessment import Assessment, Changes
from auditor.model.coverage import Coverage, SourceReport, SourceState
from auditor.model.finding import SUBJECT
from auditor.model.links import LINK_DECISIONS
from auditor.model.matrix import Condition, Matrix, MatrixRow, NativeRight
from auditor.model.past import Past
from auditor.model.policy import Policy, RuleSetting
from auditor.model.snapshot import QUALITY, Snapshot
from auditor.model.tables import DTYPES, TABLES, Table
from auditor.rules.registry import SLUGS, spec_of
from auditor.rules.words import summary

TODAY = date(2026, 11, 24)
TEACHER, SHORT, OFFICE = "leerkracht", "invalleerkracht", "administratief medewerker"

DELIVERED = frozenset({"group_links.group", *(f"accounts.{name}" for name in (
    "number", "mail", "last_used_on", "password_set_on", "password_rule", "has_mfa"))})


def day(text: str) -> date:
    """Given an ISO date, return it as a date."""
    return date.fromisoformat(text)


def table_of(table: Table, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Given rows as dictionaries, return a conforming frame; `source`, `file` and `row` may be among them."""
    columns: dict[str, object] = {}
    for column in table.columns:
        values = [row.get(column.name) for row in rows]
        if column.kind == "date":
            columns[column.name] = pd.Series(np.array(values, dtype="datetime64[s]"))
        elif column.kind in ("category", "text"):
            columns[column.name] = pd.Series(values, dtype="str")
        else:
            columns[column.name] = pd.Series(values, dtype=DTYPES[column.kind])
    columns["source"] = pd.Series([row.get("source", table.name) for row in rows], dtype="str")
    columns["file"] = pd.Series([row.get("file", f"{table.name}.csv") for row in rows], dtype="str")
    columns["row"] = [row.get("row", place + 2) for place, row in enumerate(rows)]
    return table.check(table.frame(columns))


PARNASSYS = Matrix(
    system="parnassys", name="ParnasSys", edition="2026", owner="directie", adopted_on=day("2026-01-01"), adopted_by="bestuur",
    rows=(
        MatrixRow(2, TEACHER, "Leerkracht", "volledig", "group", "allowed"),
        MatrixRow(3, SHORT, "Leerkracht", "volledig", "group", "allowed", (Condition("weeks", ">=", "4"),)),
        MatrixRow(4, SHORT, "Leerkracht", "beperkt", "group", "allowed"),
        MatrixRow(5, OFFICE, "Administratie", None, "school", "allowed", (Condition("declaration", "=", "confidentiality"),)),
        MatrixRow(6, "directeur", "Beheer", None, "school", "allowed"),
        MatrixRow(7, "assistent", "Leerkracht", "beperkt", "school", "allowed"),
        MatrixRow(8, "*", "Beheer", None, None, "forbidden", (Condition("kind", "=", "external"),), note="externen niet"),
        MatrixRow(9, "conciërge", "Deuren", None, "school", "allowed", mode="watch"),
    ),
    natives={
        "Leerkracht": NativeRight("Leerkracht", "volledig"), "Leerkracht beperkt": NativeRight("Leerkracht", "beperkt"),
        "Administratie": NativeRight("Administratie"), "Beheer": NativeRight("Beheer"), "Deuren": NativeRight("Deuren"),
    },
    levels={"Leerkracht": ("beperkt", "volledig")}, digest="one",
)


class TinyBoard:
    """Tonight's rows, what earlier scans left, and how complete each source is."""

    def __init__(self, as_of: date = TODAY) -> None:
        """Given the day to judge; two schools 12AB and 34CD, one matrix for ParnasSys."""
        self.as_of = as_of
        self.rows: dict[str, list[dict[str, Any]]] = {
            "schools": [{"school": school, "kind": "school", "name": f"De {school}"} for school in ("12AB", "34CD")],
        }
        self.quality: list[dict[str, Any]] = []
        self.decisions: list[dict[str, Any]] = []
        self.past = Past()
        self.matrices: tuple[Matrix, ...] = (PARNASSYS,)
        self.policy = Policy(board="demo", managed_domains=frozenset({"demo.example"}))
        self.reports: dict[str, SourceReport] = {}
        self.source("hr", "hr")
        self.source("pupils", "pupils")
        self.source("parnassys", "system", system="parnassys")
        self.source("entra", "system", system="entra")

    def source(self, name: str, role: Any, **changes: Any) -> TinyBoard:
        """Given a source, say how it was read: complete and of today, but for the changes."""
        known = self.reports.get(name) or SourceReport(
            name, role, SourceState.OK, as_of=self.as_of,
            delivers=DELIVERED if role == "system" else frozenset(),
        )
        self.reports[name] = replace(known, **changes)
        return self

    def broken(self, name: str, state: SourceState = SourceState.STALE) -> TinyBoard:
        """Given a source, say it was not read: it has no rows either."""
        system = self.reports[name].system
        for table in ("accounts", "grants", "group_links"):
            self.rows[table] = [row for row in self.rows.get(table, []) if row["system"] != system or system is None]
        if name == "hr":
            self.rows["employments"] = []
        self.reports[name] = replace(self.reports[name], state=state)
        return self

    def register(self, table: str, *rows: dict[str, Any]) -> TinyBoard:
        """Given a register and rows, make it configured, complete and filled."""
        self.source(f"register.{table}", "register")
        self.rows.setdefault(table, []).extend(rows)
        return self

    def person(self, number: str, function: str = TEACHER, school: str = "12AB", until: str | None = None, **more: Any) -> TinyBoard:
        """Given somebody's number and work, add the person and one employment."""
        since = day(more.pop("since", "2020-08-01"))
        named = {name: more.pop(name) for name in ("mail", "upn", "display_name", "surname", "given_name") if name in more}
        if all(row["person"] != number for row in self.rows.get("persons", [])):
            person = {"person": number, "kind": "employee", "display_name": f"Persoon {number}", **named}
            self.rows.setdefault("persons", []).append(person)
        self.rows.setdefault("employments", []).append({
            "person": number, "employment": f"{number}-{len(self.rows.get('employments', []))}", "function": function, "school": school,
            "kind": "permanent", "starts_on": since, "ends_on": day(until) if until else None, "share": 1.0, "source": "hr", **more,
        })
        return self

    def account(self, login: str, number: str | None = None, system: str = "parnassys", **more: Any) -> TinyBoard:
        """Given a login and perhaps its number, add an enabled account of a person, at 12AB."""
        row = {"system": system, "account": login, "username": login, "number": number, "kind": "person", "status": "enabled",
               "school": "12AB" if system == "parnassys" else None, "source": system, "id_is_stable": True, **more}
        self.rows.setdefault("accounts", []).append(row)
        return self

    def grant(self, login: str, right: str, scope: str = "school", school: str | None = "12AB", **more: Any) -> TinyBoard:
        """Given a login and a native right, add what it holds in ParnasSys."""
        row = {"system": "parnassys", "account": login, "right": right, "scope": scope, "school": school, "source": "parnassys", **more}
        self.rows.setdefault("grants", []).append(row)
        return self

    def teaches(self, number: str, group: str, school: str = "12AB") -> TinyBoard:
        """Given a person and a group, add that the person teaches it."""
        return self.register("teaching", {"person": number, "school": school, "group": group, "starts_on": day("2026-08-01")})

    def setting(self, rule: str, **more: Any) -> TinyBoard:
        """Given a rule, add a change of the board to it."""
        self.policy = replace(self.policy, settings=(*self.policy.settings, RuleSetting(rule, more.pop("reason", "proef"), **more)))
        return self

    def shuffled(self, seed: int) -> TinyBoard:
        """Given a seed, put the rows of every table in another order."""
        order = np.random.default_rng(seed)
        self.rows = {name: [rows[place] for place in order.permutation(len(rows))] for name, rows in self.rows.items()}
        return self

    def hr_as_last_scan(self) -> TinyBoard:
        """Say that the last accepted read of HR, yesterday, had the very people and employments it has now."""
        employments = table_of(TABLES["employments"], self.rows.get("employments", []))
        employments = employments.assign(
            seen_from=pd.Timestamp(self.as_of - timedelta(days=30)).as_unit("s"),
            seen_until=pd.Series(pd.NaT, index=employments.index, dtype="datetime64[s]"))
        persons = table_of(TABLES["persons"], self.rows.get("persons", []))
        self.past = replace(self.past, scan=1, as_of=self.as_of - timedelta(days=1), persons=persons, employments=employments)
        return self

    def view(self) -> AuditView:
        """Take tonight through collection's result, correlation and the judge."""
        tables = {name: table_of(TABLES[name], rows) for name, rows in self.rows.items()}
        snapshot = Snapshot("demo", self.as_of, tables, Coverage(tuple(self.reports.values())), table_of(QUALITY, self.quality))
        past = replace(self.past, decisions=table_of(LINK_DECISIONS, self.decisions)) if self.decisions else self.past
        people = known_people(snapshot, self.policy, past)
        links = link(snapshot, people, self.policy, past)
        judged = judge(snapshot, people, links, self.matrices, self.policy, past)
        return AuditView.build(self.as_of, self.policy, snapshot, people, links, judged, self.matrices, past)

    def assess(self) -> Assessment:
        """Tonight's assessment."""
        return assess(self.view())

    def compare(self) -> Changes:
        """What changed since `past`."""
        return compare(self.past, self.assess(), self.as_of)

    def fired(self, rule: str) -> list[dict[str, Any]]:
        """Given a rule, return the facts of each of its findings, with score, deadline, mails and the sentence in both languages.

        Every sentence is made, so that a blank without a fact cannot hide.
        """
        view = self.view()
        assessment = assess(_alone(view, rule))
        rows = np.flatnonzero((assessment.findings["rule"] == rule).to_numpy())
        told = []
        for row, evidence in zip(rows, freeze(view, assessment, rows), strict=True):
            finding, facts = assessment.findings.iloc[row], evidence["facts"]
            said = {language: summary(spec_of(rule), facts, language) for language in ("nl", "en")}
            assert all("–" not in sentence for sentence in said.values()), said
            told.append({
                **facts, "said": said, "key": finding["key"], "score": int(finding["score"]), "mails": bool(finding["mails"]),
                "deadline": finding["deadline_on"], "evidence": evidence,
            })
        return told

    def logins(self, rule: str) -> list[str]:
        """Given a rule, return the logins it fires for, sorted."""
        return sorted(str(facts.get("login")) for facts in self.fired(rule))

    def not_assessed(self, rule: str) -> list[tuple[str, str | None]]:
        """Given a rule, return why it was not assessed, and for which system."""
        return [(said.reason.code, said.system) for said in assess(_alone(self.view(), rule)).not_assessed if said.rule == rule]


def _alone(view: AuditView, rule: str) -> AuditView:
    """The view with every other rule off where none can speak instead of this one: forty rules a question are slow."""
    if spec_of(rule).cluster != "rule":
        return view
    others = tuple(RuleSetting(slug, "proef", is_on=False) for slug in SLUGS if slug != rule)
    return replace(view, policy=replace(view.policy, settings=(*view.policy.settings, *others)))


def remembered(assessment: Assessment, past: Past, as_of: date, **changes: Any) -> Past:
    """Given an assessment, return the past it leaves: its findings open, but for changes to columns."""
    found = assessment.findings
    columns = {name: found[name] for name in ("key", "rule", "cluster", *SUBJECT)}
    frame = pd.DataFrame({
        **columns, "score": found["score"], "state": pd.Series("open", index=found.index).astype("category"),
        "fingerprint": found["fingerprint"], "state_score": found["score"],
        "state_until": pd.Series(pd.NaT, index=found.index, dtype="datetime64[s]"),
        "not_assessed_since": pd.Series(pd.NaT, index=found.index, dtype="datetime64[s]"), "reopened": pd.Series(0, index=found.index, dtype="int32"),
    })
    return replace(past, scan=1, as_of=as_of, findings=frame.assign(**changes))
