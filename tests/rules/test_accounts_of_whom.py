"""Family A beside the owner's question: duplicates, sharing, machines, externals, pupils who left, addresses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.model.coverage import SourceState
from tests.rules.board import DELIVERED, TODAY, TinyBoard, day

REVIEWED = {"owner": "ICT", "purpose": "back-up", "review_on": day("2027-06-01")}


class TestDuplicateAccount:
    """One person, two accounts in one place."""

    def test_two_accounts_in_one_system_and_school_are_one_finding(self, board: TinyBoard) -> None:
        (told,) = board.person("100").account("jan", "100").account("jan2", "100").fired("duplicate-account")
        assert "jan, jan2" in told["said"]["nl"] and told["person"] == "100"

    def test_a_record_per_school_is_no_duplicate(self, board: TinyBoard) -> None:
        board.person("100").person("100", school="34CD").account("here", "100").account("there", "100", school="34CD")
        assert board.fired("duplicate-account") == []

    @pytest.mark.parametrize("name", ["adm-jan", "jan.adm", "admin.jan", "jan-admin", "ADM-jan@demo.example", "beheer.jan", "t1-jan"])
    def test_a_separate_account_for_administration_is_no_duplicate(self, board: TinyBoard, name: str) -> None:
        assert board.person("100").account("jan", "100").account(name, "100").fired("duplicate-account") == []

    def test_a_disabled_one_does_not_count(self, board: TinyBoard) -> None:
        assert board.person("100").account("jan", "100").account("jan2", "100", status="disabled").fired("duplicate-account") == []

    def test_unknown_counts_as_person_and_a_declared_shared_one_does_not(self, board: TinyBoard) -> None:
        board.person("100").account("jan", "100").account("jan2", "100", kind="unknown")
        board.person("200").account("an", "200").account("an2", "200", kind="shared")
        assert board.logins("duplicate-account") == ["jan"]

    def test_a_leaver_says_only_that(self, board: TinyBoard) -> None:
        board.person("100", until="2026-10-30").account("jan", "100").account("jan2", "100")
        assert board.fired("duplicate-account") == []
        assert board.logins("leaver-active") == ["jan", "jan2"]
        assert board.not_assessed("duplicate-account") == []

    def test_it_is_the_same_finding_whichever_is_shown_first(self) -> None:
        keys = {TinyBoard().person("100").account(one, "100").account("b", "100").fired("duplicate-account")[0]["key"] for one in ("a", "c")}
        assert len(keys) == 1

    def test_it_waits_for_hr_and_for_the_system(self, board: TinyBoard) -> None:
        board.person("100").account("jan", "100").account("jan2", "100")
        assert ("needs_stale", None) in board.broken("hr").not_assessed("duplicate-account")
        assert ("needs_partial", "parnassys") in board.broken("parnassys", SourceState.PARTIAL).not_assessed("duplicate-account")

    def test_a_school_that_was_not_read_is_not_judged(self, board: TinyBoard) -> None:
        board.source("parnassys", "system", schools={"12AB": SourceState.STALE, "34CD": SourceState.OK})
        assert board.person("100").account("jan", "100").account("jan2", "100").fired("duplicate-account") == []
        assert ("schools_missing", "parnassys") in board.not_assessed("duplicate-account")


class TestSharedAccount:
    """An account of nobody in particular."""

    def test_a_shared_account_needs_a_declaration(self, board: TinyBoard) -> None:
        board.account("balie", kind="shared").account("kantoor", kind="shared")
        board.register("service_accounts", {"system": "parnassys", "account": "Kantoor", "kind": "shared", **REVIEWED})
        (told,) = board.fired("shared-account")
        assert told["login"] == "balie" and "niet is aangemeld" in told["said"]["nl"]

    @pytest.mark.parametrize("name", ["vervanger", "Invaller.eik", "groep5", "groep 5a", "stagiair2", "test", "test@demo.example"])
    def test_a_generic_name_is_shared_and_no_orphan(self, board: TinyBoard, name: str) -> None:
        assert board.account(name).logins("shared-account") == [name]
        assert board.logins("orphan-account") == []

    @pytest.mark.parametrize("name", ["groepman", "j.test", "testa.rossa", "invallerson", "de.groep"])
    def test_somebody_whose_name_looks_like_it_is_an_orphan(self, board: TinyBoard, name: str) -> None:
        assert board.account(name).logins("shared-account") == []
        assert board.logins("orphan-account") == [name]

    def test_the_shown_name_counts_unless_it_is_a_surname(self, board: TinyBoard) -> None:
        board.account("x1", display_name="Vervanger De Eik").account("x2", display_name="Test, Anna")
        assert board.logins("shared-account") == ["x1"]
        assert board.logins("orphan-account") == ["x2"]

    def test_switched_off_or_renamed_by_the_board_it_is_an_orphan_again(self, board: TinyBoard) -> None:
        board.account("vervanger").account("vervanger", system="entra").setting("shared-account", is_on=False, system="parnassys")
        assert [told["system"] for told in board.fired("orphan-account")] == ["parnassys"]
        other = TinyBoard().account("vervanger").account("balie").setting("shared-account", parameters={"names": ["balie"]})
        assert other.logins("orphan-account") == ["vervanger"]
        assert other.logins("shared-account") == ["balie"]

    def linked(self, board: TinyBoard, count: int, taught: int = 1, **account: object) -> TinyBoard:
        board.account("a", **account)
        board.person("900")
        for group in range(taught):
            board.teaches("900", str(group))
        board.rows["group_links"] = [{"system": "parnassys", "account": "a", "school": "12AB", "group": str(group)} for group in range(count)]
        return board

    def test_a_declared_one_sees_no_more_groups_than_one_person_teaches(self, board: TinyBoard) -> None:
        board.register("service_accounts", {"system": "parnassys", "account": "a", "kind": "shared", **REVIEWED})
        (told,) = self.linked(board, 2, kind="shared").fired("shared-account")
        assert "meer groepen" in told["said"]["nl"]
        fine = TinyBoard().register("service_accounts", {"system": "parnassys", "account": "a", "kind": "shared", **REVIEWED})
        assert self.linked(fine, 1, kind="shared").fired("shared-account") == []

    def test_somebodys_own_account_with_far_too_many_groups_is_shared(self, board: TinyBoard) -> None:
        assert self.linked(board.person("100"), 3, number="100").logins("shared-account") == ["a"]
        assert self.linked(TinyBoard().person("100"), 2, number="100").logins("shared-account") == []
        assert self.linked(TinyBoard().person("100", "directeur"), 5, number="100").logins("shared-account") == []

    def test_a_school_that_works_across_groups_is_left_alone(self, board: TinyBoard) -> None:
        board.rows["schools"][0]["works_across_groups"] = True
        assert self.linked(board.person("100"), 5, number="100").logins("shared-account") == []

    def test_without_known_teaching_the_groups_say_nothing(self, board: TinyBoard) -> None:
        assert self.linked(board.person("100"), 5, taught=0, number="100").logins("shared-account") == []

    def kept(self, set_on: str, until: str = "2026-11-13", **more: object) -> TinyBoard:
        board = TinyBoard().register("service_accounts", {"system": "parnassys", "account": "balie", "kind": "shared", **REVIEWED})
        board.person("100", "invalleerkracht", until=until, kind="replacement", since="2026-09-01", **more)
        return board.account("balie", kind="shared", password_set_on=day(set_on))

    def test_a_password_the_last_substitute_knows_is_found(self) -> None:
        (told,) = self.kept("2026-10-01").fired("shared-account")
        assert "13-11-2026" in told["said"]["nl"]
        assert self.kept("2026-11-16").fired("shared-account") == []

    def test_there_is_one_working_day_to_change_it(self) -> None:
        assert self.kept("2026-10-01", until="2026-11-23").fired("shared-account") == []

    def test_a_substitute_who_stays_or_worked_elsewhere_does_not_count(self) -> None:
        assert self.kept("2026-10-01").person("100").fired("shared-account") == []
        assert self.kept("2026-10-01", school="34CD").fired("shared-account") == []

    def test_an_older_export_cannot_tell(self) -> None:
        board = self.kept("2026-10-01").source("parnassys", "system", as_of=day("2026-11-16"))
        assert board.fired("shared-account") == []
        assert board.not_assessed("shared-account") == [("source_older_than_due", "parnassys")]

    def test_a_failed_register_blocks_and_one_that_is_not_there_does_not(self, board: TinyBoard) -> None:
        assert board.account("balie", kind="shared").logins("shared-account") == ["balie"]
        board.source("register.service_accounts", "register", state=SourceState.REFUSED)
        assert board.logins("shared-account") == []
        assert board.not_assessed("shared-account") == [("needs_refused", None)]


class TestServiceAccountUnowned:
    """Nobody answers for a machine's account."""

    def declared(self, board: TinyBoard, **changes: object) -> TinyBoard:
        line = {"system": "parnassys", "account": "svc", "kind": "service", **REVIEWED, **changes}
        return board.account("svc", kind="service").register("service_accounts", line)

    def test_one_that_is_declared_in_full_is_fine(self, board: TinyBoard) -> None:
        assert self.declared(board).fired("service-account-unowned") == []

    @pytest.mark.parametrize(("changes", "said"), [
        ({"owner": None}, "eigenaar"), ({"purpose": None}, "doel"), ({"review_on": None}, "datum van herziening staat niet"),
        ({"review_on": day("2026-11-23")}, "voorbij"),
    ])
    def test_what_is_lacking_is_said(self, board: TinyBoard, changes: dict[str, object], said: str) -> None:
        (told,) = self.declared(board, **changes).fired("service-account-unowned")
        assert said in told["said"]["nl"]

    def test_without_a_register_each_says_so(self, board: TinyBoard) -> None:
        (told,) = board.account("nood", kind="emergency").fired("service-account-unowned")
        assert told["said"]["nl"].startswith("Noodaccount nood") and "geen register" in told["said"]["nl"]

    def test_people_and_disabled_machines_are_not_its_business(self, board: TinyBoard) -> None:
        board.account("a").account("svc", kind="service", status="disabled").account("balie", kind="shared")
        assert board.fired("service-account-unowned") == []

    def test_a_failed_register_blocks(self, board: TinyBoard) -> None:
        board.account("svc", kind="service").source("register.service_accounts", "register", state=SourceState.STALE)
        assert board.fired("service-account-unowned") == []
        assert board.not_assessed("service-account-unowned") == [("needs_stale", None)]

    def test_a_school_that_was_not_read_is_not_judged(self, board: TinyBoard) -> None:
        board.source("parnassys", "system", schools={"12AB": SourceState.STALE, "34CD": SourceState.OK}).account("svc", kind="service")
        assert board.fired("service-account-unowned") == []
        assert board.not_assessed("service-account-unowned") == [("schools_missing", "parnassys")]


