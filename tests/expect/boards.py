"""Small random boards: every kind of person, place, matrix row and oddity, thrown together from one seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from auditor.model.coverage import Coverage
from auditor.model.links import LINKS
from auditor.model.matrix import Condition, Matrix, MatrixRow, NativeRight
from auditor.model.people import ENGAGEMENTS, PEOPLE, People
from auditor.model.snapshot import Snapshot
from auditor.model.tables import TABLES

AS_OF = date(2026, 11, 24)
SCHOOLS = ("12AB", "34CD", "56EF", "BURO")
LIKELY_SCHOOLS = ("12AB", "12AB", "34CD", "34CD", *SCHOOLS)
GROUPS = ("1", "2", "3")
FUNCTIONS = ("leerkracht", "leerkracht", "invalleerkracht", "Leerkracht", "directeur", "directeur", "administratief medewerker", "tuinman")
RIGHTS = ("Leerkracht", "Administratie", "Applicatiebeheerder")
NATIVES = ("Leerkracht", "Leerkracht beperkt", "administratie", "Applicatiebeheerder", "Vreemd")
LEVELS = ("beperkt", "volledig")
CONDITIONS = (
    Condition("weeks", ">=", "4"), Condition("weeks", "<", "4"), Condition("declaration", "=", "confidentiality"),
    Condition("kind", "=", "external"), Condition("kind", "!=", "replacement"), Condition("task", "=", "beheerder"),
    Condition("school", "=", "office"), Condition("share", ">", "0.5"),
)
KINDS = ("permanent", "replacement", "external", "trainee")


def frame_of(declared: dict[str, str], rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Given column dtypes as the model declares them and rows, return the frame."""
    columns: dict[str, Any] = {}
    for name, dtype in declared.items():
        values = [row.get(name) for row in rows]
        if dtype == "category":
            columns[name] = pd.Series(pd.Categorical(pd.Series(values, dtype="str")))
        elif dtype == "float64":
            columns[name] = pd.Series([float("nan") if value is None else float(value) for value in values], dtype=dtype)
        else:
            columns[name] = pd.Series(values, dtype="str" if dtype == "str" else "object").astype(dtype)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


