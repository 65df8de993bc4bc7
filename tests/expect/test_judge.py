"""Judging a whole night: who is judged, how far a grant reaches, what registers say, and what comes out for the reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.expect import explain_grant, judge
from auditor.expect.ruling import OUTSIDE
from auditor.expect.scopes import RELATIONS
from auditor.model.coverage import Coverage
from auditor.model.judged import JUDGED, Judged
from auditor.model.matrix import Matrix, MatrixRow, NativeRight
from auditor.model.past import Past
from auditor.model.policy import Policy
from auditor.model.snapshot import Snapshot
from matrices.grammar import read_conditions
from reports.texts import LANGUAGES, Words
from tests.expect.boards import AS_OF, links_of, matrix_of, people_of, random_night, table_of

YESTERDAY, TOMORROW = AS_OF - timedelta(days=1), AS_OF + timedelta(days=1)
MATRIX = matrix_of(
    (
        MatrixRow(2, "leerkracht", "Leerkracht", "volledig", "group", "allowed"),
        MatrixRow(3, "directeur", "Applicatiebeheerder", None, "school", "allowed"),
        MatrixRow(4, "*", "Applicatiebeheerder", None, "school", "allowed", read_conditions("task=beheerder & declaration=confidentiality")),
    ),
    levels={"Leerkracht": ("beperkt", "volledig")},
    natives={"Leerkracht": NativeRight("Leerkracht", "volledig", scope_from="group_links"),
             "Leerkracht beperkt": NativeRight("Leerkracht", "beperkt", scope_from="group_links"),
             "Applicatiebeheerder": NativeRight("Applicatiebeheerder")},
)
A, B = "12AB", "34CD"


def night(
    *engagements: dict[str, Any], right: str = "Leerkracht", scope: str = "school", school: str | None = A, group: str | None = None,
    level: str | None = None, links: list[str] | None = None, person: dict[str, Any] | None = None, account: dict[str, Any] | None = None,
    link: dict[str, Any] | None = None, matrices: tuple[Matrix, ...] = (MATRIX,), **tables: list[dict[str, Any]],
) -> Judged:
    """Judge one grant of one account of one person."""
    key = {"system": "parnassys", "account": "jjansen"}
    rows: dict[str, list[dict[str, Any]]] = {
        "schools": [{"school": A, "kind": "school", "name": "Noord"}, {"school": B, "kind": "school", "name": "Zuid"}],
        "groups": [{"school": A, "group": name} for name in ("1", "2", "3")],
        "teaching": [{"person": "P1", "school": A, "group": "1"}, {"person": "P2", "school": A, "group": "2"}],
        "accounts": [key | {"kind": "person", "status": "enabled"} | (account or {})],
        "grants": [key | {"right": right, "scope": scope, "school": school, "group": group, "level": level}],
        "group_links": [key | {"school": A, "group": name} for name in links or []],
    } | tables
    snapshot = Snapshot("proef", AS_OF, {name: table_of(name, given) for name, given in rows.items()}, Coverage())
    people = people_of([{"person": "P1"} | (person or {}), {"person": "P2"}], [{"person_row": 0} | one for one in engagements])
    return judge(snapshot, people, links_of([key | {"person": "P1"} | (link or {})]), matrices, Policy("proef"), Past())


def places(judged: Judged) -> list[tuple[Any, ...]]:
    frame = judged.grants[["scope", "school", "group", "verdict"]]
    return [tuple(None if pd.isna(value) else value for value in row) for row in frame.itertuples(index=False)]


TEACHER = {"function": "leerkracht", "school": A}


def test_a_role_reaches_the_groups_linked_to_the_account() -> None:
    judged = night(TEACHER, links=["1", "2"])
    assert places(judged) == [("group", A, "1", "covered"), ("group", A, "2", "scope-elsewhere")]


def test_a_link_that_ended_or_has_not_begun_reaches_nothing() -> None:
    key = {"system": "parnassys", "account": "jjansen", "school": A}
    judged = night(TEACHER, group_links=[
        key | {"group": "2", "ends_on": YESTERDAY}, key | {"group": "3", "starts_on": TOMORROW}, key | {"group": "1", "ends_on": AS_OF}])
    assert places(judged) == [("group", A, "1", "covered")]


def test_an_account_linked_to_every_group_holds_the_school() -> None:
    assert places(night(TEACHER, links=["1", "2", "3"])) == [("school", A, None, "scope-too-wide")]


def test_a_teacher_of_all_but_one_group_does_not_hold_the_school() -> None:
    teaching = [{"person": "P1", "school": A, "group": "1"}, {"person": "P1", "school": A, "group": "2"}]
    assert [place[0] for place in places(night(TEACHER, links=["1", "2", "3"], teaching=teaching))] == ["group", "group", "group"]


def test_a_school_of_two_groups_is_too_small_to_tell() -> None:
    groups = [{"school": A, "group": "1"}, {"school": A, "group": "2"}, {"school": A, "group": "sub", "kind": "subgroup"}]
    teaching = [{"person": "P2", "school": A, "group": "1"}]
    assert [place[0] for place in places(night(TEACHER, links=["1", "2"], groups=groups, teaching=teaching))] == ["group", "group"]


def test_where_nobodys_teaching_is_known_only_the_school_is_judged() -> None:
    judged = night(TEACHER, links=["2"], teaching=[])
    assert places(judged) == [("group", A, "2", "covered")]
    assert judged.rulings[judged.grants["case"].iat[0]].reason == "group_unknown"
    assert places(night(TEACHER | {"school": B}, links=["2"], teaching=[])) == [("group", A, "2", "scope-elsewhere")]


def test_without_group_links_the_school_of_the_role_is_judged_all_the_same() -> None:
    """KIND: taking a teacher off the groups is not enough; the role at the old school remains."""
    assert places(night(TEACHER)) == [("group", A, None, "covered")]
    assert places(night(TEACHER | {"school": B})) == [("group", A, None, "scope-elsewhere")]
    assert places(night(TEACHER, school=None)) == [("unknown", None, None, "covered")]


def test_a_grant_that_names_its_group_is_not_spread_over_the_links() -> None:
    assert places(night(TEACHER, scope="group", group="1", links=["2", "3"])) == [("group", A, "1", "covered")]


def test_a_level_the_source_tells_beats_the_native_map() -> None:
    judged = night({"function": "leerkracht", "school": A}, right="Leerkracht", level="BEPERKT", links=["1"])
    assert (judged.grants["level"].iat[0], judged.grants["native"].iat[0]) == ("beperkt", "Leerkracht")


def test_a_school_that_works_across_groups_opens_all_groups() -> None:
    schools = [{"school": A, "kind": "school", "name": "Noord", "works_across_groups": True}]
    assert places(night(TEACHER, links=["2"], schools=schools)) == [("group", A, "2", "covered")]


def test_a_merged_school_is_its_successor() -> None:
    schools = [{"school": A, "kind": "school", "name": "Noord", "merged_into": B}, {"school": B, "kind": "school", "name": "Zuid"}]
    director = {"function": "directeur", "school": B}
    assert places(night(director, right="Applicatiebeheerder", schools=schools)) == [("school", A, None, "covered")]
    assert places(night(director, right="Applicatiebeheerder")) == [("school", A, None, "scope-elsewhere")]


@pytest.mark.parametrize(("change", "reason"), [
    ({"account": {"status": "disabled"}}, "account_not_live"),
    ({"account": {"status": "deleted"}}, "account_not_live"),
    ({"account": {"kind": "shared"}}, "account_kind"),
    ({"link": {"situation": "unmatched", "person": None}}, "account_unmatched"),
    ({"link": {"situation": "disputed", "person": None}}, "account_disputed"),
    ({"link": {"situation": "set_aside", "person": None}}, "account_set_aside"),
    ({"link": {"is_pupil": True, "person": "L7"}}, "owner_is_pupil"),
    ({"link": {"person": "P99"}}, "owner_unknown"),
    ({"person": {"has_left": True}}, "owner_left"),
    ({"person": {"is_vanished": True}}, "owner_vanished"),
    ({"person": {"first_day": date(2027, 2, 1)}}, "owner_early"),
    ({"person": {"is_assessable": False}}, "owner_not_assessable"),
    ({"account": {"account": "ander"}}, "account_missing"),
    ({"matrices": ()}, "no_matrix"),
])
def test_only_grants_of_live_accounts_of_one_person_who_has_not_left_are_judged(change: dict[str, Any], reason: str) -> None:
    judged = night(TEACHER, **change)
    ruling = judged.rulings[judged.grants["case"].iat[0]]
    assert (ruling.verdict, ruling.reason) == ("not-judged", reason)


def test_an_unknown_status_and_an_unknown_kind_are_judged() -> None:
    assert places(night(TEACHER, links=["1"], account={"status": "unknown", "kind": "unknown"}))[0][3] == "covered"


def test_a_system_without_a_matrix_is_said_once() -> None:
    judged = night(TEACHER, matrices=(replace(MATRIX, system="esis"),))
    assert (judged.without_matrix, judged.grants["right"].iat[0]) == ({"parnassys"}, "Leerkracht")


def test_a_matrix_of_exactly_this_name_goes_before_a_pattern() -> None:
    pattern = replace(MATRIX, system="parn*", rows=())
    assert places(night(TEACHER, links=["1"], matrices=(pattern, MATRIX)))[0][3] == "covered"
    assert places(night(TEACHER, links=["1"], matrices=(replace(MATRIX, system="parn*"),)))[0][3] == "covered"


def test_a_function_in_no_matrix_and_no_list_is_not_judged_and_told() -> None:
    judged = night({"function": "tovenaar", "school": A}, right="Applicatiebeheerder")
    assert (places(judged)[0][3], judged.unknown_functions) == ("not-judged", {"tovenaar"})
    listed = night({"function": "tovenaar", "school": A}, right="Applicatiebeheerder", functions=[{"label": "T", "function": "tovenaar"}])
    assert (places(listed)[0][3], listed.unknown_functions) == ("right-outside-matrix", set())
    known = night({"function": "tovenaar", "school": A}, right="Applicatiebeheerder", matrices=(replace(MATRIX, functions=frozenset({"Tovenaar"})),))
    assert places(known)[0][3] == "right-outside-matrix"


def test_a_task_gives_its_right_at_its_own_school_only() -> None:
    task = {"origin": "task", "kind": "task", "task": "beheerder", "school": A}
    signed = [{"person": "P1", "kind": "confidentiality", "signed_on": YESTERDAY}]
    teacher_at_b = TEACHER | {"school": B}
    assert places(night(teacher_at_b, task, right="Applicatiebeheerder", declarations=signed))[0][3] == "covered"
    assert places(night(teacher_at_b, task, right="Applicatiebeheerder"))[0][3] == "declaration-unsigned"
    assert places(night(teacher_at_b, task, right="Applicatiebeheerder", school=B, declarations=signed))[0][3] == "scope-elsewhere"


def test_a_declaration_signed_tomorrow_or_never_is_not_signed() -> None:
    task = {"origin": "task", "kind": "task", "task": "beheerder", "school": A}
    for signed_on in (TOMORROW, None):
        signed = [{"person": "P1", "kind": "confidentiality", "signed_on": signed_on}]
        assert places(night(task, right="Applicatiebeheerder", declarations=signed))[0][3] == "declaration-unsigned"


def test_registers_may_name_a_person_by_another_number() -> None:
    task = {"origin": "task", "kind": "task", "task": "beheerder", "school": A}
    signed = [{"person": "OUD7", "kind": "confidentiality", "signed_on": YESTERDAY}]
    assert places(night(task, right="Applicatiebeheerder", declarations=signed, person={"numbers": "X1, OUD7"}))[0][3] == "covered"


ENTRY = {"id": "T1", "person": "P1", "system": "parnassys", "right": "applicatiebeheerder"}


@pytest.mark.parametrize(("entries", "verdict"), [
    ([ENTRY], "covered"),
    ([ENTRY | {"ends_on": AS_OF}], "covered"),
    ([ENTRY | {"ends_on": YESTERDAY}], "temporary-right-expired"),
    ([ENTRY | {"ends_on": YESTERDAY}, ENTRY | {"id": "T2", "ends_on": TOMORROW}], "covered"),
    ([ENTRY | {"starts_on": TOMORROW}], "right-outside-matrix"),
    ([ENTRY | {"ends_on": YESTERDAY}, ENTRY | {"id": "T2", "starts_on": TOMORROW}], "temporary-right-expired"),
    ([ENTRY | {"school": A, "scope": "school"}], "covered"),
    ([ENTRY | {"school": B}], "right-outside-matrix"),
    ([ENTRY | {"school": B, "ends_on": TOMORROW}, ENTRY | {"id": "T2", "school": A, "ends_on": YESTERDAY}], "temporary-right-expired"),
    ([ENTRY | {"scope": "group"}], "right-outside-matrix"),
    ([ENTRY | {"system": "esis"}], "right-outside-matrix"),
    ([ENTRY | {"person": "P2"}], "right-outside-matrix"),
    ([ENTRY | {"right": "Administratie"}], "right-outside-matrix"),
])
def test_the_register_of_temporary_rights_covers_that_day(entries: list[dict[str, Any]], verdict: str) -> None:
    assert places(night(TEACHER, right="Applicatiebeheerder", temporary_rights=entries))[0][3] == verdict


def test_a_temporary_right_of_a_lower_level_does_not_cover() -> None:
    entry = {"id": "T1", "person": "P1", "system": "parnassys", "right": "Leerkracht"}
    who = {"function": "directeur", "school": A}
    assert places(night(who, links=["1"], temporary_rights=[entry | {"level": "volledig"}]))[0][3] == "covered"
    assert places(night(who, links=["1"], temporary_rights=[entry | {"level": "beperkt"}]))[0][3] == "right-outside-matrix"


def test_what_a_teacher_keeps_of_the_former_school_is_a_movers() -> None:
    before = TEACHER | {"counts": False, "is_past": True}
    judged = night(before, TEACHER | {"school": B}, links=["1", "3"])
    assert places(judged) == [("group", A, "1", "mover-keeps-right"), ("group", A, "3", "scope-elsewhere")]


def test_named_holders_are_found_by_any_of_their_numbers() -> None:
    row = MatrixRow(2, "directeur", "Supervisor", None, "board", "allowed", holders=frozenset({"OUD7"}))
    who = {"function": "directeur", "school": A}
    named = {"right": "Supervisor", "scope": "board", "school": None, "matrices": (matrix_of((row,)),)}
    assert places(night(who, person={"numbers": "OUD7"}, **named))[0][3] == "covered"
    assert places(night(who, **named))[0][3] == "right-outside-matrix"


def test_the_frame_is_as_declared() -> None:
    for judged in (night(TEACHER, links=["1"]), night(TEACHER, grants=[], accounts=[], link={})):
        assert {name: str(dtype) for name, dtype in judged.grants.dtypes.items()} == JUDGED
    assert list(night(TEACHER, links=["1", "2"]).grants["grant_row"]) == [0, 0]


def test_cases_are_distinct_and_do_not_depend_on_the_order_of_engagements() -> None:
    parts = [TEACHER, TEACHER, {"function": "directeur", "school": B}, TEACHER | {"is_past": True, "counts": False}]
    cases = {night(*order, links=["1"]).cases for order in permutations(parts)}
    assert len(cases) == 1
    for seed in range(15):
        judged = judge(*random_night(seed), Policy("proef"), Past())
        assert len(set(judged.cases)) == len(judged.cases)


def test_a_night_without_grants_people_or_matrices_is_judged_too() -> None:
    empty = Snapshot("proef", AS_OF, {}, Coverage())
    judged = judge(empty, people_of([], []), links_of([]), (), Policy("proef"), Past())
    assert (len(judged.grants), judged.cases, judged.without_matrix) == (0, (), frozenset())


@pytest.mark.parametrize("seed", range(5))
def test_explaining_a_grant_gives_the_ruling_that_was_given(seed: int) -> None:
    snapshot, people, links, matrices = random_night(seed)
    judged = judge(snapshot, people, links, matrices, Policy("proef"), Past())
    words = Words("nl", strict=True)
    for row in np.unique(judged.grants["grant_row"]).tolist():
        for one in explain_grant(judged, matrices, row):
            assert one.ruling == judged.rulings[judged.grants["case"].iat[one.position]]
            assert (one.row.line if one.row else None) == one.ruling.row
            assert all(words.say(reason) for reason in one.reasons)


def test_explaining_names_the_row_and_each_lack() -> None:
    (one,) = explain_grant(night({"function": "directeur", "school": A}, links=["2"]), (MATRIX,), 0)
    assert [reason.code for reason in one.reasons] == ["now_other_group", "matrix_row", "lack_function", "lack_scope"]
    assert one.reasons[1].facts["text"] == "leerkracht; Leerkracht; volledig; group; allowed; alert"
    assert explain_grant(night(TEACHER), (MATRIX,), 7) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_the_judge_has_a_sentence(language: str) -> None:
    words = Words(language)
    codes = [*OUTSIDE, "function_unknown", "draft_row", "level_unknown", "group_unknown", "scope_unknown", "temporary_right", "register_running",
             "register_ended", *(f"lack_{what}" for what in ("function", "holder", "condition", "level", "scope")),
             *(f"{when}_{relation}" for when in ("now", "before") for relation in RELATIONS)]
    assert [code for code in codes if not words.has(f"reason.{code}")] == []


def test_the_day_is_told_and_never_asked() -> None:
    """Judged for another day, the same register says otherwise."""
    entry = ENTRY | {"ends_on": date(2026, 11, 30)}
    snapshot, people, links = _night_with(entry)
    verdicts = [
        judge(replace(snapshot, as_of=day), people, links, (MATRIX,), Policy("proef"), Past()).grants["verdict"].iat[0]
        for day in (date(2026, 11, 30), date(2026, 12, 1))]
    assert verdicts == ["covered", "temporary-right-expired"]


def _night_with(entry: dict[str, Any]) -> tuple[Snapshot, Any, pd.DataFrame]:
    key = {"system": "parnassys", "account": "jjansen"}
    tables = {
        "accounts": table_of("accounts", [key | {"kind": "person", "status": "enabled"}]),
        "grants": table_of("grants", [key | {"right": "Applicatiebeheerder", "scope": "school", "school": A}]),
        "temporary_rights": table_of("temporary_rights", [entry]),
    }
    people = people_of([{"person": "P1"}], [TEACHER | {"person_row": 0}])
    return Snapshot("proef", AS_OF, tables, Coverage()), people, links_of([key | {"person": "P1"}])
