"""What the core is told of earlier scans: people, employments, links, references, decisions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.errors import StoreError
from auditor.model.links import LINK_DECISIONS, LINKS
from auditor.model.past import FileMemory, Past, Reference
from auditor.store import Store
from tests.store.nights import FIRST_NIGHT, Board, accounts, employments, ok, persons, same_rows

HR = [ok("hr", "hr", None)]
DOWN = [SourceReport("hr", "hr", SourceState.UNREACHABLE)]
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def test_before_the_first_scan_there_is_no_past(board):
    past = board.store.past(FIRST_NIGHT)
    assert (past.scan, past.as_of, len(past.links), len(past.findings), past.references) == (None, None, 0, 0, {})
    assert past.employments.columns.tolist() == Past().employments.columns.tolist()


def test_employments_say_from_when_until_when_they_were_seen(board):
    one = {"person": "100", "employment": "e1", "function": "leerkracht", "school": "11AA", "starts_on": "2020-08-01"}
    board.night({"employments": employments([one, {"person": "200", "employment": "e2", "share": 0.8}])}, HR)
    board.night({}, DOWN)
    board.night({"employments": employments([{**one, "function": "ib-er"}])}, HR)
    past = board.store.past(board.day).employments
    assert [str(dtype) for dtype in past.dtypes[["seen_from", "seen_until"]]] == ["datetime64[s]"] * 2
    seen = {(row.employment, row.function): (row.seen_from.day, row.seen_until.day if pd.notna(row.seen_until) else None)
            for row in past.fillna({"share": 0}).itertuples()}
    assert seen[("e1", "leerkracht")] == (1, 1), "the night without HR did not see it"
    assert seen[("e1", "ib-er")] == (3, None)
    assert next(days for (employment, _), days in seen.items() if employment == "e2") == (1, 1)


def test_an_employment_of_a_source_that_is_down_is_still_there(board):
    board.night({"employments": employments([{"person": "100", "employment": "e1"}])}, HR)
    board.night({}, DOWN)
    assert board.store.past(board.day).employments["seen_until"].isna().all()


def test_the_days_on_which_a_source_was_blocked_reach_back_to_the_last_night_that_it_was_not(board):
    blocked = [SourceReport("hr", "hr", SourceState.BLOCKED), ok("esis", schools={"11AA": SourceState.BLOCKED})]
    board.night({}, blocked)
    board.night({}, HR)
    assert board.store.past(board.day).blocked_on == {}
    board.night({}, blocked)
    board.night({}, [blocked[0], ok("esis")])
    first, second = date(2026, 9, 3), date(2026, 9, 4)
    assert board.store.past(board.day).blocked_on == {"hr": frozenset({first, second})}
    assert board.store.past(first).blocked_on == {"hr": frozenset({first}), "esis": frozenset({first})}


def test_a_person_who_is_gone_is_still_known_by_the_last_row(board):
    board.night({"persons": persons([{"person": "100", "surname": "Berg"}, {"person": "200", "surname": "Smit"}])}, HR)
    board.night({"persons": persons([{"person": "100", "surname": "Vos"}])}, HR)
    board.night({"persons": persons([])}, HR)
    known = board.store.past(board.day).persons.set_index("person")["surname"]
    assert known.to_dict() == {"100": "Vos", "200": "Smit"}


def test_the_past_of_an_earlier_day_knows_nothing_later(board):
    board.night({"accounts": accounts([{"account": "a1"}])}, findings=[{"account": "a1"}])
    board.night({"accounts": accounts([{"account": "a1"}, {"account": "a2"}])})
    past = board.store.past(FIRST_NIGHT)
    assert (past.scan, past.links["account"].tolist(), past.findings["state"].tolist()) == (1, ["a1"], ["open"])


@pytest.mark.parametrize("is_down", [False, True])
def test_links_are_those_of_the_last_accepted_reads(board, is_down):
    table = accounts([{"account": "a1"}, {"account": "a2"}])
    links = LINKS.frame({
        "system": ["esis", "esis"], "account": ["a1", "a2"], "situation": ["linked", "unmatched"], "person": ["100", None],
        "tier": ["number", "none"], "is_pupil": [False, None], "candidates": [None, "[]"], "source": ["esis", "esis"]}, file="x.csv")
    board.night({"accounts": table}, links=links)
    if is_down:
        board.night({}, [SourceReport("esis", "system", SourceState.STALE, "esis")])
    past = board.store.past(board.day).links
    assert same_rows(LINKS.check(past), links)


def test_the_last_decision_about_an_account_counts(board):
    board.store.decide_link("esis", "a1", "100", "zelfde persoon", "ict", date(2026, 9, 1))
    board.store.decide_link("esis", "a1", None, "testaccount", "ict", date(2026, 9, 2))
    board.store.decide_link("entra", "a1", "200", "gehuwd", "ict", date(2026, 9, 2))
    decisions = LINK_DECISIONS.check(board.store.past(FIRST_NIGHT).decisions)
    assert decisions[["system", "account", "reason"]].to_numpy().tolist() == [["esis", "a1", "testaccount"], ["entra", "a1", "gehuwd"]]
    assert decisions["person"].isna().tolist() == [True, False]
    assert decisions["decided_on"].iat[0] == pd.Timestamp("2026-09-02")


def reference(count: int, start: int = 0) -> Reference:
    ids = np.arange(start, start + count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return Reference(np.sort(ids), np.zeros(count, dtype=np.int32), ("11AA",), count, 0)


def read_night(board: Board, read: Reference, **more: object) -> Reference:
    board.night({}, [ok("esis", as_of=board.day)], accepted={"esis": read}, **more)
    return board.store.past(board.day).references["esis"]


def test_the_reference_is_the_largest_of_the_last_seven_reads(board):
    assert len(read_night(board, reference(50)).ids) == 50
    for night in range(1, 8):
        found = read_night(board, reference(40 - night))
        assert len(found.ids) == (50 if night < 7 else 39)
        assert found.reads == night + 1
    assert found.as_of == FIRST_NIGHT + timedelta(days=1)
    assert np.array_equal(found.ids, reference(39).ids)


def test_a_released_read_is_the_new_reference_and_the_release_is_used_up(board):
    read_night(board, reference(50))
    board.store.release("esis", "school gesloten", "ict", NOON)
    assert board.store.pending_releases() == {"esis": "school gesloten"}
    assert len(read_night(board, reference(20)).ids) == 20
    assert board.store.pending_releases() == {}
    assert len(read_night(board, reference(10)).ids) == 20


def test_a_release_that_comes_while_a_scan_runs_waits_for_the_next(board):
    read_night(board, reference(50))
    assert board.store.pending_releases() == {}
    with Store(board.path) as other:
        other.release("esis", "klopt", "ict", NOON)
    read_night(board, reference(50))
    assert board.store.pending_releases() == {"esis": "klopt"}


def test_an_announced_drop_is_the_new_reference(board):
    read_night(board, reference(50))
    assert len(read_night(board, reference(20), new_references=frozenset({"esis"})).ids) == 20


READS = st.lists(st.dictionaries(st.integers(0, 2**64 - 1) | st.integers(0, 6), st.sampled_from(["11AA", "12BB", None]), max_size=6),
                 min_size=1, max_size=9)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reads=READS)
def test_any_kept_read_comes_back_exactly(tmp_path_factory, reads):
    from auditor.store.references import load_references, save_read

    with Store(tmp_path_factory.mktemp("reads") / "auditor.db") as store:
        for scan, read in enumerate(reads, start=1):
            names = tuple(sorted({school for school in read.values() if school}, reverse=bool(scan % 2)))
            ids = np.array(list(read), dtype=np.uint64)
            schools = np.array([names.index(school) if school else -1 for school in read.values()], dtype=np.int32)
            save_read(store._connection, "esis", Reference(ids, schools, names, len(read), 0), scan, None, False)
            largest = max(enumerate(reads[max(0, scan - 7):scan]), key=lambda one: (len(one[1]), one[0]))[1]
            found = load_references(store._connection)["esis"]
            assert found.ids.tolist() == sorted(largest)
            assert [found.school_names[place] if place >= 0 else None for place in found.schools] == [largest[one] for one in sorted(largest)]


def test_file_memory_is_that_of_the_last_scan(board):
    memory = {"esis": FileMemory("ab" * 32, 2, FIRST_NIGHT), "hr": FileMemory("cd" * 32, 0)}
    board.night({}, files=memory)
    board.night({}, files={"esis": FileMemory("ef" * 32, 0, date(2026, 9, 2))})
    assert board.store.past(board.day).files == {**memory, "esis": FileMemory("ef" * 32, 0, date(2026, 9, 2))}


def test_a_scan_compared_with_an_older_past_is_refused(board):
    record = board.record({}, kind="manual")
    board.night({})
    with pytest.raises(StoreError) as caught:
        board.store.save(record)
    assert caught.value.reason.code == "store_moved_on"


def test_an_earlier_day_is_refused(board):
    board.night({})
    record = board.record({}, kind="manual", day=date(2026, 8, 31))
    with pytest.raises(StoreError) as caught:
        board.store.save(type(record)(**{**vars(record), "past": board.store.past(board.day)}))
    assert caught.value.reason.code == "scan_before_last"
