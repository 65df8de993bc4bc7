"""Writes a generated organisation as exports and registers: a million accounts in well under a minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from tests.boards.big.crowd import AFAS_GROUPS, BY_GROUP, EACH_CLOSED, FUNCTIONS, GROUPS, IB, LKR, WORDS, Crowd, Days, Ints
from tests.boards.big.governed import (
    FOLDERS,
    HEAVY,
    OVERRIDES,
    Governed,
    afas_groups,
    external_rows,
    folder_rows,
    governed_rows,
    override_rows,
    requester,
    temporary_rows,
)
from tests.boards.big.named import STEP
from tests.boards.big.night import SYSTEM_OF_DOMAIN, LasAccount, Night, dutch
from tests.boards.headers import AFAS_USERS, CSVDE, EMPLOYMENTS, ENTRA_ROLES, ENTRA_USERS, ESIS, PARNASSYS, POSITIONS, PUPILS

CONTRACTS = {"INV": ("Vervanging", "Bepaalde tijd"), "LIO": ("Stage", "Bepaalde tijd")}
STAFF_GROUPS = ("GG-Alle", "GG-Wifi", "GG-Data", "GG-Mail", "GG-Intranet", "GG-Apparaten", "GG-Leermiddelen")
PUPIL_GROUPS = ("GG-Leerlingen", "GG-Wifi", "GG-Leermiddelen", "GG-Filter", "GG-Apparaten")
BASE = "DC=groot,DC=example"


def write_hr(crowd: Crowd, night: Night, folder: Path) -> None:
    """Write employments and positions."""
    people = np.flatnonzero(night.in_hr).tolist()
    code, starts, ends = crowd.schools, dutch(crowd.starts), dutch(crowd.ends)
    labels = _labels()
    strange = {p: f"F{p};functie {p} (F{p})" for p in crowd.who("function-unknown").tolist()}
    kinds = [CONTRACTS.get(function, ("Vast", "Onbepaalde tijd")) for function in FUNCTIONS]
    function, school = crowd.function.tolist(), crowd.school.tolist()
    shared = crowd.who("disputed-account").tolist()
    mail = list(crowd.mail)
    for first, second in zip(shared[::2], shared[1::2], strict=True):
        mail[second] = mail[first]
    upn = _upn(crowd)
    _save(folder / "afas-employments.csv", EMPLOYMENTS, (
        f"{crowd.number[p]};7{crowd.number[p]};{crowd.given[p]} {crowd.surname[p]};{crowd.given[p]};{crowd.given[p][0]}.;{crowd.prefix[p]};"
        f"{crowd.surname[p]};;;0;{mail[p]};{upn[p]};1;{kinds[function[p]][0]};{kinds[function[p]][1]};Personeel;{starts[p]};{ends[p]};"
        f"{strange.get(p, labels[function[p]])};{code[school[p]]};School {code[school[p]]};1,0000"
        for p in people))
    moved, second = set(crowd.who("mover-keeps-right").tolist()), crowd.second.tolist()
    came = set(crowd.who("former-domain-account").tolist())

    def positions() -> Iterator[str]:
        for p in people:
            number, place = crowd.number[p], f"{code[school[p]]};School {code[school[p]]}"
            if p in moved:
                yield f"{number};1;{number}-1-1;{starts[p]};30-09-2026;{labels[IB]};{place};1,0000"
                yield f"{number};1;{number}-1-2;01-10-2026;;{labels[LKR]};{place};1,0000"
                continue
            if p in came:
                before = code[crowd.former(p)]
                yield f"{number};1;{number}-1-1;{starts[p]};30-09-2026;{strange.get(p, labels[function[p]])};{before};School {before};1,0000"
                yield f"{number};1;{number}-1-2;01-10-2026;;{strange.get(p, labels[function[p]])};{place};1,0000"
                continue
            yield f"{number};1;{number}-1-1;{starts[p]};{ends[p]};{strange.get(p, labels[function[p]])};{place};0,6000"
            if second[p] >= 0:
                yield f"{number};1;{number}-1-2;{starts[p]};{ends[p]};{labels[function[p]]};{code[second[p]]};School {code[second[p]]};0,4000"

    _save(folder / "afas-positions.csv", POSITIONS, positions())


def write_parnassys(crowd: Crowd, night: Night, folder: Path) -> None:
    """Write the users and roles of ParnasSys, the whole board in one file."""
    def rows() -> Iterator[str]:
        for place, account in enumerate(night.las["parnassys"]):
            native = account.person + 10 if account.person >= 0 else 9_000_000 + place
            head = f"{native};{account.username};{_names(crowd, account)};{account.mail};{account.number};{crowd.schools[account.school]}"
            groups = ", ".join(GROUPS[group] for group in account.groups)
            tail = f"{'Actief' if account.is_enabled else 'Inactief'};{account.used};{'J' if account.has_mfa else 'N'}"
            for role in account.roles:
                yield f"{head};{role};{groups if role.startswith('Leerkracht') else ''};{tail}"

    _save(folder / "parnassys.csv", PARNASSYS, rows())


def write_esis(crowd: Crowd, night: Night, folder: Path) -> None:
    """Write the users and roles of ESIS, the whole board in one file."""
    def rows() -> Iterator[str]:
        for account in night.las["esis"]:
            groups = ", ".join(GROUPS[group] for group in account.groups)
            for role in account.roles:
                linked = groups if role == "Groepsleerkracht" else ""
                yield (f"{account.username};{account.mail};{_names(crowd, account)};{account.number};{crowd.schools[account.school]};{role};"
                       f"{linked};{'Ja' if account.is_enabled else 'Nee'};{account.used};{account.set_on}")

    _save(folder / "esis.csv", ESIS, rows())


def write_afas_users(crowd: Crowd, night: Night, folder: Path) -> None:
    """Write the users of AFAS: one row per user and user group."""
    used, is_open = dutch(crowd.used), night.is_enabled.tolist()
    groups = afas_groups(crowd, [AFAS_GROUPS.get(place, ("",)) for place in range(len(FUNCTIONS))])
    mail = _upn(crowd)
    _save(folder / "afas-users.csv", AFAS_USERS, (
        f"20418.{crowd.number[p]};{crowd.number[p]};{crowd.given[p]} {crowd.surname[p]};{mail[p]};{'N' if is_open[p] else 'J'};{group};"
        f"J;N;N;{used[p]}"
        for p in range(len(crowd)) for group in groups[p]))


def write_directories(crowd: Crowd, night: Night, pupils: Ints, machine_count: int, folder: Path) -> None:
    """Write `csvde` exports of two domains, staff and pupils. As csvde does, a cell with a comma stands between quotes."""
    used, is_open, prints = _filetime(night.used), night.is_enabled.tolist(), night.prints.tolist()
    upn = _upn(crowd)
    staff = _member_of(STAFF_GROUPS)
    without, with_print = f'"{staff}"', f'"{staff};CN=GG-Print,OU=Groepen,{BASE}"'
    learning = f'"{_member_of(PUPIL_GROUPS)}"'
    school = crowd.school.tolist()
    set_on, pupil_used = _filetime(np.array(["2026-09-10"], dtype="datetime64[D]"))[0], _filetime(np.array(["2026-11-10"], dtype="datetime64[D]"))[0]
    named = [crowd.schools[at] for at in school]
    for number, p in enumerate(crowd.who("closed-school-account").tolist()):
        named[p] = crowd.closed[number // EACH_CLOSED]
    free = set(crowd.who("password-rule-off").tolist())

    def member(p: int, login: str, place: str, mark: str) -> str:
        control = (66048 if p in free else 512) + (0 if is_open[p] else 2)
        return (
            f'"CN={login},OU=Medewerkers,OU={place},{BASE}",user,{login},{upn[p]},{crowd.given[p]} {crowd.surname[p]},{upn[p]},{crowd.number[p]},'
            f"{control},9223372036854775807,{set_on},{used[p]},20240812073011.0Z,{with_print if prints[p] else without},513,"
            f"X'{p:08x}5a7e4c1e9b3d0099aa{mark}ffee'")

    for place, system in enumerate(SYSTEM_OF_DOMAIN):
        people = (
            member(p, crowd.login[p], named[p], "00") for p in range(len(crowd)) if school[p] % 2 == place)
        again = (member(p, f"{crowd.login[p]}b", named[p], "01") for p in crowd.who("duplicate-account").tolist() if school[p] % 2 == place)
        before = (
            member(p, f"{crowd.login[p]}o", crowd.schools[crowd.former(p)], "02") for p in crowd.who("former-domain-account").tolist()
            if crowd.former(p) % 2 == place)
        machines = (
            f'"CN=svc-{number},OU=Beheer,{BASE}",user,svc-{number},svc-{number}@groot.example,svc-{number},,,66048,9223372036854775807,{set_on},'
            f"{pupil_used},20240812073011.0Z,,513,X'{number:08x}22ef4c1e9b3d0099aa00ffee'" for number in range(machine_count if not place else 0))
        young = (
            f'"CN=ll-{number},OU=Leerlingen,OU={crowd.schools[at]},{BASE}",user,ll-{number},{number}@leerling.groot.example,{number},'
            f"{number}@leerling.groot.example,{number},512,9223372036854775807,{set_on},{pupil_used},20240812073011.0Z,{learning},513,"
            f"X'{number:08x}11ef4c1e9b3d0099aa00ffee'"
            for number, at in zip(pupils.tolist(), _school_of(pupils, crowd), strict=True) if at % 2 == place)
        _save(folder / f"{system.replace(':', '-')}.csv", CSVDE, chain(people, again, before, machines, young), ",")


def write_entra(crowd: Crowd, night: Night, guests: int, folder: Path) -> None:
    """Write the users and the role assignments of Entra ID."""
    used, is_open = night.used.astype("str").tolist(), night.is_enabled.tolist()
    upn, code = _upn(crowd), crowd.schools
    school = crowd.school.tolist()
    people = (
        f"{upn[p]},{crowd.given[p]} {crowd.surname[p]},{crowd.surname[p]},{upn[p]},{crowd.given[p]},{p:08x}-5a7e-4c1e-9b3d-0099aa00ffee,Member,,,"
        f"{is_open[p]},NL,,,,{code[school[p]]},,,,,,,,,,,False,,,2024-08-12T07:30:00Z,{crowd.number[p]},{used[p]}T07:12:45Z"
        for p in range(len(crowd)))
    invited = (
        f"gast{p}@elders.example,Gast {p},{p},gast{p}@elders.example,Gast,{p:08x}-5a7e-4c1e-9b3d-0099aa99ffee,Guest,,,True,NL,,,,,,,,,,,,,,,False,,,"
        "2024-08-12T07:30:00Z,,2026-11-12T07:12:45Z" for p in range(guests))
    _save(folder / "entra-users.csv", ENTRA_USERS, chain(people, invited), ",")
    holders = [("Helpdesk Administrator", p) for p in range(0, len(crowd), STEP)]
    holders += [(HEAVY, p) for p in crowd.who("privileged-undeclared").tolist()]
    _save(folder / "entra-role-assignments.csv", ENTRA_ROLES, (
        f"{role},{crowd.given[p]} {crowd.surname[p]},{upn[p]},User,Directory,Direct,2024-08-12T07:30:00Z,"
        for role, p in holders), ",")


def write_pupils(pupils: Ints, crowd: Crowd, gone: set[int], folder: Path) -> None:
    """Write the pupils: number, school, until when."""
    _save(folder / "leerlingen.csv", PUPILS, (
        f"{number};{crowd.schools[at]};{'30-10-2026' if number in gone else ''}"
        for number, at in zip(pupils.tolist(), _school_of(pupils, crowd), strict=True)))


def write_registers(crowd: Crowd, governed: Governed, folder: Path) -> None:
    """Write the registers: schools, functions, groups, the formation list, declarations and temporary rights."""
    columns = ("school", "kind", "name", "codes", "domain", "opened_on", "closed_on", "merged_into", "works_across_groups")
    _save(folder / "schools.csv", columns, chain(
        (f"{school};school;School {school};;{SYSTEM_OF_DOMAIN[place % 2]};;;;" for place, school in enumerate(crowd.schools)),
        (f"{school};school;School {school};;;;2026-07-31;{crowd.schools[0]};" for school in crowd.closed)))
    _save(folder / "externals.csv", ("person", "name", "organisation", "sponsor", "mail", "school", "function", "starts_on", "ends_on"),
          external_rows(crowd, governed))
    _save(folder / "service_accounts.csv", ("system", "account", "kind", "owner", "purpose", "review_on"), ())
    _save(folder / "functions.csv", ("label", "function", "role"), (
        f"{label};{word};" for code, word in zip(FUNCTIONS, WORDS, strict=True) for label in (code, f"{word} ({code})")))
    _save(folder / "groups.csv", ("school", "group", "name", "school_year", "kind"), (
        f"{school};{group};Groep {group};2026-2027;class" for school in crowd.schools for group in GROUPS))
    group, school = crowd.group.tolist(), crowd.school.tolist()
    _save(folder / "teaching.csv", ("person", "school", "group", "starts_on", "ends_on"), (
        f"{crowd.number[p]};{crowd.schools[school[p]]};{GROUPS[group[p]]};2026-08-01;"
        for p in np.flatnonzero(np.isin(crowd.function, BY_GROUP)).tolist()))
    unsigned = set(crowd.who("declaration-unsigned").tolist())
    no_conduct = set(crowd.who("code-of-conduct-unsigned").tolist())
    _save(folder / "declarations.csv", ("person", "kind", "signed_on"), chain((
        f"{crowd.number[p]};confidentiality;2025-09-01"
        for p in np.flatnonzero(crowd.function == FUNCTIONS.index("ADM")).tolist() if p not in unsigned), (
        f"{number};conduct;2025-09-01" for p, number in enumerate(crowd.number) if p not in no_conduct)))
    asks = requester(crowd)
    ends = {"temporary-right-expired": "2026-10-15", "expires-overnight": "2026-11-23"}
    columns = ("id", "person", "system", "right", "level", "scope", "school", "group", "reason", "requested_by", "approved_by", "starts_on",
               "ends_on")
    _save(folder / "temporary_rights.csv", columns, chain((
        f"T{p};{crowd.number[p]};parnassys;Administratie;;school;{crowd.schools[school[p]]};;Vervangt de administratie;{asks};directeur;"
        f"2026-09-01;{last}"
        for name, last in ends.items() for p in crowd.who(name).tolist()), temporary_rows(crowd)))
    for name, (header, rows) in governed_rows(crowd, governed).items():
        _save(folder / f"{name}.csv", header, rows)


def write_governed(crowd: Crowd, governed: Governed, folder: Path) -> None:
    """Write the shared folders, and the uses of emergency access."""
    _save(folder / "mappen.csv", FOLDERS, folder_rows(crowd, governed))
    _save(folder / "ontheffingen.csv", OVERRIDES, override_rows(crowd))


def _names(crowd: Crowd, account: LasAccount) -> str:
    if account.person < 0:
        return "Niemand;;Wees"
    return f"{crowd.given[account.person]};{crowd.prefix[account.person]};{crowd.surname[account.person]}"


def _upn(crowd: Crowd) -> list[str]:
    """Login names outside the LAS: the address, but for people whose address in HR is not theirs alone."""
    names = list(crowd.mail)
    for person in crowd.who("disputed-account").tolist():
        names[person] = f"{crowd.login[person]}@groot.example"
    return names


def _labels() -> list[str]:
    return [f"{code};{word} ({code})" for code, word in zip(FUNCTIONS, WORDS, strict=True)]


def _school_of(pupils: Ints, crowd: Crowd) -> list[int]:
    return (pupils % len(crowd.schools)).tolist()  # type: ignore[no-any-return]


def _member_of(groups: Iterable[str]) -> str:
    return ";".join(f"CN={group},OU=Groepen,{BASE}" for group in groups)


def _filetime(days: Days) -> list[str]:
    distinct, places = np.unique(days.astype("datetime64[D]"), return_inverse=True)
    since = (distinct - np.datetime64("1601-01-01")).astype("int64")
    words = [str((int(day) * 86_400 + 26_100) * 10_000_000) for day in since]
    return [words[place] for place in places.tolist()]


def _save(path: Path, header: Sequence[str], rows: Iterable[str], delimiter: str = ";") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(delimiter.join(header) + "\n")
        file.writelines(f"{row}\n" for row in rows)
