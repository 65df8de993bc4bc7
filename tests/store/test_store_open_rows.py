"""The open rows: what is new and gone is what plain sets say, and parts on disk hold what one record would."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.errors import StoreError
from auditor.store import open_rows
from auditor.store.database import open_database
from auditor.store.hashing import apart
from auditor.store.open_rows import OpenRows, advance, difference, load_open, places_of, save_open
from tests.store.nights import Board, accounts

CLOSE = st.integers(0, 40)
"""Hashes that share their first bits: all of them want the same slot."""
SPREAD = st.integers(0, 40).map(lambda number: number * 0x9E3779B97F4A7C15 % 2**64)
HASHES = st.lists(CLOSE | SPREAD, max_size=40)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    held = open_database(tmp_path_factory.mktemp("open") / "auditor.db")
    yield held
    held.close()


def hashes(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


@settings(deadline=None)
@given(held=HASHES.map(set), wanted=HASHES, at_once=st.sampled_from([1, 7, 65_536]))
def test_places_are_those_of_a_plain_search(held, wanted, at_once):
    before, open_rows._AT_ONCE = open_rows._AT_ONCE, at_once
    ordered = list(held)
    assert places_of(hashes(ordered), hashes(wanted)).tolist() == [ordered.index(one) if one in held else -1 for one in wanted]
    open_rows._AT_ONCE = before


def test_places_of_many():
    dice = np.random.default_rng(7)
    held = dice.integers(0, 2**64, 300_000, dtype=np.uint64)
    wanted = np.concatenate([dice.permutation(held)[:200_000], dice.integers(0, 2**64, 100_000, dtype=np.uint64)])
    places = places_of(held, wanted)
    assert (places[200_000:] == -1).all() and np.array_equal(held[places[:200_000]], wanted[:200_000])


@settings(deadline=None, max_examples=60)
@given(nights=st.lists(HASHES, min_size=1, max_size=24), staying=st.sets(st.integers(0, 40)), moves=st.sets(st.integers(0, 23)))
def test_nights_leave_what_plain_sets_would(connection, nights, staying, moves):
    """staying: hashes of rows that stay open although they are gone; moves: nights on which every row is another slice's."""
    connection.execute("DELETE FROM open_rows")
    connection.execute("DELETE FROM open_parts")
    plain: dict[int, int] = {}
    slices = (("a", None), ("b", "01AA"))
    for number, night in enumerate(nights):
        rows = load_open(connection, "x")
        assert dict(zip(rows.hashes.tolist(), rows.ids.tolist(), strict=True)) == plain
        assert rows.ids.tolist() == sorted(plain.values()) and len(rows.parts) <= open_rows._MOST_PARTS
        tonight = hashes(night)
        change = difference(rows, tonight)
        told = apart(tonight, np.sort(tonight)).tolist() if len(set(night)) < len(night) else night
        assert change.hashes.tolist() == told
        assert change.new.tolist() == [place for place, one in enumerate(told) if one not in plain]
        assert set(rows.hashes[change.gone].tolist()) == plain.keys() - set(told)
        next_id = rows.next_id
        known = dict(plain)
        known.update({told[place]: next_id + rank for rank, place in enumerate(change.new.tolist())})
        assert change.ids(rows).tolist() == [known[one] for one in told]
        closing = np.array([place for place in change.gone.tolist() if int(rows.hashes[place]) not in staying], dtype=np.int64)
        gone = rows.hashes[closing].tolist()
        plain = {one: number for one, number in known.items() if one not in gone}
        codes = np.full(len(change.new), number in moves, dtype=np.uint16)
        after = advance(rows, closing, change.hashes[change.new], codes, slices)
        save_open(connection, "x", after, 1 if number in moves else next_id)
        again = load_open(connection, "x")
        for one, other in zip(astuple(after)[:5], astuple(again)[:5], strict=True):
            assert np.array_equal(one, other)


def test_a_part_that_lacks_open_rows_is_no_open_rows(connection):
    rows = OpenRows(hashes([5, 6]), np.array([1, 2], dtype=np.uint32), np.zeros(2, dtype=np.uint16), (("a", None),), 3)
    save_open(connection, "y", rows)
    connection.execute("DELETE FROM open_parts WHERE name = 'y'")
    with pytest.raises(LookupError):
        load_open(connection, "y")


def test_a_night_on_a_database_that_lacks_open_rows_says_so_and_saves_nothing(board: Board):
    board.night({"accounts": accounts([{"account": "a"}])})
    board.store._connection.execute("DELETE FROM open_parts WHERE name = 'accounts'")
    with pytest.raises(StoreError, match="store_damaged"):
        board.night({"accounts": accounts([{"account": "a"}])})
    assert board.store._connection.execute("SELECT count(*) FROM scans").fetchone() == (1,)


def test_a_quiet_night_writes_no_part_again(board: Board):
    rows = [{"account": f"a{number}"} for number in range(50)]
    board.night({"accounts": accounts(rows)})
    first = board.store._connection.execute("SELECT * FROM open_parts WHERE name = 'accounts'").fetchall()
    board.night({"accounts": accounts([*rows[5:], {"account": "b"}])})
    later = board.store._connection.execute("SELECT * FROM open_parts WHERE name = 'accounts' ORDER BY first_id").fetchall()
    assert len(later) == 2 and later[0] == first[0]
    assert board.store.verify() == []


def test_a_purge_leaves_no_hash_of_what_went(board: Board):
    board.night({"accounts": accounts([{"account": f"a{number}"} for number in range(50)])})
    held = load_open(board.store._connection, "accounts").hashes
    board.night({"accounts": accounts([{"account": f"a{number}"} for number in range(40)])})
    board.store.purge(board.day, board.day, board.day)
    left = board.path.read_bytes()
    assert [held[place].tobytes() in left for place in (0, 39, 40, 49)] == [True, True, False, False]
