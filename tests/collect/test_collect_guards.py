"""The volume guards: what trips, what stays silent, and what a person may say about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from auditor.collect import Read, collect
from auditor.model.coverage import SourceReport, SourceState
from auditor.model.links import LINKS
from auditor.model.past import Past
from auditor.model.policy import Policy, SourceSettings
from auditor.model.tables import TABLES
from tests.collect.reads import TUESDAY, hr, las, numbered, past_after, register, schools, with_references

POLICY = Policy("b")


def report_of(past: Past, *reads: Read, as_of: date = TUESDAY, policy: Policy = POLICY) -> SourceReport:
    return collect("b", as_of, reads, policy, past).snapshot.coverage.sources[-1]


def tripped(report: SourceReport) -> list[str]:
    assert (report.state is SourceState.BLOCKED) == bool([reason for reason in report.reasons if "school" not in reason.facts])
    return [reason.code for reason in report.reasons]


@pytest.mark.parametrize(("before", "lost", "expected"), [
    (100, 9, []), (100, 10, ["guard_ids_lost"]), (100, 50, ["guard_ids_lost"]), (100, 100, ["guard_ids_lost"]),
    (20, 2, []), (20, 3, ["guard_ids_lost"]), (3, 2, []), (2, 2, ["guard_ids_lost"]),
    (1500, 24, []), (1500, 25, ["guard_staff_lost"]), (240, 24, ["guard_ids_lost"]),
])
@pytest.mark.parametrize("source", [hr, las])
def test_a_source_is_blocked_at_ten_percent_or_twentyfive_staff(before: int, lost: int, expected: list[str], source: object) -> None:
    settings = SourceSettings("x", "hr" if source is hr else "system", None if source is hr else "las", minimum_rows=0)
    places = [f"99AA{number % 60:02d}" for number in range(before)]
    past = past_after(source(numbered(before), places, replace(settings, released="eerste")))  # type: ignore[operator]
    kept = before - lost
    # The lost ones are spread over the schools, so that only the guard of the whole source can trip.
    report = report_of(past, source(numbered(kept, lost), places[lost:], settings))  # type: ignore[operator]
    assert [code for code in tripped(report) if not code.startswith("guard_school")] == expected


def test_ids_count_and_not_rows_so_that_swapped_people_are_seen() -> None:
    past = past_after(hr(numbered(100)))
    report = report_of(past, hr(numbered(100, 50)))
    assert (report.state, report.rows) == (SourceState.BLOCKED, 100)


def test_the_flat_limit_of_staff_never_applies_to_pupils() -> None:
    settings = SourceSettings("pupils", "pupils")

    def pupils(count: int, start: int = 0) -> Read:
        read = las(numbered(count, start))
        columns = {"person": numbered(count, start), "school": [f"99AA{number % 80:02d}" for number in range(start, start + count)]}
        frame = TABLES["pupils"].frame(columns, source="pupils", file="export.csv")
        return Read(settings, (replace(read.pages[0], tables={"pupils": frame}),))

    past = past_after(pupils(900))
    assert report_of(past, pupils(820, 80)).state is SourceState.OK
    assert report_of(past, pupils(810, 90)).state is SourceState.BLOCKED


def test_pupil_accounts_among_staff_accounts_do_not_count_as_staff() -> None:
    kinds = ["pupil"] * 1000 + ["person"] * 500
    places = [f"99AA{number % 90:02d}" for number in range(1500)]
    past = past_after(las(numbered(1500), places, kind=kinds))
    without_pupils = las(numbered(1440, 60), places[60:], kind=kinds[60:])
    without_staff = las(numbered(1475), places[:1475], kind=kinds[:1475])
    assert report_of(past, without_pupils).state is SourceState.OK
    assert tripped(report_of(past, without_staff)) == ["guard_staff_lost"]


def test_an_account_whose_kind_changes_is_not_lost() -> None:
    past = past_after(las(numbered(100), kind=["unknown"] * 100))
    assert report_of(past, las(numbered(100), kind=["pupil"] * 100)).state is SourceState.OK


def test_in_a_system_known_to_hold_pupils_unknown_accounts_are_not_taken_for_staff() -> None:
    policy = Policy("b", pupil_systems=frozenset({"las"}))
    places = [f"99AA{number % 90:02d}" for number in range(1500)]
    past = with_references(Past(), collect("b", TUESDAY, [las(numbered(1500), places)], policy, Past()))
    assert report_of(past, las(numbered(1440, 60), places[60:]), policy=policy).state is SourceState.OK


def test_one_school_that_lost_its_people_is_blocked_alone_and_gives_no_rows() -> None:
    places = [f"99AA{number // 10:02d}" for number in range(600)]
    past = past_after(las(numbered(600), places))
    tonight = las(numbered(595, 5), places[5:])
    collected = collect("b", TUESDAY, [tonight], POLICY, past)
    (report,) = collected.snapshot.coverage.sources
    assert report.state is SourceState.OK
    assert report.missing_schools == {"99AA00"}
    assert [reason.code for reason in report.reasons] == ["guard_school_lost"]
    assert len(collected.snapshot.table("accounts")) == 590
    assert len(collected.snapshot.table("grants")) == 590
    assert set(report.schools) == set(places)


@pytest.mark.parametrize(("size", "lost", "is_blocked"), [(50, 4, False), (50, 5, True), (51, 5, False), (6, 4, False), (6, 6, True), (5, 5, True)])
def test_a_school_is_blocked_at_ten_percent_and_five_or_when_all_are_gone(size: int, lost: int, is_blocked: bool) -> None:
    places = ["99AA00"] * size + [f"99BB{number // 10:02d}" for number in range(900)]
    kinds = ["pupil"] * len(places)
    past = past_after(las(numbered(len(places)), places, kind=kinds))
    report = report_of(past, las(numbered(len(places) - lost, lost), places[lost:], kind=kinds[lost:]))
    assert report.state is SourceState.OK
    assert report.missing_schools == ({"99AA00"} if is_blocked else set())


def test_a_small_school_may_lose_a_colleague() -> None:
    places = ["99AA00"] * 8 + [f"99BB{number // 40:02d}" for number in range(200)]
    past = past_after(hr(numbered(208), places))
    assert report_of(past, hr(numbered(206, 2), places[2:])).reasons == ()


def test_a_blocked_school_keeps_its_measure_however_long_it_takes() -> None:
    places = [f"99AA{number // 10:02d}" for number in range(600)]
    past = past_after(las(numbered(600), places))
    for night in range(10):
        collected = collect("b", date(2026, 11, 24 + night % 6), [las(numbered(590, 10), places[10:])], POLICY, past)
        assert collected.snapshot.coverage.sources[0].missing_schools == {"99AA00"}
        # Even when nothing but this read were remembered:
        past = with_references(Past(), collected)


def test_a_closed_school_is_not_expected_and_a_merged_one_lives_on_in_another() -> None:
    places = ["99AA00"] * 20 + ["99BB00"] * 400
    kinds = ["pupil"] * 420
    before = schools("99AA00", "99BB00")
    past = past_after(before, las(numbered(420), places, kind=kinds))
    closed = schools("99AA00", "99BB00", closed_on=["2026-07-31", None])
    assert report_of(past, closed, las(numbered(400, 20), places[20:], kind=kinds[20:])).reasons == ()
    merged = schools("99AA00", "99BB00", merged_into=["99BB00", None], closed_on=["2026-07-31", None])
    assert report_of(past, merged, las(numbered(420), ["99BB00"] * 420, kind=kinds)).reasons == ()
    assert report_of(past, before, las(numbered(400, 20), places[20:], kind=kinds[20:])).missing_schools == {"99AA00"}


def test_all_people_of_a_school_suddenly_at_another_is_not_believed_without_a_merger() -> None:
    places = ["99AA00"] * 20 + ["99BB00"] * 400
    past = past_after(schools("99AA00", "99BB00"), las(numbered(420), places))
    report = report_of(past, schools("99AA00", "99BB00"), las(numbered(420), ["99BB00"] * 420))
    assert [reason.code for reason in report.reasons] == ["guard_school_empty"]


def test_movers_between_schools_are_not_lost() -> None:
    places = ["99AA00"] * 12 + ["99BB00"] * 12
    past = past_after(hr(numbered(24), places))
    assert report_of(past, hr(numbered(24), [*["99BB00"] * 6, *places[6:]])).reasons == ()


def test_a_normal_august_passes_when_hr_drops_whose_contract_had_ended() -> None:
    people = numbered(1500)
    ends = [pd.Timestamp("2026-07-31") if number < 90 else pd.NaT for number in range(1500)]
    places = [f"99AA{number % 40:02d}" for number in range(1500)]
    day = date(2026, 10, 31)
    night = collect("b", day, [hr(people, places, ends_on=ends, day=day)], POLICY, Past())
    known = night.snapshot.table("employments").assign(
        seen_from=pd.Timestamp(day), seen_until=pd.Series(pd.NaT, index=range(1500), dtype="datetime64[s]"))
    past = replace(with_references(Past(), night), employments=known)
    assert report_of(past, hr(people[90:], places[90:], ends_on=ends[90:])).reasons == ()
    # The same number of people whose employment still ran is another matter.
    assert report_of(past, hr(people[:-90], places[:-90], ends_on=ends[:-90])).state is SourceState.BLOCKED


def test_a_half_export_is_blocked_whatever_half() -> None:
    past = past_after(hr(numbered(40)))
    for half in (numbered(20), numbered(20, 20), numbered(40)[::2]):
        assert report_of(past, hr(half)).state is SourceState.BLOCKED


def test_growth_holds_mail_and_blocks_nothing() -> None:
    past = past_after(hr(numbered(100)))
    assert not report_of(past, hr(numbered(150))).holds_mail
    report = report_of(past, hr(numbered(151)))
    assert (report.state, report.holds_mail, [warning.code for warning in report.warnings]) == (SourceState.OK, True, ["source_grown"])


def test_a_release_accepts_the_read_says_so_and_makes_it_the_reference() -> None:
    past = past_after(hr(numbered(100)))
    read = hr(numbered(50), settings=SourceSettings("hr", "hr", released="fusie"))
    collected = collect("b", TUESDAY, [read], POLICY, past)
    (report,) = collected.snapshot.coverage.sources
    assert report.state is SourceState.OK
    assert [warning.code for warning in report.warnings][-1] == "released"
    assert report.warnings[-1].facts == {"reason": "fusie"}
    assert collected.new_references == {"hr"}
    assert len(collected.snapshot.table("persons")) == 50
    # The release was for one scan: the next night is held against the new reference.
    assert report_of(with_references(past, collected), hr(numbered(50))).state is SourceState.OK
    assert report_of(with_references(past, collected), hr(numbered(20))).state is SourceState.BLOCKED


@pytest.mark.parametrize(("day", "state"), [(date(2026, 7, 31), "blocked"), (date(2026, 8, 1), "ok"), (date(2026, 8, 7), "ok"),
                                            (date(2026, 8, 8), "blocked")])
def test_an_announced_window_accepts_a_large_drop_only_on_its_days(day: date, state: str) -> None:
    window = ((date(2026, 8, 1), date(2026, 8, 7), "groep 8 vertrekt"),)
    past = past_after(hr(numbered(100)), day=date(2026, 7, 30))
    report = report_of(past, hr(numbered(85), settings=SourceSettings("hr", "hr", announced=window), day=day), as_of=day)
    assert report.state.value == state
    assert ("announced" in [warning.code for warning in report.warnings]) == (state == "ok")


def test_no_release_makes_a_broken_stale_or_too_small_read_whole() -> None:
    settings = SourceSettings("hr", "hr", minimum_rows=10, released="toch")
    assert report_of(Past(), hr(numbered(5), settings=settings)).state is SourceState.REFUSED
    whole = hr(numbered(20), settings=settings)
    assert report_of(Past(), Read(settings, (replace(whole.pages[0], is_last=False),))).state is SourceState.PARTIAL


def test_a_slow_leak_is_blocked_by_the_second_night() -> None:
    size, people, states = 1000, numbered(1000), []
    kinds = ["pupil"] * 1000
    places = [f"99AA{number % 97:02d}" for number in range(1000)]
    past = past_after(las(people, places, kind=kinds))
    for night in range(6):
        size = int(size * 0.91)
        collected = collect("b", date(2026, 11, 24 + night), [las(people[:size], places[:size], kind=kinds[:size])], POLICY, past)
        states.append(collected.snapshot.coverage.sources[0].state.value)
        past = with_references(past, collected)
    assert states == ["ok", "blocked", "blocked", "blocked", "blocked", "blocked"]


def test_the_ids_that_tripped_a_guard_are_shown() -> None:
    links = LINKS.frame({"system": ["las"] * 40, "account": numbered(40), "situation": ["unmatched"] * 40, "tier": ["none"] * 40})
    past = replace(past_after(las(numbered(40))), links=links)
    report = report_of(past, las(numbered(30)))
    assert report.examples == tuple(numbered(10, 30))


def test_an_emptied_register_is_not_believed_but_a_short_one_is() -> None:
    lines = {"person": ["E1", "E2", "E3"], "name": ["a", "b", "c"]}
    past = past_after(register("externals", lines))
    assert report_of(past, register("externals", {})).state is SourceState.BLOCKED
    past = past_after(register("externals", {key: value[:2] for key, value in lines.items()}))
    assert report_of(past, register("externals", {})).state is SourceState.OK
    assert report_of(Past(), register("externals", {})).state is SourceState.OK


@pytest.mark.parametrize("source", [hr, las])
def test_no_rows_from_a_source_that_had_rows_is_blocked(source: object) -> None:
    settings = SourceSettings("x", "hr" if source is hr else "system", None if source is hr else "las")
    past = past_after(source(numbered(50), None, settings))  # type: ignore[operator]
    assert report_of(past, source([], None, settings)).state is SourceState.BLOCKED  # type: ignore[operator]
