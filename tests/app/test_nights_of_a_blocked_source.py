"""A guard stops a source until a person decides: night after night, with words that grow, for one scan only (promises P7 and T29)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from auditor.model.mail import MailKind
from auditor.store import Store

Run = Callable[..., tuple[int, str, str]]


def night(workspace: Path, run: Run, day: int) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Scan in the night of a day of November; return the exit code, what the scan tells and what it tells of ESIS."""
    code, out, _ = run("scan", "--as-of", f"2026-11-{day}", "--json", "--config", str(workspace / "auditor.toml"))
    told = json.loads(out)
    return code, told, next(one for one in told["sources"] if one["source"] == "esis")


def cut(export: Path, part: int) -> None:
    """Keep one in so many lines of an export."""
    lines = export.read_bytes().splitlines(keepends=True)
    export.write_bytes(b"".join(lines[: max(2, len(lines) // part)]))


def last_digest(workspace: Path) -> str:
    """The last digest in the outbox: its subject and its text."""
    with Store(workspace / "var" / "auditor.db") as store:
        return [f"{one.mail.subject}\n{one.mail.text}" for one in store.mails() if one.mail.kind is MailKind.DIGEST][-1]


def test_a_half_export_blocks_until_it_is_released_and_then_for_one_scan_only(workspace: Path, run: Run) -> None:
    config = ["--config", str(workspace / "auditor.toml")]
    export = workspace / "exports" / "esis-gebruikers.csv"
    cut(export, 2)
    for day in (25, 26):
        code, told, esis = night(workspace, run, day)
        assert (code, esis["state"]) == (4, "blocked")
        assert "blocked_for_nights" not in str(esis["reason"])
        assert (told["counts"]["new"], told["counts"]["resolved"]) == (0, 0)
        assert last_digest(workspace).startswith("Rechtenauditor")
    code, told, esis = night(workspace, run, 27)
    assert code == 4 and "blocked_for_nights (nights=3)" in esis["reason"]
    assert last_digest(workspace).startswith("[beslis: esis wordt al drie nachten")
    assert "3 nachten" in last_digest(workspace), "who gets the digest reads that it lasts"
    assert "3 nachten" in Path(told["report"]).read_text(encoding="utf-8")

    assert run("source", "release", "esis", *config)[0] == 2, "a release needs a reason"
    assert run("source", "release", "esis", "--reason", "locatie gesloten", *config)[0] == 0
    _, _, esis = night(workspace, run, 28)
    assert (esis["state"], esis["reason"]) == ("ok", [])
    cut(export, 2)
    code, _, esis = night(workspace, run, 29)
    assert (code, esis["state"]) == (4, "blocked"), "the release was for one scan, and what it let in is the measure now"
    assert "blocked_for_nights" not in str(esis["reason"])
