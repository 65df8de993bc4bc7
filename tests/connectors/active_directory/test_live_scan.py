"""A whole scan that reads the people from a file and their accounts from a live domain; and what it does when the domain breaks off."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.app.cli import main
from auditor.app.clock import today
from auditor.app.workspaces import load_workspace, open_store
from connectors.entra import clouds
from tests.connectors.active_directory.conftest import USERS
from tests.connectors.entra.certificates import make_authority
from tests.connectors.entra.double import CLIENT, SECRET, TENANT, Double, World
from tests.connectors.entra.tenants import user
from tests.servers import directory_seed as seed
from tests.servers import ldap_wire as wire
from tests.servers import samba

TLS = tuple[Path, tuple[Path, Path]]
CONFIG = """
[board]
name = "Stichting Waterland"
short = "waterland"
language = "en"
managed_domains = ["waterland.test"]

[retention]
use_data_months = 6
person_data_months = 24

[sources.hr]
role = "hr"
settle_seconds = 0
minimum_rows = 10
parts = [{{ layout = "hr-generic", path = "exports/hr.csv" }}]

[sources.ad]
role = "system"
system = "ad:waterland"
connector = "active_directory"
minimum_rows = 10

[sources.ad.active_directory]
servers = ["{server}"]
ca_file = "{ca}"
user = "{user}"
password = "file:ad.secret"
school = '(?i)OU=(?P<value>[^,]+),OU=Scholen'
kinds = [{{ under = "OU=Dienstaccounts", kind = "service" }}]
kind = "person"
page = 50
"""

ALL_THREE = """
[sources.entra]
role = "system"
system = "entra"
connector = "entra"
[sources.entra.entra]
tenant = "{tenant}"
client_id = "{client}"
secret = "env:ENTRA_SECRET"
ca_file = "{ca}"

