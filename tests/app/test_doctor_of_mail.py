"""The doctor names whoever cannot be mailed, before a night finds out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, str, str]]


def _mail(run: Run, workspace: Path) -> list[str]:
    _, out, _ = run("doctor", "--json", "--config", str(workspace / "auditor.toml"))
    return [line["text"] for line in json.loads(out) if line["name"] == "mail" and not line["is_fine"]]


def test_nothing_is_said_when_everybody_can_be_mailed(workspace: Path, run: Run) -> None:
    assert _mail(run, workspace) == []


def test_each_role_and_school_without_anybody_to_mail_is_named(workspace: Path, run: Run) -> None:
    contacts = workspace / "registers" / "contacts.csv"
    kept = [line for line in contacts.read_text(encoding="utf-8").splitlines() if ";privacy;" not in line and not line.startswith("99AC00;")]
    contacts.write_text("\n".join(kept).replace("lotte.kalmoes@waterlanden.example", "lotte@elders.example") + "\n", encoding="utf-8")
    ict, privacy, school = _mail(run, workspace)
    assert ("rol ict" in ict, "rol privacy" in privacy, "99AC00 (obs Het Baken)" in school) == (True, True, True)


def test_a_deputy_can_be_told_about_a_school(workspace: Path, run: Run) -> None:
    contacts = workspace / "registers" / "contacts.csv"
    text = contacts.read_text(encoding="utf-8")
    contacts.write_text(text.replace("99AC00;100296;director;", "99AC00;100296;deputy;"), encoding="utf-8")
    assert _mail(run, workspace) == []


def test_every_mistake_in_the_words_of_the_board_is_named(workspace: Path, run: Run) -> None:
    (workspace / "texts").mkdir()
    (workspace / "texts" / "nl.toml").write_text('[mail.school]\nask = "Bel {wie}."\nnothing = "x"\n', encoding="utf-8")
    blanks, key = _mail(run, workspace)
    assert ("mail.school.ask" in blanks, "{who}" in blanks, "mail.school.nothing" in key) == (True, True, True)
