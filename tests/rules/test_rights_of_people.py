"""Family C beyond the single grant: how many, who by name, what together, what is signed and what is missing."""

from __future__ import annotations

from dataclasses import replace

from auditor.model.coverage import SourceState
from auditor.model.matrix import Matrix, MatrixRow, NativeRight
from auditor.rules.registry import spec_of
from auditor.rules.words import summary
from tests.rules.board import PARNASSYS, TODAY, TinyBoard, day, remembered

ESIS = Matrix(
    system="esis", name="ESIS", edition="KIND", owner="directie", adopted_on=day("2026-01-01"), adopted_by="bestuur",
    rows=(
        MatrixRow(2, "applicatiebeheerder", "Supervisor", None, "board", "allowed", holders=frozenset({"1"}), max_holders=3),
        MatrixRow(3, "staf", "Supervisor", None, "board", "allowed", holders=frozenset({"2", "3"}), max_holders=3),
        MatrixRow(4, "directeur", "Directie", None, "school", "required"),
        MatrixRow(5, "administratie", "Administrateur", None, "school", "allowed", max_holders=1),
    ),
    natives={"Supervisor": NativeRight("Supervisor", scope="board"), "Directie": NativeRight("Directie")}, privacy_class=4, digest="esis",
)


def supervisors(board: TinyBoard, *numbers: str) -> TinyBoard:
    """Give these people an account in ESIS that is supervisor."""
    board.matrices = (PARNASSYS, ESIS)
    board.source("esis", "system", system="esis")
    for number in numbers:
        board.person(number, "applicatiebeheerder" if number == "1" else "staf").account(f"s{number}", number, "esis")
        board.grant(f"s{number}", "Supervisor", "board", None, system="esis", source="esis")
    return board


class TestHeadcountExceeded:
    """KIND: exactly three supervisors, by name."""

    def test_the_three_that_are_named_are_fine(self, board: TinyBoard) -> None:
        assert supervisors(board, "1", "2", "3").fired("headcount-exceeded") == []

    def test_a_fourth_is_one_finding_that_lists_who(self, board: TinyBoard) -> None:
        (told,) = supervisors(board, "1", "2", "3", "4").fired("headcount-exceeded")
        assert (told["holders"], told["most"]) == (4, 3)
        assert "Persoon 2 (2)" in told["who"] and told["others"] == "Persoon 4 (4)"
        assert "4 houders" in told["said"]["nl"] and "hoogstens 3" in told["said"]["nl"]

    def test_another_than_named_fires_although_they_are_no_more_than_three(self, board: TinyBoard) -> None:
        (told,) = supervisors(board, "1", "2", "4").fired("headcount-exceeded")
        assert told["holders"] == 3 and told["others"] == "Persoon 4 (4)"

    def test_who_holds_it_for_a_declared_while_is_not_counted(self, board: TinyBoard) -> None:
        board = supervisors(board, "1", "2", "3", "4").register("temporary_rights", {
            "id": "T1", "person": "4", "system": "esis", "right": "Supervisor", "scope": "board", "starts_on": day("2026-11-01"),
            "ends_on": day("2026-12-01")})
        assert board.fired("headcount-exceeded") == []

    def test_a_leaver_carries_its_own_finding_and_is_not_counted(self, board: TinyBoard) -> None:
        board = supervisors(board, "1", "2", "3")
        board.person("4", "staf", until="2026-10-01").account("s4", "4", "esis")
        board.grant("s4", "Supervisor", "board", None, system="esis", source="esis")
        assert board.fired("headcount-exceeded") == []

    def test_while_a_row_is_a_draft_names_are_not_held_against_anybody(self, board: TinyBoard) -> None:
        board = supervisors(board, "1", "2", "4")
        board.matrices = (replace(ESIS, rows=(ESIS.rows[0], replace(ESIS.rows[1], mode="draft", holders=frozenset()))),)
        assert board.fired("headcount-exceeded") == []

    def test_a_row_for_a_school_counts_at_each_school(self, board: TinyBoard) -> None:
        board = supervisors(board)
        for number, school in (("11", "12AB"), ("12", "34CD"), ("13", "34CD")):
            board.person(number, "administratie", school).account(f"a{number}", number, "esis", school=school)
            board.grant(f"a{number}", "Administrateur", "school", school, system="esis", source="esis")
        (told,) = board.fired("headcount-exceeded")
        assert (told["school"], told["holders"]) == ("34CD", 2)

    def test_a_system_that_was_not_read_neither_opens_nor_resolves(self, board: TinyBoard) -> None:
        board = supervisors(board, "1", "2", "3", "4")
        board.past = remembered(board.assess(), board.past, day("2026-11-23"))
        board.broken("esis")
        assert board.fired("headcount-exceeded") == []
        assert ("needs_stale", "esis") in board.not_assessed("headcount-exceeded")
        assert "resolved" not in set(board.compare().gone["change"].astype("str"))


