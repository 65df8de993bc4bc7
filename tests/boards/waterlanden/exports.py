"""Writes the world as the exports a school board can make, each in the words and shape of its product."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from openpyxl import Workbook

from tests.boards.headers import (
    AFAS_USERS,
    CSVDE,
    DIENSTVERBAND,
    EMPLOYMENTS,
    ENTRA_ROLES,
    ENTRA_USERS,
    ESIS,
    PARNASSYS,
    POSITIONS,
    PUPILS,
    TYPE_CONTRACT,
)
from tests.boards.waterlanden.facts import FUNCTIONS, STUCK, UNHEARD_OF, UNIT_NAMES, UNITS
from tests.boards.waterlanden.world import Account, World

Rows = Iterable[Sequence[str]]


def write_afas_hr(world: World, folder: Path) -> None:
    """Write the two GetConnector exports of AFAS Profit: employments and positions."""
    _text(folder / "afas-employments.csv", EMPLOYMENTS, (
        (person.number, person.human, _full(person.given, *person.shown_surname), person.given, person.initials, person.prefix, person.surname,
         person.partner_prefix, person.partner, person.name_use, person.mail, person.upn, str(sequence), DIENSTVERBAND[contract.kind],
         TYPE_CONTRACT[contract.kind], "Stagiair" if contract.kind == "stage" else "Personeel", _day(contract.starts), _day(contract.ends),
         *_work(contract.positions[0].function if contract.positions else "", contract.positions[0].school if contract.positions else ""),
         _fte(sum(position.fte for position in contract.positions)))
        for person in world.people for sequence, contract in enumerate(person.contracts, start=1)))
    _text(folder / "afas-positions.csv", POSITIONS, (
        (person.number, str(sequence), f"{person.number}-{sequence}", _day(position.starts), _day(position.ends),
         *_work(position.function, position.school), _fte(position.fte))
        for person in world.people for sequence, contract in enumerate(person.contracts, start=1) for position in contract.positions))


def write_afas_users(world: World, folder: Path) -> None:
    """Write the users of AFAS: one row per user and user group."""
    _text(folder / f"afas-users_{STUCK.isoformat()}.csv", AFAS_USERS, (
        (account.username, account.number, _full(account.given, account.prefix, account.surname), account.mail, _yes(not account.is_enabled),
         held, "J", "N", _yes(account.has_desktop), _day(account.last_used))
        for account in _of(world, "afas") for held in ([held.right for held in account.held if held.right != "InSite"] or [""])))


def write_parnassys(world: World, folder: Path, school: str) -> None:
    """Write the overview of one school: one row per employee and role; De Waterlelie sends a spreadsheet."""
    rows = [
        (account.native, account.username, account.given, account.prefix, account.surname, account.mail, account.number, held.school, held.right,
         ", ".join(held.groups), "Actief" if account.is_enabled else "Inactief", _day(account.last_used), _yes(account.has_mfa))
        for account in _of(world, "parnassys") if account.school == school for held in account.held]
    if school == "99AD00":
        _spreadsheet(folder / f"parnassys_{school}.xlsx", PARNASSYS, rows)
    else:
        _text(folder / f"parnassys_{school}.csv", PARNASSYS, rows)


def write_esis(world: World, folder: Path) -> None:
    """Write the users and roles of ESIS, the whole board in one file."""
    _text(folder / "esis-gebruikers.csv", ESIS, (
        (account.username, account.mail, account.given, account.prefix, account.surname, account.number, held.school, held.right,
         ", ".join(held.groups), "Ja" if account.is_enabled else "Nee", _day(account.last_used), _day(account.password_set))
        for account in _of(world, "esis") for held in account.held))


def write_active_directory(world: World, folder: Path) -> None:
    """Write `csvde -f` of the domain: comma, FILETIME numbers, several groups in one cell, objectGUID as X'hex'."""
    base = "DC=waterland,DC=example"
    rows = []
    for account in _of(world, "ad:waterland"):
        is_machine = not account.number and not account.given
        shown = f"{account.surname}, {_full(account.given, account.prefix)}" if account.given else account.surname
        ou = "Leerlingen" if account.username.startswith("ll-") else "Beheer" if is_machine else "Medewerkers"
        control = (66048 if is_machine or account.never_expires else 512) + (0 if account.is_enabled else 2)
        name = shown.replace(",", "\\,")
        place = f"OU={ou},OU={account.school},{base}" if not is_machine else f"OU={ou},{base}"
        rows.append((
            f"CN={name},{place}", "user", account.username,
            f"{account.username.lower()}@waterland.example" if is_machine else account.mail or f"{account.username}@waterland.example",
            shown, account.mail, account.number, str(control), "9223372036854775807", _filetime(account.password_set),
            _filetime(account.last_used), f"{account.created:%Y%m%d}073011.0Z",
            ";".join(f"CN={held.right},OU=Groepen,{base}" for held in account.held), "513", f"X'{_guid(account)}'"))
    _comma(folder / "ad-waterland.csv", CSVDE, rows)


def write_entra(world: World, folder: Path) -> None:
    """Write the two lists of the Entra portal: users, and role assignments. Private columns are there, as they are in real ones."""
    users = []
    for account in _of(world, "entra"):
        shown = _full(account.given, account.prefix, account.surname)
        cells = dict.fromkeys(ENTRA_USERS, "") | {
            "userPrincipalName": account.username, "displayName": shown, "surname": _full(account.prefix, account.surname),
            "mail": account.mail, "givenName": account.given, "id": _dashed(account), "userType": account.user_type,
            "officeLocation": account.school, "accountEnabled": str(account.is_enabled), "usageLocation": "NL",
            "streetAddress": "Dijkweg 1", "city": "Rietwoude", "postalCode": "0000 ZZ", "mobilePhone": "+31 6 0000 0000",
            "directorySynced": "False", "createdDateTime": f"{account.created}T07:30:00Z",
            "employeeId": account.number, "lastSuccessfulSignInDateTime": f"{account.last_used}T07:12:45Z" if account.last_used else "",
        }
        users.append(tuple(cells.values()))
    _comma(folder / "entra-users.csv", ENTRA_USERS, users)
    _comma(folder / "entra-role-assignments.csv", ENTRA_ROLES, (
        (held.right, _full(account.given, account.prefix, account.surname), account.username, "User", "Directory", "Direct",
         f"{account.created}T07:30:00Z", "")
        for account in _of(world, "entra") for held in account.held))


def write_pupils(world: World, folder: Path) -> None:
    """Write the pupils: number, school, until when, and nothing else."""
    _text(folder / "leerlingen.csv", PUPILS, (
        (number, school, _day(until)) for number, school, until in world.pupils))


def _of(world: World, system: str) -> list[Account]:
    return [account for account in world.accounts if account.system == system]


def _full(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""


def _yes(value: bool) -> str:
    return "J" if value else "N"


def _fte(share: float) -> str:
    return f"{share:.4f}".replace(".", ",")


def _work(function: str, school: str) -> tuple[str, str, str, str]:
    label = FUNCTIONS[function][0] if function in FUNCTIONS else UNHEARD_OF.get(function, "")
    return function, label, UNITS.get(school, school), UNIT_NAMES.get(school, "Projectbureau" if school else "")


def _filetime(day: date | None) -> str:
    if day is None:
        return "0"
    since = datetime.combine(day, time(7, 15), UTC) - datetime(1601, 1, 1, tzinfo=UTC)
    return str(int(since.total_seconds()) * 10_000_000)


def _guid(account: Account) -> str:
    return f"{int(account.native):08x}5a7e4c1e9b3d0099aa00ffee"


def _dashed(account: Account) -> str:
    text = _guid(account)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _text(path: Path, header: Sequence[str], rows: Rows) -> None:
    _write(path, header, rows, ";", "\r\n")


def _comma(path: Path, header: Sequence[str], rows: Rows) -> None:
    _write(path, header, rows, ",", "\r\n")


def _write(path: Path, header: Sequence[str], rows: Rows, delimiter: str, ending: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8"))


def _spreadsheet(path: Path, header: Sequence[str], rows: Rows) -> None:
    """Write a workbook that is the same, byte for byte, every time it is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    sheet = book.active
    sheet.title = "Medewerkers en rollen"
    sheet.append(list(header))
    for row in rows:
        sheet.append([cell or None for cell in row])
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in given.namelist():
            content = given.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-11-23T06:00:00Z", content)
            kept.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 6, 0, 0)), content, zipfile.ZIP_DEFLATED)