class TestExternalUndeclared:
    """A guest whom nobody declared."""

    def declared(self, board: TinyBoard, starts: str = "2026-08-01", ends: str | None = "2027-07-31") -> TinyBoard:
        return board.register("externals", {
            "person": "E001", "name": "Gast", "mail": "gast@elders.example", "school": "12AB", "function": "logopedist",
            "starts_on": day(starts), "ends_on": day(ends) if ends else None})

    def guest(self, board: TinyBoard) -> TinyBoard:
        return board.account("gast", system="entra", kind="external", mail="gast@elders.example")

    def test_a_guest_who_is_declared_is_fine(self, board: TinyBoard) -> None:
        assert self.guest(self.declared(board)).fired("external-undeclared") == []

    def test_a_guest_nobody_declared_is_found_and_is_no_orphan(self, board: TinyBoard) -> None:
        (told,) = self.guest(board.register("externals")).fired("external-undeclared")
        assert "niet in het register van externen staat" in told["said"]["nl"]
        assert board.fired("orphan-account") == []

    @pytest.mark.parametrize(("owner", "orphans"), [("100", 0), (None, 1)])
    def test_a_member_from_another_domain_of_ours_is_judged_there(self, board: TinyBoard, owner: str | None, orphans: int) -> None:
        there = "11223344-0000-0000-0000-000000000001"
        board.source("noord", "system", system="ad:noord").source("zuid", "system", system="ad:zuid").register("externals")
        board.person("100").account(there, owner, system="ad:zuid")
        board.account("S-1-5-21-7", system="ad:noord", kind="external", status="unknown", synced_from=there)
        board.account("S-1-5-21-8", system="ad:noord", kind="external", status="unknown", synced_from="a domain that is no source")
        assert board.logins("external-undeclared") == ["S-1-5-21-8"]
        assert len(board.fired("orphan-account")) == orphans

    def test_one_whose_entry_ended_is_a_leaver_and_nothing_else(self, board: TinyBoard) -> None:
        self.guest(self.declared(board, ends="2026-10-30"))
        assert board.fired("external-undeclared") == []
        assert board.logins("leaver-active") == ["gast"]

    def test_without_a_register_it_is_one_finding_a_system(self, board: TinyBoard) -> None:
        for number in range(40):
            board.account(f"gast{number}", system="entra", kind="external")
        (told,) = board.fired("external-undeclared")
        assert "40 accounts" in told["said"]["nl"] and "login" not in told

    def test_a_failed_register_or_hr_blocks(self, board: TinyBoard) -> None:
        self.guest(board).source("register.externals", "register", state=SourceState.REFUSED)
        assert board.fired("external-undeclared") == []
        assert ("needs_refused", None) in board.not_assessed("external-undeclared")
        assert ("needs_stale", None) in self.guest(TinyBoard()).broken("hr").not_assessed("external-undeclared")

    def test_hr_that_misses_a_school_leaves_it_open(self, board: TinyBoard) -> None:
        board.source("hr", "hr", schools={"12AB": SourceState.OK, "34CD": SourceState.PARTIAL})
        assert self.guest(board.register("externals")).fired("external-undeclared") == []


