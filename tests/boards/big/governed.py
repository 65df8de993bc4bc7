"""What the registers, the matrices and two small systems of a generated organisation have wrong: the rules that are not about one login."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.boards.big.crowd import IB, INV, LIO, Crowd
from tests.boards.truth import Expected

MOST_TOLD = 10
"""Where more people lack a required right, it is told in one line (missing-right)."""
NORMS = 20
"""So many systems have a matrix and no export: some of these matrices are old or never adopted."""
REVIEWED = ("system", "folder", "school", "reviewed_on", "reviewed_by", "seen")
SEPARATION = ("system", "right", "other_system", "other_right", "reason")
AUTHORISATION = ("person", "school", "may_request", "adopted_on")
FOLDERS = ("Map", "School", "Wie")
OVERRIDES = ("Medewerker-id", "BRIN", "Gebruikt op", "Reden", "Bekeken op", "Bekeken door")
CARE, KEY, BUYS, PAYS, HEAVY = "Zorgteam", "Sleutel", "Inkoop", "Betaling", "User Administrator"


@dataclass(frozen=True)
class Governed:
    """unreviewed, open_folders: positions of schools; old_norms: positions among NORMS; externals: how many external people have a login."""

    unreviewed: tuple[int, ...]
    open_folders: tuple[int, ...]
    old_norms: tuple[int, ...]
    externals: int


def govern(crowd: Crowd, rate: float, externals: int) -> Governed:
    """Given everybody, how often each thing is wrong and how many externals log in, return what is wrong with what a board keeps itself."""
    staying = crowd.has_las & (crowd.anomaly < 0) & ~crowd.is_parnassys
    esis = np.unique(crowd.school[staying]).tolist()
    return Governed(
        tuple(esis[:_some(rate, len(esis))]), tuple(range(_some(rate, len(crowd.schools)))), tuple(range(_some(rate, NORMS))), externals)


def _some(rate: float, of: int) -> int:
    return min(of, max(1, round(rate * of))) if rate else 0


def requester(crowd: Crowd) -> str:
    """The number of the one who may ask for temporary rights: nothing is wrong with this person."""
    return crowd.number[np.flatnonzero(crowd.has_las & (crowd.anomaly < 0) & ~np.isin(crowd.function, (INV, LIO)))[0]]


def afas_groups(crowd: Crowd, base: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Given the groups each function has, return those of each person, with what all or some have beside them."""
    lacking, both = set(crowd.who("missing-right").tolist()), set(crowd.who("toxic-combination").tolist())
    keys = {person: f"{KEY} {place // 2}" for place, person in enumerate(crowd.who("headcount-exceeded").tolist())}
    found = []
    for person, function in enumerate(crowd.function.tolist()):
        more = [CARE] if function == IB and person not in lacking else []
        more += [BUYS, PAYS] if person in both else [BUYS] if person % 40 == 0 else [PAYS] if person % 40 == 1 else []
        more += [keys[person]] if person in keys else []
        found.append((*(group for group in base[function] if group), *more) or ("",))
    return found


