"""Family E: passwords, use, second factor; never beside a finding about the owner, and never by the thousand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.model.coverage import SourceState
from auditor.model.matrix import Matrix
from tests.rules.board import DELIVERED, PARNASSYS, TinyBoard, day

RULES = ("password-too-old", "password-rule-off", "dormant-account", "mfa-missing")
BAD = {"password_set_on": day("2024-01-01"), "password_rule": "never_expires", "last_used_on": day("2026-01-05"), "has_mfa": False}
FINE = {"password_set_on": day("2026-11-01"), "password_rule": "expires", "last_used_on": day("2026-11-20"), "has_mfa": True}
COLUMN = {"password-too-old": "password_set_on", "password-rule-off": "password_rule", "dormant-account": "last_used_on", "mfa-missing": "has_mfa"}
SYSTEM = {rule: "ad:noord" if rule == "password-rule-off" else "parnassys" for rule in RULES}
each = pytest.mark.parametrize("rule", RULES)


def night(rule: str, **account: object) -> TinyBoard:
    """A board with one account of somebody who works, in a system this rule is about."""
    board = TinyBoard().source("ad:noord", "system", system="ad:noord").person("100")
    return board.account("a", "100", system=SYSTEM[rule], **account)


@each
def test_it_fires_for_what_is_bad_and_is_silent_for_what_is_fine(rule: str) -> None:
    (told,) = night(rule, **BAD).fired(rule)
    assert told["login"] == "a" and told["said"]["nl"].startswith("Account a (")
    assert night(rule, **FINE).fired(rule) == []


@each
def test_absent_is_unknown(rule: str) -> None:
    board = night(rule, **BAD | {COLUMN[rule]: None})
    assert board.fired(rule) == []
    if rule != "password-rule-off":
        assert board.not_assessed(rule)[-1][0].startswith("no_")


@each
def test_a_disabled_account_a_pupils_and_a_machines_are_left_alone(rule: str) -> None:
    board = night(rule, **BAD | {"status": "disabled"}).account("ll", "7001", system=SYSTEM[rule], kind="unknown", **BAD)
    board.rows["pupils"] = [{"person": "7001", "school": "12AB"}]
    board.account("svc", system=SYSTEM[rule], kind="service", **BAD)
    assert board.fired(rule) == []


@each
def test_an_account_with_a_finding_about_its_owner_says_only_that(rule: str) -> None:
    board = night(rule, **BAD).account("wees", system=SYSTEM[rule], **BAD).person("200", until="2026-10-30")
    board.account("weg", "200", system=SYSTEM[rule], **BAD).account("balie", system=SYSTEM[rule], kind="shared", **BAD)
    assert board.logins(rule) == ["a"]


@each
def test_a_system_that_was_not_read_is_not_assessed(rule: str) -> None:
    board = night(rule, **BAD).broken(SYSTEM[rule], SourceState.PARTIAL)
    assert board.fired(rule) == []
    assert ("needs_partial", SYSTEM[rule]) in board.not_assessed(rule)


@each
def test_a_system_without_the_column_is_named_once(rule: str) -> None:
    board = night(rule, **BAD).source(SYSTEM[rule], "system", delivers=DELIVERED - {f"accounts.{COLUMN[rule]}"})
    assert board.fired(rule) == []
    assert board.not_assessed(rule) == [("needs_column", SYSTEM[rule])]


@each
def test_a_school_that_was_not_read_is_not_judged(rule: str) -> None:
    board = night(rule, **BAD | {"school": "12AB"}).source(SYSTEM[rule], "system", schools={"12AB": SourceState.STALE, "34CD": SourceState.OK})
    assert board.fired(rule) == []
    assert ("schools_missing", SYSTEM[rule]) in board.not_assessed(rule)


@each
def test_what_most_of_a_system_lacks_is_one_finding(rule: str) -> None:
    board = night(rule, **BAD)
    for number in range(200, 230):
        board.person(str(number)).account(f"a{number}", str(number), system=SYSTEM[rule], **BAD)
    (told,) = board.fired(rule)
    assert "31 accounts" in told["said"]["nl"] and "login" not in told
    assert not [reason for reason, _ in board.not_assessed(rule) if reason != "needs_column"]


class TestPasswordTooOld:
    """Older than the register of the system says."""

    def limited(self, days: int | None, set_on: str, system: str = "parnassys") -> TinyBoard:
        board = TinyBoard().source("esis", "system", system="esis").person("100").account("a", "100", system=system, password_set_on=day(set_on))
        board.matrices = (replace(PARNASSYS, register={"password_max_days": days} if days else {}),)
        return board

    def test_the_register_of_the_matrix_decides(self) -> None:
        assert self.limited(30, "2026-10-24").logins("password-too-old") == ["a"]
        assert self.limited(30, "2026-10-25").logins("password-too-old") == []

    def test_else_it_is_three_months_in_esis_and_a_year_elsewhere(self) -> None:
        for system, set_on, found in (("parnassys", "2025-11-23", ["a"]), ("parnassys", "2025-11-24", []), ("esis", "2026-08-25", ["a"]),
                                      ("esis", "2026-08-26", [])):
            assert self.limited(None, set_on, system).logins("password-too-old") == found, (system, set_on)

    def test_the_boards_own_limit_wins(self) -> None:
        board = self.limited(30, "2026-10-01").setting("password-too-old", parameters={"board_days": 180}, system="parnassys")
        assert board.fired("password-too-old") == []

    def test_an_older_export_cannot_tell(self) -> None:
        board = self.limited(30, "2026-10-10").source("parnassys", "system", as_of=day("2026-11-09"))
        assert board.fired("password-too-old") == []
        assert board.not_assessed("password-too-old") == [("source_older_than_due", "parnassys")]

    def test_the_day_it_was_set_is_a_date_of_use_and_no_fingerprint(self) -> None:
        prints = [self.limited(30, set_on).assess().findings.loc[lambda found: found["rule"] == "password-too-old", "fingerprint"].item()
                  for set_on in ("2026-09-01", "2026-09-02")]
        assert prints[0] == prints[1]


class TestPasswordRuleOff:
    """Never expires, or none required."""

    def test_both_flags_are_told_apart(self) -> None:
        assert "geen wachtwoord nodig" in night("password-rule-off", password_rule="not_required").fired("password-rule-off")[0]["said"]["nl"]
        assert "verloopt nooit" in night("password-rule-off", password_rule="never_expires").fired("password-rule-off")[0]["said"]["nl"]

    def test_other_systems_are_not_asked(self) -> None:
        board = night("password-rule-off").source("parnassys", "system", state=SourceState.STALE).source("entra", "system", delivers=frozenset())
        assert board.not_assessed("password-rule-off") == []


class TestDormantAccount:
    """Nobody uses it."""

    @pytest.mark.parametrize(("system", "used_on", "found"), [
        ("parnassys", "2026-08-25", 1), ("parnassys", "2026-08-26", 0), ("ad:noord", "2026-08-25", 0), ("ad:noord", "2026-08-11", 1),
    ])
    def test_ninety_days_and_a_fortnight_more_in_active_directory(self, system: str, used_on: str, found: int) -> None:
        board = TinyBoard().source("ad:noord", "system", system="ad:noord").person("100")
        assert len(board.account("a", "100", system=system, last_used_on=day(used_on)).fired("dormant-account")) == found

    def test_never_is_only_what_the_source_itself_says(self) -> None:
        made = {"created_on": day("2026-10-01"), "last_used_on": None}
        (told,) = night("dormant-account", **made, never_used=True).fired("dormant-account")
        assert "nog nooit" in told["said"]["nl"]
        assert night("dormant-account", **made).fired("dormant-account") == []
        assert night("dormant-account", **made | {"created_on": day("2026-10-25")}, never_used=True).fired("dormant-account") == []

    def test_a_failed_attempt_is_no_use(self) -> None:
        assert night("dormant-account", last_used_on=day("2026-01-05"), last_attempt_on=day("2026-11-23")).logins("dormant-account") == ["a"]

    def test_use_of_the_copy_in_the_cloud_is_use(self) -> None:
        board = TinyBoard().source("ad:noord", "system", system="ad:noord").person("100")
        board.account("guid", "100", system="ad:noord", last_used_on=day("2026-01-05"))
        board.account("cloud", "100", system="entra", synced_from="guid", last_used_on=day("2026-11-20"))
        assert board.fired("dormant-account") == []
        board.rows["accounts"][1]["last_used_on"] = day("2026-02-01")
        assert [told["system"] for told in board.fired("dormant-account")] == ["ad:noord"]

    def test_an_older_export_cannot_tell(self) -> None:
        board = night("dormant-account", last_used_on=day("2026-08-10")).source("parnassys", "system", as_of=day("2026-11-01"))
        assert board.fired("dormant-account") == []
        assert ("source_older_than_due", "parnassys") in board.not_assessed("dormant-account")


class TestMfaMissing:
    """No second factor where one is due."""

    def of_class(self, privacy_class: int | None, right: str | None = None) -> TinyBoard:
        board = TinyBoard().person("100", "directeur").account("a", "100", has_mfa=False)
        matrices: tuple[Matrix, ...] = (replace(PARNASSYS, privacy_class=privacy_class),) if privacy_class else ()
        board.matrices = matrices
        if right:
            board.grant("a", right)
            board.rows["rights"] = [{"system": "parnassys", "right": right, "is_privileged": True}]
        return board

    @pytest.mark.parametrize(("privacy_class", "found"), [(4, 1), (3, 1), (2, 0), (1, 0), (None, 0)])
    def test_it_is_due_from_class_three(self, privacy_class: int | None, found: int) -> None:
        assert len(self.of_class(privacy_class).fired("mfa-missing")) == found

    def test_and_on_a_privileged_account_whatever_the_class(self) -> None:
        for privacy_class in (1, None):
            (told,) = self.of_class(privacy_class, "Beheer").fired("mfa-missing")
            assert "hoge rechten" in told["said"]["nl"]
