"""A possible data breach: the clock runs from the scan that found it, and the form is filled in from evidence (OPOR, appendix E)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from auditor.app.nightly import run_scan
from auditor.app.workspaces import load_workspace, open_store

Run = Callable[..., tuple[int, str, str]]


def breach(run: Run, workspace: Path) -> dict[str, object]:
    """The first possible breach of the bundled board."""
    found = json.loads(run("findings", "list", "--rule", "used-after-leaving", "--json", "--config", str(workspace / "auditor.toml"))[1])
    return dict(found[0])


def test_the_form_is_filled_in_from_evidence_and_leaves_the_rest_to_people(scanned: Path, run: Run) -> None:
    told = breach(run, scanned)
    code, out, _ = run("findings", "show", str(told["key"]), "--config", str(scanned / "auditor.toml"))
    form = out.split("Incidentformulier")[1]
    assert code == 0
    assert all(text in form for text in (str(told["key"]), str(told["username"]), str(told["display_name"]), "14 oktober 2026", "30 september 2026"))
    assert form.count("zelf invullen") == 6
    with open_store(load_workspace(scanned / "auditor.toml")) as store:
        grants = store.table_at("grants", where={"account": str(told["account"])})
    assert set(grants["right"].astype("str")) and all(right in form for right in grants["right"].astype("str"))


def test_the_hours_run_from_the_scan_that_found_it_whatever_a_later_scan_begins(workspace: Path, run: Run) -> None:
    before = breach(run, workspace)
    late = datetime(2026, 11, 25, 19, 45, tzinfo=UTC)
    run_scan(load_workspace(workspace / "auditor.toml"), date(2026, 11, 25), now=late, kind="nightly")
    assert breach(run, workspace)["deadline_at"] == before["deadline_at"] == "2026-11-23T11:30+00:00"
    form = json.loads(run("findings", "show", str(before["key"]), "--json", "--config", str(workspace / "auditor.toml"))[1])["incident"]
    assert form["Directeur informeert de privacy officer uiterlijk"] == "23 november 2026 12:30"
    assert form["Melding aan de Autoriteit Persoonsgegevens, als die nodig is, uiterlijk"] == "26 november 2026 04:30"


def test_what_is_no_breach_has_no_form(scanned: Path, run: Run) -> None:
    config = ("--config", str(scanned / "auditor.toml"))
    key = json.loads(run("findings", "list", "--rule", "orphan-account", "--json", *config)[1])[0]["key"]
    assert "Incidentformulier" not in run("findings", "show", key, *config)[1]
    assert "incident" not in json.loads(run("findings", "show", key, "--json", *config)[1])