def write_afas_matrix(crowd: Crowd, folder: Path) -> None:
    """Given the folder with AFAS's matrix, add the groups that only this organisation has."""
    keys = [f"{KEY} {place}" for place in range(len(crowd.who("headcount-exceeded")) // 2)]
    head, rows = folder / "matrix.toml", folder / "rows.csv"
    natives = "".join(f'"{name}" = {{ right = "{name}" }}\n' for name in (CARE, BUYS, PAYS, *keys))
    head.write_text(head.read_text(encoding="utf-8").replace("[natives]\n", f"[natives]\n{natives}"), encoding="utf-8")
    told = [f"intern begeleider;{CARE};;;required;;alert;;;", f"*;{BUYS};;;allowed;;alert;;;", f"*;{PAYS};;;allowed;;alert;;;"]
    told += [f"*;{name};;;allowed;;alert;;1;" for name in keys]
    with rows.open("a", encoding="utf-8", newline="") as file:
        file.writelines(f"{row}\n" for row in told)


def write_norms(governed: Governed, folder: Path) -> None:
    """Write the matrices of systems that have no export: the first ones are from a year ago, or were never adopted."""
    for place in range(NORMS):
        adopted = "adopted_on = 2026-09-01\n" if place not in governed.old_norms else "adopted_on = 2025-09-01\n" if place % 2 else ""
        (folder / f"proef{place}").mkdir(parents=True, exist_ok=True)
        (folder / f"proef{place}" / "matrix.toml").write_text(
            f'system = "proef{place}"\nname = "Proef {place}"\nedition = "gegenereerd"\nowner = "Stichting Groot"\n{adopted}', encoding="utf-8")
        (folder / f"proef{place}" / "rows.csv").write_text(
            "function;right;level;scope;stance;conditions;mode;holders;max_holders;note\n*;Lezen;;board;allowed;;alert;;;\n", encoding="utf-8")


def governed_rows(crowd: Crowd, governed: Governed) -> dict[str, tuple[Sequence[str], Iterable[str]]]:
    """Return header and rows of each further register."""
    esis = [place for place in range(len(crowd.schools)) if place % 5 >= 3]
    return {
        "reviews": (REVIEWED, (
            f"esis;;{crowd.schools[place]};{'2024-05-01' if place in governed.unreviewed else '2026-06-01'};directeur;alles bekeken"
            for place in esis)),
        "separation": (SEPARATION, (f"afas;{BUYS};afas;{PAYS};Wie bestelt betaalt niet",)),
        "authorisation_table": (AUTHORISATION, (f"{requester(crowd)};;*;2026-09-01",)),
    }


def temporary_rows(crowd: Crowd) -> Iterable[str]:
    """Entries of the register of temporary rights that lack something, or were asked for by somebody who may not."""
    by, code, school = requester(crowd), crowd.schools, crowd.school.tolist()
    for place, p in enumerate(crowd.who("temporary-right-incomplete").tolist()):
        reason, approver, starts, ends = (
            ("", by, "2026-11-01", "2027-01-31"), ("Project", "", "2026-11-01", "2027-01-31"), ("Project", by, "2026-11-01", ""),
            ("Project", by, "2026-01-01", "2027-06-30"))[place % 4]
        yield f"I{p};{crowd.number[p]};parnassys;Administratie;;school;{code[school[p]]};;{reason};{by};{approver};{starts};{ends}"
    for p in crowd.who("temporary-right-unauthorised").tolist():
        yield (f"U{p};{crowd.number[p]};parnassys;Administratie;;school;{code[school[p]]};;Project;{crowd.number[p]};{by};"
               "2026-11-01;2027-01-31")


def external_rows(crowd: Crowd, governed: Governed) -> Iterable[str]:
    """Declared externals, whom the pupil administration is closed to."""
    return (
        f"E{place:05};Extern {place};Bureau;{requester(crowd)};extern.{place}@groot.example;{crowd.schools[0]};orthopedagoog;2026-09-01;2027-06-30"
        for place in range(governed.externals))


def folder_rows(crowd: Crowd, governed: Governed) -> Iterable[str]:
    """A folder per school, shared within the organisation or with anyone."""
    return (
        f"Team;{school};{'iedereen' if place in governed.open_folders else 'organisatie'}" for place, school in enumerate(crowd.schools))


def override_rows(crowd: Crowd) -> Iterable[str]:
    """Uses of emergency access in ParnasSys: explained and looked at, or without a reason."""
    code, school = crowd.schools, crowd.school.tolist()
    bare = set(crowd.who("override-unexplained").tolist())
    fine = set(np.flatnonzero(crowd.has_las & crowd.is_parnassys & (crowd.anomaly < 0))[::20].tolist())
    for p in sorted(bare | fine):
        yield f"{code[school[p]]}_{p + 10};{code[school[p]]};20-11-2026;{'nee;;' if p in bare else 'ja;23-11-2026;directeur'}"


def governed_truth(crowd: Crowd, governed: Governed, night: int, since: str) -> list[Expected]:
    """What of all this must be found; nothing of it changes between the nights."""
    def told(rule: str, system: str = "", username: str = "", **fields: str) -> Expected:
        return Expected(night, rule, system, username, change=since, why=rule, **fields)

    def las(person: int) -> str:
        return "parnassys" if crowd.is_parnassys[person] else "esis"

    # A teacher who sees every group has a right that is too wide, and a login as one that several people use has.
    found = [told(rule, las(p), crowd.login[p]) for rule in ("scope-too-wide", "shared-account") for p in crowd.who("scope-too-wide").tolist()]
    found += [told("right-unknown-to-matrix", las(p), right=f"Eigen rol {p}") for p in crowd.who("right-unknown-to-matrix").tolist()]
    keys = range(len(crowd.who("headcount-exceeded")) // 2)
    found += [told("headcount-exceeded", "afas", right=f"{KEY} {place}") for place in keys]
    found += [told("right-unknown-to-matrix", "entra", right=HEAVY)] if len(crowd.who("privileged-undeclared")) else []
    found += [told("privileged-undeclared", "entra", person=crowd.number[p]) for p in crowd.who("privileged-undeclared").tolist()]
    found += [told("toxic-combination", person=crowd.number[p]) for p in crowd.who("toxic-combination").tolist()]
    found += [told("code-of-conduct-unsigned", person=crowd.number[p]) for p in crowd.who("code-of-conduct-unsigned").tolist()]
    lacking = crowd.who("missing-right").tolist()
    found += [told("missing-right", "afas", right=CARE, person=crowd.number[p]) for p in lacking] if len(lacking) <= MOST_TOLD else [
        told("missing-right", "afas", right=CARE)]
    for rule in ("temporary-right-incomplete", "temporary-right-unauthorised"):
        found += [told(rule, "parnassys", person=crowd.number[p]) for p in crowd.who(rule).tolist()]
    found += [told("override-unexplained", "parnassys", person=crowd.number[p]) for p in crowd.who("override-unexplained").tolist()]
    found += [told("function-unknown") for _ in crowd.who("function-unknown")]
    found += [told("review-overdue", "esis", school=crowd.schools[place]) for place in governed.unreviewed]
    found += [told("folder-open-link", "sharepoint", school=crowd.schools[place]) for place in governed.open_folders]
    found += [told("matrix-overdue") for _ in governed.old_norms]
    return found + [told("forbidden-right", "parnassys", f"extern{place}", right="Intern begeleider") for place in range(governed.externals)]
