"""Families D and F: exceptions with an end, break-glass access, periodic checks, adopted norms, open folders."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.rules.board import PARNASSYS, TODAY, TinyBoard, day, remembered

ENTRY = {
    "id": "T1", "person": "100", "system": "parnassys", "right": "Administratie", "scope": "school", "school": "12AB", "reason": "ziekte",
    "requested_by": "1", "approved_by": "2", "starts_on": day("2026-09-01"), "ends_on": day("2027-01-31"),
}


def entry(board: TinyBoard, **changes: Any) -> TinyBoard:
    """Add an entry to the register of temporary rights: complete, but for changes."""
    return board.person("100").register("temporary_rights", ENTRY | changes)


class TestTemporaryRightIncomplete:
    """No end, no reason, no approval, or too long."""

    def test_a_complete_entry_is_fine(self, board: TinyBoard) -> None:
        assert entry(board).fired("temporary-right-incomplete") == []

    @pytest.mark.parametrize(("changes", "said"), [
        ({"ends_on": None}, "Er is geen einddatum."), ({"reason": None}, "Er is geen reden."),
        ({"approved_by": None}, "Niemand heeft akkoord gegeven."), ({"ends_on": day("2027-09-01")}, "De periode is langer dan mag."),
    ])
    def test_each_lack_is_said(self, board: TinyBoard, changes: dict[str, Any], said: str) -> None:
        (told,) = entry(board, **changes).fired("temporary-right-incomplete")
        assert told["said"]["nl"].endswith(said) and told["entry"] == "T1"

    def test_several_lacks_are_one_finding(self, board: TinyBoard) -> None:
        (told,) = entry(board, ends_on=None, reason=None).fired("temporary-right-incomplete")
        assert "Er is geen einddatum. Er is geen reden." in told["said"]["nl"]

    def test_a_year_to_the_day_is_not_too_long_and_the_board_may_say_less(self, board: TinyBoard) -> None:
        board = entry(board, ends_on=day("2027-08-31"))
        assert board.fired("temporary-right-incomplete") == []
        assert len(board.setting("temporary-right-incomplete", parameters={"most_days": 90}).fired("temporary-right-incomplete")) == 1

    def test_an_entry_that_ended_is_history(self, board: TinyBoard) -> None:
        assert entry(board, ends_on=day("2026-11-23"), reason=None).fired("temporary-right-incomplete") == []

    def test_no_register_and_a_broken_one_are_told_apart(self, board: TinyBoard) -> None:
        assert board.not_assessed("temporary-right-incomplete") == [("needs_not_configured", None)]
        assert entry(board, reason=None).broken("register.temporary_rights").not_assessed("temporary-right-incomplete") == [("needs_stale", None)]


class TestTemporaryRightUnauthorised:
    """Only who stands in the authorisation table may ask."""

    def asked(self, board: TinyBoard, by: str | None, **authority: Any) -> TinyBoard:
        row = {"person": "1", "school": "12AB", "may_request": "*", "adopted_on": TODAY} | authority
        board.register("authorisation_table", row).person("1", "directeur", display_name="Dineke Directeur").person("9", "leerkracht")
        return entry(board, requested_by=by)

    def test_who_is_in_the_table_may_ask_by_number_or_by_name(self, board: TinyBoard) -> None:
        assert self.asked(board, "1").fired("temporary-right-unauthorised") == []
        assert self.asked(TinyBoard(), "dineke directeur").fired("temporary-right-unauthorised") == []

    @pytest.mark.parametrize("by", ["9", "Onbekende Naam", None])
    def test_anybody_else_may_not(self, board: TinyBoard, by: str | None) -> None:
        (told,) = self.asked(board, by).fired("temporary-right-unauthorised")
        assert (by or "niemand") in told["said"]["nl"]

    @pytest.mark.parametrize(("authority", "may"), [
        ({"school": "34CD"}, False), ({"school": None}, True), ({"may_request": "esis"}, False), ({"may_request": "parnassys"}, True),
    ])
    def test_the_authority_is_for_a_school_and_a_system(self, board: TinyBoard, authority: dict[str, Any], may: bool) -> None:
        assert bool(self.asked(board, "1", **authority).fired("temporary-right-unauthorised")) is not may

    def test_a_right_for_the_whole_board_needs_authority_for_the_whole_board(self, board: TinyBoard) -> None:
        board = self.asked(board, "1")
        board.rows["temporary_rights"][0] |= {"school": None, "scope": "board"}
        assert len(board.fired("temporary-right-unauthorised")) == 1

    def test_authority_goes_along_when_schools_merge(self, board: TinyBoard) -> None:
        board = self.asked(board, "1", school="34CD")
        board.rows["schools"][1] |= {"merged_into": "12AB"}
        assert board.fired("temporary-right-unauthorised") == []

    def test_without_a_table_nobody_is_accused(self, board: TinyBoard) -> None:
        board = entry(board, requested_by="9")
        assert board.fired("temporary-right-unauthorised") == []
        assert board.not_assessed("temporary-right-unauthorised") == [("needs_not_configured", None)]


class TestTemporaryRightExpiring:
    """Asked in time, once."""

    @pytest.mark.parametrize(("until", "fires"), [("2026-11-23", 0), ("2026-11-24", 1), ("2026-12-08", 1), ("2026-12-09", 0)])
    def test_the_last_day_lies_within_the_notice(self, board: TinyBoard, until: str, fires: int) -> None:
        assert len(entry(board, ends_on=day(until)).fired("temporary-right-expiring")) == fires

    def test_the_next_night_it_is_the_same_finding_and_after_the_end_it_is_gone(self, board: TinyBoard) -> None:
        board = entry(board, ends_on=TODAY)
        board.past = remembered(board.assess(), board.past, TODAY)
        assert set(board.compare().today["change"].astype("str")) == {"persisting"}
        board.as_of = day("2026-11-25")
        assert set(board.compare().gone["change"].astype("str")) == {"resolved"}

    def test_a_follow_up_in_the_register_answers_it(self, board: TinyBoard) -> None:
        board = entry(board, ends_on=day("2026-11-30"))
        later = {"id": "T2", "starts_on": day("2026-12-01"), "ends_on": day("2027-03-01")}
        assert entry(board, **later).fired("temporary-right-expiring") == []
        board.rows["temporary_rights"][1]["starts_on"] = day("2026-12-02")
        assert [told["entry"] for told in board.fired("temporary-right-expiring")] == ["T1"]

    def test_an_extended_entry_asks_again_before_its_new_end(self, board: TinyBoard) -> None:
        (first,) = entry(board, ends_on=day("2026-11-30")).fired("temporary-right-expiring")
        board.rows["temporary_rights"][0]["ends_on"] = day("2026-12-02")
        (second,) = board.fired("temporary-right-expiring")
        assert first["key"] != second["key"]

    def test_a_broken_register_opens_nothing(self, board: TinyBoard) -> None:
        board = entry(board, ends_on=day("2026-11-30")).broken("register.temporary_rights")
        assert board.fired("temporary-right-expiring") == []


class TestWaiverExpiring:
    """A waiver ends so that somebody decides again."""

    def waived(self, board: TinyBoard, until: str, state: str = "waived") -> TinyBoard:
        board.account("a", "999")
        ends = np.datetime64(until, "s")
        board.past = remembered(board.assess(), board.past, day("2026-11-23"), state=state, state_until=ends)
        board.past = replace(board.past, findings=board.past.findings.astype({"state": "category"}))
        return board

    @pytest.mark.parametrize(("until", "fires"), [("2026-11-24", 1), ("2026-12-08", 1), ("2026-12-09", 0), ("2026-11-23", 0)])
    def test_it_fires_within_the_notice(self, board: TinyBoard, until: str, fires: int) -> None:
        assert len(self.waived(board, until).fired("waiver-expiring")) == fires

    def test_it_names_the_finding_and_its_subject(self, board: TinyBoard) -> None:
        board = self.waived(board, "2026-11-30")
        (told,) = board.fired("waiver-expiring")
        assert told["finding"] == board.past.findings["key"].iloc[0] and told["account"] == "a" and told["waived_rule"] == "orphan-account"

    def test_an_acknowledgement_is_no_waiver(self, board: TinyBoard) -> None:
        assert self.waived(board, "2026-11-30", "acknowledged").fired("waiver-expiring") == []

    def test_it_needs_no_source_at_all(self, board: TinyBoard) -> None:
        board = self.waived(board, "2026-11-30").broken("hr").broken("parnassys")
        assert len(board.fired("waiver-expiring")) == 1


class TestOverrideUnexplained:
    """One finding per account and month."""

    def used(self, board: TinyBoard, *days: str, tells_reviews: bool = True, **more: Any) -> TinyBoard:
        delivers = {"overrides.used_on", "overrides.has_reason", "accounts.number"} | ({"overrides.reviewed_on"} if tells_reviews else set())
        board.source("parnassys", "system", delivers=frozenset(delivers))
        if not board.rows.get("accounts"):
            board.person("100").account("ib", "100")
        for used in days:
            board.rows.setdefault("overrides", []).append({
                "system": "parnassys", "account": "ib", "school": "12AB", "used_on": day(used), "has_reason": True, "source": "parnassys", **more})
        return board

    def test_a_use_without_a_reason_fires_once_a_month(self, board: TinyBoard) -> None:
        (told,) = self.used(board, "2026-11-20", "2026-11-23", has_reason=False).fired("override-unexplained")
        assert "Zonder reden: 2." in told["said"]["nl"] and told["period"] == "2026-11"

    def test_an_explained_use_waits_for_its_review_and_then_fires(self, board: TinyBoard) -> None:
        assert self.used(board, "2026-11-10").fired("override-unexplained") == []
        (told,) = self.used(TinyBoard(), "2026-11-09").fired("override-unexplained")
        assert "Nog niet bekeken: 1." in told["said"]["nl"]

    def test_a_review_answers_all_of_it(self, board: TinyBoard) -> None:
        assert self.used(board, "2026-11-01", has_reason=False, reviewed_on=TODAY, reviewed_by="directeur").fired("override-unexplained") == []

    def test_a_system_that_tells_no_reviews_is_not_blamed_for_them(self, board: TinyBoard) -> None:
        assert self.used(board, "2026-10-01", tells_reviews=False).fired("override-unexplained") == []

    def test_a_reason_that_is_not_told_is_unknown_and_not_absent(self, board: TinyBoard) -> None:
        assert self.used(board, "2026-11-20", has_reason=None).fired("override-unexplained") == []

    def test_far_above_the_usual_number_fires(self, board: TinyBoard) -> None:
        board = self.used(board, "2026-09-01", "2026-10-01", reviewed_on=day("2026-10-02"))
        busy = [f"2026-11-{number:02}" for number in range(12, 17)]
        (told,) = self.used(board, *busy).fired("override-unexplained")
        assert "Ongewoon veel: 5 keer." in told["said"]["nl"] and "Gewoonlijk 1 keer per maand." in told["said"]["nl"]
        board.rows["overrides"].pop()
        assert board.fired("override-unexplained") == []

    def test_a_first_month_has_no_usual_number(self, board: TinyBoard) -> None:
        assert self.used(board, *[f"2026-11-{number:02}" for number in range(12, 20)]).fired("override-unexplained") == []

    def test_it_is_said_once_that_no_system_delivers_uses(self, board: TinyBoard) -> None:
        assert board.not_assessed("override-unexplained") == [("needs_column_anywhere", None)]

    def test_a_broken_source_opens_nothing(self, board: TinyBoard) -> None:
        board = self.used(board, "2026-11-20", has_reason=False).broken("parnassys")
        board.rows["overrides"] = []
        assert board.fired("override-unexplained") == []
        assert ("needs_stale", "parnassys") in board.not_assessed("override-unexplained")


class TestReviewOverdue:
    """The director's periodic check, and the yearly cleaning of folders."""

    def checked(self, board: TinyBoard, *reviews: dict[str, Any]) -> TinyBoard:
        board.matrices = (replace(PARNASSYS, adopted_on=day("2026-01-01"), register={"review_period_days": 183}),)
        board.account("a", "999").account("b", "998", school="34CD")
        return board.register("reviews", *({"system": "parnassys", "reviewed_by": "Dineke", **review} for review in reviews))

    def test_a_system_never_checked_is_one_finding(self, board: TinyBoard) -> None:
        (told,) = self.checked(board).fired("review-overdue")
        assert told["system"] == "parnassys" and "school" not in told
        assert "alle scholen" in told["said"]["nl"] and "03-07-2026" in told["said"]["nl"]

    def test_a_matrix_adopted_lately_has_its_first_period(self, board: TinyBoard) -> None:
        board = self.checked(board)
        board.matrices = (replace(board.matrices[0], adopted_on=day("2026-06-01")),)
        assert board.fired("review-overdue") == []

    def test_a_school_that_was_not_checked_is_named_and_the_other_is_not(self, board: TinyBoard) -> None:
        (told,) = self.checked(board, {"school": "12AB", "reviewed_on": day("2026-09-01")}).fired("review-overdue")
        assert told["school"] == "34CD" and "nog nooit" in told["said"]["nl"]

    def test_an_old_check_is_overdue_from_its_period_on(self, board: TinyBoard) -> None:
        assert self.checked(board, {"reviewed_on": day("2026-05-25")}).fired("review-overdue") == []
        board.rows["reviews"][0]["reviewed_on"] = day("2026-05-24")
        told = board.fired("review-overdue")
        assert sorted(one["school"] for one in told) == ["12AB", "34CD"] and "24-05-2026" in told[0]["said"]["nl"]

    def test_a_matrix_that_asks_for_no_checks_gives_none(self, board: TinyBoard) -> None:
        board = self.checked(board)
        board.matrices = (PARNASSYS,)
        assert board.fired("review-overdue") == []

    def test_a_folder_is_cleaned_yearly(self, board: TinyBoard) -> None:
        member = {"folder": "Beeldmateriaal", "school": "12AB", "member": "100", "starts_on": day("2025-11-23")}
        board = board.register("folders", member)
        (told,) = board.fired("review-overdue")
        assert told["group"] == "Beeldmateriaal" and "map beeldmateriaal" in told["said"]["nl"]
        cleaned = {"system": "sharepoint", "folder": "Beeldmateriaal", "school": "12AB", "reviewed_on": TODAY, "reviewed_by": "Dineke"}
        assert board.register("reviews", cleaned).fired("review-overdue") == []

    def test_a_register_that_was_not_read_opens_nothing(self, board: TinyBoard) -> None:
        board = self.checked(board).broken("register.reviews")
        assert board.fired("review-overdue") == []
        assert any(code == "needs_stale" for code, _ in board.not_assessed("review-overdue"))


