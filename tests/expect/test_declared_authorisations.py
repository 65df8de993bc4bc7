"""Every row of the five boards' documents, restated as data, asked of the shipped templates: may this function hold this right here?

Each line reads: function, right as the system names it, where, circumstances -> covered, or the slug of the finding.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from auditor.expect import judge
from auditor.expect.ruling import Rulebook, rule_on
from auditor.model.coverage import Coverage
from auditor.model.judged import Case, Engaged
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot
from matrices.load import load_matrices as load_anew
from tests.expect.boards import AS_OF, links_of, people_of, table_of

FOLDER = Path(__file__).parents[2] / "matrices"
load_matrices = cache(load_anew)
HERE, THERE, OFFICE = "12AB", "34CD", "BURO"
BOARD, SCHOOL = {"scope": "board", "school": None}, {"scope": "school", "school": HERE}
ELSEWHERE = {"scope": "school", "school": THERE}
OWN, OTHER = {"links": ["1"]}, {"links": ["2"]}
OWN_DATA = {"scope": "own"}
SIGNED = {"signed": "confidentiality"}
SHORT, LONG = {"kind": "replacement", "weeks": 2.0}, {"kind": "replacement", "weeks": 8.0}
AT_OFFICE = {"works_at": OFFICE}
TASK = {"task": "beheerder ParnasSys"}
LET_IN = {"task": "toegang leerlingadministratie"}
EXTERNAL = {"kind": "external", "origin": "external"}
OK = "covered"
Declared = tuple[str, str, dict[str, Any], str]

PARNASSYS: tuple[Declared, ...] = (
    ("College van Bestuur", "Monitororganisatie beheerder", BOARD, OK),
    ("algemeen directeur", "Monitororganisatie beheerder", BOARD, OK),
    ("controller", "Monitororganisatie beheerder", BOARD, OK),
    ("beleidsmedewerker", "Monitororganisatie", BOARD, OK),
    ("beleidsmedewerker", "Stafmedewerker plus", BOARD, OK),
    ("beleidsmedewerker", "Monitororganisatie beheerder", BOARD, "right-outside-matrix"),
    ("leerkracht", "Leerkracht", OWN, OK),
    ("leerkracht", "Leerkracht", OTHER, "scope-elsewhere"),
    ("leerkracht", "Leerkracht", OTHER | {"works_across": True}, OK),
    ("leerkracht", "Leerkracht", {"links": ["1", "2", "3", "4"]}, "scope-too-wide"),
    ("leerkracht", "Leerkracht beperkt", OWN, OK),
    ("leerkracht", "Administratie", SCHOOL, "right-outside-matrix"),
    ("invalleerkracht", "Leerkracht", OWN | LONG, OK),
    ("invalleerkracht", "Leerkracht", OTHER | LONG, "scope-elsewhere"),
    ("invalleerkracht", "Leerkracht", OWN | SHORT, "replacement-too-short"),
    ("invalleerkracht", "Leerkracht beperkt", OWN | SHORT, OK),
    ("invalleerkracht", "Leerkracht beperkt", OTHER | SHORT, "scope-elsewhere"),
    ("invalleerkracht", "Leerkracht beperkt", OTHER | SHORT | {"works_across": True}, OK),
    ("LIO-stagiair", "Leerkracht", OWN, OK),
    ("LIO-stagiair", "Leerkracht", OTHER, "scope-elsewhere"),
    ("onderwijsassistent", "Leerkracht beperkt", OWN, OK),
    ("onderwijsassistent", "Leerkracht beperkt", OTHER, "scope-elsewhere"),
    ("onderwijsassistent", "Leerkracht", OWN, "level-too-high"),
    ("directeur", "Applicatiebeheerder", SCHOOL, OK),
    ("directeur", "Applicatiebeheerder", ELSEWHERE, "scope-elsewhere"),
    ("directeur", "Applicatiebeheerder", BOARD, "scope-too-wide"),
    ("intern begeleider", "Intern begeleider", SCHOOL, OK),
    ("intern begeleider", "Intern begeleider", ELSEWHERE, "scope-elsewhere"),
    ("intern begeleider", "Applicatiebeheerder", SCHOOL, OK),
    ("orthopedagoog", "Intern begeleider", SCHOOL, OK),
    ("orthopedagoog", "Applicatiebeheerder", SCHOOL, OK),
    ("administratief medewerker", "Administratie", SCHOOL | SIGNED, OK),
    ("administratief medewerker", "Administratie", SCHOOL, "declaration-unsigned"),
    ("administratief medewerker", "Administratie", ELSEWHERE | SIGNED, "scope-elsewhere"),
    ("administratief medewerker", "Administratie", ELSEWHERE, "scope-elsewhere"),
    ("leerkracht", "Applicatiebeheerder", SCHOOL | TASK | SIGNED, OK),
    ("leerkracht", "Applicatiebeheerder", SCHOOL | TASK, "declaration-unsigned"),
    ("leerkracht", "Applicatiebeheerder", SCHOOL | SIGNED, "right-outside-matrix"),
    ("conciërge", "Leerkracht beperkt", OWN, "right-outside-matrix"),
    ("conciërge", "Vreemde rol", SCHOOL, "right-unknown-to-matrix"),
    ("leerkracht", "Leerkracht", OWN | EXTERNAL, "forbidden-right"),
    ("leerkracht", "Leerkracht", OWN | EXTERNAL | LET_IN, OK),
    ("leerkracht", "Administratie", SCHOOL | EXTERNAL | LET_IN, "right-outside-matrix"),
)
AFAS: tuple[Declared, ...] = (
    ("beleidsmedewerker financiën", "Volledig Fin", BOARD, OK),
    ("beleidsmedewerker financiën", "Volledig PZ", BOARD, "right-outside-matrix"),
    ("administratie", "Beperkt Fin", BOARD, OK),
    ("administratie", "Volledig Fin", BOARD, "level-too-high"),
    ("algemeen directeur", "Volledig Fin", BOARD, OK),
    ("controller", "Volledig Fin", BOARD, OK),
    ("voorzitter CvB", "Inkijk Fin", BOARD, OK),
    ("voorzitter CvB", "Beperkt Fin", BOARD, "level-too-high"),
    ("beleidsmedewerker personeelszaken", "Volledig PZ", BOARD, OK),
    ("administratie", "Beperkt PZ", BOARD, OK),
    ("administratie", "Volledig PZ", BOARD, "level-too-high"),
    ("algemeen directeur", "Volledig PZ", BOARD, OK),
    ("controller", "Volledig PZ", BOARD, OK),
    ("voorzitter CvB", "Inkijk PZ", BOARD, OK),
    ("voorzitter CvB", "Volledig PZ", BOARD, "level-too-high"),
    ("beleidsmedewerker", "Volledig CRM", BOARD | AT_OFFICE, OK),
    ("leerkracht", "Volledig CRM", BOARD, "right-outside-matrix"),
    ("algemeen directeur", "Volledig", BOARD, OK),
    ("controller", "Volledig", BOARD, OK),
    ("facilitair medewerker", "Volledig", BOARD, OK),
    ("administratie", "Volledig", BOARD, "right-outside-matrix"),
    ("facilitair medewerker", "Volledig projecten", BOARD, OK),
    ("directeur", "Beperkt Fin", SCHOOL, OK),
    ("directeur", "Beperkt Fin", ELSEWHERE, "scope-elsewhere"),
    ("directeur", "Beperkt Fin", BOARD, "scope-too-wide"),
    ("directeur", "Volledig Fin", SCHOOL, "level-too-high"),
    ("directeur", "Volledig PZ", SCHOOL, OK),
    ("directeur", "Volledig PZ", BOARD, "scope-too-wide"),
    ("administratief medewerker", "Beperkt CRM", SCHOOL, OK),
    ("administratief medewerker", "Volledig CRM", SCHOOL, "level-too-high"),
    ("leerkracht", "InSite", OWN_DATA, OK),
)
DECLARED_FOLDER = {"scope": "folder", "school": HERE, "member": ("P{number}", HERE)}
UNDECLARED = {"scope": "folder", "school": HERE}
SHAREPOINT: tuple[Declared, ...] = (
    ("directeur", "Beeldmateriaal", UNDECLARED, OK),
    ("leerkracht", "Beeldmateriaal", UNDECLARED, "right-outside-matrix"),
    ("leerkracht", "Beeldmateriaal", DECLARED_FOLDER, OK),
    ("leerkracht", "Beeldmateriaal", UNDECLARED | {"member": ("P{number}", THERE)}, "right-outside-matrix"),
    ("leerkracht", "Beeldmateriaal", UNDECLARED | {"member": ("P{number}", HERE), "member_until": AS_OF - timedelta(days=1)}, "right-outside-matrix"),
    ("leerkracht", "Groeidocumenten", DECLARED_FOLDER | {"member": ("P{number}", None)}, OK),
    ("intern begeleider", "Groeidocumenten", UNDECLARED, OK),
    ("intern begeleider", "Groeidocumenten", UNDECLARED | {"school": THERE}, "scope-elsewhere"),
    ("logopedist", "Groeidocumenten", DECLARED_FOLDER | EXTERNAL | {"member": ("p{number}@elders.example", HERE)}, OK),
    ("leerkracht", "Groeidocumenten", UNDECLARED, "right-outside-matrix"),
    ("directeur", "Gesprekkencyclus", UNDECLARED, OK),
    ("leerkracht", "Gesprekkencyclus", DECLARED_FOLDER, OK),
    ("leerkracht", "Gesprekkencyclus", UNDECLARED, "right-outside-matrix"),
)
ESIS: tuple[Declared, ...] = (
    ("directeur", "Directie", SCHOOL, OK),
    ("directeur", "Directie", ELSEWHERE, "scope-elsewhere"),
    ("directeur", "Administrateur", SCHOOL, OK),
    ("intern begeleider", "Interne begeleider", SCHOOL, OK),
    ("intern begeleider", "Directie", SCHOOL, "right-outside-matrix"),
    ("ICT-er", "Applicatie beheerder", SCHOOL, OK),
    ("ICT-er", "Applicatie beheerder", ELSEWHERE, "scope-elsewhere"),
    ("leerkracht", "Groepsleerkracht", OWN, OK),
    ("leerkracht", "Groepsleerkracht", OTHER, "scope-elsewhere"),
    ("leerkracht", "Groepsleerkracht", {"links": ["1", "2", "3", "4"]}, "scope-too-wide"),
    ("invalleerkracht", "Groepsleerkracht", OWN | LONG, OK),
    ("invalleerkracht", "Groepsleerkracht", OWN | SHORT, "replacement-too-short"),
    ("managementassistent", "Administrateur", SCHOOL, OK),
    ("leerkracht", "Administrateur", SCHOOL, "right-outside-matrix"),
    ("conciërge", "Conciërge", SCHOOL, OK),
    ("conciërge", "Groepsleerkracht", OWN, "right-outside-matrix"),
    ("applicatiebeheerder BURO", "Supervisor", BOARD, OK),
    ("directeur", "Supervisor", BOARD, "scope-too-wide"),
    ("leerkracht", "Supervisor", BOARD, "right-outside-matrix"),
    ("medewerker financiën BURO", "Financiën", BOARD, OK),
    ("leerkracht", "Financiën", BOARD, "right-outside-matrix"),
    ("onderwijsassistent", "Groepsleerkracht", OWN, "right-outside-matrix"),
    ("leerkracht", "Groepsleerkracht", OWN | EXTERNAL, "forbidden-right"),
    ("leerkracht", "Groepsleerkracht", OWN | EXTERNAL | LET_IN, OK),
)
MERCEDES: tuple[Declared, ...] = (
    ("onderwijspersoneel", "Mijn Mercedes", OWN_DATA, OK),
    ("directie", "Raadplegen", SCHOOL, "not-judged"),
)
MOO: tuple[Declared, ...] = (
    ("directeur", "Windows-client", BOARD, OK),
    ("intern begeleider", "Windows-client", BOARD, OK),
    ("administratief medewerker", "Windows-client", BOARD, OK),
    ("leerkracht", "Windows-client", BOARD, "right-outside-matrix"),
    ("leerkracht", "Cloudopslag", BOARD, OK),
)
UNIEK: tuple[Declared, ...] = (
    ("leerkracht", "Leerkracht", OWN | EXTERNAL, "forbidden-right"),
    ("leerkracht", "Leerkracht", OWN | EXTERNAL | LET_IN, "not-judged"),
    ("leerkracht", "Leerkracht", OWN, "not-judged"),
)
TABLES_OF_BOARDS = (
    ("opor", "parnassys", PARNASSYS), ("opor", "afas", AFAS), ("opor", "sharepoint", SHAREPOINT), ("kindante", "esis", ESIS),
    ("kerobei", "mercedes", MERCEDES), ("uniek", "moo", MOO), ("uniek", "parnassys", UNIEK),
)
CASES = [(board, system, number, line) for board, system, lines in TABLES_OF_BOARDS for number, line in enumerate(lines)]


@cache
def answers(board: str, system: str) -> tuple[set[str], ...]:
    """Judge a board's whole table in one night: each line its own person, account and two schools. Return the verdicts line by line."""
    lines = next(lines for name, about, lines in TABLES_OF_BOARDS if (name, about) == (board, system))
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in (
        "schools", "groups", "teaching", "functions", "accounts", "grants", "group_links", "declarations", "folders")}
    tables["schools"].append({"school": OFFICE, "kind": "office", "name": "Bureau"})
    tables["functions"] += [{"label": function, "function": function} for function in sorted({line[0] for line in lines})]
    persons: list[dict[str, Any]] = []
    jobs: list[dict[str, Any]] = []
    for number, (function, right, how, _) in enumerate(lines):
        person, other = f"P{number}", f"Q{number}"
        here, there = f"{HERE}{number}", f"{THERE}{number}"
        at = {HERE: here, THERE: there, OFFICE: OFFICE, None: None}
        key = {"system": system, "account": f"a{number}"}
        tables["schools"] += [
            {"school": here, "kind": "school", "name": "Noord", "works_across_groups": how.get("works_across", False)},
            {"school": there, "kind": "school", "name": "Zuid"}]
        tables["groups"] += [{"school": here, "group": name} for name in ("1", "2", "3", "4")]
        tables["teaching"] += [{"person": person, "school": here, "group": "1"}, {"person": other, "school": here, "group": "2"}]
        tables["accounts"].append(key | {"kind": "external" if how.get("kind") == "external" else "person", "status": "enabled"})
        tables["grants"].append(key | {"right": right, "scope": how.get("scope", "school"), "school": at[how.get("school", HERE)]})
        tables["group_links"] += [key | {"school": here, "group": name} for name in how.get("links", ())]
        if "signed" in how:
            tables["declarations"].append({"person": person, "kind": how["signed"], "signed_on": date(2026, 8, 1)})
        if "member" in how:
            member, school = how["member"]
            tables["folders"].append({
                "folder": right, "member": member.format(number=number), "school": at[school], "ends_on": how.get("member_until")})
        seat = len(persons)
        persons += [{"person": person, "mail": f"p{number}@elders.example"}, {"person": other}]
        jobs.append({
            "person_row": seat, "function": function, "school": at[how.get("works_at", HERE)], "kind": how.get("kind", "permanent"),
            "weeks": how.get("weeks", float("inf")), "origin": how.get("origin", "employment")})
        if "task" in how:
            jobs.append({"person_row": seat, "origin": "task", "kind": "task", "task": how["task"], "school": here})
    snapshot = Snapshot("proef", AS_OF, {name: table_of(name, rows) for name, rows in tables.items() if rows}, Coverage())
    links = links_of([{"system": system, "account": f"a{number}", "person": f"P{number}"} for number in range(len(lines))])
    grants = judge(snapshot, people_of(persons, jobs), links, load_matrices(FOLDER / board), Policy("proef"), Past()).grants
    return tuple(set(grants.loc[grants["grant_row"] == number, "verdict"].astype("str")) for number in range(len(lines)))


