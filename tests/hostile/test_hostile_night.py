"""The nightly scan survives every hostile file: it costs its own source that night, and the rest is judged as ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.corpus import CORPUS, OWN_LAYOUTS, Hostile, tricks
from tests.hostile.tables import table
from tests.proofs import write_section
from tests.travelling import scan_on

SURVIVED = (3, 4)
"""Exit codes: a source was not assessed, or a guard blocked one."""
OTHERS = {"afas-hr", "parnassys", "ad-waterland", "entra", "leerlingen"}
"""What the bundled board delivers in time for that day; the users of AFAS are a few days too old."""


def scan(workspace: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = scan_on("2026-11-25", "--json", "--config", str(workspace / "auditor.toml"), *more)
    return code, json.loads(capsys.readouterr().out)


def add_layouts(workspace: Path) -> None:
    (workspace / "layouts").mkdir(exist_ok=True)
    for name, content in OWN_LAYOUTS.items():
        (workspace / "layouts" / f"{name}.toml").write_text(content, encoding="utf-8")


def with_esis_of(workspace: Path, one: Hostile) -> None:
    """Put a hostile file in the place of the export of ESIS, and its layout with it."""
    add_layouts(workspace)
    one.make(workspace / "exports" / one.name)
    config = workspace / "auditor.toml"
    text = config.read_text(encoding="utf-8")
    start = text.index("parts", text.index("[sources.esis]"))
    end = text.index("\n", start)
    assert text[start:end].endswith("]")
    part = f'parts = [{{ layout = "{one.layout}", path = "exports/{one.name}" }}]'
    config.write_text(text[:start] + part + text[end:], encoding="utf-8")


def judge(one: Hostile, code: int, told: dict[str, Any]) -> str:
    """Hold a night with one hostile source to what is promised; return the state of that source."""
    states = {source["source"]: source["state"] for source in told["sources"]}
    assert code in SURVIVED, one.name
    assert states["esis"] != "ok", one.name
    assert {states[name] for name in OTHERS} == {"ok"}, one.name
    assert (told["counts"]["new"], told["counts"]["resolved"], told["counts"]["reopened"]) == (0, 0, 0), one.name
    assert told["counts"]["not_assessed"] > 9, one.name
    return states["esis"]


def test_a_night_full_of_hostile_files_costs_those_sources_and_nothing_else(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = [one for one in CORPUS if not one.is_heavy and one.answer != "ok" and one.seconds <= 3]
    add_layouts(workspace)
    (workspace / "exports" / "vijand").mkdir()
    added = []
    for place, one in enumerate(chosen):
        one.make(workspace / "exports" / "vijand" / one.name)
        added.append((f"v{place}", one.layout, one.name, one.answer))
    added += [(f"t{place}", "parnassys-overview", name, fault)
              for place, (name, fault) in enumerate(tricks(workspace / "exports" / "vijand").items())]
    with (workspace / "auditor.toml").open("a", encoding="utf-8") as config:
        for name, layout, file, _ in added:
            config.write(f'\n[sources.{name}]\nrole = "system"\nsystem = "{name}"\nmax_age = "35 days"\nsettle_seconds = 0\n'
                         f'parts = [{{ layout = "{layout}", path = "exports/vijand/{file}" }}]\n')
    code, told = scan(workspace, capsys)
    sources = {source["source"]: source for source in told["sources"]}
    assert code == 3
    assert {sources[name]["state"] for name in (*OTHERS, "esis")} == {"ok"}
    for name, _, file, fault in added:
        assert sources[name]["state"] == "refused" and fault in " ".join(sources[name]["reason"]), file
    assert (told["counts"]["new"], told["counts"]["resolved"], told["counts"]["reopened"]) == (0, 0, 0)


@pytest.mark.parametrize("name", ["sparse.xlsx", "url.ldf"])
def test_a_hostile_file_in_the_place_of_an_export_opens_and_resolves_nothing(
        workspace: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    one = next(one for one in CORPUS if one.name == name)
    with_esis_of(workspace, one)
    assert judge(one, *scan(workspace, capsys, "--dry-run")) == "refused"


@pytest.mark.proof
def test_every_hostile_file_in_the_place_of_an_export_opens_and_resolves_nothing(
        board: Path, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    original = (board / "auditor.toml").read_text(encoding="utf-8")
    rows = []
    for one in CORPUS:
        (workspace / "auditor.toml").write_text(original, encoding="utf-8")
        with_esis_of(workspace, one)
        code, told = scan(workspace, capsys, "--dry-run")
        rows.append([one.name, judge(one, code, told), code, told["counts"]["new"], told["counts"]["resolved"], told["counts"]["not_assessed"]])
        (workspace / "exports" / one.name).unlink()
    write_section("hostile-nights", "A night with each hostile file in the place of an export", table(
        "The bundled board, scanned with the file where the export of ESIS should be. Every other source is ok, nothing is opened or resolved; "
        "the findings about ESIS say since when they were not assessed.",
        ["file", "state of ESIS", "exit code", "new", "resolved", "not assessed"], rows))
