"""Assessment: the board's settings, scores, deadlines, and what stopped a rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from auditor.assess.scoring import one_severity_up, weighed_score
from auditor.model.assessment import FINDINGS
from auditor.model.coverage import SourceState
from auditor.model.finding import CLOSEST_MISS, Severity, severity_of
from auditor.rules.registry import SLUGS, spec_of
from tests.rules.board import PARNASSYS, TODAY, TinyBoard, day


def leavers(board: TinyBoard) -> TinyBoard:
    board.person("100", until="2026-10-30").account("here", "100")
    return board.person("200", school="34CD", until="2026-10-30").account("there", "200", school="34CD").account("cloud", "200", system="entra")


def test_findings_have_the_declared_columns_even_when_there_are_none(board: TinyBoard) -> None:
    for night in (board, leavers(TinyBoard())):
        found = night.assess().findings
        assert {name: str(found[name].dtype) for name in found} == {
            name: "category" if dtype == "category" else dtype for name, dtype in FINDINGS.items()}


def test_facts_are_found_by_hit(board: TinyBoard) -> None:
    assessment = leavers(board).assess()
    assert set(assessment.facts) == set(SLUGS)
    for row in assessment.findings.itertuples():
        assert pd.Timestamp(assessment.facts[row.rule]["left_on"][row.hit]).date() == day("2026-10-30")


class TestSettings:
    """A board switches rules off and changes scores and parameters, per system and school."""

    def test_a_rule_that_is_off_fires_nowhere_and_is_not_called_unassessed(self, board: TinyBoard) -> None:
        board = leavers(board).setting("leaver-active", is_on=False)
        assert board.logins("leaver-active") == []
        assert board.not_assessed("leaver-active") == []

    def test_off_for_one_system_or_school_leaves_the_others(self) -> None:
        assert leavers(TinyBoard()).setting("leaver-active", is_on=False, system="entra").logins("leaver-active") == ["here", "there"]
        assert leavers(TinyBoard()).setting("leaver-active", is_on=False, school="34CD").logins("leaver-active") == ["here"]

    def test_the_last_setting_that_matches_counts(self, board: TinyBoard) -> None:
        board = leavers(board).setting("leaver-active", is_on=False).setting("leaver-active", system="parnassys")
        assert board.logins("leaver-active") == ["here", "there"]

    def test_a_score_of_the_board_wins(self, board: TinyBoard) -> None:
        board = leavers(board).setting("leaver-active", score=2, school="12AB")
        assert {told["login"]: told["score"] for told in board.fired("leaver-active")} == {"here": 2, "there": 6, "cloud": 6}

    def test_score_nought_makes_it_information(self, board: TinyBoard) -> None:
        assert not any(told["mails"] for told in leavers(board).setting("leaver-active", score=0).fired("leaver-active"))

    def test_parameters_may_differ_by_system(self, board: TinyBoard) -> None:
        board.person("100", until="2026-10-30").account("a", "100", last_used_on=TODAY).account("b", "100", system="entra", last_used_on=TODAY)
        board.setting("used-after-leaving", system="entra", parameters={"inform_hours": 4})
        assert {told["login"]: told["inform_hours"] for told in board.fired("used-after-leaving")} == {"a": 8, "b": 4}


class TestScore:
    """Likelihood x impact, weighed (KERO 14.15)."""

    @pytest.mark.parametrize(("privacy_class", "is_board_wide", "score"), [
        (3, False, 4), (None, False, 4), (4, False, 6), (2, False, 2), (1, False, 2), (3, True, 6), (4, True, 6), (2, True, 4),
    ])
    def test_class_and_scope_move_the_impact_one_step(self, privacy_class: int | None, is_board_wide: bool, score: int) -> None:
        assert weighed_score(spec_of("scope-too-wide"), privacy_class, is_board_wide) == score

    def test_a_possible_breach_is_always_the_heaviest(self) -> None:
        assert weighed_score(spec_of("used-after-leaving"), 1, False) == 9

    def test_information_stays_information(self) -> None:
        assert weighed_score(spec_of("leaver-soon"), 4, True) == 0

    @pytest.mark.parametrize("score", range(10))
    def test_one_step_up_is_the_next_severity(self, score: int) -> None:
        order = [Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]
        was, now = order.index(severity_of(score)), order.index(severity_of(one_severity_up(score)))
        assert now == min(was + 1, 4)

    def test_the_matrix_of_the_system_gives_the_class(self, board: TinyBoard) -> None:
        board.matrices = (replace(PARNASSYS, privacy_class=1),)
        assert {told["login"]: told["score"] for told in leavers(board).fired("leaver-active")} == {"here": 4, "there": 4, "cloud": 6}


class TestNotAssessed:
    """What stopped a rule is said, with its source, and never twice."""

    def test_a_system_that_was_not_read_is_said_once_for_all_rules_about_rights(self, board: TinyBoard) -> None:
        said = [one for one in board.broken("parnassys").assess().not_assessed if one.rule in CLOSEST_MISS and one.source == "parnassys"]
        assert [(one.rule, one.system, one.reason.code) for one in said] == [("right-outside-matrix", "parnassys", "needs_stale")]

    def test_hr_is_said_once_and_not_per_system(self, board: TinyBoard) -> None:
        said = [one for one in board.broken("hr").assess().not_assessed if one.rule == "leaver-active"]
        assert [(one.system, one.source, one.reason.code) for one in said] == [(None, "hr", "needs_stale")]

    def test_a_complete_night_has_nothing_to_say_about_sources(self, board: TinyBoard) -> None:
        for name in ("schools", "temporary_rights", "declarations", "separation", "authorisation_table"):
            board.register(name)
        codes = {one.reason.code for one in board.assess().not_assessed}
        assert codes <= {"needs_matrix", "needs_column_anywhere"}

    def test_missing_schools_are_named(self, board: TinyBoard) -> None:
        board.source("parnassys", "system", schools={"12AB": SourceState.OK, "34CD": SourceState.REFUSED})
        said = next(one for one in board.assess().not_assessed if one.rule == "leaver-active")
        assert said.schools == frozenset({"34CD"}) and said.system == "parnassys"

    def test_every_reason_has_words_in_both_languages(self) -> None:
        from reports.texts import Words

        nights = [leavers(TinyBoard()).broken(name, state) for name in ("hr", "parnassys", "pupils") for state in SourceState
                  if state not in (SourceState.OK, SourceState.NOT_CONFIGURED)]
        partial = leavers(TinyBoard()).source("hr", "hr", schools={"34CD": SourceState.STALE})
        partial.source("parnassys", "system", schools={"34CD": SourceState.STALE}, delivers=frozenset())
        bare = TinyBoard().account("x", kind="pupil").account("y", kind="unknown")
        old = leavers(TinyBoard()).source("parnassys", "system", as_of=day("2026-10-31"))
        bare.matrices = ()
        del bare.reports["pupils"]
        said = {str(one.reason): one.reason for night in (*nights, partial, bare, old) for one in night.assess().not_assessed}
        for language in ("nl", "en"):
            for reason in said.values():
                assert Words(language, strict=True).say(reason)


def test_the_evidence_names_where_it_was_read_and_how_old_that_is(board: TinyBoard) -> None:
    board.source("parnassys", "system", as_of=day("2026-11-20"))
    board.person("100", until="2026-10-30").account("a", "100", file="parnassys_12AB.csv", row=17)
    (told,) = board.fired("leaver-active")
    evidence = told["evidence"]
    assert evidence["sources"][0] == {"source": "parnassys", "file": "parnassys_12AB.csv", "row": 17, "as_of": "2026-11-20"}
    assert evidence["link"] == {"situation": "linked", "tier": "number", "person": "100"}
    assert [work["ends_on"] for work in evidence["employments"]] == ["2026-10-30"]
    assert {source["source"] for source in evidence["sources"]} == {"parnassys", "hr"}


def test_evidence_is_plain_json(board: TinyBoard) -> None:
    import json

    board = leavers(board).grant("here", "Beheer", via='["groep A"]')
    board.person("300", "conciërge").account("c", "300").grant("c", "Administratie", via='["groep A"]').account("nobody")
    from auditor.assess import assess, freeze

    view = board.view()
    assessment = assess(view)
    frozen = freeze(view, assessment, np.arange(len(assessment.findings)))
    assert json.loads(json.dumps(frozen, allow_nan=False)) == frozen


def test_a_pupil_is_shown_by_id_and_not_by_name(board: TinyBoard) -> None:
    board.account("guid-1", "7009", kind="pupil", username="ll-sam")
    (told,) = board.fired("orphan-account")
    assert told["login"] == "guid-1" and "ll-sam" not in told["said"]["nl"]


class TestExplain:
    """The chain behind a finding, and behind a right that is none."""

    def test_a_finding_leads_to_its_account_its_work_and_the_row_that_came_nearest(self, board: TinyBoard) -> None:
        from auditor.assess import assess, explain_finding

        board.person("100", "assistent").account("a", "100").grant("a", "Leerkracht").grant("a", "Leerkracht beperkt")
        view = board.view()
        assessment = assess(view)
        key = assessment.findings.loc[assessment.findings["rule"] == "level-too-high", "key"].item()
        told = explain_finding(view, assessment, key)
        assert told is not None and told["rule"] == "level-too-high"
        verdicts = {right["right"]: right["judged"][0] for right in told["chain"]["rights"]}
        assert verdicts["Leerkracht"]["verdict"] == "level-too-high" and verdicts["Leerkracht"]["row"]["line"] == 7
        assert verdicts["Leerkracht beperkt"]["verdict"] == "covered"
        assert told["chain"]["findings"].count(key) == 1
        assert told["chain"]["engagements"][0]["function"] == "assistent"

    def test_an_account_is_found_by_id_or_username(self, board: TinyBoard) -> None:
        from auditor.assess import assess, explain_account

        view = board.account("guid", username="jan").view()
        assessment = assess(view)
        assert explain_account(view, assessment, "parnassys", "jan") == explain_account(view, assessment, "parnassys", "guid")
        assert explain_account(view, assessment, "entra", "jan") is None

    def test_a_key_that_is_not_there_today_has_no_chain(self, board: TinyBoard) -> None:
        from auditor.assess import assess, explain_finding

        view = board.view()
        assert explain_finding(view, assess(view), "AAAAA-AAAAA") is None