@pytest.mark.parametrize("board, system, number, line", CASES, ids=[f"{board}-{line[0]}-{line[1]}" for board, _, _, line in CASES])
def test_a_declared_authorisation_is_judged_as_the_board_wrote_it(board: str, system: str, number: int, line: Declared) -> None:
    assert answers(board, system)[number] == {line[3]}


@pytest.mark.parametrize("board, system, lines", TABLES_OF_BOARDS)
def test_every_row_of_a_template_that_counts_is_asked_about(board: str, system: str, lines: tuple[Declared, ...]) -> None:
    matrix = next(matrix for matrix in load_matrices(FOLDER / board) if matrix.applies_to(system))
    covered = {
        (function.casefold(), matrix.natives[right].right) for function, right, how, verdict in lines if verdict == OK and right in matrix.natives}
    rows = {(row.function.casefold(), row.right) for row in matrix.rows if row.mode != "draft" and row.stance == "allowed"}
    assert not {pair for pair in rows if pair[0] != "*" and pair[1] != "*"} - covered


def test_adopting_the_whole_proposal_for_mercedes_leaves_every_employee_the_own_data() -> None:
    mercedes = next(matrix for matrix in load_matrices(FOLDER / "kerobei") if matrix.system == "mercedes")
    book = Rulebook(replace(mercedes, rows=tuple(replace(row, mode="alert") for row in mercedes.rows)))
    for function in THIRTEEN:
        held = rule_on(Case(0, "eigen gegevens", None, "own", (Engaged(function, (), "own", False, False),), "none", (), ""), book)
        is_employee = function not in ("leerlingen", "ouders", "netwerkleverancier", "verwerker", "externen")
        assert held.verdict == ("covered" if is_employee else "forbidden-right"), function


