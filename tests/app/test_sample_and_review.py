"""Whole schools by lot with all their users, and a check that was done, recorded and counted."""

from __future__ import annotations

import csv
import json
import stat
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.clock import today
from auditor.app.review_register import add_review
from auditor.app.sampling import chosen_schools, users_of
from auditor.model.errors import AuditorError
from auditor.store import Store
from tests.expect.boards import links_of, table_of

Run = Callable[..., tuple[int, str, str]]
codes = st.sets(st.integers(0, 99).map(lambda number: f"{number:02}AB00"), min_size=1, max_size=45)


@given(codes, st.integers(1, 50), st.dates(), st.text(max_size=10))
def test_the_lot_depends_on_day_and_seed_alone(schools: set[str], count: int, day: date, seed: str) -> None:
    chosen = chosen_schools(schools, count, day, seed)
    assert chosen == chosen_schools(sorted(schools, reverse=True), count, day, seed)
    assert len(chosen) == min(count, len(schools)) and set(chosen) <= schools


def test_every_school_is_drawn_some_day_and_another_seed_draws_others() -> None:
    schools = [f"{number:02}AB00" for number in range(20)]
    drawn = {school for day in range(1, 29) for school in chosen_schools(schools, 3, date(2026, 2, day), "0")}
    assert len(drawn) == 20
    assert chosen_schools(schools, 3, date(2026, 2, 1), "0") != chosen_schools(schools, 3, date(2026, 2, 1), "1")


def test_a_larger_sample_holds_the_smaller_one() -> None:
    schools = [f"{number:02}AB00" for number in range(20)]
    assert set(chosen_schools(schools, 3, date(2026, 2, 1), "0")) <= set(chosen_schools(schools, 5, date(2026, 2, 1), "0"))


def test_an_external_is_listed_with_name_and_function() -> None:
    key = {"system": "esis", "account": "ext"}
    tables = {name: table_of(name, rows) for name, rows in {
        "accounts": [key | {"kind": "external", "status": "enabled"}], "grants": [], "persons": [], "employments": [],
        "externals": [{"person": "9001", "name": "Ext Ern", "school": "12AB", "function": "logopedist", "ends_on": date(2026, 12, 31)}]}.items()}
    links = links_of([key | {"person": "9001"}])
    (user,) = users_of("12AB", tables | {"links": links}, date(2026, 11, 24), {})
    assert (user["login"], user["name"], user["functions"]) == ("ext", "Ext Ern", "logopedist")


class TestSample:
    """`auditor sample`."""

    def test_it_lists_every_user_of_the_schools_drawn_and_no_pupil(self, scanned: Path, run: Run) -> None:
        code, out, _ = run("sample", "--count", "2", "--seed", "herfst", "--json", "--config", str(scanned / "auditor.toml"))
        told = json.loads(out)
        assert code == 0 and len(told["chosen"]) == 2 and set(told["chosen"]) <= set(told["schools_in_lot"])
        users = [user for listed in told["users"].values() for user in listed]
        assert users and not any(user["login"].startswith("ll-") for user in users)
        assert {"system", "login", "name", "person", "functions", "status", "rights", "findings"} <= set(users[0])

    def test_a_school_lists_accounts_that_say_their_school_and_those_of_its_people(self, scanned: Path, run: Run) -> None:
        _, out, _ = run("sample", "--school", "99aa00", "--json", "--config", str(scanned / "auditor.toml"))
        users = json.loads(out)["users"]["99AA00"]
        assert {"parnassys", "ad:waterland", "entra"} <= {user["system"] for user in users}
        with Store(scanned / "var" / "auditor.db") as store:
            accounts = store.table_at("accounts")
        staff = accounts[(accounts["school"] == "99AA00") & (accounts["kind"] != "pupil")]
        assert {(str(one.system), str(one.username)) for one in staff.itertuples()} <= {(user["system"], user["login"]) for user in users}

    def test_a_file_per_school_is_for_its_owner_only(self, scanned: Path, run: Run, tmp_path: Path) -> None:
        code, out, _ = run("sample", "--school", "99AA00", "--out", str(tmp_path / "lijsten"), "--config", str(scanned / "auditor.toml"))
        (path,) = (tmp_path / "lijsten").iterdir()
        assert code == 0 and path.name == "sample-2026-11-24-99AA00.csv" and path.name in out
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
        assert rows[0][-2:] == ["klopt (ja/nee)", "opmerking"] and len(rows) > 10
        if sys.platform != "win32":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_school_that_is_not_open_is_refused(self, scanned: Path, run: Run) -> None:
        code, _, err = run("sample", "--school", "11XX00", "--config", str(scanned / "auditor.toml"))
        assert code == 1 and "11XX00" in err

    def test_a_count_of_nothing_is_a_usage_error(self, scanned: Path, run: Run) -> None:
        assert run("sample", "--count", "0", "--config", str(scanned / "auditor.toml"))[0] == 2


