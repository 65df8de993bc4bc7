"""Families C and D: may they have it? The judge decides; the rules tell which lack it was."""

from __future__ import annotations

from dataclasses import replace

from auditor.model.coverage import SourceState
from auditor.model.judged import CLOSEST_MISS
from auditor.model.matrix import MatrixRow
from tests.rules.board import OFFICE, PARNASSYS, SHORT, TODAY, TinyBoard, day


def only(board: TinyBoard) -> list[str]:
    """Given a board, return the closest-miss slugs that fire on it."""
    found = board.assess().findings
    return sorted(rule for rule in found["rule"].astype("str") if rule in CLOSEST_MISS)


class TestForbiddenRight:
    """A matching forbidden row beats any allowed one."""

    def external(self, board: TinyBoard) -> TinyBoard:
        board.register("externals", {"person": "E1", "name": "Extern Een", "school": "12AB", "function": "directeur",
                                     "starts_on": day("2026-08-01"), "ends_on": day("2027-07-31")})
        return board.account("e", "E1").grant("e", "Beheer")

    def test_an_external_holds_what_externals_may_not(self, board: TinyBoard) -> None:
        (told,) = self.external(board).fired("forbidden-right")
        assert told["login"] == "e" and "externen niet" in told["said"]["nl"]

    def test_an_employee_with_the_same_right_is_fine(self, board: TinyBoard) -> None:
        assert only(board.person("100", "directeur").account("a", "100").grant("a", "Beheer")) == []

    def test_a_register_of_externals_that_was_not_read_opens_nothing(self, board: TinyBoard) -> None:
        board = self.external(board).broken("register.externals")
        assert only(board) == []


class TestTemporaryRightExpired:
    """The register's period ended and the right is still held."""

    def held(self, board: TinyBoard, until: str, **source: object) -> TinyBoard:
        board.register("temporary_rights", {"id": "1", "person": "100", "system": "parnassys", "right": "Administratie",
                                            "starts_on": day("2026-08-01"), "ends_on": day(until)})
        return board.person("100").account("a", "100").grant("a", "Administratie").source("parnassys", "system", **source)

    def test_it_fires_after_the_last_day_and_names_it(self, board: TinyBoard) -> None:
        (told,) = self.held(board, "2026-11-20").fired("temporary-right-expired")
        assert "20-11-2026" in told["said"]["nl"]
        assert only(self.held(TinyBoard(), "2026-11-24")) == []

    def test_an_export_of_the_last_day_proves_nothing(self, board: TinyBoard) -> None:
        board = self.held(board, "2026-11-20", as_of=day("2026-11-20"))
        assert only(board) == []
        assert ("source_older_than_deadline", "parnassys") in board.not_assessed("temporary-right-expired")

    def test_a_board_without_the_register_is_told_so(self, board: TinyBoard) -> None:
        assert board.not_assessed("temporary-right-expired") == [("needs_not_configured", None)]

    def test_a_register_that_was_not_read_leaves_every_right_open(self, board: TinyBoard) -> None:
        board = self.held(board, "2026-11-20").broken("register.temporary_rights")
        board.person("200").account("b", "200").grant("b", "Beheer")
        assert only(board) == []


class TestMoverKeepsRight:
    """Covered until the function or school changed."""

    def moved(self, board: TinyBoard, **source: object) -> TinyBoard:
        board.person("100", OFFICE, until="2026-09-30").person("100", "conciërge", since="2026-10-01").account("a", "100")
        board.register("declarations", {"person": "100", "kind": "confidentiality", "signed_on": day("2026-01-01")})
        return board.grant("a", "Administratie").source("parnassys", "system", **source)

    def test_the_right_of_the_earlier_function_is_named(self, board: TinyBoard) -> None:
        (told,) = self.moved(board).fired("mover-keeps-right")
        assert OFFICE in told["said"]["nl"] and "conciërge" in told["said"]["nl"]

    def test_an_export_from_before_the_move_proves_nothing(self, board: TinyBoard) -> None:
        board = self.moved(board, as_of=day("2026-09-30"))
        assert only(board) == []
        assert ("source_older_than_deadline", "parnassys") in board.not_assessed("mover-keeps-right")

    def test_who_moved_and_may_still_have_it_is_fine(self, board: TinyBoard) -> None:
        board.person("100", until="2026-09-30").person("100", since="2026-10-01", school="34CD").account("a", "100")
        board.teaches("100", "5", "34CD").grant("a", "Leerkracht", "group", "34CD", group="5")
        assert only(board) == []