class TestMatrixOverdue:
    """A norm is adopted, and adopted again every year."""

    def test_a_matrix_of_this_year_is_fine(self, board: TinyBoard) -> None:
        assert board.fired("matrix-overdue") == []

    def test_one_that_nobody_adopted_is_no_norm(self, board: TinyBoard) -> None:
        board.matrices = (replace(PARNASSYS, owner=None),)
        (told,) = board.fired("matrix-overdue")
        assert told["said"]["nl"] == "De matrix ParnasSys (parnassys) is niet vastgesteld."

    def test_one_of_more_than_a_year_ago_is_overdue(self, board: TinyBoard) -> None:
        board.matrices = (replace(PARNASSYS, adopted_on=day("2025-11-23")),)
        assert board.fired("matrix-overdue") == []
        board.matrices = (replace(PARNASSYS, adopted_on=day("2025-11-22")),)
        (told,) = board.fired("matrix-overdue")
        assert "22-11-2025" in told["said"]["nl"]

    def test_the_authorisation_table_is_judged_by_its_latest_day(self, board: TinyBoard) -> None:
        row = {"person": "1", "school": "12AB", "may_request": "*", "adopted_on": day("2024-01-01")}
        board.register("authorisation_table", row)
        (told,) = board.fired("matrix-overdue")
        assert "autorisatietabel" in told["said"]["nl"]
        board.register("authorisation_table", row | {"school": "34CD", "adopted_on": TODAY})
        assert board.fired("matrix-overdue") == []

    def test_a_table_that_was_not_read_resolves_nothing(self, board: TinyBoard) -> None:
        row = {"person": "1", "school": "12AB", "may_request": "*"}
        board.register("authorisation_table", row)
        board.past = remembered(board.assess(), board.past, day("2026-11-23"))
        board.broken("register.authorisation_table").rows["authorisation_table"] = []
        assert set(board.compare().gone["change"].astype("str")) == {"not_assessed"}


