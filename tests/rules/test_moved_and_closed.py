"""Family B beside leaving: another network, a closed school, an account long before its owner; and the turn of the school year."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.model.coverage import SourceState
from auditor.model.policy import Policy
from tests.rules.board import TinyBoard, day


class TestFormerDomainAccount:
    """Moved to a school in another network (KIND 4)."""

    def moved(self, as_of: str = "2026-11-24", until: str = "2026-10-30", **now: object) -> TinyBoard:
        board = TinyBoard(day(as_of))
        for place, name in enumerate(("ad:noord", "ad:zuid")):
            board.source(name, "system", system=name)
            board.rows["schools"][place]["domain"] = name
        board.register("schools")
        board.person("100", until=until).person("100", **{"school": "34CD", "since": "2026-10-31", **now})
        return board.account("oud", "100", system="ad:noord").account("nieuw", "100", system="ad:zuid")

    def test_the_account_left_behind_is_found_with_its_deadline(self) -> None:
        (told,) = self.moved().fired("former-domain-account")
        assert told["login"] == "oud" and told["deadline"].date() == day("2026-11-02")
        assert "30-10-2026" in told["said"]["nl"]

    def test_it_waits_for_the_working_day_after_the_move(self) -> None:
        assert [self.moved(as_of, since="2026-10-31").logins("former-domain-account") for as_of in ("2026-11-02", "2026-11-03")] == [[], ["oud"]]

    def test_who_works_in_both_networks_keeps_both(self) -> None:
        assert self.moved().person("100", share=0.2).fired("former-domain-account") == []

    def test_a_disabled_account_or_another_system_is_fine(self) -> None:
        board = self.moved().account("las", "100")
        board.rows["accounts"][0]["status"] = "disabled"
        assert board.fired("former-domain-account") == []

    def test_where_the_new_network_is_not_known_nothing_is_said(self) -> None:
        board = self.moved()
        board.rows["schools"][1]["domain"] = None
        assert board.fired("former-domain-account") == []

    def test_a_moving_director_weighs_one_severity_more(self) -> None:
        assert self.moved().fired("former-domain-account")[0]["score"] == 4
        assert self.moved(function="directeur").fired("former-domain-account")[0]["score"] == 6

    def test_an_export_from_before_proves_nothing(self) -> None:
        board = self.moved().source("ad:noord", "system", as_of=day("2026-11-02"))
        assert board.fired("former-domain-account") == []
        assert board.not_assessed("former-domain-account") == [("source_older_than_deadline", "ad:noord")]

    def test_it_is_about_networks_only_and_waits_for_hr_and_the_register(self) -> None:
        board = self.moved().source("parnassys", "system", state=SourceState.STALE).source("ad:zuid", "system", state=SourceState.UNREACHABLE)
        assert board.not_assessed("former-domain-account") == [("needs_unreachable", "ad:zuid")]
        assert ("needs_stale", None) in self.moved().broken("hr").not_assessed("former-domain-account")
        board = self.moved()
        del board.reports["register.schools"]
        assert board.fired("former-domain-account") == []
        assert ("needs_not_configured", None) in board.not_assessed("former-domain-account")


class TestClosedSchoolAccount:
    """What still names a school past its last day (KIND 4)."""

    def closed(self, as_of: str = "2026-11-24", on: str = "2026-07-31", into: str | None = "34CD") -> TinyBoard:
        board = TinyBoard(day(as_of)).register("schools")
        board.rows["schools"].append({"school": "99XX", "kind": "school", "name": "De 99XX", "closed_on": day(on), "merged_into": into})
        return board

    def test_an_account_at_a_closed_school_is_found(self) -> None:
        (told,) = self.closed().person("100", school="34CD").account("a", "100", school="99XX").fired("closed-school-account")
        assert told["closed_school"] == "99XX" and told["school"] == "34CD"
        assert "31-07-2026" in told["said"]["nl"] and "het account zelf" in told["said"]["nl"]

    def test_on_its_last_day_the_old_code_is_its_successor(self) -> None:
        for as_of, expected in (("2026-07-31", []), ("2026-08-01", ["a"])):
            board = self.closed(as_of).person("100", school="34CD").account("a", "100", school="99XX")
            board.grant("a", "Leerkracht", "group", "99XX", group="5").teaches("100", "5", "34CD")
            board.rows["teaching"][0]["starts_on"] = day("2025-08-01")
            assert board.logins("closed-school-account") == expected
            assert board.logins("scope-elsewhere") == []

    def test_a_right_there_is_never_called_elsewhere_as_well(self) -> None:
        board = self.closed(into=None).person("100").account("a", "100").grant("a", "Leerkracht", "group", "99XX", group="5").teaches("100", "6")
        (told,) = board.fired("closed-school-account")
        assert "een recht" in told["said"]["nl"]
        assert board.logins("scope-elsewhere") == []
        assert board.not_assessed("scope-elsewhere") == []

    def test_many_accounts_of_one_closing_are_one_finding(self) -> None:
        board = self.closed()
        for number in range(25):
            board.account(f"svc{number}", kind="service", school="99XX")
        board.register("service_accounts", *(
            {"system": "parnassys", "account": f"svc{number}", "kind": "service", "owner": "ICT"} for number in range(25)))
        (told,) = board.fired("closed-school-account")
        assert "25 accounts" in told["said"]["nl"]

    def test_a_leaver_there_says_only_that_and_a_disabled_account_nothing(self) -> None:
        board = self.closed().person("100", school="99XX", until="2026-07-31").account("weg", "100", school="99XX")
        board.person("200", school="34CD").account("uit", "200", school="99XX", status="disabled")
        assert board.fired("closed-school-account") == []
        assert board.logins("leaver-active") == ["weg"]

    def test_an_export_from_before_the_closing_proves_nothing(self) -> None:
        board = self.closed().person("100", school="34CD").account("a", "100", school="99XX")
        board.source("parnassys", "system", as_of=day("2026-07-31"))
        assert board.fired("closed-school-account") == []
        assert board.not_assessed("closed-school-account") == [("source_older_than_closing", "parnassys")]

    def test_it_needs_the_register_and_the_system(self) -> None:
        board = self.closed().broken("parnassys")
        assert ("needs_stale", "parnassys") in board.not_assessed("closed-school-account")
        del board.reports["register.schools"]
        assert ("needs_not_configured", None) in board.not_assessed("closed-school-account")


class TestEarlyAccount:
    """Usable long before the first day."""

    def starts(self, first_day: str, **more: object) -> TinyBoard:
        return TinyBoard().person("100", since=first_day, **more).account("a", "100")

    def test_fourteen_days_before_is_fine_and_fifteen_is_early(self) -> None:
        assert [self.starts(first).logins("early-account") for first in ("2026-12-08", "2026-12-09")] == [[], ["a"]]
        (told,) = self.starts("2027-01-04").fired("early-account")
        assert "04-01-2027" in told["said"]["nl"] and "21-12-2026" in told["said"]["nl"]

    def test_somebody_who_works_already_is_not_early(self) -> None:
        assert self.starts("2027-01-04").person("100").fired("early-account") == []

    def test_a_disabled_account_may_lie_ready(self) -> None:
        board = self.starts("2027-01-04")
        board.rows["accounts"][0]["status"] = "disabled"
        assert board.fired("early-account") == []

    def test_an_external_may_be_early_too(self, board: TinyBoard) -> None:
        board.register("externals", {"person": "E001", "name": "Gast", "school": "12AB", "starts_on": day("2027-02-01")})
        board.account("gast", "E001", kind="external")
        assert board.logins("early-account") == ["gast"]
        assert board.logins("external-undeclared") == []

    def test_its_rights_say_nothing_beside_it(self) -> None:
        board = self.starts("2027-01-04").grant("a", "Beheer")
        assert set(board.assess().findings["rule"]) == {"early-account"}

    def test_a_director_who_starts_is_not_leaving(self) -> None:
        assert self.starts("2027-01-04", function="directeur").fired("early-account")[0]["score"] == self.starts("2027-01-04").fired(
            "early-account")[0]["score"]

    def test_it_waits_for_hr(self) -> None:
        assert self.starts("2027-01-04").broken("hr").fired("early-account") == []
        assert ("needs_stale", None) in self.starts("2027-01-04").broken("hr").not_assessed("early-account")


class TestTurnOfTheSchoolYear:
    """Last year's links between people and groups are expected until a set date."""

    def linked(self, as_of: str, until: tuple[int, int] = (9, 15)) -> TinyBoard:
        board = TinyBoard(day(as_of)).person("100").person("200")
        board.policy = replace(board.policy, group_links_expected_until=until)
        board.register("teaching", {"person": "100", "school": "12AB", "group": "5", "starts_on": day("2025-08-01"), "ends_on": day("2026-07-17")},
                       {"person": "100", "school": "12AB", "group": "6", "starts_on": day("2026-08-01")},
                       {"person": "200", "school": "12AB", "group": "5", "starts_on": day("2026-08-01")})
        return board.account("a", "100").grant("a", "Leerkracht", "group", group="5")

    @pytest.mark.parametrize(("as_of", "found"), [("2026-07-20", []), ("2026-08-20", []), ("2026-09-15", []), ("2026-09-16", ["a"])])
    def test_last_years_group_is_own_until_then(self, as_of: str, found: list[str]) -> None:
        assert self.linked(as_of).logins("scope-elsewhere") == found

    def test_the_board_sets_the_date(self) -> None:
        assert self.linked("2026-08-20", (8, 10)).logins("scope-elsewhere") == ["a"]
        assert self.linked("2026-10-01", (10, 15)).logins("scope-elsewhere") == []

    def test_a_group_given_up_in_spring_is_not_expected(self) -> None:
        board = self.linked("2026-08-20")
        board.rows["teaching"][0]["ends_on"] = day("2026-04-30")
        assert board.logins("scope-elsewhere") == ["a"]

    @pytest.mark.parametrize(("as_of", "found"), [("2026-09-15", []), ("2026-09-16", ["b"])])
    def test_a_teacher_whose_link_ended_in_summer_is_linked_until_then(self, as_of: str, found: list[str]) -> None:
        board = TinyBoard(day(as_of)).person("100").account("b", "100").grant("b", "Leerkracht")
        board.rows["group_links"] = [{"system": "parnassys", "account": "b", "school": "12AB", "group": "5", "ends_on": day("2026-07-31")}]
        assert board.logins("login-without-group") == found

    def test_a_renewal_in_summer_is_no_leaver_and_does_not_last(self) -> None:
        nights = [TinyBoard(day(as_of)).person("100", until="2026-07-31", kind="temporary").account("a", "100")
                  for as_of in ("2026-08-20", "2026-08-31", "2026-09-02")]
        assert [night.logins("leaver-active") for night in nights] == [[], [], ["a"]]

    def test_a_known_successor_bridges(self) -> None:
        board = TinyBoard(day("2026-08-04")).person("100", until="2026-07-31").person("100", since="2026-08-05").account("a", "100")
        assert board.logins("leaver-active") == []

    def test_a_start_far_back_and_an_open_end_run(self) -> None:
        policy = Policy("demo")
        assert policy.runs([None, "2026-11-25"], [None, None], day("2026-11-24")).tolist() == [True, False]
