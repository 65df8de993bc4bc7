"""Every way in, measured: `python -m tests.benchmarks.bench_formats [--rows N] [--write docs/ways-in.md] [NAME ...]`.

For every shipped layout a file is made from the layout itself (all our own: no product's maker publishes an export with rows), and for OneRoster and
School Data Sync a set. Each is read in a process of its own, children counted in: CPU seconds for 100,000 rows, how many times what a bare
csv.reader, json.load or ElementTree takes over the same file, and the largest resident memory of the process or its child.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from auditor.model.tables import TABLES
from connectors.files import open_connector
from connectors.files.layout import Layout
from connectors.files.registers import REGISTER_PREFIX
from connectors.files.shelf import load_layouts
from connectors.oneroster import open_oneroster
from connectors.rosters.source import RosterSettings
from connectors.sds import open_sds

ROWS = 100_000
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
DAYS = {"ymd": "2026-01-31", "dmy": "31-01-2026", "mdy": "1/31/2026", "compact": "20260131", "instant": "2026-01-31T08:00:00Z", "unix": "1763625600"}
ROSTERS = ("oneroster-1.1", "oneroster-1.2", "sds-v1", "sds-v2.1")
TRIED = {
    "edexml-staff": "own; also EduStandaard's published examples of 2.0 and 2.1", "edexml-groups": "own; also EduStandaard's published examples",
    "edexml-pupils": "own; also EduStandaard's published examples", "oneroster-1.1": "own; also the fixtures of moodle-enrol_oneroster",
    "sds-v2.1": "own; also Microsoft's published samples",
}
"""Ways in that were also tried on files that others published; those files are not ours to ship."""


def cells_of(layout: Layout, day: str) -> Callable[[str, int], str]:
    """Given a layout and a day as it writes one, return a function of a header and a row number that gives a cell the layout accepts."""
    kinds: dict[str, str] = {}
    words: dict[str, str] = {}
    for rule in layout.tables:
        for name, value in rule.columns.items():
            kind = TABLES[rule.table].column(name).kind if name != "source" else "text"
            for header in value.sources:
                if kind != "text" and kind != "category":
                    kinds[header] = kind
                if value.kind in ("mail", "guid"):
                    kinds.setdefault(header, value.kind)
                if value.values and len(value.header) == 1:
                    plain = next((text for text in value.values if "*" not in text), None)
                    words.setdefault(header, plain or next(iter(value.values)).replace("*", ""))
        words.update({header: "ja" if texts == ["<yes>"] else texts[0] for header, texts in rule.when.items()})
    fixed = {"school/brincode": "99AA", "school/dependancecode": "00", "school/xsdversie": "2.1", "school/schooljaar": "2026-2027", ".": "groep"}
    ids = {"Medewerker", "id", "canvas_user_id"}

    def cell(header: str, row: int) -> str:
        pattern = layout.headers[header].pattern or ""
        if header in fixed:
            return fixed[header]
        if kinds.get(header) == "date":
            return day
        if header in words:
            return words[header]
        if kinds.get(header) == "flag":
            return "ja"
        if kinds.get(header) == "number":
            return "0.8"
        if kinds.get(header) == "guid" or "36" in pattern:
            return f"00000000-0000-0000-0000-{row:012d}"
        if kinds.get(header) == "mail" or "@" in pattern:
            return f"{row}@waterlanden.example"
        if pattern or layout.headers[header].filled or header in ids:
            return str(100_000 + row)
        return f"{header.split('.')[-1].split('/')[-1]} {row % 40}"

    return cell


def csv_file(layout: Layout, rows: int) -> tuple[str, str]:
    """Return the name and text of a CSV export of the layout."""
    cell, headers = cells_of(layout, DAYS[layout.dates[0]]), [name for name in layout.headers if name in layout.used or layout.headers[name].required]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=layout.delimiters[0], lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([cell(header, row) for header in headers] for row in range(rows))
    return "export.csv", out.getvalue()


def json_file(layout: Layout, rows: int) -> tuple[str, str]:
    """Return the name and text of a JSON export of the layout."""
    assert layout.records is not None
    cell = cells_of(layout, DAYS[layout.dates[0]])
    steps = [] if layout.records.path in ("", "*") else layout.records.path.split(".")

    def record(row: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for header in layout.headers:
            if header in layout.used or layout.headers[header].required:
                at = made
                parts = [header] if header.startswith("urn:") else header.split(".")
                for part in parts[:-1]:
                    inner = at.setdefault(part, {})
                    at = inner if isinstance(inner, dict) else {}
                at[parts[-1]] = cell(header, row)
        for name in reversed(layout.records.each if layout.records else []):
            at = made
            parts = name.split(".")
            for part in parts[:-1]:
                at = at[part]
            if parts[-1] in at:
                at[parts[-1]] = [at[parts[-1]]]
        return made

    value: Any = [record(row) for row in range(rows)]
    for step in reversed(steps):
        value = {step: value}
    return "export.json", json.dumps(value, indent=0)


def xml_file(layout: Layout, rows: int) -> tuple[str, str]:
    """Return the name and text of an EDEXML file with so many records of the layout."""
    assert layout.records is not None
    if layout.name.startswith("raet-bint-"):
        return "export.xml", "<bestand>\n" + "\n".join(map(bint_person, range(rows))) + "\n</bestand>\n"
    holder, _, element = layout.records.path.split("|")[0].removeprefix("EDEX/").partition("/")
    head = "<school><brincode>99AA</brincode><schooljaar>2026-2027</schooljaar><peildatum>2026-01-31</peildatum><xsdversie>2.1</xsdversie></school>"
    body = "\n".join(
        f'<{element} key="{row}"><naam>Groep {row}</naam><achternaam>Fuut {row % 40}</achternaam><roepnaam>Fenna</roepnaam>'
        f'<emailadres>{row}@w.example</emailadres><groepen><groep key="{row % 200}"/></groepen></{element}>' for row in range(rows))
    return "export.xml", f"<EDEX>{head}\n<{holder}>\n{body}\n</{holder}></EDEX>\n"


def bint_person(row: int) -> str:
    """Return a person with one contract and one position as Raet's Bint interface writes them."""
    period = "<begindatum><waarde>2019-08-01</waarde></begindatum><einddatum><waarde/></einddatum>"
    name = f"<roepnaam><waarde>Jet</waarde></roepnaam><aanschrijfnaam><waarde>Kluut {row % 40}</waarde></aanschrijfnaam>"
    return (f"<persoon><identificatiePS><persNr>{100_000 + row}</persNr></identificatiePS><kenmerken><naamOverig>{name}</naamOverig></kenmerken>"
            f"<dienstverband><identificatieDV><persNrDV>{100_000 + row}</persNrDV><dvVlgnr>1</dvVlgnr></identificatieDV>"
            f"<periodeDV>{period}</periodeDV>"
            f"<inzet><identificatieIZ><orgEenheidOperID>{row % 40}</orgEenheidOperID><funcOper>LB</funcOper></identificatieIZ>"
            f"<periodeIZ>{period}</periodeIZ></inzet></dienstverband></persoon>")


