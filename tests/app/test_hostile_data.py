"""What an export may hold on purpose: markup, formulas, characters that hide; and what must never come through: BSN, birth date, address."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
EVIL = (
    "<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", '=HYPERLINK("http://evil.example","x")', "+cmd|'/c calc'!A1", "@SUM(1)",
    "jan\u202egnp.exe", "jan\u200bx", "Jan\nlevel=info event=scan", "{{7*7}}", "'; DROP TABLE findings;--", "\x1b[31mrood\x1b[0m", "\t=1+1",
    "a\u2028b", "javascript:alert(3)", "%s%n{0}",
)
PRIVATE = {"BSN": "123456782", "Geboortedatum": "01-02-1990", "Adres": "Geheimstraat 77", "Woonplaats": "Spijkenisse"}
BYTES = [value.encode() for value in (*PRIVATE.values(), "1990-02-01", "Geheimstraat")]
HIDING = "\x1b\u202e\u200b\u2028\x00"


@pytest.fixture
def planted(workspace: Path) -> Path:
    """The board with one evil account a name, and four columns nobody should have exported."""
    file = workspace / "exports" / "parnassys_99AA00.csv"
    head, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")), delimiter=";")
    rows += [
        [str(90_000 + at), evil, evil, "", evil, "" if "@" in evil else evil, f"9{at:05d}", "99AA00", "Directeur", "", "Actief", "13-11-2026", "J"]
        for at, evil in enumerate(EVIL)
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([[*head, *PRIVATE], *([*row, *PRIVATE.values()] for row in rows)])
    file.write_bytes(out.getvalue().encode())
    return workspace


def stored_values(database: Path) -> list[bytes]:
    """Every value in every table, unpacked where it is packed."""
    connection = sqlite3.connect(database)
    found = []
    for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
        for value in (value for row in connection.execute(f'select * from "{table}"') for value in row):
            raw = value if isinstance(value, bytes) else str(value).encode()
            with contextlib.suppress(zlib.error):
                raw = zlib.decompress(raw)
            found.append(raw)
    connection.close()
    return found


def test_evil_names_do_no_harm_and_private_columns_reach_no_output(planted: Path, run: Run) -> None:
    config = str(planted / "auditor.toml")
    code, out, log = run("scan", "--as-of", "2026-11-25", "--verbose", "--config", config)
    assert code == 3
    assert all(json.loads(line)["event"] in ("source", "scan", "mails") for line in log.splitlines()), "a name forges no log line"
    shown = {"scan": out, "log": log}
    found = json.loads(run("findings", "list", "--json", "--config", config)[1])
    evil = [finding for finding in found if (finding["account"] or "").startswith("99AA00_90")]
    assert {finding["username"] for finding in evil} >= {name for name in EVIL if name.strip() == name}
    for finding in evil[:: max(1, len(evil) // 6)]:
        shown[f"show {finding['key']}"] = run("findings", "show", finding["key"], "--config", config)[1]
        shown[f"explain {finding['key']}"] = run("explain", finding["key"], "--config", config)[1]
    preview = ["source", "preview", str(planted / "exports/parnassys_99AA00.csv")]
    for command in (["findings", "list"], ["links", "list"], ["doctor"], ["status"], preview):
        shown[" ".join(command[:2])] = "".join(run(*command, "--config", config)[1:])
    reports = {kind: Path(run("report", "--format", kind, "--config", config)[1].strip()).read_bytes() for kind in ("html", "csv", "json")}
    for name, text in shown.items():
        assert not [char for char in HIDING if char in text], name
        assert not [private for private in BYTES if private in text.encode()], name
    for kind, content in reports.items():
        assert not [private for private in BYTES if private in content], kind
    html = reports["html"].decode()
    assert "<img" not in html and "alert(2)</script>" not in html and not [char for char in HIDING if char in html]
    cells = [cell for row in csv.reader(io.StringIO(reports["csv"].decode("utf-8-sig")), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r")]
    json.loads(reports["json"])
    files = [file.read_bytes() for file in (planted / "var").iterdir() if file.is_file()]
    assert not [private for private in BYTES for content in (*files, *stored_values(planted / "var" / "auditor.db")) if private in content]


def test_the_scan_says_that_private_columns_were_left_out(planted: Path, run: Run) -> None:
    _, out, _ = run("source", "preview", str(planted / "exports/parnassys_99AA00.csv"), "--config", str(planted / "auditor.toml"))
    assert out.count("privé: weggelaten") == len(PRIVATE)


def test_shuffled_rows_give_the_very_same_findings(workspace: Path, run: Run) -> None:
    config = str(workspace / "auditor.toml")
    straight = run("scan", "--as-of", "2026-11-25", "--dry-run", "--json", "--config", config)
    for file in (workspace / "exports").glob("*.csv"):
        if "ad-" in file.name:
            continue  # the order of a directory's entries is shuffled in the connector's own tests
        with file.open(encoding="utf-8-sig", newline="") as handle:
            text = handle.read()
        lines = text.splitlines(keepends=True)
        made = file.stat().st_mtime
        file.write_text("".join([lines[0], *reversed(lines[1:])]), encoding="utf-8", newline="")
        os.utime(file, (made, made))  # the day of an export is part of what it says
    shuffled = run("scan", "--as-of", "2026-11-25", "--json", "--config", config)
    assert json.loads(straight[1])["counts"] == json.loads(shuffled[1])["counts"]
    keys = {finding["key"]: finding["summary"] for finding in json.loads(run("findings", "list", "--json", "--config", config)[1])}
    told = json.loads(shuffled[1])["counts"]
    assert (told["new"], told["resolved"], told["reopened"]) == (0, 0, 0) and len(keys) > 40