class TestPrivilegedUndeclared:
    """Privileged groups and directory roles, by name; without a matrix too."""

    def admin(self, board: TinyBoard, number: str | None = "100", **more: object) -> TinyBoard:
        board.source("ad", "system", system="ad:noord")
        board.person("100", "ICT").account("adm", number, "ad:noord", source="ad", **more)
        board.rows.setdefault("rights", []).append(
            {"system": "ad:noord", "right": "Domain Admins", "kind": "group", "is_privileged": True, "source": "ad"})
        return board.grant("adm", "Domain Admins", "unknown", None, system="ad:noord", source="ad")

    def test_it_fires_in_a_system_without_a_matrix(self, board: TinyBoard) -> None:
        (told,) = self.admin(board).fired("privileged-undeclared")
        assert told["score"] == 9 and "Domain Admins" in told["said"]["nl"]

    def test_a_group_nobody_calls_privileged_is_fine(self, board: TinyBoard) -> None:
        board = self.admin(board)
        board.rows["rights"][0]["is_privileged"] = None
        assert board.fired("privileged-undeclared") == []

    def test_a_row_that_names_the_holder_declares_it_and_one_for_a_function_does_not(self, board: TinyBoard) -> None:
        row = MatrixRow(2, "ICT", "Domain Admins", None, None, "allowed", holders=frozenset({"100"}))
        ad = Matrix("ad:*", "Netwerk", "2026", "directie", day("2026-01-01"), None, (row,), digest="ad")
        board.matrices = (ad,)
        assert self.admin(board).fired("privileged-undeclared") == []
        board.matrices = (replace(ad, rows=(replace(row, holders=frozenset()),)),)
        assert board.logins("privileged-undeclared") == ["adm"]

    def test_a_temporary_right_declares_it_while_it_runs(self, board: TinyBoard) -> None:
        entry = {"id": "T1", "person": "100", "system": "ad:noord", "right": "domain admins", "starts_on": day("2026-11-01")}
        board = self.admin(board).register("temporary_rights", entry | {"ends_on": TODAY})
        assert board.fired("privileged-undeclared") == []
        board.rows["temporary_rights"] = [entry | {"ends_on": day("2026-11-23")}]
        assert board.logins("privileged-undeclared") == ["adm"]

    def test_somebody_who_begins_much_later_is_only_early(self, board: TinyBoard) -> None:
        board = self.admin(board)
        board.rows["employments"][0]["starts_on"] = day("2027-02-01")
        assert board.fired("privileged-undeclared") == []
        assert board.logins("early-account") == ["adm"]

    def test_an_emergency_account_is_left_to_its_own_rule(self, board: TinyBoard) -> None:
        assert self.admin(board, None, kind="emergency").fired("privileged-undeclared") == []

    def test_a_declared_shared_account_is_not(self, board: TinyBoard) -> None:
        board = self.admin(board, None, kind="shared")
        assert board.fired("privileged-undeclared") == []
        board.register("service_accounts", {"system": "ad:noord", "account": "ADM", "kind": "shared"})
        assert board.logins("privileged-undeclared") == ["adm"]

    def test_an_orphan_and_a_leaver_carry_their_own_finding(self, board: TinyBoard) -> None:
        assert self.admin(board, "999").fired("privileged-undeclared") == []
        left = self.admin(TinyBoard())
        left.rows["employments"][0]["ends_on"] = day("2026-10-01")
        assert left.logins("leaver-active") == ["adm"] and left.fired("privileged-undeclared") == []

    def test_a_broken_register_of_temporary_rights_opens_nothing(self, board: TinyBoard) -> None:
        board = self.admin(board).register("temporary_rights").broken("register.temporary_rights")
        assert board.fired("privileged-undeclared") == []
        assert ("needs_stale", None) in board.not_assessed("privileged-undeclared")


