"""Writes what the board keeps itself: the registers and its adapted matrices."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from auditor.model.tables import REGISTERS, TABLES
from tests.boards.waterlanden.facts import CLOSED, CLOSED_ON, DOMAINS, FUNCTIONS, OFFICE, SCHOOLS, SUCCESSOR, UNIT_NAMES, UNITS
from tests.boards.waterlanden.world import World

DOMAIN_SYSTEM = "ad:waterland"
TEMPLATES = Path(__file__).parents[3] / "matrices"
ADOPTED = {
    'owner = ""': 'owner = "Bestuursbureau De Waterlanden"',
    'adopted_on = ""': "adopted_on = 2026-09-01",
    'adopted_by = ""': 'adopted_by = "College van Bestuur"',
}


def write_registers(world: World, folder: Path) -> None:
    """Given the world and a folder, write every register that has rows: `;`, headers as declared."""
    rows = dict(world.registers)
    rows["schools"] = _schools()
    rows["functions"] = [(label, word, role) for code, (name, word, role) in FUNCTIONS.items() for label in (code, name)]
    rows["groups"] = [(school.code, group, f"Groep {group}", "2026-2027", "class") for school in SCHOOLS for group in school.groups]
    for name in REGISTERS:
        if rows.get(name):
            text = io.StringIO()
            writer = csv.writer(text, delimiter=";", lineterminator="\n")
            writer.writerow(TABLES[name].names)
            writer.writerows(rows[name])
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")


def write_matrices(world: World, folder: Path) -> None:
    """Given a folder, write the board's matrices: the templates as adopted, in the board's own words for its functions."""
    supervisors = [account.number for account in world.accounts if account.system == "esis" and account.held[0].right == "Supervisor"]
    rows = {
        "opor/parnassys": {},
        # One word for one function: OPOR's page on AFAS calls the board's chair otherwise than its page on ParnasSys.
        "opor/afas": {
            "voorzitter CvB;": "College van Bestuur;",
            "OPOR zwijgt over deze deur, voorstel: Profit op Windows alleen op het bestuursbureau":
                "De Waterlanden, Profit op Windows alleen op het bestuursbureau",
        },
        "kindante/esis": {
            "applicatiebeheerder BURO;Supervisor;;board;allowed;;alert;;3;":
                f"applicatiebeheerder BURO;Supervisor;;board;allowed;;alert;{supervisors[0]};3;",
            "medewerker Onderwijs BURO;Supervisor;;board;allowed;;draft;;3;":
                f"beleidsmedewerker;Supervisor;;board;allowed;;alert;{','.join(supervisors[1:])};3;",
            "medewerker financiën BURO;": "beleidsmedewerker financiën;",
        },
    }
    for template, changes in rows.items():
        kept = folder / template.split("/")[1]
        kept.mkdir(parents=True, exist_ok=True)
        _adapt(TEMPLATES / template / "rows.csv", kept / "rows.csv", changes)
        _adapt(TEMPLATES / template / "matrix.toml", kept / "matrix.toml", ADOPTED)


def _adapt(template: Path, path: Path, changes: dict[str, str]) -> None:
    text = template.read_bytes().decode("utf-8")
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"{template}: the template no longer says {old!r}")
        text = text.replace(old, new)
    path.write_bytes(text.encode("utf-8"))


def _schools() -> list[tuple[str, ...]]:
    rows = [(
        school.code, "school", school.name, f"{school.unit},{school.code[:4]}.00,{school.code[:4]}",
        DOMAINS.get(school.code, DOMAIN_SYSTEM), "", "", "",
        "true" if school.works_across_groups else "",
    ) for school in SCHOOLS]
    rows.append((CLOSED, "school", UNIT_NAMES[CLOSED], f"{UNITS[CLOSED]},{CLOSED[:4]}", DOMAIN_SYSTEM, "", CLOSED_ON.isoformat(), SUCCESSOR, ""))
    rows.append((OFFICE, "office", UNIT_NAMES[OFFICE], f"{UNITS[OFFICE]},{OFFICE[:4]}", DOMAIN_SYSTEM, "", "", "", ""))
    return rows
