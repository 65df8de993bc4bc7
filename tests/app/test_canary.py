"""A secret is read and used, and stands in nothing that comes out: terminal, log, report, database, mail, copy (promise T24, ASVS 16.2.5)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.proofs import write_promise
from tests.travelling import ROOT, command_on

CANARY = "kanarie-7f3c9e51ad"
MORE = """
[sources.live]
role = "system"
system = "entra2"
connector = "entra"

[sources.live.entra]
tenant = "00000000-0000-4000-8000-000000000001"
client_id = "00000000-0000-4000-8000-000000000002"
secret = "file:canary.txt"
"""


FEW = (("scan", "--as-of", "2026-11-25"), ("mail", "send"))
ALL = (*FEW, ("doctor",), ("status", "--json"), ("report", "--format", "json"), ("backup",), ("evidence", "--until", "2026-11-25"),
       ("scan", "--as-of", "2026-11-26", "--verbose"))


def searched(workspace: Path, commands: Sequence[Sequence[str]]) -> None:
    """Run commands with a secret in use and hosts that fail, and look for it in all they print and write."""
    kept = workspace / "canary.txt"
    kept.write_text(CANARY, encoding="utf-8")
    kept.chmod(0o600)
    config = workspace / "auditor.toml"
    text = config.read_text(encoding="utf-8")
    assert 'way = "folder"' in text
    smtp = '\n[mail.smtp]\nhost = "127.0.0.1"\nport = 9\nuser = "rechten"\npassword = "file:canary.txt"\ntimeout_seconds = 1\n'
    config.write_text(text.replace('way = "folder"', 'way = "smtp"', 1) + smtp + MORE, encoding="utf-8")
    environment = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    printed = b""
    for command in commands:
        done = subprocess.run(
            command_on("2026-11-26", *command, "--config", str(config)), capture_output=True, check=False, env=environment, timeout=120, cwd=ROOT)
        assert done.returncode in (0, 1, 3, 4), (command, done.stderr)
        printed += done.stdout + done.stderr
    written = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file() and path != kept}
    assert CANARY.encode() not in printed
    assert [path.name for path, body in written.items() if CANARY.encode() in body] == []
    assert len(written) > 20


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX")
def test_a_secret_is_found_in_no_output_of_a_scan_and_its_mail(workspace: Path) -> None:
    searched(workspace, FEW)


@pytest.mark.proof
@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX")
def test_a_secret_is_found_in_no_output_of_any_command(workspace: Path) -> None:
    searched(workspace, ALL)
    write_promise("T24", "a canary secret in no output", f"mail server and Entra ID with a secret and failing hosts, {len(ALL)} commands: 0 hits")