class TestFolderOpenLink:
    """Declared folders are for declared members."""

    def linked(self, board: TinyBoard, level: str = "anyone-link", folder: str = "Beeldmateriaal") -> TinyBoard:
        board.source("sharepoint", "system", system="sharepoint")
        return board.grant(f"link-{folder}", folder, "folder", "12AB", system="sharepoint", source="sharepoint", level=level, group=folder)

    def test_a_declared_folder_with_an_open_link_fires(self, board: TinyBoard) -> None:
        board = self.linked(board).register("folders", {"folder": "beeldmateriaal", "school": "12AB", "member": "100", "starts_on": TODAY})
        (told,) = board.fired("folder-open-link")
        assert told["group"] == "Beeldmateriaal" and told["links"] == 1

    def test_a_link_that_asks_for_a_login_is_fine(self, board: TinyBoard) -> None:
        assert self.linked(board, "organization-link").fired("folder-open-link") == []

    def test_a_folder_nobody_declared_is_no_business_of_the_register(self, board: TinyBoard) -> None:
        board = self.linked(board, folder="Nieuwsbrief")
        board.register("folders", {"folder": "Beeldmateriaal", "school": "12AB", "member": "100", "starts_on": TODAY})
        assert board.fired("folder-open-link") == []

    def test_a_link_that_tells_no_school_is_judged_beside_one_that_does(self, board: TinyBoard) -> None:
        board = self.linked(board)
        board.grant("link-2", "Teamfoto", "folder", None, system="sharepoint", source="sharepoint", level="anyone-link", group="Teamfoto")
        declared = ("Beeldmateriaal", "Teamfoto")
        board.register("folders", *({"folder": name, "school": "12AB", "member": "100", "starts_on": TODAY} for name in declared))
        assert [told["group"] for told in board.fired("folder-open-link")] == ["Beeldmateriaal", "Teamfoto"]

    def test_without_a_register_every_folder_that_is_read_counts(self, board: TinyBoard) -> None:
        assert len(self.linked(board, folder="Nieuwsbrief").fired("folder-open-link")) == 1

    def test_sharepoint_that_was_not_read_resolves_nothing(self, board: TinyBoard) -> None:
        board = self.linked(board)
        board.past = remembered(board.assess(), board.past, day("2026-11-23"))
        board.broken("sharepoint")
        gone = board.compare().gone
        rules = board.past.findings["rule"].astype("str").to_numpy()[gone["past_row"].to_numpy()]
        assert set(gone.loc[rules == "folder-open-link", "change"]) == {"not_assessed"}
