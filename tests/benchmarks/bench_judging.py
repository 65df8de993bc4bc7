"""How fast grants are judged: `python tests/benchmarks/bench_judging.py [ACCOUNTS] [--no-cedar] [--no-casbin]`.

A made-up organisation with three systems and the template matrices is judged by the public `judge` call, string tables in, verdicts out.
Then a sample of the same decisions goes to cedarpy in one batch: parsed policies, one policy per matrix row, which is how a policy engine
would naturally hold a matrix; and to casbin, one policy line per row.
Printed: CPU seconds, grants judged per CPU-second, and the ratio of both (goal: at least 80).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

from auditor.expect import judge
from auditor.model.coverage import Coverage
from auditor.model.judged import Judged
from auditor.model.links import LINKS
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from auditor.model.people import ENGAGEMENTS, PEOPLE, People
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot
from auditor.model.tables import TABLES
from matrices.load import load_matrices

AS_OF = date(2026, 11, 24)
FUNCTIONS = (
    "leerkracht", "leerkracht", "leerkracht", "leerkracht", "invalleerkracht", "onderwijsassistent", "LIO-stagiair", "intern begeleider",
    "directeur", "administratief medewerker", "conciërge", "ICT-er", "managementassistent", "orthopedagoog", "beleidsmedewerker",
)
LIKELY = {
    "parnassys": {
        "leerkracht": "Leerkracht", "invalleerkracht": "Leerkracht", "onderwijsassistent": "Leerkracht beperkt", "LIO-stagiair": "Leerkracht",
        "intern begeleider": "Intern begeleider", "directeur": "Applicatiebeheerder", "administratief medewerker": "Administratie",
        "orthopedagoog": "Intern begeleider", "beleidsmedewerker": "Stafmedewerker plus"},
    "esis": {
        "directeur": "Directie", "intern begeleider": "Interne begeleider", "ICT-er": "Applicatie beheerder", "leerkracht": "Groepsleerkracht",
        "invalleerkracht": "Groepsleerkracht", "managementassistent": "Administrateur", "conciërge": "Conciërge"},
    "afas": {"directeur": "Beperkt Fin", "administratief medewerker": "Beperkt CRM"},
}
"""What a function usually holds; the third of the grants that are not usual are thrown."""
NATIVES = {
    "parnassys": ("Leerkracht", "Leerkracht beperkt", "Intern begeleider", "Applicatiebeheerder", "Administratie", "Stafmedewerker plus"),
    "esis": ("Groepsleerkracht", "Directie", "Interne begeleider", "Applicatie beheerder", "Administrateur", "Conciërge"),
    "afas": ("InSite", "Beperkt Fin", "Volledig Fin", "Beperkt PZ", "Beperkt CRM", "Volledig CRM"),
}
Board = tuple[Snapshot, People, pd.DataFrame]


def words(values: np.ndarray[Any, Any], names: list[str]) -> pd.Series[Any]:
    return pd.Series(pd.Categorical.from_codes(values, categories=pd.Index(names, dtype="str")))


def empty(dtype: str, size: int) -> pd.Series[Any]:
    absent = dtype in ("str", "category", "datetime64[s]")
    return pd.Series([None] * size, dtype="object").astype(dtype) if absent else pd.Series(np.zeros(size, dtype=dtype))


def board(accounts: int, seed: int = 7) -> Board:
    """Given a number of accounts, return a board with three grants an account and a fifth as many people."""
    dice = np.random.default_rng(seed)
    people, schools = max(10, accounts // 5), max(2, accounts // 750)
    school_names = [f"{number // 26 % 90 + 10}{chr(65 + number % 26)}{number}" for number in range(schools)]
    numbers = [f"P{number:06d}" for number in range(people)]
    persons = pd.DataFrame({name: empty(dtype, people) for name, dtype in PEOPLE.items()})
    persons["person"] = pd.Series(numbers, dtype="str")
    persons["is_assessable"], persons["in_hr"] = True, True

    works = np.concatenate([np.arange(people), dice.integers(0, people, people // 5)])
    size = len(works)
    is_past = (np.arange(size) >= people) & (dice.random(size) < 0.5)
    function, school = dice.integers(0, len(FUNCTIONS), size), dice.integers(0, schools, size)
    kinds = list(dict.fromkeys(FUNCTIONS))
    function_code = np.array([kinds.index(word) for word in FUNCTIONS])[function]
    columns: dict[str, Any] = {
        "person_row": works.astype("int32"), "origin": words(np.zeros(size, dtype=int), ["employment"]),
        "employment": pd.Series([f"C{number}" for number in range(size)], dtype="str"), "function": words(function_code, kinds),
        "school": words(school, school_names),
        "kind": words(np.where(np.array(FUNCTIONS)[function] == "invalleerkracht", 1, 0), ["permanent", "replacement"]),
        "weeks": np.where(np.array(FUNCTIONS)[function] == "invalleerkracht", dice.choice([2.0, 12.0], size), np.inf),
        "counts": ~is_past, "is_past": is_past, "share": np.ones(size), "row": np.arange(size, dtype="int32"),
    }
    engagements = pd.DataFrame({name: columns[name] if name in columns else empty(dtype, size) for name, dtype in ENGAGEMENTS.items()})

    owner = dice.integers(0, people, accounts)
    system = dice.integers(0, 3, accounts)
    names = list(NATIVES)
    account = pd.Series([f"acc{number}" for number in range(accounts)], dtype="str")
    accounts_table = TABLES["accounts"].frame({
        "system": words(system, names), "account": account, "kind": words(np.zeros(accounts, dtype=int), ["person"]),
        "status": words((dice.random(accounts) < 0.05).astype(int), ["enabled", "disabled"]),
    })
    links = LINKS.frame({
        "system": accounts_table["system"], "account": account,
        "situation": words((dice.random(accounts) < 0.03).astype(int), ["linked", "unmatched"]),
        "person": words(owner, numbers), "is_pupil": pd.Series(np.zeros(accounts, dtype=bool)).astype("boolean"),
        "tier": words(np.zeros(accounts, dtype=int), ["number"]),
    })
    of = np.repeat(np.arange(accounts), 3)
    natives = list(dict.fromkeys(name for group in NATIVES.values() for name in group))
    by_system = np.array([[natives.index(name) for name in NATIVES[word]] for word in names])
    right = by_system[system[of], np.tile(np.arange(3), accounts) + dice.integers(0, 4, len(of))]
    usual = np.array([[natives.index(LIKELY[word].get(kind, NATIVES[word][0])) for kind in kinds] for word in names])
    likely = usual[system[of], function_code[owner[of]]]
    right = np.where((np.arange(len(of)) % 3 < 2) | (dice.random(len(of)) < 0.8), likely, right)
    at = np.where(dice.random(len(of)) < 0.9, school[owner[of]], dice.integers(0, schools, len(of)))
    grants = TABLES["grants"].frame({
        "system": words(system[of], names), "account": words(of, list(account)), "right": words(right, natives),
        "scope": words((system[of] == 2).astype(int) * (np.arange(len(of)) % 3 > 0), ["school", "own"]), "school": words(at, school_names),
    })
    group_names = [str(number) for number in range(1, 9)]
    linked = np.flatnonzero(system < 2)
    group = dice.integers(0, 8, len(linked))
    group_links = TABLES["group_links"].frame({
        "system": words(system[linked], names), "account": words(np.arange(len(linked)), list(account[linked])),
        "school": words(school[owner[linked]], school_names), "group": words(group, group_names),
    })
    teaching = TABLES["teaching"].frame({
        "person": words(np.arange(people), numbers), "school": words(school[:people], school_names),
        "group": words(dice.integers(0, 8, people), group_names),
    })
    tables = {
        "accounts": accounts_table, "grants": grants, "group_links": group_links, "teaching": teaching,
        "groups": TABLES["groups"].frame({
            "school": words(np.repeat(np.arange(schools), 8), school_names), "group": words(np.tile(np.arange(8), schools), group_names)}),
        "schools": TABLES["schools"].frame({
            "school": words(np.arange(schools), school_names), "kind": words(np.zeros(schools, dtype=int), ["school"]),
            "name": pd.Series(school_names, dtype="str")}),
        "declarations": TABLES["declarations"].frame({
            "person": words(np.arange(0, people, 2), numbers), "kind": words(np.zeros(len(range(0, people, 2)), dtype=int), ["confidentiality"]),
            "signed_on": pd.Series([pd.Timestamp(2026, 8, 1)] * len(range(0, people, 2))).astype("datetime64[s]")}),
        "temporary_rights": TABLES["temporary_rights"].frame({
            "id": pd.Series([f"T{number}" for number in range(people // 50)], dtype="str"), "person": words(np.arange(people // 50), numbers),
            "system": words(np.zeros(people // 50, dtype=int), ["parnassys"]), "right": words(np.zeros(people // 50, dtype=int), ["Administratie"]),
            "ends_on": pd.Series([pd.Timestamp(2026, 9, 1)] * (people // 50)).astype("datetime64[s]")}),
    }
    snapshot = Snapshot("bench", AS_OF, {name: TABLES[name].check(table) for name, table in tables.items()}, Coverage())
    return snapshot, People(persons, engagements), links


def cedar_seconds(judged: Judged, matrices: tuple[Matrix, ...], most: int) -> tuple[int, float]:
    """Given judged grants, let cedarpy decide up to `most` of them; return how many and the CPU seconds of the batch call."""
    import cedarpy

    policies = "\n".join(
        f'{"forbid" if row.stance == "forbidden" else "permit"}(principal, action, resource) when {{ '
        + " && ".join([
            f'context.system == "{matrix.system}"',
            *([f'context.function == "{row.function}"'] if row.function != "*" else []),
            *([f'context.right == "{row.right}"'] if row.right != "*" else []),
            *([f"context.level <= {matrix.levels[row.right].index(row.level)}"] if row.level else []),
            *([f"context.scope <= {('own', 'folder', 'group', 'school', 'board').index(row.scope)}"] if row.scope else []),
            *([f"context.c{number}" for number, _ in enumerate(row.conditions)]),
        ]) + " };"
        for matrix in matrices for row in matrix.rows)
    parsed = cedarpy.PolicySet.from_str(policies)
    requests = [{"principal": 'P::"p"', "action": 'A::"hold"', "resource": 'R::"r"', "context": asked} for asked in questions(judged, matrices, most)]
    began = time.process_time()
    cedarpy.is_authorized_batch(requests, parsed, json.dumps([]))
    return len(requests), time.process_time() - began


def questions(judged: Judged, matrices: tuple[Matrix, ...], most: int) -> list[dict[str, Any]]:
    """Given judged grants, return up to `most` of them as a policy engine is asked: each with its first engagement."""
    asked: list[dict[str, Any]] = []
    for number in judged.grants["case"].to_numpy():
        case = judged.cases[number]
        if case.matrix < 0 or not case.engaged:
            continue
        matrix, engaged = matrices[case.matrix], case.engaged[0]
        order = matrix.levels.get(case.right, ())
        asked.append({
            "system": matrix.system, "function": engaged.function, "right": case.right,
            "level": order.index(case.level) if case.level in order else 0,
            "scope": {"own_group": 2, "group_unknown": 2, "other_group": 3, "same_school": 3}.get(engaged.relation, 4),
            **{f"c{place}": all(engaged.conditions) for place in range(2)},
        })
        if len(asked) == most:
            break
    return asked


CASBIN_MODEL = """
[request_definition]
r = system, right, function, level, scope, conditions
[policy_definition]
p = system, right, function, level, scope, conditions, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.system == p.system && (p.right == "*" || r.right == p.right) && (p.function == "*" || r.function == p.function) && \
r.level <= p.level && r.scope <= p.scope && (p.conditions == "0" || r.conditions == "1")
"""


def casbin_seconds(judged: Judged, matrices: tuple[Matrix, ...], most: int) -> tuple[int, float]:
    """Given judged grants, let casbin decide up to `most` of them; return how many and the CPU seconds."""
    import casbin

    # Its FastEnforcer keeps policies apart by exact words; a row for any function or any right ("*") could then not be found.
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=CASBIN_MODEL))
    for matrix in matrices:
        for row in matrix.rows:
            level = matrix.levels[row.right].index(row.level) if row.level else 9
            scope = ("own", "folder", "group", "school", "board").index(row.scope) if row.scope else 9
            effect = "deny" if row.stance == "forbidden" else "allow"
            enforcer.add_policy(matrix.system, row.right, row.function, str(level), str(scope), str(int(bool(row.conditions))), effect)
    asked = [(one["system"], one["right"], one["function"], str(one["level"]), str(one["scope"]), str(int(one["c0"])))
             for one in questions(judged, matrices, most)]
    began = time.process_time()
    for question in asked:
        enforcer.enforce(*question)
    return len(asked), time.process_time() - began


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("accounts", nargs="?", type=int, default=100_000)
    arguments.add_argument("--no-cedar", action="store_true")
    arguments.add_argument("--no-casbin", action="store_true")
    arguments.add_argument("--runs", type=int, default=3)
    given = arguments.parse_args()
    boards = Path(__file__).parents[2] / "matrices"
    matrices = (*load_matrices(boards / "opor"), *load_matrices(boards / "kindante"))
    made = board(given.accounts)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(given.runs):
        began = time.process_time()
        judged = judge(*made, matrices, Policy("bench"), Past())
        times.append(time.process_time() - began)
    grants, seconds = len(made[0].table("grants")), sorted(times)[len(times) // 2]
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / given.accounts
    print(f"{given.accounts} accounts, {grants} grants, {len(judged.grants)} places, {len(judged.cases)} cases")
    print(judged.grants["verdict"].value_counts().to_string())
    print(f"judge: {seconds:.2f} CPU-s, {grants / seconds:,.0f} grants per CPU-s, {peak:.2f} kB above the board per account")
    if not given.no_cedar:
        decided, cedar = cedar_seconds(judged, matrices, 10_000)
        print(f"cedarpy: {decided} in {cedar:.2f} CPU-s, {decided / cedar:,.0f} per CPU-s")
        print(f"ratio: {grants / seconds / (decided / cedar):.0f} (must >= 80)")
    if not given.no_casbin:
        decided, casbin = casbin_seconds(judged, matrices, 2_000)
        print(f"casbin: {decided} in {casbin:.2f} CPU-s, {decided / casbin:,.0f} per CPU-s; ratio {grants / seconds / (decided / casbin):.0f}")


if __name__ == "__main__":
    main()
