"""A new board starts with a template: settings, registers and matrices that are whole, sound, and explain themselves."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from auditor.config.load import load
from auditor.model.tables import REGISTERS, TABLES
from matrices.lint import lint
from matrices.load import load_matrices

BOARDS = ("opor", "kindante", "kerobei", "uniek", "procon")


@pytest.mark.parametrize("template", BOARDS)
def test_a_template_gives_a_workspace_in_which_only_exports_and_the_boards_decision_are_missing(run, tmp_path, template):
    folder = tmp_path / "new"
    code, out, _ = run("init", str(folder), "--template", template, "--json")
    made = json.loads(out)["made"]
    assert code == 0 and all((folder / name).is_file() for name in made)
    assert {f"registers/{register}.csv" for register in REGISTERS} | {"auditor.toml", "registers/uitleg.csv", "matrices/uitleg.csv"} <= set(made)
    _, told, _ = run("doctor", "--json", "--config", str(folder / "auditor.toml"))
    sources = set(load(folder / "auditor.toml").config.sources)
    assert {line["name"] for line in json.loads(told) if not line["is_fine"]} == sources
    code, told, _ = run("matrix", "check", "--json", "--config", str(folder / "auditor.toml"))
    checked = json.loads(told)
    assert code == 0 and not checked["errors"]
    assert {warning["code"] for warning in checked["warnings"]} <= {"matrix_not_adopted", "matrix_holders_unnamed"}


@pytest.mark.parametrize("template", BOARDS)
def test_every_function_of_a_templates_matrices_is_in_its_function_list(run, tmp_path, template):
    run("init", str(tmp_path / "new"), "--template", template)
    with (tmp_path / "new/registers/functions.csv").open(encoding="utf-8-sig", newline="") as file:
        functions = {row["function"] for row in csv.DictReader(file, delimiter=";")}
    faults = lint(load_matrices(tmp_path / "new/matrices"), functions)
    assert not [fault for fault in faults if fault.code == "matrix_function_unknown"]


@pytest.mark.parametrize("language, needed", [("nl", "verplicht"), ("en", "required")])
def test_every_column_of_every_register_is_explained_beside_it(run, tmp_path: Path, language: str, needed: str):
    run("init", str(tmp_path / "new"), "--lang", language)
    with (tmp_path / "new/registers/uitleg.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file, delimiter=";")
    assert header[2] == needed
    assert [(name, column) for name, column, _, _ in lines] == [
        (f"{register}.csv", column.name) for register in REGISTERS for column in TABLES[register].columns]
    assert all(means and "?" not in means for *_, means in lines)


def test_the_opor_template_names_the_folders_register_of_sharepoint(run, tmp_path):
    run("init", str(tmp_path / "new"), "--template", "opor")
    assert {matrix.system for matrix in load_matrices(tmp_path / "new/matrices")} == {"parnassys", "afas", "sharepoint"}


def test_a_name_that_is_no_template_is_a_usage_error(run, tmp_path):
    assert run("init", str(tmp_path / "new"), "--template", "elders")[0] == 2
