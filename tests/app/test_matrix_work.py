"""Working on a matrix from the command line: taking over, comparing, looking back and proposing, on the bundled board."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from auditor.app.backtesting import backtest
from auditor.app.nightly import read_matrices
from auditor.config.load import load, policy_of
from auditor.model.judged import CLOSEST_MISS, UNKNOWN_RIGHT
from auditor.store import Store
from matrices.load import load_matrix


def config(folder: Path) -> tuple[str, str]:
    return "--config", str(folder / "auditor.toml")


def edited(folder: Path, to: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the board's ParnasSys matrix with texts in rows.csv replaced."""
    shutil.copytree(folder / "matrices" / "parnassys", to)
    text = (to / "rows.csv").read_text(encoding="utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (to / "rows.csv").write_text(text, encoding="utf-8-sig")
    return to


LOWER = ("leerkracht;Leerkracht;volledig;group;allowed;;", "leerkracht;Leerkracht;beperkt;group;allowed;;")


def test_the_findings_a_backtest_starts_from_are_those_the_scan_stored(scanned):
    """But for temporary rights that ended: a scan waits for an export that is newer than the end, which the judge does not ask."""
    waiting = "temporary-right-expired"
    workspace = load(scanned / "auditor.toml")
    matrices, _ = read_matrices(workspace)
    with Store(workspace.path(workspace.config.folders.database)) as store:
        for matrix in matrices:
            told = backtest(store, matrices, matrix, policy_of(workspace.config), 30)
            assert [(night.appearing, night.vanishing, night.changed) for night in told.nights if night.is_read] == [
                ({}, {}, {}) for night in told.nights if night.is_read]
            for night in told.nights:
                stored = [
                    row for row in store.findings(night.scan, resolved="none", has_evidence=False)
                    if row["system"] == matrix.system and row["rule"] in (*CLOSEST_MISS, UNKNOWN_RIGHT)]
                waits = sum(rule == waiting for rule in night.found.values()) - sum(row["rule"] == waiting for row in stored)
                assert not night.is_read or night.before == len(stored) + waits


def test_a_backtest_tells_what_a_lower_level_would_open_per_school_and_night(scanned, run, tmp_path):
    draft = edited(scanned, tmp_path / "draft", LOWER)
    code, out, _ = run("matrix", "backtest", str(draft), "--json", *config(scanned))
    told = json.loads(out)
    assert code == 0 and [night["as_of"] for night in told["nights"]] == ["2026-11-23", "2026-11-24"]
    last = told["nights"][-1]
    assert last["appearing"] == len(told["last"]["appearing"]) > 0 and last["vanishing"] == 0 and not told["is_promoted"]
    assert {finding["rule"] for finding in told["last"]["appearing"]} == {"level-too-high"}
    assert sum(school["appearing"] for school in last["schools"].values()) == last["appearing"]
    code, out, _ = run("matrix", "backtest", str(draft), "--nights", "1", *config(scanned))
    assert code == 0 and f"{last['appearing']} erbij, 0 weg" in out and "23-11-2026" not in out


def test_a_draft_without_a_row_that_counts_is_looked_at_as_if_adopted(scanned, run, tmp_path):
    code, _, _ = run("matrix", "propose", "parnassys", "--out", str(tmp_path / "new"), *config(scanned))
    told = json.loads(run("matrix", "backtest", str(tmp_path / "new"), "--json", *config(scanned))[1])
    assert code == 0 and told["is_promoted"] and told["nights"][-1]["after"] > 0


def test_what_did_not_change_since_the_night_before_is_not_judged_again(scanned, tmp_path):
    workspace = load(scanned / "auditor.toml")
    matrices, _ = read_matrices(workspace)
    draft = load_matrix(scanned / "matrices" / "esis")
    draft = replace(draft, rows=tuple(row for row in draft.rows if row.function != "ICT-er"))
    with Store(workspace.path(workspace.config.folders.database)) as store:
        scans = store.scans()
        one = backtest(store, matrices, draft, policy_of(workspace.config), 1)
        twice = type("Twice", (), {
            "scans": lambda self: [scans[-1], scans[-1].__class__(**(vars(scans[-1]) | {"as_of": scans[-1].as_of.replace(day=25)}))],
            "__getattr__": lambda self, name: getattr(store, name)})()
        again = backtest(twice, matrices, draft, policy_of(workspace.config), 2)
    assert (one.judged, again.judged) == (1, 1)
    assert again.nights[1].appearing == again.nights[0].appearing == one.nights[0].appearing


def test_a_diff_says_in_a_sentence_what_changes_for_whom(scanned, run, tmp_path):
    draft = edited(scanned, tmp_path / "draft", LOWER, ("directeur;Applicatiebeheerder;;school", "adjunct;Applicatiebeheerder;;school"))
    code, out, _ = run("matrix", "diff", str(scanned / "matrices/parnassys"), str(draft), *config(scanned))
    assert code == 0
    assert "krapper  leerkracht, Leerkracht: niveau van volledig naar beperkt. Dit raakt" in out
    assert "directeur mag Applicatiebeheerder op de eigen school niet meer." in out
    assert "adjunct mag voortaan Applicatiebeheerder op de eigen school. Dit raakt 0 mensen" in out
    told = json.loads(run("matrix", "diff", str(scanned / "matrices/parnassys"), str(draft), "--json", "--lang", "en", *config(scanned))[1])
    assert {row["kind"] for row in told["rows"]} == {"changed", "added", "removed"} and all(row["text"] for row in told["rows"])


def test_a_diff_of_two_systems_is_refused(scanned, run):
    code, _, err = run("matrix", "diff", str(scanned / "matrices/parnassys"), str(scanned / "matrices/esis"), *config(scanned))
    assert code == 1 and "parnassys" in err and "esis" in err


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Functie", "Rollen", None])
    page.append([None, "Directie", "Groepsleerkracht"])
    page.append(["directeur", "x", None])
    page.append(["leerkracht", None, "x*"])
    page.append(["toverkol", None, "miss"])
    page.append(["* alleen de eigen groep"])
    page.merge_cells("B1:C1")
    book.save(tmp_path / "esis.xlsx")
    return tmp_path / "esis.xlsx"


def test_a_spreadsheet_becomes_a_draft_and_what_was_not_understood_is_told(scanned, run, tmp_path, sheet):
    draft = tmp_path / "draft"
    code, out, _ = run("matrix", "import", str(sheet), "--system", "esis", "--out", str(draft), *config(scanned))
    assert code == 0 and "2 regels" in out and "regel 5, kolom C (Groepsleerkracht): 'miss'" in out and "toverkol" in out
    assert [(row.function, row.right, row.scope, row.mode) for row in load_matrix(draft).rows] == [
        ("directeur", "Directie", None, "draft"), ("leerkracht", "Groepsleerkracht", "group", "draft")]
    assert run("matrix", "check", str(draft), *config(scanned))[0] == 0
    code, out, err = run("matrix", "import", str(sheet), "--system", "esis", "--out", str(draft), "--json", *config(scanned))
    assert code == 1 and not out and "--out" in err


def test_a_sheet_without_a_table_and_another_kind_of_file_are_refused(scanned, run, tmp_path):
    (tmp_path / "leeg.csv").write_text("een;titel\n", encoding="utf-8")
    code, out, _ = run("matrix", "import", str(tmp_path / "leeg.csv"), "--system", "esis", "--out", str(tmp_path / "x"), "--json", *config(scanned))
    assert code == 1 and json.loads(out)["unclear"] and not (tmp_path / "x").exists()
    (tmp_path / "oud.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    assert run("matrix", "import", str(tmp_path / "oud.xls"), "--system", "esis", *config(scanned))[0] == 1


def test_a_proposal_has_what_most_people_of_a_function_hold_and_lists_who_holds_otherwise(scanned, run, tmp_path):
    code, out, _ = run("matrix", "propose", "parnassys", "--out", str(tmp_path / "new"), "--json", *config(scanned))
    told = json.loads(out)
    assert code == 0 and {(row["function"], row["right"]) for row in told["rows"]} >= {
        ("leerkracht", "Leerkracht"), ("directeur", "Applicatiebeheerder")}
    assert all(row["share"] >= 0.5 and row["held"] <= row["people"] for row in told["rows"])
    assert told["exceptions"] and all(one["share"] < 0.5 or one["held"] < 2 for one in told["exceptions"])
    matrix = load_matrix(tmp_path / "new")
    assert {row.mode for row in matrix.rows} == {"draft"} and not matrix.is_norm and matrix.natives
    assert run("matrix", "propose", "nergens", "--out", str(tmp_path / "other"), *config(scanned))[0] == 1
    assert run("matrix", "propose", "parnassys", "--usual", "2", *config(scanned))[0] == 2


def test_show_tells_register_modules_and_the_editions_that_were_judged_by(scanned, run):
    _, out, _ = run("matrix", "show", "esis", *config(scanned))
    assert "Wat een recht per onderdeel kan" in out and "Conciërge: leerlingadministratie lezen, namen en adressen" in out
    told = json.loads(run("matrix", "show", "esis", "--json", *config(scanned))[1])
    edition = told["editions"][0]
    assert edition["digest"] == told["digest"] and edition["since"] == "2026-11-23" and edition["until"] is None
    assert edition["adopted_by"] == told["adopted_by"] and edition["adopted_on"] == told["adopted_on"]


def test_check_knows_the_boards_functions_and_suggests_the_nearest(scanned, run, tmp_path):
    draft = edited(scanned, tmp_path / "draft", ("directeur;Applicatiebeheerder", "direkteur;Applicatiebeheerder"))
    told = json.loads(run("matrix", "check", str(draft), "--json", *config(scanned))[1])
    fault = next(one for one in told["warnings"] if one["code"] == "matrix_function_unknown")
    assert fault["column"] == "function" and fault["line"] and "'directeur'" in fault["text"]


def test_a_check_names_files_as_the_board_does(workspace, run):
    rows = workspace / "matrices" / "esis" / "rows.csv"
    rows.write_text(rows.read_text(encoding="utf-8").replace(";allowed;", ";toegestaan;", 1), encoding="utf-8")
    told = json.loads(run("matrix", "check", "--json", *config(workspace))[1])
    assert [(fault["file"], fault["column"]) for fault in told["errors"]] == [("matrices/esis/rows.csv", "stance")]
    assert told["matrices"], "a faulty matrix hides the sound ones"
