"""Tables kept as changes: any night comes back, and absence counts only where a read was complete."""

from __future__ import annotations

import sqlite3
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.tables import TABLES
from auditor.store import Store
from tests.store.nights import Board, accounts, ok, persons, same_rows

WORDS = st.one_of(st.none(), st.sampled_from(["Ann", "Jan", "Zoë", "de Vries", "a\x1fb", "\x1e", "\x1f", "😀", " ", "0017", "NaN"]))
ROW = st.fixed_dictionaries({
    "username": WORDS, "display_name": WORDS, "status": st.sampled_from(["enabled", "disabled", "unknown"]),
    "school": st.sampled_from(["11AA", "12BB", None]), "has_mfa": st.sampled_from([True, False, None]),
    "created_on": st.sampled_from(["1969-12-31", "2020-02-29", None]),
})
NIGHT = st.dictionaries(st.sampled_from([f"a{number}" for number in range(8)]), ROW, max_size=8)


def versions(board: Board, name: str = "accounts") -> int:
    """How many versions of rows a table holds."""
    connection = sqlite3.connect(board.path)
    found = connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    connection.close()
    return int(found)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights=st.lists(st.tuples(NIGHT, st.sampled_from([SourceState.OK, SourceState.OK, SourceState.STALE])), min_size=1, max_size=5))
def test_any_night_comes_back_as_it_was_saved(tmp_path_factory, nights):
    path = tmp_path_factory.mktemp("rebuild") / "auditor.db"
    with Store(path) as store:
        board = Board(store, path)
        saved = []
        for rows, state in nights:
            table = accounts([{"account": name, **row} for name, row in rows.items()] if state is SourceState.OK else [])
            board.night({"accounts": table}, [SourceReport("esis", "system", state, "esis")])
            saved.append(table)
        for number, table in enumerate(saved, start=1):
            back = TABLES["accounts"].check(store.table_at("accounts", number))
            assert same_rows(back, table)
            assert same_rows(store.table_at("links", number)[["system", "account"]], table[["system", "account"]])
        assert store.verify(store.checkpoint()) == []


def test_the_same_input_twice_changes_nothing(board):
    table = accounts([{"account": "a1", "username": "jan"}, {"account": "a2"}])
    board.night({"accounts": table})
    board.night({"accounts": table.iloc[::-1].reset_index(drop=True)})
    assert versions(board) == 2
    assert versions(board, "links") == 2


def test_a_login_or_another_line_number_is_no_change(board):
    board.night({"accounts": accounts([{"account": "a1", "last_used_on": "2026-08-01"}])})
    moved = accounts([{"account": "a1", "last_used_on": "2026-09-01"}]).assign(row=np.int32(77))
    board.night({"accounts": moved})
    assert versions(board) == 1
    assert board.store.table_at("accounts")["last_used_on"].iat[0] == pd.Timestamp("2026-09-01")
    assert pd.isna(board.store.table_at("accounts", 1)["last_used_on"].iat[0])


def test_use_dates_of_a_source_that_is_down_stay_known(board):
    board.night({"accounts": accounts([{"account": "a1", "last_used_on": "2026-08-01"}])})
    board.night({}, [SourceReport("esis", "system", SourceState.UNREACHABLE, "esis")])
    board.night({"accounts": accounts([{"account": "a1"}, {"account": "a2", "last_used_on": "2026-09-02"}])})
    found = board.store.table_at("accounts").set_index("account")["last_used_on"]
    assert pd.isna(found["a1"]), "tonight's own read is newer, also when it says nothing"
    assert found["a2"] == pd.Timestamp("2026-09-02")


@pytest.mark.parametrize("state", [state for state in SourceState if state is not SourceState.OK])
def test_a_source_that_is_not_ok_closes_no_row(board, state):
    board.night({"accounts": accounts([{"account": "a1"}, {"account": "a2"}])})
    board.night({}, [SourceReport("esis", "system", state, "esis")])
    board.night({"accounts": accounts([{"account": "a1"}])})
    connection = sqlite3.connect(board.path)
    ends = dict(connection.execute("SELECT account, valid_until_scan FROM accounts"))
    connection.close()
    assert ends == {"a1": None, "a2": 3}
    assert len(board.store.table_at("accounts", 2)) == 0


def test_a_source_that_is_no_longer_configured_closes_no_row(board):
    board.night({"accounts": accounts([{"account": "a1"}])})
    board.night({}, [ok("entra", system="entra")])
    board.night({"accounts": accounts([{"account": "a1"}])})
    assert versions(board) == 1


def part(**schools: SourceState):
    """The source read completely but for some schools."""
    return ok("esis", schools={f"{name[1:]}": state for name, state in schools.items()})


