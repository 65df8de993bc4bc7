"""The judge on single cases: each verdict of the closest-miss order, and the order itself."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.expect import Rulebook, rule_on
from auditor.model.judged import Case, Engaged, Lack, Ruling
from auditor.model.matrix import MatrixRow, NativeRight
from matrices.grammar import read_conditions
from tests.expect.boards import matrix_of

ROWS = (
    MatrixRow(2, "leerkracht", "Leerkracht", "volledig", "group", "allowed"),
    MatrixRow(3, "onderwijsassistent", "Leerkracht", "beperkt", "group", "allowed"),
    MatrixRow(4, "directeur", "Applicatiebeheerder", None, "school", "allowed"),
    MatrixRow(5, "administratief medewerker", "Administratie", None, "school", "allowed", read_conditions("declaration=confidentiality")),
    MatrixRow(6, "invalleerkracht", "Leerkracht", "volledig", "group", "allowed", read_conditions("weeks>=4")),
    MatrixRow(7, "invalleerkracht", "Leerkracht", "beperkt", "group", "allowed", read_conditions("weeks<4")),
    MatrixRow(8, "*", "*", None, None, "forbidden", read_conditions("kind=external")),
    MatrixRow(9, "*", "Applicatiebeheerder", None, "school", "allowed", read_conditions("task=beheerder & declaration=confidentiality")),
)
MATRIX = matrix_of(ROWS, levels={"Leerkracht": ("beperkt", "volledig")}, natives={"Leraar": NativeRight("Leerkracht")})
NAMES = [str(condition) for condition in Rulebook(MATRIX).conditions]


def engaged(function: str, relation: str = "own_group", *holding: str, crosses: bool = False, is_past: bool = False) -> Engaged:
    assert set(holding) <= set(NAMES)
    return Engaged(function, tuple(name in holding for name in NAMES), relation, crosses, is_past)


def ruled(right: str, level: str | None, scope: str, *who: Engaged, **more: Any) -> Ruling:
    case = Case(0, right, level, scope, who, more.get("register", "none"), more.get("holder_of", ()), more.get("reason", ""))
    return rule_on(case, Rulebook(more.get("matrix", MATRIX)))


@pytest.mark.parametrize("relation", ["own_group", "group_unknown", "own", "folder", "unknown"])
def test_own_groups_and_what_lies_within_them_are_covered(relation: str) -> None:
    assert ruled("Leerkracht", "volledig", "group", engaged("leerkracht", relation)).verdict == "covered"


@pytest.mark.parametrize(("relation", "verdict"), [
    ("other_group", "scope-elsewhere"), ("other_school", "scope-elsewhere"), ("same_school", "scope-too-wide"), ("board", "scope-too-wide"),
])
def test_what_lies_around_is_too_wide_and_what_lies_beside_is_elsewhere(relation: str, verdict: str) -> None:
    ruling = ruled("Leerkracht", "volledig", "group", engaged("leerkracht", relation))
    assert ruling == Ruling(verdict, 2, (Lack("scope", "group", relation),))


@pytest.mark.parametrize(("relation", "verdict"), [("other_group", "covered"), ("same_school", "covered"), ("other_school", "scope-elsewhere")])
def test_at_a_school_that_works_across_groups_group_counts_as_school(relation: str, verdict: str) -> None:
    assert ruled("Leerkracht", "volledig", "group", engaged("leerkracht", relation, crosses=True)).verdict == verdict


def test_a_lower_level_is_covered_and_a_higher_one_is_too_high_whatever_the_scope() -> None:
    assert ruled("Leerkracht", "beperkt", "group", engaged("leerkracht")).verdict == "covered"
    for relation in ("own_group", "other_school", "board"):
        assert ruled("Leerkracht", "volledig", "group", engaged("onderwijsassistent", relation)).verdict == "level-too-high"


def test_every_lack_of_the_nearest_row_is_told() -> None:
    ruling = ruled("Leerkracht", "volledig", "board", engaged("onderwijsassistent", "board"))
    assert (ruling.row, ruling.lacks) == (3, (Lack("level", "beperkt", "volledig"), Lack("scope", "group", "board")))


def test_a_level_the_export_does_not_tell_is_not_judged_unless_every_level_is_allowed() -> None:
    assert ruled("Leerkracht", None, "group", engaged("leerkracht")).verdict == "covered"
    assert ruled("Leerkracht", None, "group", engaged("onderwijsassistent")) == Ruling("not-judged", 3, reason="level_unknown")
    assert ruled("Leerkracht", "vreemd", "group", engaged("leerkracht")).reason == "level_unknown"


def test_a_role_without_a_signed_declaration_is_unsigned() -> None:
    ruling = ruled("Administratie", None, "school", engaged("administratief medewerker", "same_school"))
    assert ruling == Ruling("declaration-unsigned", 5, (Lack("condition", "declaration=confidentiality", ""),))
    signed = engaged("administratief medewerker", "same_school", "declaration=confidentiality")
    assert ruled("Administratie", None, "school", signed).verdict == "covered"


def test_who_lacks_a_signature_at_another_school_holds_the_right_elsewhere_and_both_are_told() -> None:
    ruling = ruled("Administratie", None, "school", engaged("administratief medewerker", "other_school"))
    assert (ruling.verdict, [lack.what for lack in ruling.lacks]) == ("scope-elsewhere", ["condition", "scope"])
    wide = ruled("Administratie", None, "board", engaged("administratief medewerker", "board"))
    assert (wide.verdict, [lack.what for lack in wide.lacks]) == ("scope-too-wide", ["condition", "scope"])
    short = engaged("invalleerkracht", "other_group")
    assert ruled("Leerkracht", "volledig", "group", short).verdict == "scope-elsewhere"


def test_somebody_without_the_task_is_not_merely_unsigned() -> None:
    assert ruled("Applicatiebeheerder", None, "school", engaged("leerkracht", "same_school")).verdict == "right-outside-matrix"
    assert ruled("Applicatiebeheerder", None, "school", engaged("", "same_school", "task=beheerder")).verdict == "declaration-unsigned"


def test_a_short_replacement_with_the_full_role_is_too_short() -> None:
    short, long = engaged("invalleerkracht", "own_group", "weeks<4"), engaged("invalleerkracht", "own_group", "weeks>=4")
    assert ruled("Leerkracht", "volledig", "group", short).verdict == "replacement-too-short"
    assert ruled("Leerkracht", "beperkt", "group", short).verdict == "covered"
    assert ruled("Leerkracht", "volledig", "group", long).verdict == "covered"


def test_a_forbidden_row_beats_an_allowed_one_and_a_temporary_right() -> None:
    external = engaged("leerkracht", "own_group", "kind=external")
    assert ruled("Leerkracht", "volledig", "group", external, register="running") == Ruling("forbidden-right", 8)
    assert ruled("Vreemd", None, "unknown", external).verdict == "forbidden-right"
    assert ruled("Vreemd", None, "unknown", engaged("", "unknown", "kind=external")).verdict == "forbidden-right"


def test_a_forbidden_row_names_the_lowest_level_and_narrowest_scope_it_forbids() -> None:
    bar = MatrixRow(10, "*", "Leerkracht", "volledig", "school", "forbidden")
    matrix = matrix_of((*ROWS[:3], bar), levels=MATRIX.levels)
    verdicts = [
        ruled("Leerkracht", level, scope, Engaged("leerkracht", (), relation, False, False), matrix=matrix).verdict
        for level, scope, relation in (
            ("volledig", "school", "same_school"), ("volledig", "board", "board"), ("beperkt", "school", "same_school"),
            ("volledig", "group", "own_group"), ("volledig", "unknown", "unknown"))]
    assert verdicts == ["forbidden-right", "forbidden-right", "scope-too-wide", "covered", "covered"]


def test_a_running_temporary_right_covers_and_an_ended_one_is_expired() -> None:
    assert ruled("Administratie", None, "school", engaged("leerkracht"), register="running") == Ruling("covered", reason="temporary_right")
    assert ruled("Administratie", None, "school", engaged("leerkracht"), register="ended").verdict == "temporary-right-expired"
    assert ruled("Leerkracht", "volledig", "group", engaged("leerkracht"), register="ended").verdict == "covered"


def test_what_an_earlier_engagement_covered_is_kept_by_a_mover() -> None:
    before = engaged("administratief medewerker", "same_school", "declaration=confidentiality", is_past=True)
    ruling = ruled("Administratie", None, "school", before, engaged("leerkracht", "same_school"))
    assert (ruling.verdict, ruling.row) == ("mover-keeps-right", 5)
    assert Lack("function", "administratief medewerker", "leerkracht") in ruling.lacks
    alone = ruled("Administratie", None, "school", before)
    assert (alone.verdict, alone.lacks) == ("mover-keeps-right", (Lack("function", "administratief medewerker", ""),))


def test_an_earlier_engagement_that_did_not_cover_makes_no_mover() -> None:
    before = engaged("administratief medewerker", "other_school", "declaration=confidentiality", is_past=True)
    assert ruled("Administratie", None, "school", before, engaged("leerkracht", "same_school")).verdict == "right-outside-matrix"


def test_an_expired_right_goes_before_a_mover_and_a_mover_before_a_missing_signature() -> None:
    before = engaged("administratief medewerker", "same_school", "declaration=confidentiality", is_past=True)
    now = engaged("administratief medewerker", "same_school")
    assert ruled("Administratie", None, "school", before, now, register="ended").verdict == "temporary-right-expired"
    assert ruled("Administratie", None, "school", before, now).verdict == "mover-keeps-right"


def test_a_right_nobody_declared_or_classified_is_unknown_to_the_matrix() -> None:
    assert ruled("Vreemd", None, "school", engaged("leerkracht")).verdict == "right-unknown-to-matrix"
    classified = matrix_of(ROWS, natives={"Iets": NativeRight("Vreemd")})
    assert ruled("Vreemd", None, "school", engaged("leerkracht"), matrix=classified).verdict == "right-outside-matrix"
    assert ruled("LEERKRACHT", "volledig", "group", engaged("leerkracht")).verdict != "right-unknown-to-matrix"


def test_a_director_may_hold_roles_that_are_not_documented_one_by_one() -> None:
    matrix = matrix_of((MatrixRow(2, "directeur", "*", None, "school", "allowed"),))
    assert ruled("Vreemd", None, "school", Engaged("directeur", (), "same_school", False, False), matrix=matrix).verdict == "covered"
    assert ruled("Vreemd", None, "school", Engaged("directeur", (), "other_school", False, False), matrix=matrix).verdict == "right-unknown-to-matrix"


def test_a_grant_that_only_a_draft_row_covers_is_not_judged() -> None:
    draft = MatrixRow(2, "leerkracht", "Administratie", None, "school", "allowed", mode="draft")
    ruling = ruled("Administratie", None, "school", Engaged("leerkracht", (), "same_school", False, False), matrix=matrix_of((draft,)))
    assert ruling == Ruling("not-judged", 2, reason="draft_row", mode="draft")
    bar = MatrixRow(2, "*", "*", None, None, "forbidden", mode="draft")
    teacher = Engaged("leerkracht", (), "own_group", False, False)
    assert ruled("Leerkracht", "volledig", "group", teacher, matrix=matrix_of((ROWS[0], bar))).verdict == "covered"


def test_what_a_watch_row_covers_or_flags_is_marked_so() -> None:
    watch = matrix_of((MatrixRow(2, "leerkracht", "Leerkracht", "beperkt", "school", "allowed", mode="watch"),), levels=MATRIX.levels)
    one = Engaged("leerkracht", (), "same_school", False, False)
    assert ruled("Leerkracht", "beperkt", "school", one, matrix=watch) == Ruling("covered", 2, mode="watch")
    assert ruled("Leerkracht", "volledig", "school", one, matrix=watch).mode == "watch"


def test_a_function_nobody_knows_leaves_only_what_is_uncovered_unjudged() -> None:
    stranger = engaged("tovenaar", "own_group")
    assert ruled("Leerkracht", "volledig", "group", stranger, reason="function_unknown") == Ruling("not-judged", reason="function_unknown")
    assert ruled("Leerkracht", "volledig", "group", stranger, engaged("leerkracht"), reason="function_unknown").verdict == "covered"


def test_named_holders_are_the_only_ones() -> None:
    named = matrix_of((MatrixRow(2, "medewerker", "Supervisor", None, "board", "allowed", holders=frozenset({"P1"})),))
    one = Engaged("medewerker", (), "board", False, False)
    assert ruled("Supervisor", None, "board", one, matrix=named, holder_of=(True,)).verdict == "covered"
    ruling = ruled("Supervisor", None, "board", one, matrix=named, holder_of=(False,))
    assert (ruling.verdict, ruling.lacks) == ("right-outside-matrix", (Lack("holder", "P1", ""),))


def test_somebody_without_a_function_gets_nothing_from_a_row_for_everybody() -> None:
    insite = matrix_of((MatrixRow(2, "*", "insite", None, "own", "allowed"),))
    verdicts = [ruled("insite", None, "own", Engaged(function, (), "own", False, False), matrix=insite).verdict for function in ("leerkracht", "")]
    assert verdicts == ["covered", "right-outside-matrix"]


def test_each_of_several_engagements_takes_its_own_scope() -> None:
    """A teacher at A who leads at B leads at B only."""
    teacher, leader = engaged("leerkracht", "same_school"), engaged("directeur", "other_school")
    assert ruled("Applicatiebeheerder", None, "school", teacher, leader).verdict == "scope-elsewhere"
    teacher, leader = engaged("leerkracht", "other_school"), engaged("directeur", "same_school")
    assert ruled("Applicatiebeheerder", None, "school", teacher, leader).verdict == "covered"


def test_a_cover_that_leaves_a_question_open_says_which_unless_another_row_is_sure() -> None:
    assert ruled("Leerkracht", "volledig", "group", engaged("leerkracht", "group_unknown")).reason == "group_unknown"
    assert ruled("Leerkracht", "volledig", "unknown", engaged("leerkracht", "unknown")).reason == "scope_unknown"
    assert ruled("Leerkracht", "volledig", "group", engaged("leerkracht", "group_unknown", crosses=True)).reason == ""
    both = (engaged("leerkracht", "group_unknown"), engaged("leerkracht", "own_group"))
    assert ruled("Leerkracht", "volledig", "group", *both).reason == ""