def table_of(name: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Given a table's name and rows, return a conforming frame."""
    given = dict.fromkeys(key for row in rows for key in row)
    columns: dict[str, object] = {}
    for key in given:
        values = [row.get(key) for row in rows]
        kind = TABLES[name].column(key).kind
        if kind == "category":
            columns[key] = pd.Series(pd.Categorical(pd.Series(values, dtype="str")))
        else:
            columns[key] = pd.Series(values, dtype={"text": "str", "date": "datetime64[s]", "flag": "boolean", "number": "float64"}[kind])
    return TABLES[name].check(TABLES[name].frame(columns, source="bron", file="bestand.csv"))


def people_of(persons: Sequence[dict[str, Any]], engagements: Sequence[dict[str, Any]]) -> People:
    """Given persons and engagements, return People; a person is in service and an engagement counts unless said otherwise."""
    base: dict[str, Any] = {"kind": "employee", "in_hr": True, "has_left": False, "is_vanished": False, "is_senior": False, "is_assessable": True,
                            "row": 1}
    work: dict[str, Any] = {"origin": "employment", "kind": "permanent", "weeks": float("inf"), "counts": True, "is_past": False, "row": 1}
    return People(frame_of(PEOPLE, [base | row for row in persons]), frame_of(ENGAGEMENTS, [work | row for row in engagements]))


def links_of(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Given links in the order of the accounts, return the frame."""
    columns: dict[str, object] = {
        "system": [row["system"] for row in rows], "account": [row["account"] for row in rows],
        "situation": [row.get("situation", "linked") for row in rows],
        "person": pd.Series(pd.Categorical(pd.Series([row.get("person") for row in rows], dtype="str"))),
        "is_pupil": pd.Series([row.get("is_pupil", False) for row in rows], dtype="boolean"),
        "tier": ["number"] * len(rows),
    }
    return LINKS.frame(columns)


def matrix_of(rows: Sequence[MatrixRow], **more: Any) -> Matrix:
    """Given rows, return a matrix of ParnasSys unless said otherwise."""
    given: dict[str, Any] = {
        "system": "parnassys", "name": "ParnasSys", "edition": "proef", "owner": "bestuur", "adopted_on": date(2026, 8, 1), "adopted_by": None,
    }
    return Matrix(rows=tuple(rows), **(given | more))


Night = tuple[Snapshot, People, pd.DataFrame, tuple[Matrix, ...]]


def random_night(seed: int) -> Night:
    """Given a seed, return one night of a small random board."""
    dice = random.Random(seed)

    def some(words: Sequence[Any], chance: float = 0.8) -> Any:
        return dice.choice(words) if dice.random() < chance else None

    def day(spread: int = 60) -> date | None:
        return AS_OF + timedelta(days=dice.randint(-spread, spread)) if dice.random() < 0.7 else None

    persons = [{"person": f"P{number}", "mail": f"p{number}@bestuur.example", "numbers": f"A{number}, B{number}" if dice.random() < 0.3 else None,
                "has_left": dice.random() < 0.05, "is_vanished": dice.random() < 0.03, "is_assessable": dice.random() < 0.97}
               for number in range(dice.randint(3, 10))]
    engagements = []
    for seat in range(len(persons)):
        for _ in range(dice.choice((0, 1, 1, 1, 2, 3, 4))):
            origin = dice.choice(("employment", "employment", "employment", "external", "task"))
            counts = dice.random() < 0.7
            engagements.append({
                "person_row": seat, "origin": origin, "function": None if origin == "task" else some(FUNCTIONS, 0.9),
                "school": some(LIKELY_SCHOOLS, 0.9),
                "kind": {"task": "task", "external": "external"}.get(origin, dice.choice(KINDS)),
                "task": dice.choice(("beheerder", "anders")) if origin == "task" else None, "counts": counts,
                "is_past": not counts and dice.random() < 0.8, "weeks": dice.choice((1, 3.9, 4, 12, float("inf"))), "share": some((0.3, 1.0)),
            })
    holders = [person["person"] for person in persons] + [f"A{seat}" for seat in range(len(persons))] + ["X9"]
    accounts, links = [], []
    for number in range(dice.randint(6, 20)):
        key = {"system": dice.choice(("parnassys", "parnassys", "parnassys", "parnassys", "ad:noord", "ad:noord", "los")), "account": f"a{number}"}
        accounts.append(key | {
            "kind": some(("person", "external", "unknown", "shared"), 1) if dice.random() < 0.15 else "person",
            "status": dice.choice(("enabled",) * 4 + ("unknown",) * 3 + ("disabled",)), "school": some(SCHOOLS)})
        links.append(key | {
            "situation": "linked" if dice.random() < 0.95 else dice.choice(("unmatched", "disputed", "set_aside")),
            "person": dice.choice(persons)["person"] if dice.random() < 0.9 else dice.choice(holders),
            "is_pupil": dice.random() < 0.03})
    grants, seen = [], set()
    for _ in range(dice.randint(40, 120)):
        account = dice.choice(accounts)
        grant = {
            "system": account["system"], "account": account["account"] if dice.random() < 0.97 else "weg",
            "right": dice.choice(("Leerkracht", *NATIVES[:4] * 2, "Vreemd")),
            "level": some(("beperkt", "VOLLEDIG", "volledig", "beperkt", "raar"), 0.3),
            "scope": dice.choice(("board", "school", "school", "group", "group", "folder", "own", "unknown")),
            "school": some(LIKELY_SCHOOLS), "group": some(GROUPS)}
        if tuple(grant.values()) not in seen:
            seen.add(tuple(grant.values()))
            grants.append(grant)
    group_links = {}
    for _ in range(dice.randint(0, 40)):
        account = dice.choice(accounts)
        link = {"system": account["system"], "account": account["account"], "school": some(SCHOOLS[:3], 0.95), "group": dice.choice(GROUPS)}
        group_links[tuple(link.values())] = link | {"starts_on": day(), "ends_on": day()}
    if dice.random() < 0.4:
        account = dice.choice(accounts)
        for group in GROUPS:
            link = {"system": account["system"], "account": account["account"], "school": "12AB", "group": group}
            group_links[tuple(link.values())] = link
    numbers = [person["person"] for person in persons] + ["A0"]
    tables = {
        "schools": table_of("schools", [
            {"school": school, "kind": "office" if school == "BURO" else "school", "name": school, "works_across_groups": dice.random() < 0.2,
             "merged_into": "34CD" if school == "56EF" and dice.random() < 0.5 else None} for school in SCHOOLS]),
        "functions": table_of("functions", [{"label": "tuinman", "function": "tuinman"}] if dice.random() < 0.5 else []),
        "declarations": table_of("declarations", [
            {"person": number, "kind": "confidentiality", "signed_on": day()} for number in numbers if dice.random() < 0.4]),
        "groups": table_of("groups", [
            {"school": school, "group": group, "kind": "class"} for school in SCHOOLS[:3] for group in GROUPS if dice.random() < 0.9
        ] + [{"school": "12AB", "group": "sub", "kind": "subgroup"}]),
        "teaching": table_of("teaching", [
            {"person": dice.choice(numbers), "school": dice.choice(SCHOOLS[:2]), "group": dice.choice(GROUPS), "starts_on": day(), "ends_on": day()}
            for _ in range(dice.randint(0, 14))]),
        "accounts": table_of("accounts", accounts),
        "grants": table_of("grants", grants),
        "group_links": table_of("group_links", list(group_links.values())),
        "temporary_rights": table_of("temporary_rights", [
            {"id": f"T{number}", "person": dice.choice(numbers), "system": dice.choice(("parnassys", "ad:noord", "elders")),
             "right": dice.choice((*NATIVES, *RIGHTS)), "level": some(LEVELS, 0.3), "scope": some(("group", "school", "board"), 0.4),
             "school": some(SCHOOLS, 0.6), "group": some(GROUPS, 0.2), "starts_on": day(), "ends_on": day()}
            for number in range(dice.randint(0, 10))]),
        "folders": table_of("folders", [
            {"folder": dice.choice((*GROUPS, "leerkracht", "Applicatiebeheerder", "Elders")), "school": some(LIKELY_SCHOOLS, 0.7),
             "member": dice.choice((*numbers, "p0@bestuur.example", "P1@bestuur.example", "X9")), "starts_on": day(), "ends_on": day()}
            for _ in range(dice.choice((0, 4, 12)))]),
    }
    matrices = (_random_matrix(dice, "parnassys", holders), _random_matrix(dice, "ad:*", holders))
    snapshot = Snapshot("proef", AS_OF, {name: table for name, table in tables.items() if len(table) or dice.random() < 0.5}, Coverage())
    return snapshot, people_of(persons, engagements), links_of(links), matrices


def _random_matrix(dice: random.Random, system: str, holders: Sequence[str]) -> Matrix:
    rows = []
    for line in range(2, dice.randint(5, 12)):
        right = dice.choice((*RIGHTS, "Leerkracht", "*"))
        rows.append(MatrixRow(
            line=line, function=dice.choice((*FUNCTIONS[:7], "*", "*")), right=right,
            level=dice.choice(LEVELS) if right == "Leerkracht" and dice.random() < 0.7 else None,
            scope=dice.choice((None, "own", "folder", "group", "group", "school", "school", "board")),
            stance="forbidden" if dice.random() < 0.1 else "allowed",
            conditions=tuple(dice.sample(CONDITIONS, dice.choice((0, 0, 1, 1, 2)))), mode=dice.choice(("alert", "alert", "watch", "draft")),
            holders=frozenset(dice.sample(list(holders), 2)) if dice.random() < 0.15 else frozenset(),
        ))
    natives = {
        "Leerkracht": NativeRight("Leerkracht", "volledig", scope_from="group_links"),
        "leerkracht BEPERKT": NativeRight("Leerkracht", "beperkt", scope_from=dice.choice(("group_links", None))),
        "Applicatiebeheerder": NativeRight("Applicatiebeheerder", scope=dice.choice((None, "school", "board"))),
    }
    return matrix_of(rows, system=system, natives=natives, levels={"Leerkracht": LEVELS}, functions=frozenset({"directeur"}))