class TestDeclarationUnsigned:
    """The row fits but for a signature (OPOR *)."""

    def clerk(self, board: TinyBoard) -> TinyBoard:
        return board.person("100", OFFICE).account("a", "100").grant("a", "Administratie")

    def test_it_fires_until_the_declaration_is_signed(self, board: TinyBoard) -> None:
        assert self.clerk(board).register("declarations").logins("declaration-unsigned") == ["a"]
        signed = {"person": "100", "kind": "confidentiality", "signed_on": TODAY}
        assert only(self.clerk(TinyBoard()).register("declarations", signed)) == []

    def test_without_a_register_of_declarations_it_cannot_be_known(self, board: TinyBoard) -> None:
        assert only(self.clerk(board)) == []
        assert board.not_assessed("declaration-unsigned") == [("needs_not_configured", None)]


class TestReplacementTooShort:
    """A short replacement holds the full role (OPOR)."""

    def replacing(self, board: TinyBoard, until: str) -> TinyBoard:
        board.person("100", SHORT, since="2026-11-16", until=until, kind="replacement").teaches("100", "5").account("a", "100")
        return board.grant("a", "Leerkracht", "group", group="5")

    def test_four_weeks_is_full(self, board: TinyBoard) -> None:
        assert self.replacing(board, "2026-12-12").logins("replacement-too-short") == ["a"]
        assert only(self.replacing(TinyBoard(), "2026-12-13")) == []

    def test_the_lighter_role_is_fine(self, board: TinyBoard) -> None:
        board.person("100", SHORT, since="2026-11-16", until="2026-11-27", kind="replacement").teaches("100", "5").account("a", "100")
        assert only(board.grant("a", "Leerkracht beperkt", "group", group="5")) == []

    def test_it_waits_for_hr(self, board: TinyBoard) -> None:
        assert only(self.replacing(board, "2026-12-12").broken("hr")) == []


class TestLevelTooHigh:
    """The same right is allowed at a lower level."""

    def test_the_allowed_level_is_named(self, board: TinyBoard) -> None:
        (told,) = board.person("100", "assistent").account("a", "100").grant("a", "Leerkracht").fired("level-too-high")
        assert "niveau volledig" in told["said"]["nl"] and "toegestaan is beperkt" in told["said"]["nl"]
        assert told["evidence"]["matrix"]["line"] == 7
        assert told["evidence"]["matrix"]["lacks"] == [{"what": "level", "wanted": "beperkt", "held": "volledig"}]

    def test_the_allowed_level_itself_is_fine(self, board: TinyBoard) -> None:
        assert only(board.person("100", "assistent").account("a", "100").grant("a", "Leerkracht beperkt")) == []

    def test_a_system_that_was_not_read_is_not_judged(self, board: TinyBoard) -> None:
        board.person("100", "assistent").account("a", "100").grant("a", "Leerkracht").broken("parnassys")
        assert only(board) == []
        assert ("needs_stale", "parnassys") in board.not_assessed("right-outside-matrix")


class TestScopeTooWide:
    """The allowed scope lies inside the held one."""

    def test_a_whole_school_where_own_groups_are_allowed(self, board: TinyBoard) -> None:
        (told,) = board.person("100").account("a", "100").grant("a", "Leerkracht").fired("scope-too-wide")
        assert "school" in told["said"]["nl"] and "de eigen groepen" in told["said"]["nl"]

    def test_the_whole_board_weighs_more(self, board: TinyBoard) -> None:
        board.person("100").account("a", "100").grant("a", "Leerkracht", "board", None).grant("a", "Leerkracht")
        assert sorted(told["score"] for told in board.fired("scope-too-wide")) == [4, 6]

    def test_the_own_group_is_fine(self, board: TinyBoard) -> None:
        assert only(board.person("100").teaches("100", "5").account("a", "100").grant("a", "Leerkracht", "group", group="5")) == []

    def test_a_scope_the_export_does_not_give_is_said_to_be_open(self, board: TinyBoard) -> None:
        board.person("100").account("a", "100").grant("a", "Leerkracht", "unknown", None)
        assert only(board) == []
        assert ("open_scope_unknown", "parnassys") in board.not_assessed("scope-too-wide")