class TestToxicCombination:
    """Two rights in one hand, across systems too."""

    def pair(self, board: TinyBoard) -> TinyBoard:
        board.register("separation", {"system": "parnassys", "right": "Beheer", "other_system": "entra", "other_right": "Betalen",
                                      "reason": "wie bestelt betaalt niet"})
        board.person("100", "directeur").account("a", "100").grant("a", "Beheer")
        board.account("b", "100", "entra")
        return board.grant("b", "Betalen", "board", None, system="entra", source="entra")

    def test_both_rights_of_one_person_fire_once_whatever_the_accounts(self, board: TinyBoard) -> None:
        (told,) = self.pair(board).fired("toxic-combination")
        assert told["logins"] == "a, b" and "wie bestelt betaalt niet" in told["said"]["nl"]

    def test_turning_the_row_of_the_register_around_is_the_same_finding(self, board: TinyBoard) -> None:
        (before,) = self.pair(board).fired("toxic-combination")
        row = board.rows["separation"][0]
        board.rows["separation"] = [row | {"system": "entra", "right": "Betalen", "other_system": "parnassys", "other_right": "Beheer"}]
        (after,) = board.fired("toxic-combination")
        assert before["key"] == after["key"]

    def test_two_people_with_one_right_each_are_fine(self, board: TinyBoard) -> None:
        board = self.pair(board).person("200")
        board.rows["accounts"][1]["number"] = "200"
        assert board.fired("toxic-combination") == []

    def test_a_switched_off_account_counts_no_more(self, board: TinyBoard) -> None:
        board = self.pair(board)
        board.rows["accounts"][1]["status"] = "disabled"
        assert board.fired("toxic-combination") == []

    def test_without_the_register_it_is_not_assessed(self, board: TinyBoard) -> None:
        assert board.not_assessed("toxic-combination") == [("needs_not_configured", None)]

    def test_one_of_the_systems_not_read_resolves_nothing(self, board: TinyBoard) -> None:
        board = self.pair(board)
        board.past = remembered(board.assess(), board.past, day("2026-11-23"))
        board.broken("entra")
        assert board.fired("toxic-combination") == []
        gone = board.compare().gone
        rules = board.past.findings["rule"].astype("str").to_numpy()[gone["past_row"].to_numpy()]
        assert set(gone.loc[rules == "toxic-combination", "change"]) == {"not_assessed"}
        assert any(code == "other_system_not_read" for code, _ in board.not_assessed("toxic-combination"))


class TestCodeOfConductUnsigned:
    """One finding a person, for systems of class 3 and 4."""

    def staff(self, board: TinyBoard) -> TinyBoard:
        board.register("declarations", {"person": "200", "kind": "conduct", "signed_on": day("2020-01-01")})
        board.person("100").account("a", "100").account("a2", "100", school="34CD")
        return board.person("200").account("b", "200")

    def test_it_fires_once_a_person_and_names_the_systems(self, board: TinyBoard) -> None:
        (told,) = self.staff(board).fired("code-of-conduct-unsigned")
        assert told["person"] == "100" and told["systems"] == "parnassys"

    def test_a_signature_of_today_counts_and_one_of_tomorrow_does_not(self, board: TinyBoard) -> None:
        board = self.staff(board)
        board.rows["declarations"].append({"person": "100", "kind": "conduct", "signed_on": day("2026-11-25")})
        assert len(board.fired("code-of-conduct-unsigned")) == 1
        board.rows["declarations"][-1]["signed_on"] = TODAY
        assert board.fired("code-of-conduct-unsigned") == []

    def test_a_public_system_asks_for_none(self, board: TinyBoard) -> None:
        board = self.staff(board)
        board.matrices = (replace(PARNASSYS, privacy_class=2),)
        assert board.fired("code-of-conduct-unsigned") == []
        assert len(board.setting("code-of-conduct-unsigned", parameters={"lowest_class": 2}).fired("code-of-conduct-unsigned")) == 1

    def test_a_register_that_keeps_no_codes_of_conduct_floods_nobody(self, board: TinyBoard) -> None:
        board = self.staff(board)
        board.rows["declarations"] = [{"person": "200", "kind": "confidentiality", "signed_on": TODAY}]
        assert board.fired("code-of-conduct-unsigned") == []
        assert ("conduct_not_kept", None) in board.not_assessed("code-of-conduct-unsigned")

    def test_without_the_register_it_is_not_assessed_and_a_broken_one_opens_nothing(self, board: TinyBoard) -> None:
        assert board.not_assessed("code-of-conduct-unsigned") == [("needs_not_configured", None)]
        board = self.staff(board).broken("register.declarations", SourceState.REFUSED)
        assert board.fired("code-of-conduct-unsigned") == []

    def test_a_confidential_system_that_was_not_read_resolves_nothing(self, board: TinyBoard) -> None:
        board = self.staff(board)
        board.past = remembered(board.assess(), board.past, day("2026-11-23"))
        board.broken("parnassys")
        gone = board.compare().gone
        rules = board.past.findings["rule"].astype("str").to_numpy()[gone["past_row"].to_numpy()]
        assert set(gone.loc[rules == "code-of-conduct-unsigned", "change"]) == {"not_assessed"}