class TestPupilAccountLeft:
    """A pupil who left (KERO 14.9)."""

    def pupil(self, until: str | None, system: str = "entra") -> TinyBoard:
        board = TinyBoard().account("ll", "7001", system=system, kind="pupil")
        board.rows["pupils"] = [{"person": "7001", "school": "12AB", "ends_on": day(until) if until else None}]
        return board

    def test_it_fires_after_one_sync(self) -> None:
        assert [len(self.pupil(until).fired("pupil-account-left")) for until in ("2026-11-22", "2026-11-23", "2026-11-24", None)] == [1, 0, 0, 0]

    def test_the_finding_shows_the_id_and_not_the_username(self) -> None:
        board = TinyBoard().account("12-34", "7001", system="entra", kind="pupil", username="kind.van.iemand")
        board.rows["pupils"] = [{"person": "7001", "school": "12AB", "ends_on": day("2026-07-31")}]
        (told,) = board.fired("pupil-account-left")
        assert "12-34" in told["said"]["nl"] and "kind.van.iemand" not in told["said"]["nl"]
        assert told["deadline"].date() == day("2026-08-01")

    def test_an_enrolment_at_another_school_goes_on(self) -> None:
        board = self.pupil("2026-07-31")
        board.rows["pupils"].append({"person": "7001", "school": "34CD", "ends_on": None})
        assert board.fired("pupil-account-left") == []

    def test_a_disabled_account_is_fine_and_one_of_unknown_kind_is_judged(self) -> None:
        for changes, expected in (({"status": "disabled"}, 0), ({"kind": "unknown"}, 1)):
            board = self.pupil("2026-07-31")
            board.rows["accounts"][0].update(changes)
            assert len(board.fired("pupil-account-left")) == expected

    def test_an_export_from_before_proves_nothing(self) -> None:
        board = self.pupil("2026-11-20").source("entra", "system", as_of=day("2026-11-21"))
        assert board.fired("pupil-account-left") == []
        assert board.not_assessed("pupil-account-left") == [("source_older_than_deadline", "entra")]

    def test_accounts_without_a_number_are_counted(self, board: TinyBoard) -> None:
        board.account("ll", system="entra", kind="pupil")
        assert board.not_assessed("pupil-account-left") == [("pupil_without_number", "entra")]

    def test_no_pupils_is_not_configured_and_old_pupils_is_stale(self, board: TinyBoard) -> None:
        assert ("needs_stale", None) in board.source("pupils", "pupils", state=SourceState.STALE).not_assessed("pupil-account-left")
        del board.reports["pupils"]
        assert ("needs_not_configured", None) in board.not_assessed("pupil-account-left")