def ldif_file(rows: int) -> tuple[str, str]:
    """Return the name and text of a directory export."""
    users = "\n".join(
        f"dn: CN=u{row},OU=Medewerkers,DC=x\nobjectClass: top\nobjectClass: user\nobjectGUID:: {_guid(row)}\nsAMAccountName: u{row}\n"
        f"userPrincipalName: u{row}@w.example\nuserAccountControl: 512\nemployeeID: {row}\nmemberOf: CN=team{row % 40},OU=Groepen,DC=x\n"
        for row in range(rows))
    return "export.ldf", users + "\n"


def _guid(row: int) -> str:
    import base64

    return base64.b64encode(row.to_bytes(16, "little")).decode()


def roster_files(name: str, rows: int) -> Mapping[str, str]:
    """Return the files of a set by name."""
    orgs = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n" + "".join(
        f"s{n},,,School {n},school,99AA{n:02d},\n" for n in range(40))
    if name == "oneroster-1.1":
        return {
            "orgs.csv": orgs,
            "users.csv": "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email\n" + "".join(
                f"u{row},,TRUE,s{row % 40},teacher,l{row},Jet,Kluut,{row},{row}@w.example\n" for row in range(rows))}
    if name == "oneroster-1.2":
        return {
            "orgs.csv": orgs,
            "users.csv": "sourcedId,status,enabledUser,username,givenName,familyName,identifier,email\n" + "".join(
                f"u{row},,true,l{row},Jet,Kluut,{row},{row}@w.example\n" for row in range(rows)),
            "roles.csv": "sourcedId,status,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n" + "".join(
                f"r{row},,u{row},primary,teacher,2026-08-01,,s{row % 40}\n" for row in range(rows))}
    if name == "sds-v1":
        return {
            "School.csv": "SIS ID,Name\n" + "".join(f"s{n},School {n}\n" for n in range(40)),
            "Teacher.csv": "SIS ID,School SIS ID,Username,First Name,Last Name,Status\n" + "".join(
                f"t{row},s{row % 40},{row}@w.example,Jet,Kluut,Active\n" for row in range(rows))}
    return {
        "orgs.csv": "sourcedId,name,type,parentSourcedId\n" + "".join(f"s{n},School {n},school,\n" for n in range(40)),
        "users.csv": "sourcedId,username,givenName,familyName\n" + "".join(f"u{row},{row}@w.example,Jet,Kluut\n" for row in range(rows)),
        "roles.csv": "userSourcedId,orgSourcedId,role,roleStartDate,roleEndDate\n" + "".join(
            f"u{row},s{row % 40},teacher,2026-08-01,\n" for row in range(rows))}