def test_a_missing_school_closes_only_rows_of_schools_that_were_read(board):
    rows = [{"account": "a1", "school": "11AA"}, {"account": "a2", "school": "12BB"}, {"account": "a3"}]
    board.night({"accounts": accounts(rows)}, [part(s11AA=SourceState.OK, s12BB=SourceState.OK)])
    board.night({"accounts": accounts([])}, [part(s11AA=SourceState.OK, s12BB=SourceState.STALE)])
    connection = sqlite3.connect(board.path)
    ends = dict(connection.execute("SELECT account, valid_until_scan FROM accounts"))
    connection.close()
    assert ends == {"a1": 2, "a2": None, "a3": None}, "a3 has no school: nobody knows whether it is gone"


def test_another_version_of_a_row_replaces_it_also_when_a_school_is_missing(board):
    schools = {"schools": {"11AA": SourceState.OK, "12BB": SourceState.STALE}}
    board.night({"persons": persons([{"person": "100", "surname": "Berg"}, {"person": "200"}])}, [ok("hr", "hr", None)])
    board.night({"persons": persons([{"person": "100", "surname": "Berg-Vos"}])}, [ok("hr", "hr", None, **schools)])
    connection = sqlite3.connect(board.path)
    ends = connection.execute("SELECT person, surname, valid_until_scan FROM persons ORDER BY version_id").fetchall()
    connection.close()
    assert ends == [("100", "Berg", 2), ("200", None, None), ("100", "Berg-Vos", None)]


def test_rows_follow_a_source_that_was_renamed(board):
    board.night({"accounts": accounts([{"account": "a1"}, {"account": "a2"}], "oud")}, [ok("oud")])
    board.night({"accounts": accounts([{"account": "a1"}, {"account": "a2"}], "nieuw")}, [ok("nieuw")])
    board.night({"accounts": accounts([{"account": "a1"}], "nieuw")}, [ok("nieuw")])
    assert versions(board) == 2
    assert board.store.table_at("accounts", 2)["account"].tolist() == ["a1", "a2"]
    assert board.store.table_at("accounts", 3)["account"].tolist() == ["a1"]


def test_a_row_that_stands_twice_stands_twice_in_history(board):
    board.night({"accounts": accounts([{"account": "a1"}, {"account": "a1"}, {"account": "a1"}])})
    board.night({"accounts": accounts([{"account": "a1"}, {"account": "a1"}])})
    assert [len(board.store.table_at("accounts", number)) for number in (1, 2)] == [3, 2]


def test_a_function_label_is_another_row_per_source(board):
    def functions(*sources):
        return TABLES["functions"].frame({"label": ["lkr"] * len(sources), "function": ["leerkracht"] * len(sources), "source": list(sources)})
    both = [ok("hr", "hr", None), ok("register:functions", "register", None)]
    board.night({"functions": functions("hr", "register:functions")}, both)
    board.night({"functions": functions("hr")}, both)
    assert sorted(board.store.table_at("functions", 1)["source"].astype("str")) == ["hr", "register:functions"]
    assert board.store.table_at("functions", 2)["source"].tolist() == ["hr"]


def test_rows_are_found_by_what_stands_in_their_columns(board):
    board.night({"accounts": accounts([{"account": "a1", "school": "11AA"}, {"account": "a2", "school": "12BB"}])})
    assert board.store.table_at("accounts", where={"system": "esis", "account": "a2"})["school"].tolist() == ["12BB"]
    assert len(board.store.table_at("accounts", where={"school": "99ZZ"})) == 0


def test_every_canonical_table_comes_back_with_every_kind_of_column(board):
    tables, sources = {}, []
    for name, table in TABLES.items():
        columns = {
            column.name: [pd.Timestamp("2026-01-31"), pd.NaT] if column.kind == "date" else [True, None] if column.kind == "flag"
            else [0.1, None] if column.kind == "number" else [f"{column.name} één", None] for column in table.columns if column.versioned
        }
        tables[name] = table.frame({**columns, "source": [name, name]}, file="x.csv")
        sources.append(ok(name, "register", None))
    board.night(tables, sources)
    for name, frame in tables.items():
        back = board.store.table_at(name)
        assert [str(dtype) for dtype in back.dtypes] == [str(dtype) for dtype in frame.dtypes]
        assert same_rows(back, frame), name


def test_thirty_nights_of_small_changes_stay_small(tmp_path):
    rng = np.random.default_rng(7)
    count = 20_000
    path = tmp_path / "auditor.db"
    with Store(path) as store:
        board = Board(store, path, date(2026, 9, 1))
        base = [{"account": f"a{number:06d}", "username": f"u{number}", "school": "11AA", "status": "enabled"} for number in range(count)]
        table = accounts(base)
        board.night({"accounts": table})
        one = _size(path)
        for _ in range(29):
            status = table["status"].astype("object").to_numpy().copy()
            some = rng.choice(count, count // 200, replace=False)
            status[some] = np.where(status[some] == "enabled", "disabled", "enabled")
            table = table.assign(status=pd.Series(status, dtype="str").astype("category"))
            board.night({"accounts": table})
        assert _size(path) <= 1.25 * one


def _size(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    return path.stat().st_size
