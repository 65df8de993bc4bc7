"""One bad source never stops the others, and nothing is opened or resolved for what was not read."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import auditor.app.nightly as nightly

WEB_PAGE = b"<!DOCTYPE html><html><body><form action='/login'></form></body></html>"


def config(folder: Path) -> str:
    return str(folder / "auditor.toml")


def first_half(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(lines[: len(lines) // 2])


def with_cell_too_many(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    lines[5] = lines[5].rstrip(b"\r\n") + (b";" if b";" in lines[0] else b",") + b"x\r\n"
    return b"".join(lines)


BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut in a line": lambda data: data[: len(data) // 2],
    "cut between lines": first_half,
    "login page": lambda data: WEB_PAGE,
    "header only": lambda data: data.splitlines(keepends=True)[0],
    "NUL": lambda data: data[:-9] + b"\0" + data[-9:],
    "cell too many": with_cell_too_many,
}
FILES = {"afas-employments.csv": "afas-hr", "afas-positions.csv": "afas-hr", "esis-gebruikers.csv": "esis", "entra-users.csv": "entra"}


def scan(workspace: Path, run: Callable[..., tuple[int, str, str]], *more: str) -> tuple[int, dict[str, object]]:
    code, out, _ = run("scan", "--as-of", "2026-11-25", "--json", "--config", config(workspace), *more)
    return code, json.loads(out)


CASES = [(file, broken) for file in FILES for broken in BREAKS if not file.startswith("entra") or broken in ("empty", "cut between lines")]
"""For Entra, which the same reader reads, two breaks are enough."""


@pytest.mark.parametrize(("file", "broken"), CASES)
def test_a_broken_export_opens_and_resolves_nothing(workspace, run, file, broken):
    path = workspace / "exports" / file
    path.write_bytes(BREAKS[broken](path.read_bytes()))
    code, told = scan(workspace, run)
    source = next(one for one in told["sources"] if one["source"] == FILES[file])
    assert code in (3, 4) and source["state"] in ("refused", "blocked")
    assert (told["counts"]["new"], told["counts"]["resolved"], told["counts"]["reopened"]) == (0, 0, 0)
    assert told["counts"]["not_assessed"] > 8, "its findings keep their stand and say so"
    assert code == (4 if source["state"] == "blocked" else 3)


@pytest.mark.parametrize("made", ["symlink", "fifo", "folder", "nothing"])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
def test_a_trick_in_the_folder_is_refused_and_hangs_nothing(workspace, run, made):
    path = workspace / "exports" / "esis-gebruikers.csv"
    moved = path.rename(workspace / "elsewhere.csv")
    if made == "symlink":
        path.symlink_to(moved)
    elif made == "fifo":
        os.mkfifo(path)
    elif made == "folder":
        path.mkdir()
    code, told = scan(workspace, run)
    assert code == 3 and (told["counts"]["new"], told["counts"]["resolved"]) == (0, 0)


def test_scan_as_json_has_exactly_the_keys_of_the_contract(workspace, run):
    _, told = scan(workspace, run)
    assert list(told) == ["scan", "kind", "as_of", "started_at", "seconds", "sources", "counts", "not_assessed", "report"]
    assert {tuple(source) for source in told["sources"]} == {("source", "state", "rows", "sha256", "as_of", "reason")}
    assert list(told["counts"]) == ["new", "resolved", "reopened", "persisting", "waived", "not_assessed"]


def test_a_refusal_says_what_is_wrong_and_then_what_to_do(workspace, run):
    (workspace / "exports" / "esis-gebruikers.csv").write_bytes(b"")
    _, out, _ = run("scan", "--as-of", "2026-11-25", "--dry-run", "--config", config(workspace))
    refusal = next(line for line in out.splitlines() if "esis-gebruikers.csv:" in line)
    what, todo = refusal.strip().removesuffix(".").split(". ", 1)
    assert what and todo[0].isupper()


def test_a_mistake_of_ours_is_one_line_without_a_traceback(workspace, run, monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret in a cell")

    monkeypatch.setattr(nightly, "conclude", fail)
    code, _, err = run("scan", "--as-of", "2026-11-25", "--config", config(workspace))
    told = err.strip().splitlines()[-1]
    assert code == 1 and "ZeroDivisionError, auditor.app.nightly:" in told and "secret" not in err and "Traceback" not in err


def test_a_folder_that_cannot_be_written_is_told_by_its_name(workspace, run):
    shutil.rmtree(workspace / "var")
    (workspace / "var").write_text("not a folder", encoding="utf-8")
    code, _, err = run("scan", "--as-of", "2026-11-25", "--config", config(workspace))
    assert code == 1 and "var" in err and "Traceback" not in err


def test_a_source_taken_out_of_the_configuration_leaves_its_findings_and_ends_with_3(workspace, run):
    file = workspace / "auditor.toml"
    text = file.read_text(encoding="utf-8")
    start, end = text.index("[sources.afas-users]"), text.index("# ParnasSys:")
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    code, told = scan(workspace, run)
    assert code == 3 and told["counts"]["not_assessed"] > 0 and told["counts"]["resolved"] == 0


SOURCES = ("afas-hr", "afas-users", "parnassys", "esis", "ad-waterland", "entra", "leerlingen")


def without_source(text: str, name: str) -> str:
    """The configuration text without one source's table, up to the next one."""
    start = text.index(f"[sources.{name}]")
    end = text.find("[sources.", start + 1)
    return text[:start] + (text[end:] if end > 0 else "")


@pytest.mark.parametrize("name", SOURCES)
def test_taking_a_source_out_resolves_nothing_and_is_said(workspace, run, name):
    file = workspace / "auditor.toml"
    file.write_text(without_source(file.read_text(encoding="utf-8"), name), encoding="utf-8")
    for day in ("2026-11-25", "2026-11-26"):
        code, out, _ = run("scan", "--as-of", day, "--json", "--config", config(workspace))
        told = json.loads(out)
        assert code == 3 and told["counts"]["resolved"] == 0
        assert next(one["state"] for one in told["sources"] if one["source"] == name) == "not_configured"


def test_a_source_under_a_new_name_takes_the_place_of_the_old_one(workspace, run):
    file = workspace / "auditor.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[sources.esis]", "[sources.esis-nieuw]"), encoding="utf-8")
    _, told = scan(workspace, run)
    names = {one["source"]: one["state"] for one in told["sources"]}
    assert names["esis-nieuw"] == "ok" and "esis" not in names
    assert (told["counts"]["new"], told["counts"]["resolved"]) == (0, 0)


def test_a_mistake_in_one_reader_costs_that_source_and_no_other(workspace, run, monkeypatch):
    from connectors.files import opened

    def fail(data: bytes, file: str, *_: object) -> None:
        raise RuntimeError("de geheime cel")

    monkeypatch.setattr(opened, "read_xlsx", fail)
    monkeypatch.setattr(opened, "read_ldif", fail)
    code, out, err = run("scan", "--as-of", "2026-11-25", "--json", "--config", config(workspace))
    states = {one["source"]: one for one in json.loads(out)["sources"]}
    assert code == 3 and states["parnassys"]["state"] == "unreachable" and states["entra"]["state"] == "ok"
    assert "RuntimeError" in states["parnassys"]["reason"][0] and "geheime" not in out + err