def bare(path: Path, delimiter: str) -> float:
    """Return the CPU seconds of a bare reader over a file, its values thrown away."""
    start = time.process_time()
    if path.suffix == ".json":
        json.loads(path.read_bytes())
    elif path.suffix == ".xml":
        ElementTree.fromstring(path.read_bytes())
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            for _ in csv.reader(file, delimiter=delimiter):
                pass
    else:
        for _ in path.read_bytes().split(b"\n"):
            pass
    return time.process_time() - start


def one(name: str, rows: int) -> None:
    """Make the file of one way in, read it, and print what it took as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if name in ROSTERS:
            files = roster_files(name, rows)
            delimiter, kind = ",", "csv"
            settings = RosterSettings(name="bench", system="bench", root=root, path="in", settle_seconds=0)
            connector: Any = (open_oneroster if name.startswith("oneroster") else open_sds)(settings, NOW)
        else:
            layout = load_layouts()[name]
            kind = next(form for form in ("xml", "json", "csv", "ldif") if form in layout.formats and (form != "json" or layout.formats[0] == "json"))
            made = {"csv": csv_file, "json": json_file, "xml": xml_file}
            file, text = ldif_file(rows) if layout.reader == "directory" and kind == "ldif" else made[kind](layout, rows)
            files, delimiter = {file: text}, layout.delimiters[0]
            part = {"layout": name, "path": f"in/{file}", "options": {"school": "99AA00"} if name == "magister-pupils" else {}}
            connector = open_connector(
                "bench", "files", {"parts": [part], "system": "bench", "settle_seconds": 0}, root, NOW)
        (root / "in").mkdir()
        taken = 0.0
        for file, text in files.items():
            (root / "in" / file).write_text(text, encoding="utf-8")
            taken += bare(root / "in" / file, delimiter)
        del files, text
        before = _cpu()
        count = sum(len(frame) for page in connector.pages() for frame in page.tables.values())
        spent = _cpu() - before
        memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
        print(json.dumps({"kind": kind, "seconds": spent, "bare": taken, "memory": memory, "count": count}))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in used)


def table(rows: int, wanted: list[str]) -> str:
    """Return the table, a line a way in."""
    layouts = load_layouts()
    names = [*(name for name in sorted(layouts) if not re.match(f"{REGISTER_PREFIX}|ad-csvde", name)), *ROSTERS]
    lines = ["| way in | read as | fixture | rows | CPU s per 100,000 rows | times a bare reader | memory, MB |", "|---|---|---|---|---|---|---|"]
    for name in [name for name in names if not wanted or name in wanted]:
        command = [sys.executable, "-m", "tests.benchmarks.bench_formats", "--one", name, "--rows", str(rows)]
        done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr.strip().splitlines()[-1]}")
        told = json.loads(done.stdout)
        cost = told["seconds"] * 100_000 / rows
        lines.append(f"| {name} | {told['kind']} | {TRIED.get(name, 'own')} | {rows:,} | {cost:.2f} | {told['seconds'] / told['bare']:.1f} | "
                     f"{told['memory']:.0f} |")
        print(lines[-1], flush=True)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure one way in, or print and write the table of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--one")
    parser.add_argument("--write", type=Path)
    told = parser.parse_args()
    if told.one:
        one(told.one, told.rows)
        return
    text = table(told.rows, told.names)
    if told.write:
        page = told.write.read_text(encoding="utf-8")
        start, end = page.index("| way in |"), page.rindex("|\n") + 2
        told.write.write_text(page[:start] + text + page[end:], encoding="utf-8")


if __name__ == "__main__":
    main()