[sources.parnassys]
role = "system"
system = "parnassys"
settle_seconds = 0
parts = [{{ layout = "parnassys-overview", path = "exports/parnassys.csv" }}]
"""


@dataclass
class Board:
    """A workspace of its own."""

    root: Path
    run: Callable[..., tuple[int, str]]

    def configure(self, server: str, ca: Path, password: str = seed.PASSWORD) -> None:
        """Say where the domain is."""
        (self.root / "auditor.toml").write_text(CONFIG.format(server=server, ca=ca, user=f"{seed.READER}@waterland.test"), encoding="utf-8")
        secret = self.root / "ad.secret"
        secret.unlink(missing_ok=True)
        secret.touch(0o600)
        secret.write_text(password + "\n", encoding="utf-8")

    def staff(self, left: frozenset[int] = frozenset()) -> None:
        """Write HR's list: everybody but number 250; 4 moved to a school in another domain, `left` are gone since a year."""
        day = today()
        lines = ["Personeelsnummer;Naam;E-mail;Functie;School;Begindatum;Einddatum"]
        for number in range(USERS):
            if number == 250:
                continue
            school = seed.SCHOOLS[number % 3]
            start, ended = day - timedelta(days=2000), (day - timedelta(days=365)).isoformat()
            if number == 4:
                lines.append(f"{number:05d};Persoon {number};m{number:05d}@waterland.test;leerkracht;{school};{start};{ended}")
                school, start = "99ZZ00", day - timedelta(days=364)
            until = ended if number in left else ""
            lines.append(f"{number:05d};Persoon {number};m{number:05d}@waterland.test;leerkracht;{school};{start};{until}")
        lines.append(f"90001;Beheer Primair;p.primair@waterland.test;systeembeheerder;99AA00;{day - timedelta(days=900)};")
        (self.root / "exports" / "hr.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def findings(self) -> dict[str, set[str]]:
        """What is open: usernames by rule."""
        found: dict[str, set[str]] = {}
        for one in json.loads(self.run("findings", "list", "--json")[1]):
            if one["state"] == "open":
                found.setdefault(one["rule"], set()).add(one["username"] or one["account"])
        return found


@pytest.fixture
def board(tmp_path: Path, capsys: pytest.CaptureFixture[str], domain: samba.Samba) -> Board:
    for name in ("exports", "registers", "matrices"):
        (tmp_path / name).mkdir()
    rows = [f"{school};school;School {school};;ad:waterland;;;;" for school in seed.SCHOOLS] + ["99ZZ00;school;Zuid;;ad:zuid;;;;"]
    (tmp_path / "registers" / "schools.csv").write_text(
        "school;kind;name;codes;domain;opened_on;closed_on;merged_into;works_across_groups\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "registers" / "externals.csv").write_text(
        "person;name;organisation;sponsor;mail;school;function;starts_on;ends_on\n", encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main([*words, "--lang", "en", "--config", str(tmp_path / "auditor.toml")])
        return code, capsys.readouterr().out

    made = Board(tmp_path, run)
    made.configure(domain.address, domain.ca)
    made.staff()
    return made


def sources_of(text: str) -> dict[str, Any]:
    return {one["source"]: one for one in json.loads(text)["sources"]}


def test_a_scan_of_a_live_domain_and_a_file_finds_what_is_wrong(board: Board) -> None:
    _, out = board.run("scan", "--json")
    assert [sources_of(out)[name]["state"] for name in ("hr", "ad")] == ["ok", "ok"]
    found = board.findings()
    assert "m00250" in found["orphan-account"], "nobody in HR has this number"
    assert seed.FOREIGN_SID in found["external-undeclared"]
    assert {"svc-backup", seed.READER} <= found["service-account-unowned"]
    assert found["former-domain-account"] == {"m00004"}
    assert "p.primair" in found["privileged-undeclared"]
    assert "m00001" not in found["privileged-undeclared"], "the group only has an administrators' name"
    assert {"m00003", "m00007"} <= found["password-rule-off"]
    assert found["password-too-old"], "two thirds were set in 2024 and 2025: so many are one finding"
    assert "m00001" not in found["orphan-account"]
    assert found["dormant-account"], "a quarter was last used before July 2026"
    assert not {"m00005", "uit"} & set().union(*found.values()), "a disabled account is nobody's worry"


def test_a_domain_that_dies_on_the_second_page_opens_and_resolves_nothing(board: Board, domain: samba.Samba, trusted: TLS) -> None:
    board.run("scan", "--json")
    before = board.findings()
    recorder = wire.Recorder(trusted[1], (domain.address, 636), domain.ca, break_after=6)
    board.configure(f"127.0.0.1:{recorder.port}", trusted[0])
    board.staff(left=frozenset({1, 2, 10, 13}))
    _, out = board.run("scan", "--json")
    recorder.close()
    scan = json.loads(out)
    assert sources_of(out)["ad"]["state"] == "partial"
    assert scan["counts"]["resolved"] == 0
    after = board.findings()
    assert "leaver-active" not in after, "who left is known; whether the account is still there is not"
    assert after == before
    board.configure(domain.address, domain.ca)
    board.run("scan", "--json")
    assert board.findings()["leaver-active"] == {"m00001", "m00002", "m00010", "m00013"}


def test_one_persons_accounts_in_the_domain_the_tenant_and_the_pupil_administration_are_linked(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    ca, server = make_authority(tmp_path)
    numbers = range(6, 16)
    world = World(users=[
        user(one, f"Persoon {one}", employeeId=f"{one:05d}", userPrincipalName=f"m{one:05d}@waterland.test", mail=f"m{one:05d}@waterland.test")
        for one in numbers])
    lines = [f"{one};p{one};m{one:05d}@waterland.test;{one:05d};{seed.SCHOOLS[one % 3]};Leerkracht;actief" for one in numbers]
    (board.root / "exports" / "parnassys.csv").write_text(
        "Medewerker-id;Gebruikersnaam;E-mailadres;Personeelsnummer;BRIN;Rol;Status\n" + "\n".join(lines) + "\n", encoding="utf-8")
    config = board.root / "auditor.toml"
    config.write_text(config.read_text(encoding="utf-8") + ALL_THREE.format(tenant=TENANT, client=CLIENT, ca=ca), encoding="utf-8")
    monkeypatch.setenv("ENTRA_SECRET", SECRET)
    board.staff(left=frozenset({9}))
    with Double(world, server) as double:
        monkeypatch.setitem(clouds.CLOUDS, "global", clouds.Cloud(double.login, double.graph))
        _, out = board.run("scan", "--json")
    states = {name: one["state"] for name, one in sources_of(out).items() if not name.startswith("register.")}
    assert states == dict.fromkeys(("hr", "ad", "entra", "parnassys"), "ok")
    leavers = json.loads(board.run("findings", "list", "--rule", "leaver-active", "--json")[1])
    assert {(one["system"], one["person"]) for one in leavers} == {("ad:waterland", "00009"), ("entra", "00009"), ("parnassys", "00009")}
    assert {one["username"] for one in leavers} == {"m00009", "m00009@waterland.test", "p9"}
    with open_store(load_workspace(config)) as store:
        links = store.table_at("links")
    several = links[links["person"] == "00010"]
    assert set(several["system"]) == {"ad:waterland", "entra", "parnassys"}
    assert set(several["situation"]) == {"linked"}


def test_doctor_tells_who_answers_with_which_certificate_rights_and_count_and_what_is_wrong(board: Board, domain: samba.Samba) -> None:
    _, out = board.run("doctor", "--json")
    said = "\n".join(line["text"] for line in json.loads(out) if line["name"] == "ad")
    reached = f"{domain.address}:636 was reached with TLSv1.3"
    for part in (reached, "is valid until", "can be read", "can change nothing", "lags behind up to 14 days"):
        assert part in said
    board.configure(domain.address, domain.ca, "verkeerd wachtwoord")
    code, out = board.run("doctor", "--json")
    assert code == 3
    assert "name or password is not right" in out
    assert "verkeerd" not in out
    (board.root / "ad.secret").chmod(0o644)
    assert "can be read by others too" in board.run("doctor", "--json")[1]
