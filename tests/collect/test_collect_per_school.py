"""Sources of which every school delivers its own file: one school's trouble is that school's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from auditor.collect import Collected, Read, collect
from auditor.model.coverage import SourceReport, SourceState
from auditor.model.errors import Fault, InputError
from auditor.model.past import Past
from auditor.model.policy import Policy, SourceSettings
from auditor.model.reading import Page
from tests.collect.reads import TUESDAY, las, receipt, register, schools, with_references

SETTINGS = SourceSettings("las", "system", "las", max_age=timedelta(days=35), per_school=True)
THREE = schools("99AA00", "99BB00", "99CC00", "99HK00", kind=["school"] * 3 + ["office"], codes=["aa", "bb", "cc", None])


def file(school: str, count: int = 10, day: date = TUESDAY, part: str = "all", names_school: bool = True) -> Page:
    """One school's file: accounts without a school of their own, so that only the file tells whose they are."""
    (page,) = las([f"{school}-{number}" for number in range(count)], [None if names_school else school] * count).pages
    name = f"{school}-{part}.csv"
    tables = {table: frame.assign(file=frame["file"].cat.rename_categories([name])) for table, frame in page.tables.items()}
    return Page(tables, (receipt(count, day, name, school, school if names_school else None, part),))


def night(*pages: Page, settings: SourceSettings = SETTINGS, past: Past | None = None, error: InputError | None = None,
          register_read: Read = THREE) -> tuple[SourceReport, Collected]:
    ended = pages if error else (*pages[:-1], replace(pages[-1], is_last=True))
    collected = collect("b", TUESDAY, [register_read, Read(settings, tuple(ended), error)], Policy("b"), past or Past())
    return collected.snapshot.coverage.sources[1], collected


def test_every_open_school_is_expected_and_the_office_is_not() -> None:
    report, collected = night(file("aa"), file("bb"), file("cc"))
    assert report.schools == dict.fromkeys(("99AA00", "99BB00", "99CC00"), SourceState.OK)
    assert (report.state, len(collected.snapshot.table("accounts"))) == (SourceState.OK, 30)


def test_a_missing_school_is_not_ok_and_the_source_stays_ok() -> None:
    report, collected = night(file("aa"), file("bb"))
    assert (report.state, report.missing_schools) == (SourceState.OK, {"99CC00"})
    assert [reason.code for reason in report.reasons] == ["school_missing"]
    assert len(collected.snapshot.table("accounts")) == 20


def test_a_stale_schools_rows_are_left_out_and_do_not_age_the_others() -> None:
    report, collected = night(file("aa"), file("bb", day=date(2026, 9, 1)), file("cc", day=date(2026, 11, 20)))
    assert report.schools["99BB00"] is SourceState.STALE
    assert report.as_of == date(2026, 11, 20)
    assert report.school_days == {"99AA00": TUESDAY, "99BB00": date(2026, 9, 1), "99CC00": date(2026, 11, 20)}
    assert {str(account)[:2] for account in collected.snapshot.table("accounts")["account"]} == {"aa", "cc"}
    assert {str(account)[:2] for account in collected.snapshot.table("grants")["account"]} == {"aa", "cc"}


def test_a_refused_file_is_its_schools_when_the_reader_says_whose_it_was() -> None:
    fault = Fault("cc.csv", "csv_row_short", 4, facts={"school": "cc"})
    report, collected = night(file("aa"), file("bb"), error=InputError([fault]))
    assert (report.state, report.schools["99CC00"], report.faults) == (SourceState.OK, SourceState.REFUSED, (fault,))
    assert len(collected.snapshot.table("accounts")) == 20


def test_a_refused_file_of_nobody_knows_whom_refuses_the_source() -> None:
    report, _ = night(file("aa"), file("bb"), error=InputError([Fault("cc.csv", "csv_row_short", 4)]))
    assert report.state is SourceState.REFUSED


def test_a_school_of_which_one_kind_of_file_is_missing_is_partial() -> None:
    report, _ = night(file("aa", part="users"), file("aa", part="roles"), file("bb", part="users"), file("cc", part="users"),
                      file("cc", part="roles"))
    assert report.missing_schools == {"99BB00"}
    assert report.schools["99BB00"] is SourceState.PARTIAL


def test_when_no_school_is_ok_the_source_is_not() -> None:
    old = date(2026, 9, 1)
    report, collected = night(file("aa", day=old), file("bb", day=old), file("cc", day=old))
    assert report.state is SourceState.STALE
    assert collected.snapshot.table("accounts").empty


def test_a_file_that_names_no_school_is_of_the_only_school_in_its_rows() -> None:
    report, _ = night(file("aa", names_school=False), file("bb", names_school=False))
    assert report.missing_schools == {"99CC00"}


def test_a_stale_file_that_belongs_to_no_school_makes_the_source_stale() -> None:
    general = replace(file("aa"), receipts=(receipt(3, date(2026, 9, 1), "rechten.csv", "r"),), tables={})
    report, _ = night(general, file("aa"), file("bb"), file("cc"))
    assert report.state is SourceState.STALE


def test_a_closed_school_needs_no_file_and_the_settings_may_name_the_schools() -> None:
    closed = schools("99AA00", "99BB00", codes=["aa", "bb"], closed_on=["2026-07-31", None])
    report, _ = night(file("bb"), register_read=closed)
    assert report.missing_schools == set()
    report, _ = night(file("bb"), settings=replace(SETTINGS, expected_schools=("bb",)))
    assert report.missing_schools == set()


def test_a_missing_schools_accounts_are_not_lost_and_stay_the_measure_for_its_return() -> None:
    def of(account_school: str, count: int) -> Page:
        return file(account_school, count, names_school=False)

    _, first = night(of("aa", 40), of("bb", 40), of("cc", 40))
    past = with_references(Past(), first)
    report, second = night(of("aa", 40), of("bb", 40), past=past)
    assert (report.state, report.missing_schools) == (SourceState.OK, {"99CC00"})
    only_second = with_references(Past(), second)
    report, _ = night(of("aa", 40), of("bb", 40), of("cc", 20), past=only_second)
    assert report.schools["99CC00"] is SourceState.BLOCKED
    report, _ = night(of("aa", 40), of("bb", 40), of("cc", 38), past=only_second)
    assert report.missing_schools == set()


@pytest.mark.parametrize("swapped", ["aa", "bb"])
def test_another_schools_export_under_a_schools_name_is_seen(swapped: str) -> None:
    _, first = night(*(file(code, 20, names_school=False) for code in ("aa", "bb", "cc")))
    past = with_references(Past(), first)
    pages = [file("cc" if code == swapped else code, 20, names_school=False) for code in ("aa", "bb", "cc")]
    report, _ = night(*pages, past=past)
    assert report.missing_schools == {f"99{swapped.upper()}00"}


def test_without_a_schools_register_a_missing_school_cannot_be_seen_and_that_is_said() -> None:
    report, _ = night(file("aa", names_school=False), register_read=register("tasks", {}))
    assert [warning.code for warning in report.warnings] == ["schools_expected_unknown"]