def test_precisely_three_supervisors_are_named_by_the_board() -> None:
    esis = load_matrices(FOLDER / "kindante")[0]
    supervisors = [row for row in esis.rows if row.right == "Supervisor"]
    assert [(row.function, row.max_holders) for row in supervisors] == [("applicatiebeheerder BURO", 3), ("medewerker Onderwijs BURO", 3)]


def test_the_roles_of_esis_say_what_they_can_do_per_module() -> None:
    modules = load_matrices(FOLDER / "kindante")[0].modules
    assert {role: tuple(can.values()) for role, can in modules.items()} == {
        "Directie": ("lezen, alle groepen", "volledig, alle groepen", "volledig"),
        "Interne begeleider": ("lezen, alle groepen", "volledig, alle groepen", "geen"),
        "Applicatie beheerder": ("volledig, alle groepen", "volledig, alle groepen", "volledig"),
        "Groepsleerkracht": ("lezen, eigen groepen", "volledig, eigen groepen", "geen"),
        "Administrateur": ("volledig, alle groepen", "volledig, alle groepen", "volledig"),
        "Conciërge": ("lezen, namen en adressen", "geen", "geen"),
        "Supervisor": ("alles", "alles", "alles"),
        "Financiën": ("alleen tellingen", "geen", "geen"),
    }