class TestScopeElsewhere:
    """At a school or group where the person does not work."""

    def test_another_school_is_seen_by_the_school_it_reaches(self, board: TinyBoard) -> None:
        board.person("100").teaches("100", "5").account("a", "100").grant("a", "Leerkracht", "group", "34CD", group="5")
        (told,) = board.fired("scope-elsewhere")
        assert told["school"] == "34CD" and "groep 5 34CD" in told["said"]["nl"]

    def test_one_teacher_at_two_schools_works_at_both(self, board: TinyBoard) -> None:
        board.person("100").person("100", school="34CD").teaches("100", "5", "34CD").account("a", "100")
        assert only(board.grant("a", "Leerkracht", "group", "34CD", group="5")) == []

    def test_a_formation_that_was_not_read_leaves_it_open(self, board: TinyBoard) -> None:
        board.person("100").teaches("100", "5").account("a", "100").grant("a", "Leerkracht", "group", "34CD", group="5")
        assert only(board.broken("register.teaching")) == []


class TestRightOutsideMatrix:
    """Declared for other functions only."""

    def test_a_caretaker_with_the_office_role(self, board: TinyBoard) -> None:
        (told,) = board.person("100", "conciërge").account("a", "100").grant("a", "Administratie").fired("right-outside-matrix")
        assert "conciërge" in told["said"]["nl"]

    def test_accounts_outside_family_c_give_no_second_finding(self, board: TinyBoard) -> None:
        board.person("100", until="2026-10-30").account("left", "100").account("nobody").account("off", "100", status="disabled")
        for login in ("left", "nobody", "off"):
            board.grant(login, "Administratie")
        assert only(board) == []

    def test_a_system_without_a_matrix_is_said_once(self, board: TinyBoard) -> None:
        board.person("100").account("a", "100", system="entra")
        said = [told for told in board.assess().not_assessed if told.reason.code == "needs_matrix"]
        assert [(told.rule, told.system) for told in said] == [("right-outside-matrix", "entra")]

    def test_a_row_in_watch_mode_flags_and_mails_nobody(self, board: TinyBoard) -> None:
        board.person("100", "conciërge").account("a", "100").grant("a", "Deuren", "school", "34CD")
        (told,) = board.fired("scope-elsewhere")
        assert not told["mails"]

    def test_other_findings_do_mail(self, board: TinyBoard) -> None:
        (told,) = board.person("100", "conciërge").account("a", "100").grant("a", "Administratie").fired("right-outside-matrix")
        assert told["mails"]

    def test_a_draft_row_that_would_cover_leaves_it_open(self, board: TinyBoard) -> None:
        draft = MatrixRow(20, "conciërge", "Administratie", None, "school", "allowed", mode="draft")
        board.matrices = (replace(PARNASSYS, rows=(*PARNASSYS.rows, draft)),)
        board.person("100", "conciërge").account("a", "100").grant("a", "Administratie")
        assert only(board) == []
        assert ("open_draft_row", "parnassys") in board.not_assessed("right-outside-matrix")


class TestRightUnknownToMatrix:
    """Nobody declared or classified this right."""

    def test_it_is_one_finding_with_its_holders(self, board: TinyBoard) -> None:
        for number in ("100", "200"):
            board.person(number).account(f"a{number}", number).grant(f"a{number}", "Geheim")
        (told,) = board.fired("right-unknown-to-matrix")
        assert told["right"] == "Geheim" and told["holders"] == 2

    def test_one_holder_more_is_the_same_evidence(self) -> None:
        prints = []
        for numbers in (("100",), ("100", "200")):
            night = TinyBoard()
            for number in numbers:
                night.person(number).account(f"a{number}", number).grant(f"a{number}", "Geheim")
            found = night.assess().findings
            prints.append(found.loc[found["rule"] == "right-unknown-to-matrix", "fingerprint"].item())
        assert prints[0] == prints[1]

    def test_a_right_with_a_row_is_known(self, board: TinyBoard) -> None:
        board.person("100", "directeur").account("a", "100").grant("a", "Beheer")
        assert board.fired("right-unknown-to-matrix") == []

    def test_without_a_matrix_nothing_is_unknown_to_it(self, board: TinyBoard) -> None:
        board.matrices = ()
        board.person("100").account("a", "100").grant("a", "Geheim")
        assert board.fired("right-unknown-to-matrix") == []
        assert ("needs_matrix", "parnassys") in board.not_assessed("right-outside-matrix")


