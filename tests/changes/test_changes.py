"""Last night beside tonight: new, persisting, reason changed, solved, reopened, and what nobody could see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.changes import compare
from auditor.model.assessment import Assessment
from auditor.model.coverage import SourceState
from auditor.model.matrix import Matrix
from auditor.model.past import Past
from tests.rules.board import OFFICE, PARNASSYS, SHORT, TODAY, TinyBoard, day, remembered

Play = Callable[[TinyBoard], TinyBoard]
YESTERDAY = day("2026-11-23")


def after(first: TinyBoard, second: TinyBoard, **changes: Any) -> TinyBoard:
    """Given two nights, return the second with what the first left (columns of its findings changed)."""
    assessment = first.assess()
    second.past = remembered(assessment, second.past, YESTERDAY, **changes)
    return second


def told(board: TinyBoard) -> list[tuple[str, str, str]]:
    """Given a night, return (rule, change, resolved_by or previous rule) of everything that happened, sorted."""
    assessment = board.assess()
    changes = compare(board.past, assessment, board.as_of)
    today = zip(assessment.findings["rule"].astype(str), changes.today["change"].astype(str), changes.today["previous_rule"], strict=True)
    before = board.past.findings["rule"].astype(str)
    gone = [(before.iloc[row.past_row], row.change, row.resolved_by) for row in changes.gone.itertuples()]
    return sorted((rule, change, word if isinstance(word, str) else "") for rule, change, word in (*today, *gone))


def leaver(board: TinyBoard | None = None, **account: Any) -> TinyBoard:
    return (board or TinyBoard()).person("100", until="2026-10-30").account("a", "100", **account)


def outside(board: TinyBoard | None = None) -> TinyBoard:
    return (board or TinyBoard()).person("100", "conciërge").account("a", "100").grant("a", "Administratie")


class TestTheSameAndTheNew:
    def test_the_first_night_everything_is_new(self) -> None:
        assert told(leaver()) == [("leaver-active", "new", "")]

    def test_the_same_again_persists_and_need_not_be_frozen(self) -> None:
        night = after(leaver(), leaver())
        assert told(night) == [("leaver-active", "persisting", "")]
        assert not night.compare().today["must_freeze"].any()

    def test_other_evidence_must_be_frozen_anew(self) -> None:
        night = after(leaver(), TinyBoard().person("100", until="2026-10-29").account("a", "100"))
        assert told(night) == [("leaver-active", "persisting", "")]
        assert night.compare().today["must_freeze"].all()

    def test_what_was_solved_and_is_back_is_reopened(self) -> None:
        assert told(after(leaver(), leaver(), state=pd.Categorical(["resolved"]))) == [("leaver-active", "reopened", "")]

    def test_what_was_solved_and_is_still_gone_is_no_news(self) -> None:
        assert told(after(leaver(), leaver(status="disabled"), state=pd.Categorical(["resolved"]))) == []


class TestReasonChanged:
    """A change of reason is not solved plus new."""

    def test_an_orphan_whom_hr_knows_as_a_leaver_today(self) -> None:
        assert told(after(TinyBoard().account("a", "100"), leaver())) == [("leaver-active", "reason_changed", "orphan-account")]

    def test_a_level_that_was_lowered_in_the_wrong_place(self) -> None:
        def teacher(right: str) -> TinyBoard:
            board = TinyBoard().person("100", SHORT, kind="replacement", since="2026-11-16", until="2026-11-30").teaches("100", "5")
            return board.account("a", "100").grant("a", right, "group", "34CD", group="5")

        changed = told(after(teacher("Leerkracht"), teacher("Leerkracht beperkt")))
        assert ("scope-elsewhere", "reason_changed", "level-too-high") in changed


class TestResolved:
    """Absence is a resolution only when today could have shown it."""

    @pytest.mark.parametrize("status", ["disabled", "deleted"])
    def test_an_account_that_was_switched_off_is_repaired(self, status: str) -> None:
        assert told(after(leaver(), leaver(status=status))) == [("leaver-active", "resolved", "repaired")]

    def test_an_account_that_is_gone_is_repaired(self) -> None:
        assert told(after(leaver(), TinyBoard().person("100", until="2026-10-30"))) == [("leaver-active", "resolved", "repaired")]

    def test_a_right_that_was_taken_away_is_repaired(self) -> None:
        assert told(after(outside(), TinyBoard().person("100", "conciërge").account("a", "100"))) == [
            ("right-outside-matrix", "resolved", "repaired")]

    def test_the_right_of_an_account_that_is_off_is_repaired(self) -> None:
        off = TinyBoard().person("100", "conciërge").account("a", "100", status="disabled").grant("a", "Administratie")
        assert told(after(outside(), off)) == [("right-outside-matrix", "resolved", "repaired")]

    def test_a_decision_about_the_owner_is_declared(self) -> None:
        decided = TinyBoard().person("100").account("a")
        decided.decisions = [{"system": "parnassys", "account": "a", "person": "100", "reason": "gevraagd", "decided_by": "ict",
                              "decided_on": YESTERDAY}]
        assert told(after(TinyBoard().person("100").account("a"), decided)) == [("orphan-account", "resolved", "declared")]

    def test_an_account_set_aside_is_declared(self) -> None:
        aside = TinyBoard().account("a")
        aside.decisions = [{"system": "parnassys", "account": "a", "reason": "test", "decided_by": "ict", "decided_on": YESTERDAY}]
        assert told(after(TinyBoard().account("a"), aside)) == [("orphan-account", "resolved", "declared")]

    def test_a_temporary_right_is_declared(self) -> None:
        entry = {"id": "1", "person": "100", "system": "parnassys", "right": "Administratie", "starts_on": TODAY, "ends_on": day("2026-12-31"),
                 "reason": "vervangt de administratie", "requested_by": "200", "approved_by": "300"}
        assert told(after(outside(), outside(TinyBoard().register("temporary_rights", entry)))) == [
            ("right-outside-matrix", "resolved", "declared")]

    def test_a_signed_declaration_is_declared(self) -> None:
        def clerk(*signed: dict[str, Any]) -> TinyBoard:
            board = TinyBoard().person("100", OFFICE).account("a", "100").grant("a", "Administratie")
            return board.register("declarations", *signed)

        signed = {"person": "100", "kind": "confidentiality", "signed_on": TODAY}
        assert told(after(clerk(), clerk(signed))) == [("declaration-unsigned", "resolved", "declared")]

    def test_a_matrix_that_allows_it_now_changed_the_norm(self) -> None:
        second = outside()
        second.past = Past(matrix_digests={"parnassys": "one"})
        rows = (*PARNASSYS.rows, replace(PARNASSYS.rows[3], line=30, function="conciërge", conditions=()))
        second.matrices = (replace(PARNASSYS, rows=rows, digest="two"),)
        assert told(after(outside(), second)) == [("right-outside-matrix", "resolved", "norm_changed")]

    def test_a_right_that_the_matrix_knows_now_changed_the_norm(self) -> None:
        def held() -> TinyBoard:
            return TinyBoard().person("100", "conciërge").account("a", "100").grant("a", "Geheim")

        second = held()
        rows = (*PARNASSYS.rows, replace(PARNASSYS.rows[3], line=30, function="conciërge", right="Geheim", conditions=()))
        second.matrices = (replace(PARNASSYS, rows=rows, digest="two"),)
        assert told(after(held(), second)) == [("right-unknown-to-matrix", "resolved", "norm_changed")]


class TestNotSeen:
    """A source that was not read opens nothing and resolves nothing."""

    @pytest.mark.parametrize(("had", "expected"), [({"parnassys": "one"}, "not_assessed"), ({"pa*": "one"}, "not_assessed"), ({}, "resolved")])
    def test_a_matrix_that_is_gone_takes_along_what_was_known_by_it(self, had: dict[str, str], expected: str) -> None:
        def night(matrices: tuple[Matrix, ...]) -> TinyBoard:
            board = TinyBoard().person("100").account("a", "100", has_mfa=False)
            board.matrices, board.past = matrices, Past(matrix_digests=had)
            return board

        without = night(())
        assert ("mfa-missing", expected) in {one[:2] for one in told(after(night((replace(PARNASSYS, privacy_class=4),)), without))}
        gaps = {rule for rule in ("mfa-missing", "password-too-old", "review-overdue")
                if ("needs_matrix_gone", "parnassys") in without.not_assessed(rule)}
        assert (len(gaps) == 3) is (expected == "not_assessed")

    @pytest.mark.parametrize(("had", "expected"), [({"parnassys": "one"}, "not_assessed"), ({}, "resolved")])
    def test_a_matrix_that_is_gone_was_not_adopted_after_all(self, had: dict[str, str], expected: str) -> None:
        second = TinyBoard()
        second.matrices, second.past = (), Past(matrix_digests=had)
        first = TinyBoard()
        first.matrices = (replace(PARNASSYS, adopted_on=None),)
        assert [one[:2] for one in told(after(first, second))] == [("matrix-overdue", expected)]

    @pytest.mark.parametrize("state", [state for state in SourceState if state not in (SourceState.OK, SourceState.NOT_CONFIGURED)])
    @pytest.mark.parametrize("source", ["hr", "parnassys"])
    def test_whatever_ails_a_source_its_findings_stay(self, source: str, state: SourceState) -> None:
        for first, second in ((leaver(), leaver()), (outside(), outside())):
            changes = told(after(first, second.broken(source, state)))
            assert {change for _, change, _ in changes} == {"not_assessed"}

    def test_another_systems_fault_hides_no_repair(self) -> None:
        assert told(after(leaver(), leaver(status="disabled").broken("entra"))) == [("leaver-active", "resolved", "repaired")]

    def test_a_school_that_was_not_read_keeps_its_findings(self) -> None:
        second = TinyBoard().person("100", until="2026-10-30")
        second.source("parnassys", "system", schools={"12AB": SourceState.STALE, "34CD": SourceState.OK})
        assert told(after(leaver(), second)) == [("leaver-active", "not_assessed", "")]

    def test_a_system_or_rule_that_went_keeps_its_findings(self) -> None:
        without = TinyBoard().person("100", until="2026-10-30")
        del without.reports["parnassys"]
        assert told(after(leaver(), without)) == [("leaver-active", "not_assessed", "")]
        assert told(after(leaver(), leaver().setting("leaver-active", is_on=False))) == [("leaver-active", "not_assessed", "")]
        here = leaver().setting("leaver-active", is_on=False, school="12AB")
        assert told(after(leaver(), here)) == [("leaver-active", "not_assessed", "")]

    def test_a_rule_nobody_knows_any_more_keeps_its_findings(self) -> None:
        assert ("gone-rule", "not_assessed", "") in told(after(
            leaver(), leaver(status="disabled"), rule=pd.Categorical(["gone-rule"])))

    def test_a_matrix_that_went_keeps_its_findings(self) -> None:
        second = outside()
        second.matrices = ()
        assert ("right-outside-matrix", "not_assessed", "") in told(after(outside(), second))

    def test_an_orphan_that_may_be_a_pupils_tonight_is_not_solved(self) -> None:
        second = TinyBoard().account("a", kind="unknown")
        del second.reports["pupils"]
        assert told(after(TinyBoard().account("a", kind="unknown"), second)) == [("orphan-account", "not_assessed", "")]

    def test_an_orphan_hidden_by_a_stale_pupil_list_is_not_solved(self) -> None:
        assert told(after(TinyBoard().account("a"), TinyBoard().account("a").broken("pupils"))) == [("orphan-account", "not_assessed", "")]

    def test_a_right_whose_holder_left_is_not_called_repaired(self) -> None:
        second = TinyBoard().person("100", "conciërge", until="2026-11-23").account("a", "100").grant("a", "Administratie")
        assert ("right-outside-matrix", "not_assessed", "") in told(after(outside(), second))

    def test_a_right_whose_reason_is_off_is_not_called_repaired(self) -> None:
        assert told(after(outside(), outside().setting("right-outside-matrix", is_on=False))) == [("right-outside-matrix", "not_assessed", "")]

    def test_a_scope_nobody_knows_any_more_is_not_called_repaired(self) -> None:
        def teacher(scope: str, school: str | None) -> TinyBoard:
            return TinyBoard().person("100").teaches("100", "5").account("a", "100").grant("a", "Leerkracht", scope, school, group="5")

        first, second = teacher("group", "34CD"), teacher("group", "34CD")
        second.reports.pop("register.teaching")
        second.rows.pop("teaching")
        second.person("100", school="34CD")
        changes = told(after(first, second))
        assert not [one for one in changes if one[1] == "resolved"], changes

    def test_hr_that_misses_a_school_solves_nothing_for_people_it_does_not_know(self) -> None:
        first = TinyBoard().person("200").account("a", "100")
        second = TinyBoard().person("200").person("100").account("a", "100")
        second.source("hr", "hr", schools={"12AB": SourceState.OK, "34CD": SourceState.PARTIAL})
        assert told(after(first, second)) == [("orphan-account", "not_assessed", "")]


    def test_a_fault_in_a_school_that_hr_misses_is_not_called_repaired(self) -> None:
        def night(*kinds: str) -> TinyBoard:
            board = TinyBoard()
            board.quality = [{"kind": kind, "table": "employments", "person": "100", "detail": "x"} for kind in kinds]
            return board

        assert told(after(night("end_before_start"), night())) == [("data-quality", "resolved", "repaired")]
        partial = night().source("hr", "hr", schools={"12AB": SourceState.OK, "34CD": SourceState.PARTIAL})
        assert told(after(night("end_before_start"), partial)) == [("data-quality", "not_assessed", "")]


class TestDecisions:
    """An acknowledgement or waiver lapses only when the score is higher or its date has passed."""

    def lapsed(self, first: TinyBoard, second: TinyBoard, **changes: Any) -> list[str]:
        return [why for _, why in after(first, second, **changes).compare().lapsed]

    def decided(self, state: str, until: date | None = None, score: int = 6) -> dict[str, Any]:
        return {"state": pd.Categorical([state]), "state_score": np.array([score], dtype=np.int8),
                "state_until": pd.Series(np.array([until], dtype="datetime64[s]"))}

    @pytest.mark.parametrize("state", ["acknowledged", "waived"])
    def test_it_holds_until_and_including_its_day(self, state: str) -> None:
        assert self.lapsed(leaver(), leaver(), **self.decided(state, TODAY)) == []
        assert self.lapsed(leaver(), leaver(), **self.decided(state, YESTERDAY)) == ["date_passed"]

    @pytest.mark.parametrize("state", ["acknowledged", "waived"])
    def test_a_higher_score_ends_it_and_a_lower_one_does_not(self, state: str) -> None:
        assert self.lapsed(leaver(), leaver(), **self.decided(state, day("2027-01-01"), 4)) == ["score_higher"]
        assert self.lapsed(leaver(), leaver(), **self.decided(state, day("2027-01-01"), 9)) == []

    def test_another_reason_of_the_same_weight_leaves_it(self) -> None:
        assert self.lapsed(TinyBoard().account("a", "100"), leaver(), **self.decided("waived", day("2027-01-01"))) == []

    def test_a_date_passes_also_when_nobody_could_look(self) -> None:
        assert self.lapsed(leaver(), leaver().broken("hr"), **self.decided("waived", YESTERDAY)) == ["date_passed"]

    def test_what_is_solved_has_nothing_to_lapse(self) -> None:
        assert self.lapsed(leaver(), leaver(status="disabled"), **self.decided("waived", YESTERDAY)) == []

    def test_a_false_positive_comes_back_with_other_evidence_only(self) -> None:
        state = {"state": pd.Categorical(["false_positive"])}
        assert self.lapsed(leaver(), leaver(row=88), **state) == []
        assert self.lapsed(leaver(), TinyBoard().person("100", until="2026-10-29").account("a", "100"), **state) == ["evidence_changed"]


@st.composite
def nights(draw: st.DrawFn) -> tuple[Past, Assessment]:
    """A random past and today over a few keys."""
    keys = [f"KEY{number:02}-AAAAA" for number in range(12)]
    before = draw(st.lists(st.sampled_from(keys), unique=True))
    now = sorted(draw(st.lists(st.sampled_from(keys), unique=True)))
    some = st.sampled_from(["orphan-account", "leaver-active"])
    draw_all = lambda size, kind: draw(st.lists(kind, min_size=size, max_size=size))  # noqa: E731
    past = pd.DataFrame({
        "key": pd.Series(before, dtype="str"), "rule": pd.Categorical(draw_all(len(before), some), categories=["orphan-account", "leaver-active"]),
        "state": pd.Categorical(draw_all(len(before), st.sampled_from(["open", "resolved", "waived", "false_positive"])), categories=[
            "open", "resolved", "waived", "false_positive"]),
        "fingerprint": np.array(draw_all(len(before), st.integers(0, 2)), dtype=np.uint64),
        "state_score": np.array(draw_all(len(before), st.integers(0, 9)), dtype=np.int8),
        "state_until": pd.Series(np.array(draw_all(len(before), st.sampled_from([None, YESTERDAY, TODAY])), dtype="datetime64[s]")),
    })
    today = pd.DataFrame({
        "key": pd.Series(now, dtype="str"), "rule": pd.Categorical(draw_all(len(now), some), categories=["orphan-account", "leaver-active"]),
        "fingerprint": np.array(draw_all(len(now), st.integers(0, 2)), dtype=np.uint64),
        "score": np.array(draw_all(len(now), st.integers(0, 9)), dtype=np.int8),
    })
    fates = np.array(draw_all(len(before), st.booleans()), dtype=bool)
    return Past(findings=past), Assessment(today, {}, (), fates)


@settings(max_examples=60, deadline=None)
@given(nights(), st.randoms(use_true_random=False))
def test_every_finding_gets_exactly_one_step_whatever_the_order(night: tuple[Past, Assessment], order: Any) -> None:
    past, assessment = night
    changes = compare(past, assessment, TODAY)
    standing = set(past.findings.loc[(past.findings["state"] != "resolved").to_numpy(), "key"])
    now = set(assessment.findings["key"])
    assert set(past.findings["key"].iloc[changes.gone["past_row"]]) == standing - now
    assert sum(changes.count().values()) == len(now) + len(standing - now)
    solved = changes.gone["change"] == "resolved"
    assert assessment.fates[changes.gone["past_row"]].tolist() == solved.tolist()

    places = list(range(len(past.findings)))
    order.shuffle(places)
    mixed = replace(past, findings=past.findings.iloc[places].reset_index(drop=True))
    again = compare(mixed, replace(assessment, fates=assessment.fates[places]), TODAY)
    assert again.count() == changes.count()
    assert again.today["change"].tolist() == changes.today["change"].tolist()
    assert sorted((places[row], why) for row, why in again.lapsed) == sorted(changes.lapsed)
