"""What the stored nights tell of an account, a person or a right; what is held on a person, and letting go of it."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from auditor.app.care import keep_terms, months_before
from auditor.app.cli import main
from auditor.app.workspaces import load_workspace, open_store
from tests.travelling import in_the_night_of


def config(workspace: Path) -> str:
    """The configuration of a workspace."""
    return str(workspace / "auditor.toml")


def held(run, workspace: Path, person: str) -> dict[str, object]:
    """What is held on a person, as JSON."""
    return json.loads(run("person", "export", person, "--config", config(workspace), "--json")[1])


def someone_with_a_login(run, workspace: Path) -> dict[str, object]:
    """A finding about an account with a person."""
    found = json.loads(run("findings", "list", "--config", config(workspace), "--json")[1])
    return next(one for one in found if one["person"] and one["account"] and one["rule"] == "leaver-active")


def test_an_account_a_person_and_a_right_each_tell_their_history(run, scanned):
    about = someone_with_a_login(run, scanned)
    for subject, kind in ((about["account"], "account"), (about["person"], "person"), ("Leerkracht", "right")):
        code, out, _ = run("history", str(subject), "--config", config(scanned), "--json")
        told = json.loads(out)
        assert code == 0 and told["kind"] == kind
        assert all(row["since"] for rows in told["tables"].values() for row in rows)
    owners = {row["person"] for row in told["tables"]["grants"]}
    assert len(owners) > 5 and all(row["right"] == "Leerkracht" for row in told["tables"]["grants"])


def test_the_history_of_a_day_before_the_first_scan_is_empty(run, scanned):
    code, out, _ = run("history", "Leerkracht", "--on", "2020-01-01", "--config", config(scanned), "--json")
    assert code == 0 and json.loads(out)["tables"] == {}
    assert run("history", "bestaat-niet", "--config", config(scanned))[0] == 1


def test_a_person_sees_everything_that_is_held_and_nothing_of_others(run, scanned):
    about = someone_with_a_login(run, scanned)
    told = held(run, scanned, str(about["person"]))
    assert {"persons", "employments", "accounts", "links", "grants", "use"} <= told["tables"].keys()
    assert about["key"] in [row["key"] for row in told["findings"]]
    assert {row["person"] for row in told["tables"]["persons"]} == {about["person"]}
    text = run("person", "export", str(about["person"]), "--config", config(scanned))[1]
    assert str(about["account"]) in text and str(about["key"]) in text
    assert run("person", "export", "000000", "--config", config(scanned))[0] == 1


def test_forgetting_someone_whom_the_sources_still_deliver_says_which_ones(run, workspace):
    about = someone_with_a_login(run, workspace)
    code, out, _ = run("person", "forget", str(about["person"]), "--config", config(workspace), "--json")
    told = json.loads(out)
    assert code == 0 and told["kept_rows"] > 0 and "afas-hr" in told["sources"] and about["key"] in told["open_findings"]
    assert run("verify", "--config", config(workspace))[0] == 0


def test_reports_copies_evidence_and_mails_beyond_their_term_are_removed_and_others_stay(workspace):
    opened = load_workspace(workspace / "auditor.toml")
    reports = workspace / "var" / "reports"
    short = opened.config.board.short
    old, kept = (reports / f"auditor-{short}-{day}.html" for day in ("2025-01-01", "2026-11-01"))
    foreign = reports / "notitie-2020-01-01.txt"
    told, a_year, long_ago = reports / f"auditor-{short}-2026-11-24-since-2025-01-01.html", *(
        reports / f"evidence-{short}-{span}.json" for span in ("2025-11-24-2026-11-24", "2023-01-01-2023-12-31"))
    mails = opened.path(opened.config.mail.folder)
    mails.mkdir(parents=True, exist_ok=True)
    fresh_mail, old_mail = mails / "school-nieuw.eml", mails / "school-oud.eml"
    replaced, replaced_now = (workspace / "var" / f"auditor.db.before-restore-{at}" for at in ("20260401T101010", "20261120T101010"))
    for file in (old, kept, foreign, told, a_year, long_ago, fresh_mail, old_mail, replaced, replaced_now):
        file.write_text("x")
    for file, day in ((fresh_mail, datetime(2026, 11, 1, tzinfo=UTC)), (old_mail, datetime(2026, 5, 1, tzinfo=UTC))):
        os.utime(file, (day.timestamp(), day.timestamp()))
    with open_store(opened) as store:
        gone = keep_terms(opened, store, date(2026, 11, 24))
    assert gone["files"] == 4
    assert not [file.name for file in (old, long_ago, old_mail, replaced) if file.exists()]
    assert not [file.name for file in (kept, foreign, told, a_year, fresh_mail, replaced_now) if not file.exists()]


@pytest.mark.parametrize(("day", "months", "earlier"), [
    (date(2026, 11, 24), 6, date(2026, 5, 24)), (date(2026, 8, 31), 6, date(2026, 2, 28)), (date(2028, 3, 31), 1, date(2028, 2, 29)),
    (date(2026, 1, 15), 24, date(2024, 1, 15)),
])
def test_a_term_ends_on_the_same_day_of_an_earlier_month_or_its_last(day, months, earlier):
    assert months_before(day, months) == earlier


def test_a_nightly_scan_leaves_a_copy_and_lets_go_of_the_oldest(run, workspace):
    settings = workspace / "auditor.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[backups]\nkeep = 2\n", encoding="utf-8")
    copies = workspace / "var" / "backups"
    for night in range(1, 4):
        day = date(2026, 11, 24) + timedelta(days=night)
        assert run("scan", "--as-of", day.isoformat(), "--config", config(workspace))[0] in (0, 3, 4)
    found = sorted(copies.glob("*.db"))
    assert 1 <= len(found) <= 2
    assert run("restore", str(found[-1]), "--config", config(workspace))[0] == 0


def test_a_day_that_is_still_to_come_is_a_dry_run_and_blocks_no_night(run, workspace, capsys):
    kept = {path: path.read_bytes() for path in (workspace / "var").rglob("*") if path.is_file()}
    with in_the_night_of("2026-11-25"):
        assert main(["scan", "--as-of", "2026-11-26", "--config", config(workspace)]) in (0, 3, 4)
        said = capsys.readouterr().out
        assert main(["scan", "--as-of", "2031-06-01", "--json", "--config", config(workspace)]) in (0, 3, 4)
        told = json.loads(capsys.readouterr().out)
    assert "moet nog komen" in said and "niets opgeslagen" in said
    assert (told["scan"], told["kind"], told["report"]) == (None, "dry-run", None)
    assert {path: path.read_bytes() for path in (workspace / "var").rglob("*") if path.is_file()} == kept
    assert json.loads(run("scan", "--as-of", "2026-11-25", "--json", "--config", config(workspace))[1])["kind"] == "nightly"
