"""Families A and B: whose account is it, and did its owner leave?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from auditor.model.coverage import SourceState
from tests.rules.board import TODAY, TinyBoard, day


class TestOrphanAccount:
    """A usable account that belongs to nobody."""

    def test_an_account_nobody_fits_is_an_orphan(self, board: TinyBoard) -> None:
        board.person("100").account("nobody", "999").account("teacher", "100")
        assert board.logins("orphan-account") == ["nobody"]

    def test_a_disabled_account_is_none(self, board: TinyBoard) -> None:
        board.account("off", status="disabled").account("gone", status="deleted")
        assert board.logins("orphan-account") == []

    def test_an_unknown_status_is_judged_and_said(self, board: TinyBoard) -> None:
        (told,) = board.account("mist", status="unknown").fired("orphan-account")
        assert "status van het account staat niet in deze export" in told["said"]["nl"]

    def test_kinds_with_a_rule_of_their_own_are_none(self, board: TinyBoard) -> None:
        for kind in ("shared", "service", "emergency", "external"):
            board.account(kind, kind=kind)
        assert board.logins("orphan-account") == []

    def test_without_an_externals_register_each_orphan_says_so(self, board: TinyBoard) -> None:
        (without,) = board.account("nobody").fired("orphan-account")
        (with_one,) = board.register("externals").fired("orphan-account")
        assert "register van externen" in without["said"]["nl"]
        assert "register van externen" not in with_one["said"]["nl"]

    def test_without_a_pupil_source_only_staff_accounts_are_judged(self, board: TinyBoard) -> None:
        del board.reports["pupils"]
        board.account("staff").account("kid", kind="pupil").account("mist", kind="unknown")
        assert board.logins("orphan-account") == ["staff"]
        assert board.not_assessed("orphan-account") == [("pupils_not_configured", "parnassys")]

    def test_a_system_that_holds_no_pupils_does_not_wait_for_them(self, board: TinyBoard) -> None:
        del board.reports["pupils"]
        board.policy = replace(board.policy, pupil_systems=frozenset({"entra"}))
        assert board.account("mist", kind="unknown").logins("orphan-account") == ["mist"]

    def test_a_pupil_source_that_is_not_ok_blocks(self, board: TinyBoard) -> None:
        board.account("staff").broken("pupils")
        assert board.logins("orphan-account") == []
        assert ("needs_stale", None) in board.not_assessed("orphan-account")

    def test_a_pupil_account_is_judged_by_its_number(self, board: TinyBoard) -> None:
        board.rows["pupils"] = [{"person": "7001", "school": "12AB"}]
        board.account("known", "7001", kind="pupil").account("lost", "7002", kind="pupil").account("bare", kind="pupil")
        (told,) = board.fired("orphan-account")
        assert told["login"] == "lost"
        assert board.not_assessed("orphan-account") == [("pupil_without_number", "parnassys")]

    def test_hr_that_was_not_read_opens_nothing(self, board: TinyBoard) -> None:
        for state in (SourceState.BLOCKED, SourceState.STALE, SourceState.REFUSED, SourceState.PARTIAL, SourceState.UNREACHABLE):
            night = TinyBoard().account("nobody").broken("hr", state)
            assert night.logins("orphan-account") == []
            assert (f"needs_{state.value}", None) in night.not_assessed("orphan-account")

    def test_without_hr_it_is_said_that_hr_is_not_configured(self, board: TinyBoard) -> None:
        del board.reports["hr"]
        assert board.account("nobody").logins("orphan-account") == []
        assert ("needs_not_configured", None) in board.not_assessed("orphan-account")

    def test_hr_that_misses_a_school_leaves_orphans_open(self, board: TinyBoard) -> None:
        board.source("hr", "hr", schools={"12AB": SourceState.OK, "34CD": SourceState.PARTIAL}).account("nobody")
        assert board.logins("orphan-account") == []
        assert ("hr_schools_missing", None) in board.not_assessed("orphan-account")

    def test_a_school_that_was_not_read_is_not_judged(self, board: TinyBoard) -> None:
        board.source("parnassys", "system", schools={"12AB": SourceState.OK, "34CD": SourceState.STALE})
        board.account("here").account("there", school="34CD")
        assert board.logins("orphan-account") == ["here"]
        assert ("schools_missing", "parnassys") in board.not_assessed("orphan-account")


class TestDisputedAccount:
    """An account that fits more than one person."""

    def test_two_people_with_one_address_are_both_shown(self, board: TinyBoard) -> None:
        board.person("100", mail="a@demo.example", display_name="Anna Zee").person("200", mail="a@demo.example", display_name="Bas Zee")
        board.account("shared", mail="a@demo.example")
        (told,) = board.fired("disputed-account")
        assert "(100)" in told["said"]["nl"] and "(200)" in told["said"]["nl"]

    def test_one_owner_is_no_dispute(self, board: TinyBoard) -> None:
        assert board.person("100").account("a", "100").fired("disputed-account") == []

    def test_it_waits_for_hr(self, board: TinyBoard) -> None:
        board.account("a").broken("hr")
        assert ("needs_stale", None) in board.not_assessed("disputed-account")


class TestLeaverActive:
    """The account goes on the first working day after the last day (KERO 14.9)."""

    def test_it_fires_the_day_after_the_deadline_and_not_on_it(self) -> None:
        # 20 November 2026 is a Friday: the deadline is Monday 23, the first finding Tuesday 24.
        nights = [TinyBoard(day(f"2026-11-{number}")) for number in (20, 21, 23, 24)]
        told = [night.person("100", until="2026-11-20").account("a", "100").logins("leaver-active") for night in nights]
        assert told == [[], [], [], ["a"]]

    def test_the_deadline_stands_in_the_finding(self, board: TinyBoard) -> None:
        (told,) = board.person("100", until="2026-10-30").account("a", "100").fired("leaver-active")
        assert told["deadline"].date() == day("2026-11-02")
        assert told["said"]["nl"].startswith("Account a (parnassys) is nog actief; het laatste dienstverband eindigde op 30-10-2026.")
        assert "30 October 2026" in told["said"]["en"]

    def test_a_disabled_account_is_fine(self, board: TinyBoard) -> None:
        assert board.person("100", until="2026-10-30").account("a", "100", status="disabled").logins("leaver-active") == []

    def test_an_export_of_the_deadline_itself_proves_nothing(self, board: TinyBoard) -> None:
        board.person("100", until="2026-10-30").account("a", "100").source("parnassys", "system", as_of=day("2026-11-02"))
        assert board.logins("leaver-active") == []
        assert board.not_assessed("leaver-active") == [("source_older_than_deadline", "parnassys")]

    def test_each_school_has_its_own_day(self, board: TinyBoard) -> None:
        board.source("parnassys", "system", as_of=day("2026-11-02"), school_days={"12AB": TODAY, "34CD": day("2026-11-02")})
        board.person("100", until="2026-10-30").account("here", "100")
        board.person("200", until="2026-10-30", school="34CD").account("there", "200", school="34CD")
        assert board.logins("leaver-active") == ["here"]

    def test_a_leaving_director_weighs_one_severity_more(self, board: TinyBoard) -> None:
        board.person("100", until="2026-10-30").account("teacher", "100")
        board.person("200", "directeur", until="2026-10-30").account("director", "200")
        assert {told["login"]: told["score"] for told in board.fired("leaver-active")} == {"teacher": 6, "director": 9}

    def test_the_number_and_weight_of_the_rights_are_evidence(self, board: TinyBoard) -> None:
        board.person("100", until="2026-10-30").account("a", "100").grant("a", "Leerkracht").grant("a", "Beheer", "board", None)
        (told,) = board.fired("leaver-active")
        assert told["evidence"]["rights"] == {"number": 2, "weight": 3}

    def test_part_complete_hr_judges_only_who_is_wholly_known(self, board: TinyBoard) -> None:
        board.person("100", until="2026-10-30").account("a", "100")
        board.person("200", until="2026-10-30").person("200", school="34CD", until="2026-10-30").account("b", "200").hr_as_last_scan()
        board.rows["employments"] = [row for row in board.rows["employments"] if row["school"] != "34CD"]
        board.source("hr", "hr", schools={"12AB": SourceState.OK, "34CD": SourceState.PARTIAL})
        assert board.logins("leaver-active") == ["a"]

    def test_it_is_not_assessed_without_hr(self, board: TinyBoard) -> None:
        board.person("100", until="2026-10-30").account("a", "100").broken("hr", SourceState.BLOCKED)
        assert board.logins("leaver-active") == []
        assert ("needs_blocked", None) in board.not_assessed("leaver-active")


class TestLeaverSoon:
    """Information: who leaves within a fortnight."""

    def test_all_accounts_of_who_leaves_are_listed_and_nobody_is_mailed(self, board: TinyBoard) -> None:
        board.person("100", until="2026-12-04").account("a", "100").account("b", "100", system="entra")
        told = board.fired("leaver-soon")
        assert [(one["login"], one["score"], one["mails"]) for one in sorted(told, key=lambda one: one["login"])] == [
            ("a", 0, False), ("b", 0, False)]
        assert "04-12-2026" in told[0]["said"]["nl"] and "07-12-2026" in told[0]["said"]["nl"]

    def test_who_leaves_later_is_not_listed(self, board: TinyBoard) -> None:
        assert board.person("100", until="2026-12-24").account("a", "100").logins("leaver-soon") == []

    def test_a_renewal_expected_in_summer_is_information(self) -> None:
        night = TinyBoard(day("2026-08-10")).person("100", until="2026-07-31", kind="temporary").account("a", "100")
        (told,) = night.fired("leaver-soon")
        assert "verlenging" in told["said"]["nl"]
        assert night.logins("leaver-active") == []

    def test_it_waits_for_hr(self, board: TinyBoard) -> None:
        board.person("100", until="2026-12-04").account("a", "100").broken("hr")
        assert ("needs_stale", None) in board.not_assessed("leaver-soon")


class TestUsedAfterLeaving:
    """Use after the last day: a possible data breach."""

    def test_status_and_deadline_play_no_part(self, board: TinyBoard) -> None:
        board.person("100", until="2026-11-23")
        board.account("off", "100", status="disabled", last_used_on=TODAY).account("on", "100", last_used_on=TODAY)
        told = board.fired("used-after-leaving")
        assert [one["score"] for one in told] == [9, 9]
        assert "8 uur" in told[0]["said"]["nl"] and "72" in told[0]["said"]["nl"]

    def test_use_on_the_last_day_is_work(self, board: TinyBoard) -> None:
        board.person("100", until="2026-11-23").account("a", "100", last_used_on=day("2026-11-23"))
        assert board.logins("used-after-leaving") == []

    def test_absent_use_is_unknown(self, board: TinyBoard) -> None:
        board.person("100", until="2026-10-30").account("a", "100").account("b", "100", last_attempt_on=TODAY)
        assert board.logins("used-after-leaving") == []

    def test_a_system_without_use_dates_is_named(self, board: TinyBoard) -> None:
        board.source("entra", "system", delivers=frozenset())
        assert board.not_assessed("used-after-leaving") == [("needs_column", "entra")]

    def test_later_use_is_the_same_evidence(self) -> None:
        prints = []
        for used in (day("2026-11-20"), TODAY):
            night = TinyBoard().person("100", until="2026-10-30").account("a", "100", last_used_on=used)
            found = night.assess().findings
            prints.append(found.loc[found["rule"] == "used-after-leaving", "fingerprint"].item())
        assert prints[0] == prints[1]


class TestVanishedFromHr:
    """A running employment that is no longer in HR."""

    def vanished(self, source_day: date = TODAY) -> TinyBoard:
        before = TinyBoard().person("100").hr_as_last_scan()
        night = TinyBoard().person("200").account("a", "100").source("parnassys", "system", as_of=source_day)
        night.past = before.past
        return night

    def test_it_fires_for_an_account_that_still_works(self) -> None:
        (told,) = self.vanished().fired("vanished-from-hr")
        assert told["login"] == "a" and "23-11-2026" in told["said"]["nl"]

    def test_an_export_from_before_proves_nothing(self) -> None:
        night = self.vanished(day("2026-11-10"))
        assert night.logins("vanished-from-hr") == []
        assert night.not_assessed("vanished-from-hr") == [("source_older_than_deadline", "parnassys")]

    def test_somebody_in_hr_has_not_vanished(self, board: TinyBoard) -> None:
        assert board.person("100").account("a", "100").logins("vanished-from-hr") == []

    def test_it_waits_for_hr(self, board: TinyBoard) -> None:
        assert ("needs_stale", None) in board.broken("hr").not_assessed("vanished-from-hr")


class TestLoginWithoutGroup:
    """A teacher who can log in and teaches no group there (KIND)."""

    def teacher(self, board: TinyBoard, **link: object) -> TinyBoard:
        board.person("100").account("a", "100").grant("a", "Leerkracht")
        if link:
            board.rows["group_links"] = [{"system": "parnassys", "account": "a", "school": "12AB", "group": "5", **link}]
        return board

    def test_a_teacher_with_a_role_and_no_group_is_found(self, board: TinyBoard) -> None:
        assert self.teacher(board).logins("login-without-group") == ["a"]

    def test_a_link_that_runs_is_fine_and_one_that_ended_is_not(self, board: TinyBoard) -> None:
        assert self.teacher(board, ends_on=TODAY).logins("login-without-group") == []
        assert self.teacher(TinyBoard(), ends_on=day("2026-11-23")).logins("login-without-group") == ["a"]

    def test_other_functions_and_empty_accounts_are_left_alone(self, board: TinyBoard) -> None:
        board.person("100", "conciërge").account("a", "100").grant("a", "Deuren").person("200").account("b", "200")
        assert board.logins("login-without-group") == []

    def test_who_also_does_other_work_needs_no_group(self, board: TinyBoard) -> None:
        assert self.teacher(board.person("100", "directeur")).logins("login-without-group") == []

    def test_a_system_without_group_links_is_not_asked(self, board: TinyBoard) -> None:
        board.source("entra", "system", delivers=frozenset())
        assert board.not_assessed("login-without-group") == []
        board.source("entra", "system", state=SourceState.STALE, delivers=frozenset({"accounts.number"}))
        assert board.not_assessed("login-without-group") == []
        board.source("entra", "system", state=SourceState.OK)
        board.source("parnassys", "system", delivers=frozenset())
        assert self.teacher(board).logins("login-without-group") == []
        assert board.not_assessed("login-without-group") == [("needs_column_anywhere", None)]
