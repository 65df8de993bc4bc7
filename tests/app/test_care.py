"""Evidence and copies at the command line: verified, backed up, put back, and said plainly when something differs."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest


def config(workspace: Path) -> str:
    """The configuration of a workspace."""
    return str(workspace / "auditor.toml")


def database(workspace: Path) -> Path:
    """The database of a workspace."""
    return workspace / "var" / "auditor.db"


def test_an_untouched_database_verifies_and_says_its_checkpoint(run, workspace):
    code, out, _ = run("verify", "--config", config(workspace), "--json")
    told = json.loads(out)
    assert code == 0 and told["is_intact"] and told["problems"] == []
    assert run("verify", "--config", config(workspace), "--checkpoint", told["checkpoint"])[0] == 0


def test_an_edit_and_a_cut_tail_are_found(run, workspace):
    checkpoint = json.loads(run("verify", "--config", config(workspace), "--json")[1])["checkpoint"]
    connection = sqlite3.connect(database(workspace))
    connection.execute("UPDATE findings SET score = 1 WHERE valid_until_scan IS NULL")
    connection.commit()
    code, out, _ = run("verify", "--config", config(workspace))
    assert code == 1 and "findings van scan" in out
    connection.execute("DELETE FROM chain WHERE n = (SELECT max(n) FROM chain)")
    connection.commit()
    connection.close()
    code, out, _ = run("verify", "--config", config(workspace), "--checkpoint", checkpoint)
    assert code == 1 and "weggehaald of herschreven" in out


def test_a_copy_brings_back_what_was_there_and_keeps_what_it_replaces(run, workspace):
    code, out, _ = run("backup", "--config", config(workspace), "--json")
    made = json.loads(out)
    assert code == 0 and Path(made["backup"]).stat().st_mode & 0o077 == 0
    before = run("findings", "list", "--config", config(workspace), "--json")[1]
    key = json.loads(before)[0]["key"]
    run("findings", "false-positive", key, "--reason", "na de kopie", "--config", config(workspace))
    assert run("findings", "list", "--config", config(workspace), "--json")[1] != before
    code, out, _ = run("restore", made["backup"], "--config", config(workspace), "--json")
    assert code == 0 and json.loads(out)["checkpoint"] == made["checkpoint"]
    assert run("findings", "list", "--config", config(workspace), "--json")[1] == before
    assert run("verify", "--config", config(workspace), "--checkpoint", made["checkpoint"])[0] == 0
    assert (database(workspace).parent / json.loads(out)["replaced"]).exists()


def test_a_destroyed_database_can_be_restored(run, workspace):
    made = json.loads(run("backup", "--config", config(workspace), "--json")[1])
    database(workspace).write_bytes(b"ruis" * 1000)
    for suffix in ("-wal", "-shm"):
        database(workspace).with_name(f"auditor.db{suffix}").unlink(missing_ok=True)
    assert run("verify", "--config", config(workspace))[0] == 1
    assert run("restore", made["backup"], "--config", config(workspace))[0] == 0
    assert run("verify", "--config", config(workspace))[0] == 0


@pytest.mark.parametrize("content", [b"", b"geen database" * 500])
def test_what_is_no_copy_is_refused_and_the_database_stays(run, workspace, content):
    wrong = workspace / "kopie.db"
    wrong.write_bytes(content)
    before = run("findings", "list", "--config", config(workspace), "--json")[1]
    code, _, err = run("restore", str(wrong), "--config", config(workspace))
    assert code == 1 and "kopie.db" in err
    assert run("findings", "list", "--config", config(workspace), "--json")[1] == before


def test_a_damaged_copy_is_refused(run, workspace):
    made = json.loads(run("backup", "--config", config(workspace), "--json")[1])
    damaged = workspace / "beschadigd.db"
    shutil.copyfile(made["backup"], damaged)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2: len(content) // 2 + 20000] = b"\xff" * 20000
    damaged.write_bytes(content)
    code, _, err = run("restore", str(damaged), "--config", config(workspace))
    assert code == 1 and "beschadigd" in err