class TestMissingRight:
    """Information: what the matrix requires and a person lacks."""

    def directors(self, board: TinyBoard, count: int = 1) -> TinyBoard:
        board.matrices = (ESIS,)
        board.source("esis", "system", system="esis")
        for number in range(count):
            board.person(str(100 + number), "directeur")
        return board

    def test_a_director_without_the_required_right_is_told(self, board: TinyBoard) -> None:
        (told,) = self.directors(board).fired("missing-right")
        assert (told["person"], told["right"], told["school"], told["score"], told["mails"]) == ("100", "Directie", "12AB", 0, False)

    def test_who_holds_it_at_that_school_is_fine_and_at_another_is_not(self, board: TinyBoard) -> None:
        board = self.directors(board).account("d", "100", "esis").grant("d", "Directie", "school", "34CD", system="esis", source="esis")
        assert len(board.fired("missing-right")) == 1
        board.grant("d", "Directie", "school", "12AB", system="esis", source="esis")
        assert board.fired("missing-right") == []

    def test_a_right_that_reaches_every_school_is_held_at_each(self, board: TinyBoard) -> None:
        board = self.directors(board).account("d", "100", "esis").grant("d", "Directie", "board", None, system="esis", source="esis")
        assert board.fired("missing-right") == []

    def test_many_are_one_line_with_their_number(self, board: TinyBoard) -> None:
        (told,) = self.directors(board, 11).fired("missing-right")
        assert told["people"] == 11 and "person" not in told
        assert "11 mensen" in told["said"]["nl"]

    def test_the_flood_does_not_resolve_who_was_told_before(self, board: TinyBoard) -> None:
        board = self.directors(board)
        board.past = remembered(board.assess(), board.past, day("2026-11-23"))
        for number in range(20):
            board.person(str(200 + number), "directeur")
        assert len(board.fired("missing-right")) == 1
        assert set(board.compare().gone["change"].astype("str")) == {"not_assessed"}

    def test_allowed_and_draft_rows_require_nothing(self, board: TinyBoard) -> None:
        board = self.directors(board)
        board.matrices = (replace(ESIS, rows=(replace(ESIS.rows[2], mode="draft"), ESIS.rows[3])),)
        assert board.fired("missing-right") == []

    def test_a_system_that_was_not_read_says_nothing(self, board: TinyBoard) -> None:
        board = self.directors(board).broken("esis")
        assert board.fired("missing-right") == []
        assert ("needs_stale", "esis") in board.not_assessed("missing-right")


def test_the_sentence_of_a_line_reads_well() -> None:
    facts = {"system": "esis", "right": "Directie", "functions": "directeur", "people": 11}
    assert summary(spec_of("missing-right"), facts, "nl") == (
        "Volgens de matrix hoort het recht Directie in esis bij directeur. Het ontbreekt bij 11 mensen.")