THIRTEEN = (
    "CvB", "stafmedewerker ICT", "directie", "teamleider", "ICT-beheerder school", "administratief personeel", "onderwijspersoneel",
    "tijdelijk onderwijspersoneel", "leerlingen", "ouders", "netwerkleverancier", "verwerker", "externen",
)


@pytest.mark.parametrize("matrix", load_matrices(FOLDER / "kerobei"), ids=lambda matrix: matrix.name)
def test_the_system_register_of_kero_states_its_six_properties_and_thirteen_roles(matrix: Matrix) -> None:
    assert {"data", "issued_by", "issued_how", "review_period_days", "login_means", "password_rule", "password_max_days"} <= set(matrix.register)
    assert matrix.privacy_class in (1, 2, 3, 4)
    assert matrix.functions == set(THIRTEEN)
    assert [row.function for row in matrix.rows if row.function != "*"] == list(THIRTEEN)
    assert set(matrix.levels.values()) == {("inzien", "wijzigen", "verwijderen")}


def test_registers_state_who_grants_who_asks_who_supervises_and_how_often_a_password_changes() -> None:
    facts = {(board, matrix.system): matrix.register for board in ("opor", "kindante", "kerobei", "uniek", "procon")
             for matrix in load_matrices(FOLDER / board)}
    assert facts["kindante", "esis"]["password_max_days"] == 90
    assert facts["kindante", "esis"]["issued_by"] == "applicatiebeheerder BURO"
    for asks in ("directeur", "managementassistent", "ICT-er"):
        assert asks in str(facts["kindante", "esis"]["requested_by"])
    assert facts["opor", "sharepoint"]["review_period_days"] == 365
    assert "intern begeleider (Groeidocumenten)" in str(facts["opor", "sharepoint"]["issued_by"])
    assert facts["kerobei", "parnassys"]["password_rule"] == "minstens 12 tekens"
    assert facts["kerobei", "mercedes"]["password_rule"] == "minstens 8 tekens, vier soorten"
    assert facts["procon", "parnassys"]["supervised_by"] == "functionaris gegevensbescherming"
    assert {facts[board, system]["password_max_days"] for board, system in facts if board in ("opor", "uniek", "kerobei")} == {365}
    for board in ("opor", "uniek"):
        assert "adres dat het bestuur beheert" in str(facts[board, "parnassys"]["issued_how"])
