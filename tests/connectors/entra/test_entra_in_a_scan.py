"""Whole scans that mix files with Entra ID and SharePoint read live: the bundled board, whose tenant stands on the double."""

from __future__ import annotations

import base64
import json
import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.app.cli import main
from auditor.app.commands.demo import at_night, deliver, unpack
from auditor.app.nightly import ScanOutcome, run_scan
from auditor.app.workspaces import load_workspace
from auditor.model.coverage import SourceState
from auditor.store import Store
from connectors.entra import clouds
from tests.connectors.entra import double as fakes
from tests.connectors.entra.double import ALL, CLIENT, SECRET, TENANT, Double, Fault, Request, World
from tests.connectors.entra.exported import exported
from tests.connectors.entra.tenants import guid

NIGHTS = (date(2026, 11, 23), date(2026, 11, 24))
SITE = "https://waterlanden.sharepoint.com/sites/rietkraag"
GUEST, SPARE = guid(0xf01), guid(0xf02)
FOLDER_GROUP = guid(0xf10)


@pytest.fixture(scope="session")
def unscanned(tmp_path_factory: pytest.TempPathFactory, authority: tuple[Path, Path]) -> Path:
    """The bundled board before its first night, its tenant read live and its folders of images too."""
    folder = tmp_path_factory.mktemp("unscanned") / "board"
    unpack(folder)
    for night in sorted(one for one in (folder / "nights").iterdir() if date.fromisoformat(one.name) <= NIGHTS[0]):
        deliver(folder, date.fromisoformat(night.name))
    file = folder / "auditor.toml"
    text = file.read_text(encoding="utf-8")
    way = f'tenant = "{TENANT}"\nclient_id = "{CLIENT}"\nsecret = "env:ENTRA_SECRET"\nca_file = "{authority[0]}"\n'
    live = (
        f'[sources.entra]\nrole = "system"\nsystem = "entra"\ntitle = "Microsoft 365"\nconnector = "entra"\nmax_age = "36 hours"\n'
        f'kinds = [{{ column = "username", pattern = "noodtoegang@*", kind = "emergency" }}]\n[sources.entra.entra]\n{way}\n'
        f'[sources.mappen]\nrole = "system"\nsystem = "sharepoint"\nconnector = "sharepoint"\n[sources.mappen.sharepoint]\n{way}'
        f'folders = [{{ folder = "Beeldmateriaal", school = "99AA00", site = "{SITE}", path = "Beeldmateriaal" }}]\n\n')
    text, count = re.subn(r"\[sources\.entra\]\n(?:.*\n)*?(?=\n# De leerlingen)", live.replace("\\", "\\\\"), text)
    assert count == 1
    file.write_text(text, encoding="utf-8")
    header = "folder;school;member;starts_on;ends_on;granted_by\n"
    (folder / "registers" / "folders.csv").write_text(header + "Beeldmateriaal;99AA00;100101;2026-01-01;;100104\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def first_night(unscanned: Path, tmp_path_factory: pytest.TempPathFactory, authority: tuple[Path, Path]) -> tuple[Path, list[Request], ScanOutcome]:
    """That board after its first night, and everything the double was asked."""
    folder = tmp_path_factory.mktemp("scanned") / "board"
    shutil.copytree(unscanned, folder)
    with pytest.MonkeyPatch.context() as patch, Double(tenant(folder), authority[1]) as double:
        patch.setenv("ENTRA_SECRET", SECRET)
        patch.setitem(clouds.CLOUDS, "global", clouds.Cloud(double.login, double.graph))
        outcome = scan(folder, NIGHTS[0])
        return folder, double.requests, outcome


@pytest.fixture
def board(first_night: tuple[Path, list[Request], ScanOutcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it that a test may change."""
    monkeypatch.setenv("ENTRA_SECRET", SECRET)
    shutil.copytree(first_night[0], tmp_path / "board")
    return tmp_path / "board"


def tenant(folder: Path) -> World:
    """The exported tenant, with MFA registrations, a guest nobody declared, somebody with two accounts, and a shared folder."""
    world = exported(folder / "exports")
    first = next(one for one in world.users if one["employeeId"] == "100101")
    guest = first | {"id": GUEST, "userPrincipalName": "gast_elders.example#EXT#@waterlanden.example", "mail": "gast@elders.example",
                     "displayName": "Gast Elders", "userType": "Guest", "employeeId": None}
    spare = first | {"id": SPARE, "userPrincipalName": "fenna2@waterlanden.example", "mail": "fenna2@waterlanden.example"}
    for one in (guest, spare):
        one["signInActivity"] = {"lastSignInDateTime": "2026-11-20T08:00:00Z", "lastSuccessfulSignInDateTime": "2026-02-01T08:00:00Z"}
    world.users += [guest, spare]
    bare = (first["userPrincipalName"], "lotte.kalmoes@waterlanden.example")
    world.registrations = [
        {"id": one["id"], "isMfaRegistered": one["userPrincipalName"] not in bare} for one in world.users if one["accountEnabled"]]
    world.groups = [{"id": FOLDER_GROUP, "displayName": "Beeld", "visibility": None}]
    world.members = {FOLDER_GROUP: [("user", SPARE), ("user", GUEST)]}
    world.granted = (*ALL, "Sites.Selected")
    world.sites = {"waterlanden.sharepoint.com/sites/rietkraag": "waterlanden.sharepoint.com,1,2"}
    world.folders = {("waterlanden.sharepoint.com,1,2", "Beeldmateriaal"): [
        {"id": "o", "roles": ["owner"], "grantedToV2": {"user": {"id": first["id"], "displayName": "Fenna", "email": first["mail"]}}},
        {"id": "g", "roles": ["write"], "grantedToV2": {"group": {"id": FOLDER_GROUP, "displayName": "Beeld"}}},
        {"id": "l", "roles": ["read"], "link": {"scope": "anonymous", "type": "view", "webUrl": "https://secret.example/link"}},
    ]}
    return world


def scan(folder: Path, night: date) -> ScanOutcome:
    return run_scan(load_workspace(folder / "auditor.toml"), night, now=at_night(night), kind="nightly")


def second_night(folder: Path) -> None:
    deliver(folder, NIGHTS[1])


def states(outcome: ScanOutcome) -> Mapping[str, SourceState]:
    return {one.source: one.state for one in outcome.coverage.sources}


def findings(folder: Path, night: date = date(2026, 11, 25)) -> dict[tuple[str, str, str | None], dict[str, Any]]:
    """Findings about the tenant and its folders that are not resolved, by rule, system and account."""
    with Store(folder / "var" / "auditor.db") as store:
        found = store.past(night).findings
    found = found[found["system"].isin(["entra", "sharepoint"]).to_numpy() & (found["state"] != "resolved").to_numpy()]
    told = found.astype("object").where(found.notna(), None).to_dict("records")
    return {(one["rule"], one["system"], one["account"]): one for one in told}


def test_live_sources_give_the_findings_that_the_exports_gave_and_those_that_need_more(
    first_night: tuple[Path, list[Request], ScanOutcome],
) -> None:
    board, asked, outcome = first_night
    world = tenant(board)
    assert states(outcome)["entra"] is states(outcome)["mappen"] is SourceState.OK
    found = set(findings(board))
    ids = {one["userPrincipalName"]: one["id"] for one in world.users}
    fenna = next(one["id"] for one in world.users if one["employeeId"] == "100101")
    assert ("privileged-undeclared", "entra", ids["lotte.kalmoes@waterlanden.example"]) in found
    assert ("external-undeclared", "entra", ids["adviseur_bureau.example#EXT#@waterlanden.example"]) in found
    assert ("external-undeclared", "entra", GUEST) in found
    without = {account for rule, system, account in found if rule == "mfa-missing" and system == "entra"}
    assert ids["lotte.kalmoes@waterlanden.example"] in without, "who holds a directory role"
    assert not without - {ids["lotte.kalmoes@waterlanden.example"], fenna}, "who has a second factor, or is not known to lack it, does not stand here"
    assert ("dormant-account", "entra", SPARE) in found, "an attempt of last week is no use"
    assert any(rule == "duplicate-account" and system == "entra" and account in (fenna, SPARE) for rule, system, account in found)
    assert any(rule == "folder-open-link" and system == "sharepoint" for rule, system, _ in found)
    assert not any(system == "sharepoint" and account == fenna for _, system, account in found), "declared in the register of folders"
    verbs = {(one.verb, one.path.rpartition("/")[2] if one.verb != "GET" else "") for one in asked}
    assert verbs == {("GET", ""), ("POST", "token")}, "whole-scan traffic: GET, and the token"
    assert {one.host.split(":")[0] for one in asked if one.token} == {"127.0.0.1"}


def test_one_persons_accounts_in_directory_cloud_and_administration_are_linked(board: Path) -> None:
    with Store(board / "var" / "auditor.db") as store:
        links = store.past(NIGHTS[1]).links
    by_person = links[(links["situation"] == "linked").to_numpy()].groupby("person", observed=True)["system"].agg(set)
    whole = [person for person, systems in by_person.items() if {"ad:waterland", "entra", "parnassys"} <= systems]
    assert len(whole) > 50
    assert {"entra", "sharepoint", "ad:waterland"} <= by_person["100101"]


def test_dying_on_page_two_is_partial_and_nothing_opens_or_resolves(board: Path, start: Callable[..., Double]) -> None:
    world = tenant(board)
    double = start(world)
    double.user_page = 50
    before = findings(board)
    second_night(board)
    world.users = world.users[::-1]
    double.faults = [Fault(r"^/v1\.0/users\?.*skiptoken", fakes.redirected, times=1000)]
    outcome = scan(board, NIGHTS[1])
    assert states(outcome)["entra"] is SourceState.PARTIAL and outcome.is_partial
    after = findings(board)
    assert {key: one["state"] for key, one in after.items() if key[1] == "entra"} == {
        key: one["state"] for key, one in before.items() if key[1] == "entra"}
    assert all(one["not_assessed_since"] is not None for key, one in after.items() if key[1] == "entra")


def test_a_lost_permission_resolves_nothing_that_needed_it_and_the_rest_goes_on(board: Path, start: Callable[..., Double]) -> None:
    world = tenant(board)
    start(world)
    before = findings(board)
    privileged = {key for key in before if key[0] == "privileged-undeclared"}
    assert privileged
    second_night(board)
    world.granted = tuple(one for one in world.granted if one not in ("RoleManagement.Read.Directory", "AuditLog.Read.All"))
    world.users = [one for one in world.users if one["id"] != GUEST]
    outcome = scan(board, NIGHTS[1])
    assert states(outcome)["entra"] is SourceState.OK
    after = findings(board)
    assert privileged <= set(after) and all(after[key]["not_assessed_since"] is not None for key in privileged)
    assert ("external-undeclared", "entra", GUEST) not in after, "who is gone from a whole list is gone"
    told = {(one.rule, one.system, one.reason.code) for one in outcome.not_assessed}
    assert ("dormant-account", "entra", "needs_column") in told
    assert ("right-outside-matrix", "entra", "rights_not_read") in told
    warned = {reason.code for report in outcome.coverage.sources if report.source == "entra" for reason in report.warnings}
    assert warned == {"graph_missing_roles", "graph_missing_sign_in", "graph_missing_mfa"}


def test_a_copy_of_a_directory_account_gives_one_finding_there(board: Path, start: Callable[..., Double]) -> None:
    world = tenant(board)
    start(world)
    with Store(board / "var" / "auditor.db") as store:
        past = store.past(NIGHTS[1])
    open_ones = past.findings[(past.findings["state"] != "resolved").to_numpy()]
    twice = open_ones[open_ones["rule"].isin(["orphan-account", "leaver-active", "vanished-from-hr", "leaver-soon", "early-account"]).to_numpy()]
    at_ad = {(one.rule, one.person): one.account for one in twice[(twice["system"] == "ad:waterland").to_numpy()].itertuples()}
    at_entra = {(one.rule, one.person): one.account for one in twice[(twice["system"] == "entra").to_numpy()].itertuples()}
    shared = [key for key in at_ad.keys() & at_entra.keys() if isinstance(key[1], str)]
    assert shared, "the board has somebody with a finding at both"
    rule, person = shared[0]
    copy = next(one for one in world.users if one["id"] == at_entra[rule, person])
    copy["onPremisesSyncEnabled"] = True
    copy["onPremisesImmutableId"] = base64.b64encode(uuid.UUID(at_ad[rule, person]).bytes_le).decode()
    second_night(board)
    scan(board, NIGHTS[1])
    with Store(board / "var" / "auditor.db") as store:
        now = store.past(date(2026, 11, 25)).findings
    now = now[(now["rule"] == rule).to_numpy() & (now["person"] == person).to_numpy() & (now["state"] != "resolved").to_numpy()]
    assert "ad:waterland" in set(now["system"]) and "entra" not in set(now["system"])


def test_doctor_tells_of_each_live_source_what_it_may_and_how_much_it_read(
    board: Path, start: Callable[..., Double], capsys: pytest.CaptureFixture[str],
) -> None:
    world = tenant(board)
    world.granted = (*(one for one in world.granted if one != "Application.Read.All"), "Directory.ReadWrite.All")
    start(world)
    main(["doctor", "--json", "--lang", "en", "--config", str(board / "auditor.toml")])
    printed = capsys.readouterr().out
    lines = json.loads(printed)
    of_entra = [line for line in lines if line["name"] == "entra"]
    assert any("Directory.ReadWrite.All" in line["text"] and not line["is_fine"] for line in of_entra)
    assert any(re.search(r"\b\d{3} rows", line["text"]) for line in of_entra), of_entra
    assert SECRET not in printed


def test_one_source_that_cannot_sign_in_leaves_the_others_alone(board: Path, start: Callable[..., Double], monkeypatch: pytest.MonkeyPatch) -> None:
    start(tenant(board))
    before = set(findings(board))
    monkeypatch.setenv("ENTRA_SECRET", "wrong")
    second_night(board)
    outcome = scan(board, NIGHTS[1])
    assert states(outcome)["entra"] is SourceState.UNREACHABLE and states(outcome)["parnassys"] is SourceState.OK
    assert {key for key in findings(board) if key[1] == "entra"} == {key for key in before if key[1] == "entra"}