class TestUnmanagedMailAddress:
    """An address of somebody else's domain."""

    def test_an_address_elsewhere_is_found_and_only_its_domain_is_told(self, board: TinyBoard) -> None:
        (told,) = board.person("100").account("a", "100", mail="anna@prive.example").fired("unmanaged-mail-address")
        assert "prive.example" in told["said"]["nl"] and "anna@" not in str(told["evidence"])

    @pytest.mark.parametrize("mail", ["anna@demo.example", "ANNA@DEMO.EXAMPLE", None])
    def test_a_managed_address_or_none_is_fine(self, board: TinyBoard, mail: str | None) -> None:
        assert board.person("100").account("a", "100", mail=mail).fired("unmanaged-mail-address") == []

    def test_a_domain_that_only_ends_alike_is_another(self, board: TinyBoard) -> None:
        assert board.person("100").account("a", "100", mail="a@nepdemo.example").logins("unmanaged-mail-address") == ["a"]

    def test_guests_and_declared_externals_have_their_own_address(self, board: TinyBoard) -> None:
        board.register("externals", {"person": "E001", "name": "Gast", "mail": "g@elders.example", "school": "12AB", "starts_on": day("2026-08-01")})
        board.account("g", "E001", mail="g@elders.example").account("h", kind="external", mail="h@elders.example")
        assert board.fired("unmanaged-mail-address") == []

    def test_orphans_and_leavers_say_only_that(self, board: TinyBoard) -> None:
        board.account("wees", mail="w@prive.example").person("100", until="2026-10-30").account("a", "100", mail="a@prive.example")
        assert board.fired("unmanaged-mail-address") == []
        assert board.not_assessed("unmanaged-mail-address") == []

    def test_a_domain_many_share_is_one_finding(self, board: TinyBoard) -> None:
        for number in range(25):
            board.person(f"1{number:02}").account(f"a{number}", f"1{number:02}", mail=f"a{number}@vergeten.example")
        board.person("999").account("b", "999", mail="b@prive.example")
        many, one = sorted(board.fired("unmanaged-mail-address"), key=lambda told: str(told["domain"]), reverse=True)
        assert "25 accounts" in many["said"]["nl"] and one["login"] == "b"

    def test_without_managed_domains_nothing_can_be_said(self, board: TinyBoard) -> None:
        board.policy = replace(board.policy, managed_domains=frozenset())
        assert board.person("100").account("a", "100", mail="a@prive.example").fired("unmanaged-mail-address") == []
        assert board.not_assessed("unmanaged-mail-address") == [("managed_domains_unknown", "parnassys")]

    def test_a_system_without_addresses_is_named_and_a_failed_one_blocks(self, board: TinyBoard) -> None:
        board.source("entra", "system", delivers=DELIVERED - {"accounts.mail"})
        assert board.not_assessed("unmanaged-mail-address") == [("needs_column", "entra")]
        board.source("entra", "system", state=SourceState.UNREACHABLE, delivers=DELIVERED)
        assert board.not_assessed("unmanaged-mail-address") == [("needs_unreachable", "entra")]


class TestCopyInTheCloud:
    """An account in Entra that is synchronised from Active Directory: one finding, at AD, with Entra as evidence."""

    def both(self, **cloud: object) -> TinyBoard:
        board = TinyBoard().source("ad:noord", "system", system="ad:noord")
        board.account("guid-1", system="ad:noord", username="jan", upn="jan@demo.example", kind="unknown")
        return board.account("cloud-1", system="entra", username="jan@demo.example", upn="jan@demo.example", **cloud)

    def test_the_original_carries_the_finding_and_names_the_copy(self) -> None:
        for link in ("guid-1", "jan@demo.example"):
            (told,) = self.both(synced_from=link).fired("orphan-account")
            assert told["system"] == "ad:noord"
            assert [copy["system"] for copy in told["evidence"]["account"]["copies"]] == ["entra"]

    def test_two_accounts_that_are_no_copies_are_two_findings(self) -> None:
        assert len(self.both().fired("orphan-account")) == 2

    def test_a_copy_whose_original_is_fine_speaks_for_itself(self) -> None:
        board = self.both(synced_from="guid-1", last_used_on=TODAY)
        board.rows["accounts"][0]["status"] = "disabled"
        assert [told["system"] for told in board.fired("orphan-account")] == ["entra"]