class TestFunctionUnknown:
    """A function in HR that no matrix and no list knows."""

    def test_it_stands_once_for_all_its_holders(self, board: TinyBoard) -> None:
        for number in ("100", "200"):
            board.person(number, "goochelaar").account(f"a{number}", number).grant(f"a{number}", "Administratie")
        (told,) = board.fired("function-unknown")
        assert told["function"] == "goochelaar" and told["holders"] == 2
        assert only(board) == []
        assert ("open_function_unknown", "parnassys") in board.not_assessed("right-outside-matrix")

    def test_a_function_on_the_list_is_known(self, board: TinyBoard) -> None:
        board.person("100", "goochelaar").register("functions", {"label": "Goochelaar", "function": "goochelaar"})
        assert board.fired("function-unknown") == []

    def test_the_function_of_an_external_is_not_hrs(self, board: TinyBoard) -> None:
        board.register("externals", {"person": "E1", "name": "Extern Een", "school": "12AB", "function": "goochelaar",
                                     "starts_on": day("2026-08-01"), "ends_on": day("2027-07-31")})
        assert board.fired("function-unknown") == []

    def test_it_needs_a_matrix_and_hr(self, board: TinyBoard) -> None:
        board.matrices = ()
        assert ("needs_any_matrix", None) in board.not_assessed("function-unknown")
        assert ("needs_blocked", None) in TinyBoard().broken("hr", SourceState.BLOCKED).not_assessed("function-unknown")


class TestDataQuality:
    """Data that contradicts itself."""

    def test_what_the_collector_found_is_told(self, board: TinyBoard) -> None:
        board.quality = [{"kind": "end_before_start", "table": "employments", "person": "100", "detail": "2026-10-01 > 2026-09-01",
                          "source": "hr", "file": "afas.csv", "row": 12}]
        (told,) = board.fired("data-quality")
        assert told["said"]["nl"].startswith("De einddatum ligt voor de begindatum")
        assert told["row"] == 12

    def test_another_line_is_the_same_finding_and_the_same_evidence(self) -> None:
        nights = []
        for row in (12, 13):
            night = TinyBoard()
            night.quality = [{"kind": "unknown_school", "table": "employments", "person": "100", "school": "99XX", "row": row}]
            nights.append(night.assess().findings[["key", "fingerprint"]].to_numpy().tolist())
        assert nights[0] == nights[1]

    def test_tiers_that_name_different_owners_are_told(self, board: TinyBoard) -> None:
        board.person("100").person("200", mail="b@demo.example").account("a", "100", mail="b@demo.example")
        (told,) = board.fired("data-quality")
        assert told["kind"] == "tiers_disagree" and told["detail"] == "200"

    def test_staff_accounts_without_a_number_are_counted_per_system(self, board: TinyBoard) -> None:
        for number in ("100", "200"):
            board.person(number, mail=f"m{number}@demo.example").account(f"a{number}", mail=f"m{number}@demo.example", system="entra")
        (told,) = board.fired("data-quality")
        assert (told["kind"], told["system"], told["number"]) == ("no_number", "entra", 2)

    def test_a_system_that_has_no_numbers_is_not_blamed(self, board: TinyBoard) -> None:
        board.source("entra", "system", delivers=frozenset())
        board.person("100", mail="m@demo.example").account("a", mail="m@demo.example", system="entra")
        assert board.fired("data-quality") == []

    def test_a_system_that_was_not_read_says_nothing(self, board: TinyBoard) -> None:
        assert ("needs_stale", "entra") in board.broken("entra").not_assessed("data-quality")

    def test_an_owner_who_left_according_to_the_system_only_is_told(self, board: TinyBoard) -> None:
        board.person("100").account("a", "100", system="entra", owner_leaves_on="2026-08-31")
        board.person("200").account("b", "200", system="entra", owner_leaves_on="2027-08-31")
        board.person("300").account("c", "300", system="entra", owner_leaves_on="2026-08-31", status="disabled")
        (told,) = board.fired("data-quality")
        assert (told["kind"], told["account"], told["detail"]) == ("left_elsewhere", "a", "2026-08-31")
        assert "eigenaar uit dienst" in told["said"]["nl"]

    def test_without_hr_nobody_can_tell_whether_the_owner_left(self, board: TinyBoard) -> None:
        board.person("100").account("a", "100", system="entra", owner_leaves_on="2026-08-31")
        assert board.broken("hr", SourceState.BLOCKED).fired("data-quality") == []