class TestReview:
    """`auditor review`."""

    def test_it_is_sealed_and_stands_in_the_register(self, workspace: Path, run: Run) -> None:
        code, out, _ = run("review", "parnassys", "--school", "99aa00", "--seen", "alle 40\ngebruikers; twee weg", "--by", "Fenna",
                           "--config", str(workspace / "auditor.toml"))
        assert code == 0 and "Fenna" in out
        text = (workspace / "registers" / "reviews.csv").read_text(encoding="utf-8")
        (row,) = csv.DictReader(text.splitlines(), delimiter=";")
        assert row == {"system": "parnassys", "folder": "", "school": "99AA00", "reviewed_on": today().isoformat(), "reviewed_by": "Fenna",
                       "seen": "alle 40 gebruikers; twee weg"}
        with Store(workspace / "var" / "auditor.db") as store:
            assert [one["reviewed_by"] for one in store.reviews_logged()] == ["Fenna"]
            assert store.verify() == []

    def test_an_edit_of_what_was_recorded_shows(self, workspace: Path, run: Run) -> None:
        run("review", "parnassys", "--seen", "niets", "--by", "Fenna", "--config", str(workspace / "auditor.toml"))
        with Store(workspace / "var" / "auditor.db") as store:
            store._connection.execute("UPDATE review_log SET seen = 'alles in orde'")
            assert [reason.code for reason in store.verify()] == ["sealed_differs"]

    def test_a_second_check_stands_below_the_first(self, workspace: Path, run: Run) -> None:
        for seen in ("een", "twee"):
            run("review", "esis", "--seen", seen, "--on", "2026-11-01", "--by", "F", "--config", str(workspace / "auditor.toml"))
        lines = (workspace / "registers" / "reviews.csv").read_text(encoding="utf-8").splitlines()
        assert [line.split(";")[-1] for line in lines] == ["seen", "een", "twee"]

    @pytest.mark.parametrize(("arguments", "code"), [
        (("esiss", "--seen", "x"), 1), (("esis", "--seen", "x", "--school", "11XX00"), 1), (("esis", "--seen", "x", "--on", "2999-01-01"), 2),
        (("esis",), 2), (("Beeldmateriaal", "--folder", "--seen", "x"), 1),
    ])
    def test_what_is_not_known_or_not_possible_is_refused_and_nothing_written(
            self, workspace: Path, run: Run, arguments: tuple[str, ...], code: int) -> None:
        assert run("review", *arguments, "--config", str(workspace / "auditor.toml"))[0] == code
        assert not (workspace / "registers" / "reviews.csv").exists()


REVIEW = {"system": "esis", "folder": "", "school": "", "reviewed_on": "2026-11-01", "reviewed_by": "Renée", "seen": "x"}


class TestRegisterFile:
    """The register as people keep it in Excel."""

    def test_the_boards_own_order_of_columns_and_last_line_without_an_end_are_kept(self, tmp_path: Path) -> None:
        path = tmp_path / "reviews.csv"
        path.write_bytes("reviewed_on;system;reviewed_by;seen\n2026-01-01;esis;René;y".encode("cp1252"))
        add_review(tmp_path, REVIEW)
        assert path.read_text(encoding="utf-8").splitlines()[1:] == ["2026-01-01;esis;René;y", "2026-11-01;esis;Renée;x"]

    def test_a_register_without_the_column_is_left_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "reviews.csv"
        path.write_text("system;reviewed_on;reviewed_by\n", encoding="utf-8")
        with pytest.raises(AuditorError, match="review_column_missing"):
            add_review(tmp_path, REVIEW)
        assert path.read_text(encoding="utf-8") == "system;reviewed_on;reviewed_by\n"
