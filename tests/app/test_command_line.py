"""What a person types, and what they get."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from auditor.app.commands.findings import normal_key
from auditor.model.finding import FINDING_KEYS
from auditor.store import Store

HEAVY = ("pandas", "numpy", "pyarrow", "sqlite_utils", "pydantic", "openpyxl", "jinja2", "rich", "structlog", "holidays", "rapidfuzz")


def config(folder: Path) -> str:
    return str(folder / "auditor.toml")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["findings", "--help"], ["--lang", "en", "--help"]])
def test_help_and_version_load_nothing_heavy(arguments):
    code = f"""import sys
from auditor.app.cli import main
try:
    main({arguments!r})
except SystemExit:
    print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_is_dutch_and_english_on_request(run):
    assert "gebruik:" in run("--help")[1]
    assert "examples:" in run("--lang", "en", "--help")[1] and "examples:" in run("--help", "--lang", "en")[1]


def test_options_of_every_command_may_stand_before_or_behind_it(scanned, run):
    before = run("--json", "--config", config(scanned), "status")
    behind = run("status", "--json", "--config", config(scanned))
    assert before == behind and json.loads(before[1])["scan"] == 2


def test_python_m_auditor_does_what_the_command_does():
    done = subprocess.run([sys.executable, "-m", "auditor", "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"auditor \d+\.\d+\.\d+\n", done.stdout)


def test_an_unknown_option_is_a_usage_error_and_a_bare_call_shows_the_manual(run):
    assert run("scan", "--nonsense")[0] == 2
    assert run()[0] == 0


def test_a_missing_or_faulty_configuration_ends_with_2_and_says_where(run, tmp_path):
    code, _, err = run("scan", "--config", str(tmp_path / "auditor.toml"))
    assert code == 2 and "auditor init" in err
    (tmp_path / "auditor.toml").write_text("[board]\nnaam = 'x'\n", encoding="utf-8")
    code, _, err = run("status", "--config", str(tmp_path / "auditor.toml"))
    assert code == 2 and "regel 2" in err and "retention" in err


def test_the_demo_shows_what_changed_and_where_the_report_lies(scanned, run, tmp_path):
    code, out, _ = run("demo", "--out", str(tmp_path / "again"))
    assert code == 0
    assert "NIET BEOORDEELD: afas-users" in out and "reden gewijzigd" in out
    assert (tmp_path / "again" / "var" / "reports" / "auditor-waterlanden-2026-11-24.html").exists()


def test_the_demo_leaves_a_folder_alone_that_is_not_its_own(run, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    code, _, err = run("demo", "--out", str(tmp_path))
    assert code == 1 and "--out" in err
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_findings_list_as_json_has_exactly_the_keys_of_the_contract(scanned, run):
    code, out, _ = run("findings", "list", "--json", "--config", config(scanned))
    found = json.loads(out)
    assert code == 0 and len(found) > 40
    assert all(tuple(finding) == FINDING_KEYS for finding in found)
    assert [finding["score"] for finding in found] == sorted((finding["score"] for finding in found), reverse=True)


def test_findings_list_keeps_to_its_filters(scanned, run):
    _, out, _ = run("findings", "list", "--json", "--system", "esis", "--rule", "leaver-active", "--config", config(scanned))
    found = json.loads(out)
    assert found and {(one["system"], one["rule"]) for one in found} == {("esis", "leaver-active")}
    _, out, _ = run("findings", "list", "--json", "--changed", "--config", config(scanned))
    assert 0 < len(json.loads(out)) < 40


def test_piped_findings_are_tab_separated_lines(scanned, run):
    _, out, _ = run("findings", "list", "--severity", "critical", "--config", config(scanned))
    lines = out.splitlines()
    assert len(lines) > 2 and len({line.count("\t") for line in lines}) == 1


@pytest.mark.parametrize("typed", ["BGL38-WHXJC", "bgl38whxjc", " bgl38-whxjc "])
def test_a_key_may_be_typed_without_care(typed):
    assert normal_key(typed) == "BGL38-WHXJC"


def test_show_and_explain_tell_the_same_finding(scanned, run):
    _, out, _ = run("findings", "list", "--json", "--rule", "level-too-high", "--config", config(scanned))
    finding = json.loads(out)[0]
    code, shown, _ = run("findings", "show", finding["key"].lower(), "--config", config(scanned))
    assert code == 0 and finding["key"] in shown and "Wat te doen" in shown
    code, chain, _ = run("explain", finding["key"], "--config", config(scanned))
    assert code == 0 and finding["summary"] in chain
    assert re.search(r"parnassys_\w+\.(csv|xlsx), regel \d+", chain)
    assert "rows.csv regel" in chain


def test_explain_tells_why_a_right_is_fine(scanned, run):
    store = Store(scanned / "var" / "auditor.db")
    flagged = {row["account"] for row in store.findings(has_evidence=False)}
    accounts = store.table_at("accounts", where={"system": "parnassys"})
    fine = next(row for row in accounts.itertuples() if row.account not in flagged and row.status == "enabled")
    store.close()
    code, out, _ = run("explain", fine.username, "--system", "parnassys", "--config", config(scanned))
    assert code == 0 and ": mag\n" in out and "matrix" in out.casefold()


def test_explain_names_the_file_of_an_account_without_findings_and_on_request_its_line(workspace, run):
    file = workspace / "exports" / "parnassys_99AC00.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    line, username = next((at, text.split(";")[1]) for at, text in enumerate(lines, 1) if text.count(";Leerkracht;"))
    _, out, _ = run("explain", username, "--system", "parnassys", "--config", config(workspace))
    assert "parnassys_99AC00.csv (bron parnassys)" in out and "parnassys_99AA00" not in out
    _, out, _ = run("explain", username, "--system", "parnassys", "--lines", "--config", config(workspace))
    assert f"parnassys_99AC00.csv, regel {line} (bron parnassys)" in out
    file.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    _, out, _ = run("explain", username, "--system", "parnassys", "--lines", "--config", config(workspace))
    assert "parnassys_99AC00.csv (bron parnassys)" in out, "another file than was read has no line to tell"


def test_explaining_nobody_is_an_error_that_says_where_to_look(scanned, run):
    code, _, err = run("explain", "nobody.here", "--config", config(scanned))
    assert code == 1 and "findings list" in err


def test_status_tells_the_last_scan_and_ends_with_3_while_a_source_is_not_assessed(scanned, run):
    code, out, _ = run("status", "--json", "--config", config(scanned))
    told = json.loads(out)
    assert told["scan"] == 2 and told["as_of"] == "2026-11-24"
    assert code == (1 if told["is_late"] else 3)
    assert {source["source"]: source["state"] for source in told["sources"]}["afas-users"] == "stale"


def test_status_before_the_first_scan_is_no_success(run, tmp_path):
    assert run("init", str(tmp_path / "new"))[0] == 0
    code, out, _ = run("status", "--config", config(tmp_path / "new"))
    assert code == 1 and "auditor scan" in out


def test_commands_that_need_a_scan_say_so(run, tmp_path):
    run("init", str(tmp_path / "new"))
    for command in (["findings", "list"], ["report"], ["links", "list"], ["explain", "somebody"]):
        code, _, err = run(*command, "--config", config(tmp_path / "new"))
        assert (code, "auditor scan" in err) == (1, True), command
    assert not (tmp_path / "new" / "var" / "auditor.db").exists()


def test_init_makes_a_workspace_once(run, tmp_path):
    assert run("init", str(tmp_path / "new"), "--template", "kindante")[0] == 0
    assert (tmp_path / "new" / "matrices" / "esis" / "rows.csv").exists()
    assert run("init", str(tmp_path / "new"))[0] == 1


def test_a_report_is_written_in_every_format_for_one_school_and_in_english(scanned, run, tmp_path):
    for kind in ("html", "csv", "json"):
        code, out, _ = run("report", "--format", kind, "--school", "99AA00", "--lang", "en", "--out", str(tmp_path), "--config", config(scanned))
        path = Path(out.strip())
        assert code == 0 and path.suffix == f".{kind}" and path.stat().st_size > 500
    data = json.loads(next(tmp_path.glob("*.json")).read_text(encoding="utf-8"))
    assert {finding["school"] for finding in data["findings"]} == {"99AA00"}


def test_a_report_for_a_school_that_is_not_there_is_an_error(scanned, run):
    code, _, err = run("report", "--school", "11XX00", "--config", config(scanned))
    assert code == 1 and "11XX00" in err


def test_a_link_that_a_person_decides_holds_from_the_next_scan_on(workspace, run):
    _, out, _ = run("links", "list", "--json", "--situation", "disputed", "--config", config(workspace))
    disputed = json.loads(out)[0]
    person = disputed["candidates"][0]["person"]
    code, out, _ = run("links", "decide", disputed["system"], disputed["account"], "--person", person, "--reason", "Gebeld met de school.",
                       "--by", "M. de Boer", "--config", config(workspace))
    assert code == 0 and "M. de Boer" in out
    assert run("scan", "--as-of", "2026-11-25", "--json", "--config", config(workspace))[0] in (0, 3)
    with Store(workspace / "var" / "auditor.db") as store:
        links = store.table_at("links", where={"account": disputed["account"]})
        assert [(row.situation, row.person, row.tier) for row in links.itertuples()] == [("linked", person, "decided")]


def test_a_decision_about_an_unknown_account_or_person_is_refused(workspace, run):
    where = ["--reason", "x y z", "--config", config(workspace)]
    assert run("links", "decide", "esis", "nobody", "--person", "100533", *where)[0] == 1
    assert run("links", "decide", "esis", "g.golfslag", "--person", "999999", *where)[0] == 1
    assert run("links", "decide", "esis", "g.golfslag", *where)[0] == 2


def test_matrix_check_says_file_line_and_column_and_ends_with_1_on_an_error(workspace, run):
    rows = workspace / "matrices" / "esis" / "rows.csv"
    rows.write_text(rows.read_text(encoding="utf-8-sig").replace(";allowed;", ";alowed;", 1), encoding="utf-8")
    code, out, _ = run("matrix", "check", "--config", config(workspace))
    assert code == 1 and "rows.csv, regel" in out and "allowed" in out


def test_matrix_show_prints_what_is_declared(scanned, run):
    code, out, _ = run("matrix", "show", "esis", "--config", config(scanned))
    assert code == 0 and "Supervisor" in out
    assert run("matrix", "show", "canvas", "--config", config(scanned))[0] == 1


def test_the_schema_of_the_configuration_is_printed(run):
    code, out, _ = run("schema")
    assert code == 0 and "retention" in json.loads(out)["required"]


def test_doctor_reads_everything_and_changes_nothing(workspace, run):
    before = {path: path.read_bytes() for path in sorted(workspace.rglob("*")) if path.is_file() and "var" not in path.parts}
    code, out, _ = run("doctor", "--config", config(workspace))
    assert code in (0, 3, 4) and "afas-hr" in out and "parnassys" in out
    assert before == {path: path.read_bytes() for path in sorted(workspace.rglob("*")) if path.is_file() and "var" not in path.parts}
    with Store(workspace / "var" / "auditor.db") as store:
        assert [scan.as_of for scan in store.scans()] == [date(2026, 11, 23), date(2026, 11, 24)]


def test_a_right_that_the_matrix_now_allows_is_resolved_because_the_norm_changed(workspace, run):
    _, out, _ = run("findings", "list", "--json", "--rule", "right-unknown-to-matrix", "--config", config(workspace))
    finding = json.loads(out)[0]
    head = workspace / "matrices" / finding["system"] / "matrix.toml"
    rows = workspace / "matrices" / finding["system"] / "rows.csv"
    text = rows.read_text(encoding="utf-8-sig").rstrip("\r\n")
    columns = text.splitlines()[0].count(";")
    rows.write_text(text + f"\n*;{finding['right']};;;allowed" + ";" * (columns - 4) + "\n", encoding="utf-8")
    assert head.exists()
    run("scan", "--as-of", "2026-11-25", "--config", config(workspace))
    _, out, _ = run("findings", "show", finding["key"], "--json", "--config", config(workspace))
    assert (json.loads(out)["state"], json.loads(out)["resolved_by"]) == ("resolved", "norm_changed")


def test_a_register_that_disappears_opens_and_resolves_nothing(workspace, run):
    (workspace / "registers" / "schools.csv").unlink()
    code, out, _ = run("scan", "--as-of", "2026-11-25", "--json", "--config", config(workspace))
    told = json.loads(out)
    assert code == 3 and {source["source"]: source["state"] for source in told["sources"]}["register.schools"] == "unreachable"
    assert (told["counts"]["new"], told["counts"]["resolved"]) == (0, 0)


def unreadable(head):
    head.write_text(head.read_text(encoding="utf-8") + "x = [\n", encoding="utf-8")


def gone(head):
    shutil.rmtree(head.parent)


def folder_in_place_of_another(head):
    shutil.rmtree(head.parents[1])
    head.parents[1].write_text("", encoding="utf-8")


@pytest.mark.parametrize(("harm", "said"), [
    (unreadable, "matrix.toml, regel"), (gone, "geen matrix meer voor parnassys"), (folder_in_place_of_another, "map kan niet worden gelezen")])
def test_a_matrix_that_is_not_there_resolves_nothing_night_after_night(workspace, run, harm, said):
    harm(workspace / "matrices" / "parnassys" / "matrix.toml")
    for night in ("2026-11-25", "2026-11-26"):
        code, out, _ = run("scan", "--as-of", night, "--config", config(workspace))
        assert code == 3 and said in out
        assert "0 nieuw, 0 opgelost" in out


@pytest.mark.parametrize(("command", "blank"), [
    (("source", "release", "parnassys", "--reason", " "), "--reason"),
    (("links", "decide", "parnassys", "x", "--set-aside", "--reason", ""), "--reason"),
    (("findings", "ack", "KUVBX-9UBRH", "--until", "2027-01-01", "--reason", "\t"), "--reason"),
    (("findings", "waive", "KUVBX-9UBRH", "--until", "2027-01-01", "--reason", "x", "--owner", " "), "--owner"),
    (("review", "parnassys", "--seen", " "), "--seen"), (("source", "release", "parnassys", "--reason", "x", "--by", ""), "--by"),
])
def test_who_decides_and_why_are_never_blank(run, command, blank):
    code, _, errors = run(*command)
    assert code == 2 and f"{blank} mag niet leeg zijn." in errors
