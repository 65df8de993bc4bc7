"""Whether a read was whole is derived from how it ended, and a source that was not gives no rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from auditor.collect import Read, collect
from auditor.model.coverage import SourceReport, SourceState
from auditor.model.errors import AuditorError, ConnectorError, Fault, InputError
from auditor.model.past import FileMemory, Past
from auditor.model.policy import Policy, SourceSettings
from auditor.model.reading import Page
from tests.collect.reads import TUESDAY, hr, las, numbered

POLICY = Policy("b")
FAULT = Fault("export.csv", "csv_row_short", 12)


def report_of(read: Read, past: Past | None = None, as_of: date = TUESDAY, policy: Policy = POLICY) -> SourceReport:
    collected = collect("b", as_of, [read], policy, past or Past())
    (report,) = collected.snapshot.coverage.sources
    if report.state is not SourceState.OK:
        assert all(frame.empty for frame in collected.snapshot.tables.values())
        assert not collected.ids
    return report


def codes(report: SourceReport) -> list[str]:
    return [reason.code for reason in report.reasons]


def test_a_whole_read_is_ok_with_rows_and_ids() -> None:
    collected = collect("b", TUESDAY, [hr(numbered(5))], POLICY, Past())
    (report,) = collected.snapshot.coverage.sources
    assert (report.state, report.rows, report.as_of, report.reasons) == (SourceState.OK, 5, TUESDAY, ())
    assert len(collected.snapshot.table("employments")) == 5
    assert len(collected.ids["hr"].unique) == 5


@pytest.mark.parametrize(("error", "has_page", "state"), [
    (ConnectorError("connector_failed"), False, SourceState.UNREACHABLE),
    (ConnectorError("connector_failed"), True, SourceState.PARTIAL),
    (InputError([FAULT]), False, SourceState.REFUSED),
    (InputError([FAULT]), True, SourceState.REFUSED),
    (None, False, SourceState.PARTIAL),
])
def test_the_ending_of_a_read_decides_its_state(error: AuditorError | None, has_page: bool, state: SourceState) -> None:
    whole = hr(numbered(5))
    pages = tuple(replace(page, is_last=False) for page in whole.pages) if has_page else ()
    report = report_of(Read(whole.settings, pages, error))
    assert report.state is state
    assert report.faults == ((FAULT,) if isinstance(error, InputError) else ())
    assert report.reasons


def test_without_the_true_last_page_a_read_is_partial_and_no_connector_can_claim_otherwise() -> None:
    whole = hr(numbered(5))
    (page,) = whole.pages
    assert report_of(Read(whole.settings, (replace(page, is_last=False),))).state is SourceState.PARTIAL
    assert report_of(Read(whole.settings, (page, page))).state is SourceState.PARTIAL
    assert report_of(Read(whole.settings, (page, replace(page, is_last=False)))).state is SourceState.PARTIAL


def test_a_connector_that_breaks_its_contract_costs_its_source_and_not_the_scan() -> None:
    wrong = Read(SourceSettings("las", "system", "las"), (Page({"accounts": pd.DataFrame({"bsn": ["1"]})}, is_last=True),))
    collected = collect("b", TUESDAY, [wrong, hr(numbered(5))], POLICY, Past())
    assert [report.state for report in collected.snapshot.coverage.sources] == [SourceState.REFUSED, SourceState.OK]
    assert len(collected.snapshot.table("persons")) == 5


def test_fewer_rows_than_the_board_set_is_refused() -> None:
    assert report_of(hr(numbered(9), settings=SourceSettings("hr", "hr", minimum_rows=9))).state is SourceState.OK
    report = report_of(hr(numbered(9), settings=SourceSettings("hr", "hr", minimum_rows=10)))
    assert (report.state, codes(report)) == (SourceState.REFUSED, ["too_few_rows"])


def test_a_first_read_without_a_minimum_has_nothing_to_be_held_against() -> None:
    report = report_of(hr(numbered(9), settings=SourceSettings("hr", "hr", minimum_rows=0)))
    assert (report.state, codes(report)) == (SourceState.BLOCKED, ["no_reference"])
    released = SourceSettings("hr", "hr", minimum_rows=0, released="nagekeken")
    assert report_of(hr(numbered(9), settings=released)).state is SourceState.OK


MONTHLY = SourceSettings("hr", "hr", max_age=timedelta(days=35))
NIGHTLY = SourceSettings("hr", "hr", max_age=timedelta(hours=36), counts_working_days=True, is_daily=True)


@pytest.mark.parametrize(("settings", "day", "as_of", "is_stale"), [
    (MONTHLY, date(2026, 10, 20), TUESDAY, False),
    (MONTHLY, date(2026, 10, 19), TUESDAY, True),
    (NIGHTLY, date(2026, 11, 23), TUESDAY, False),
    (NIGHTLY, date(2026, 11, 20), date(2026, 11, 23), False),   # Friday's export on Monday
    (NIGHTLY, date(2026, 11, 20), TUESDAY, True),
    (NIGHTLY, date(2026, 12, 24), date(2026, 12, 28), False),   # Christmas and a weekend between
    (SourceSettings("hr", "hr"), date(2020, 1, 1), TUESDAY, False),
])
def test_age_counts_days_for_exports_by_hand_and_working_days_for_machines(
        settings: SourceSettings, day: date, as_of: date, is_stale: bool) -> None:
    report = report_of(hr(numbered(5), settings=settings, day=day), as_of=as_of)
    assert report.state is (SourceState.STALE if is_stale else SourceState.OK)
    assert report.as_of == day


def test_the_boards_own_holidays_do_not_age_a_source() -> None:
    read = hr(numbered(5), settings=NIGHTLY, day=date(2026, 11, 20))
    assert report_of(read, policy=Policy("b", holidays=frozenset({date(2026, 11, 23)}))).state is SourceState.OK


def test_a_source_of_a_later_day_is_judged_with_a_warning() -> None:
    report = report_of(hr(numbered(5), day=date(2026, 11, 25)))
    assert report.state is SourceState.OK
    assert [warning.code for warning in report.warnings] == ["source_from_later"]


def test_the_same_files_warn_at_one_and_block_at_three_working_days() -> None:
    past, seen = Past(), []
    for day in (19, 20, 21, 22, 23, 24, 25):  # Thursday to Wednesday
        as_of = date(2026, 11, day)
        collected = collect("b", as_of, [hr(numbered(5), settings=replace(NIGHTLY, max_age=None), day=as_of)], POLICY, past)
        past = Past(files=collected.files)
        (report,) = collected.snapshot.coverage.sources
        seen.append((report.state.value, [warning.facts["repeats"] for warning in report.warnings]))
    assert seen == [("ok", []), ("ok", [1]), ("ok", [1]), ("ok", [1]), ("ok", [2]), ("blocked", []), ("blocked", [])]


def test_a_second_scan_of_the_same_day_is_no_repeat_and_other_files_start_anew() -> None:
    settings = replace(NIGHTLY, max_age=None)
    first = collect("b", TUESDAY, [hr(numbered(5), settings=settings)], POLICY, Past())
    again = collect("b", TUESDAY, [hr(numbered(5), settings=settings)], POLICY, Past(files=first.files))
    other = collect("b", date(2026, 11, 25), [hr(numbered(5), settings=settings, sha="z")], POLICY, Past(files=again.files))
    assert [night.files["hr"].repeats for night in (first, again, other)] == [0, 0, 0]
    assert other.files["hr"].sha256 != first.files["hr"].sha256


def test_repeats_do_not_matter_for_exports_by_hand_and_a_release_lets_them_through() -> None:
    same = collect("b", TUESDAY, [hr(numbered(5))], POLICY, Past()).files["hr"].sha256
    past = Past(files={"hr": FileMemory(same, 5, date(2026, 11, 23))})
    assert report_of(hr(numbered(5)), past).warnings == ()
    assert report_of(hr(numbered(5), settings=replace(NIGHTLY, max_age=None)), past).state is SourceState.BLOCKED
    assert report_of(hr(numbered(5), settings=replace(NIGHTLY, max_age=None, released="gezien")), past).state is SourceState.OK


def test_a_read_that_broke_off_keeps_the_memory_of_the_files() -> None:
    memory = {"hr": FileMemory("x", 2, date(2026, 11, 23))}
    collected = collect("b", TUESDAY, [Read(NIGHTLY, (), ConnectorError("connector_failed"))], POLICY, Past(files=memory))
    assert collected.files == memory


def test_one_bad_source_never_stops_the_others() -> None:
    bad = Read(SourceSettings("ad", "system", "ad"), (), InputError([FAULT]))
    collected = collect("b", TUESDAY, [bad, hr(numbered(4)), las(numbered(3))], POLICY, Past())
    assert collected.snapshot.coverage.state_of_system("ad") is SourceState.REFUSED
    assert (len(collected.snapshot.table("persons")), len(collected.snapshot.table("accounts"))) == (4, 3)
