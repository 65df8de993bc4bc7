"""What a generated organisation looks like on one night, and what must be found then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.boards.big.crowd import (
    BY_GROUP,
    ESIS_ROLES,
    GROUPS,
    PARNASSYS_ROLES,
    Bools,
    Crowd,
    Days,
    Ints,
)
from tests.boards.big.governed import Governed, governed_truth
from tests.boards.truth import Expected

SYSTEM_OF_DOMAIN = ("ad:noord", "ad:zuid")


@dataclass
class LasAccount:
    """One login in a pupil administration: of which person (-1 for an orphan), and with which roles and groups."""

    person: int
    username: str
    number: str
    mail: str
    school: int
    roles: list[str]
    groups: list[int]
    is_enabled: bool
    used: str
    has_mfa: bool = True
    set_on: str = "01-10-2026"


@dataclass
class Night:
    """in_hr: still in the export; is_enabled: accounts outside the LAS are open; used: last use; las: accounts per LAS."""

    number: int
    in_hr: Bools
    is_enabled: Bools
    used: Days
    prints: Bools
    las: dict[str, list[LasAccount]]


def night_of(crowd: Crowd, night: int, seed: int, orphans: int) -> Night:
    """Given everybody, the number of the night and how many orphans there are, return what all systems hold that night."""
    random = np.random.default_rng(seed + 1)
    moved, printing = random.random(len(crowd)) < 0.6, random.random(len(crowd)) < 0.002
    in_hr = np.ones(len(crowd), dtype=bool)
    used = crowd.used.copy()
    if night == 2:
        in_hr[crowd.who("vanishes-overnight")] = False
        staying = np.isnat(crowd.ends) | (crowd.ends > np.datetime64("2026-11-24"))
        used[moved & staying] = np.datetime64("2026-11-23")
    closed = np.isin(crowd.anomaly, [crowd.anomaly[crowd.who(name)[0]] for name in ("leaver-active", "used-after-leaving", "deadline-overnight")
                                     if len(crowd.who(name))])
    found = Night(night, in_hr, ~closed, used, ~(printing & (night == 2)), {"parnassys": [], "esis": []})
    _fill(crowd, found)
    _add_orphans(crowd, found, orphans)
    return found


def _fill(crowd: Crowd, night: Night) -> None:
    members = {name: set(crowd.who(name).tolist()) for name in (
        "leaver-active", "used-after-leaving", "login-without-group", "right-outside-matrix", "level-too-high", "scope-elsewhere",
        "mover-keeps-right", "temporary-right-expired", "expires-overnight", "strays-overnight", "password-too-old",
        "dormant-account", "mfa-missing", "unmanaged-mail-address", "scope-too-wide", "right-unknown-to-matrix")}
    repaired = set(repaired_leavers(crowd).tolist()) if night.number == 2 else set()
    first, owner_of_mail = _pairs(crowd)
    function, school, group = crowd.function.tolist(), crowd.school.tolist(), crowd.group.tolist()
    used = dutch(night.used)
    for person in np.flatnonzero(crowd.has_las).tolist():
        system = "parnassys" if crowd.is_parnassys[person] else "esis"
        roles = list((PARNASSYS_ROLES if system == "parnassys" else ESIS_ROLES)[function[person]])
        groups = [group[person]] if function[person] in BY_GROUP else []
        if person in members["login-without-group"]:
            groups = []
        if person in members["right-outside-matrix"]:
            roles.append("Administratie" if system == "parnassys" else "Directie")
        if person in members["level-too-high"]:
            roles = ["Leerkracht"]
        if person in members["scope-elsewhere"] or (night.number == 2 and person in members["strays-overnight"]):
            groups.append((group[person] + 1) % len(GROUPS))
        if person in members["scope-too-wide"]:
            groups = list(range(len(GROUPS)))
        if person in members["right-unknown-to-matrix"]:
            roles.append(f"Eigen rol {person}")
        if person in members["mover-keeps-right"]:
            roles.append("Intern begeleider")
        if person in members["temporary-right-expired"] or person in members["expires-overnight"]:
            roles.append("Administratie")
        gone = person in members["used-after-leaving"]
        mail = f"{crowd.login[person]}@post{person}.example" if person in members["unmanaged-mail-address"] else crowd.mail[
            owner_of_mail.get(person, person)]
        night.las[system].append(LasAccount(
            person, crowd.login[person], "" if person in first else crowd.number[person], mail, school[person], roles, groups,
            not gone and person not in repaired,
            "14-10-2026" if gone else "01-08-2026" if person in members["dormant-account"] else used[person],
            person not in members["mfa-missing"], "01-07-2026" if person in members["password-too-old"] else "01-10-2026"))


def _pairs(crowd: Crowd) -> tuple[set[int], dict[int, int]]:
    """Those whose login has an address only (two people fit), and whose address stands on whose login."""
    disputed, mixed = crowd.who("disputed-account").tolist(), crowd.who("data-quality").tolist()
    return set(disputed[::2]), dict(zip(mixed[::2], mixed[1::2], strict=True))


def _add_orphans(crowd: Crowd, night: Night, count: int) -> None:
    late = count // 20
    for place in range(others(count)):
        night.las["parnassys"].append(LasAccount(
            -1, f"extern{place}", f"E{place:05}", f"extern.{place}@groot.example", 0, ["Intern begeleider"], [], True, "02-11-2026"))
    for place in range(count + (late if night.number == 2 else 0)):
        system = ("parnassys", "esis")[place % 2]
        school = next(school for school in range(place, place + 9) if (school % 5 < 3) == (system == "parnassys")) % len(crowd.schools)
        # A board whose schools are few wraps around: take the first school of the right kind then.
        if (school % 5 < 3) != (system == "parnassys"):
            school = 0 if system == "parnassys" else 3
        role = "Administratie" if system == "parnassys" else "Administrateur"
        is_open = not (night.number == 2 and place < count // 10)
        night.las[system].append(LasAccount(
            -1, f"w{place:07}", str(9_000_000 + place), f"wees.{place}@groot.example", school, [role], [], is_open, "02-11-2026"))
    for place in range(others(count)):
        night.las["esis"].append(LasAccount(-1, f"groep{place}", "", "", 3, ["Groepsleerkracht"], [], True, "02-11-2026"))


def others(orphans: int) -> int:
    """How many shared accounts, machines, guests and externals there are, of each, beside so many orphans."""
    return -(-orphans // 5)


def pupils_gone(pupils: Ints, rate: float) -> set[int]:
    """Numbers of the pupils who left in October and whose account still works."""
    return set(pupils[: max(1, round(rate * len(pupils) / 10)) if rate else 0].tolist())


def repaired_leavers(crowd: Crowd) -> Ints:
    """The leavers whose account is disabled between the nights."""
    return crowd.who("leaver-active")[::10]


def dutch(days: Days) -> list[str]:
    """Dates as dd-mm-yyyy, each distinct day written once."""
    distinct, places = np.unique(days, return_inverse=True)
    words = [f"{day.item():%d-%m-%Y}" if not np.isnat(day) else "" for day in distinct]
    return [words[place] for place in places.tolist()]


def truth_of(crowd: Crowd, governed: Governed, night: int, orphans: int, gone: set[int]) -> list[Expected]:
    """Given everybody, what is governed, the night, how many orphans there are and which pupils left, return what must be found."""
    told: list[Expected] = []
    since = "new" if night == 1 else "persisting"

    def las(person: int) -> str:
        return "parnassys" if crowd.is_parnassys[person] else "esis"

    def tell(rule: str, place: int, change: str = since, **fields: str) -> None:
        told.append(Expected(night, rule, las(place), crowd.login[place], change=change, why=rule, **fields))

    repaired = set(repaired_leavers(crowd).tolist()) if night == 2 else set()
    for person in crowd.who("leaver-active").tolist():
        tell("leaver-active", person, "resolved" if person in repaired else since, person=crowd.number[person])
    for rule in ("used-after-leaving", "login-without-group", "declaration-unsigned"):
        for person in crowd.who(rule).tolist():
            tell(rule, person, person=crowd.number[person])
    for person in crowd.who("right-outside-matrix").tolist():
        tell("right-outside-matrix", person, right="Administratie" if crowd.is_parnassys[person] else "Directie")
    for person in crowd.who("replacement-too-short").tolist():
        tell("replacement-too-short", person, group=GROUPS[crowd.group[person]])
    for person in crowd.who("level-too-high").tolist():
        tell("level-too-high", person, group=GROUPS[crowd.group[person]])
    for person in crowd.who("mover-keeps-right").tolist():
        tell("mover-keeps-right", person, right="Intern begeleider")
    for person in crowd.who("temporary-right-expired").tolist():
        tell("temporary-right-expired", person, right="Administratie")
    for rule, people in (("disputed-account", crowd.who("disputed-account")[::2]), ("data-quality", crowd.who("data-quality")[::2])):
        for person in people.tolist():
            tell(rule, person)
    for person in crowd.who("scope-elsewhere").tolist():
        tell("scope-elsewhere", person, group=GROUPS[(crowd.group[person] + 1) % len(GROUPS)])
    for person in crowd.who("leaver-soon").tolist():
        told += _all_accounts(crowd, night, "leaver-soon", person, las(person), since)
    told += _about_accounts(crowd, night, since, orphans)
    told += governed_truth(crowd, governed, night, since)
    told += [
        Expected(night, "pupil-account-left", SYSTEM_OF_DOMAIN[number % len(crowd.schools) % 2], change=since, why="left in October")
        for number in sorted(gone)]
    if night == 2:
        for person in crowd.who("deadline-overnight").tolist():
            tell("leaver-active", person, "new")
        for person in crowd.who("expires-overnight").tolist():
            tell("temporary-right-expired", person, "new")
        for person in crowd.who("strays-overnight").tolist():
            tell("scope-elsewhere", person, "new", group=GROUPS[(crowd.group[person] + 1) % len(GROUPS)])
        for person in crowd.who("vanishes-overnight").tolist():
            told += _all_accounts(crowd, night, "vanished-from-hr", person, las(person), "new")
    for person in crowd.who("expires-overnight").tolist():  # about the register's entry: of no account
        told.append(Expected(night, "temporary-right-expiring", "parnassys", person=str(crowd.number[person]),
                             change="new" if night == 1 else "resolved", why="the first night is its last day"))
    for place in range(orphans + (orphans // 20 if night == 2 else 0)):
        change = "new" if night == 1 or place >= orphans else "resolved" if place < orphans // 10 else "persisting"
        told.append(Expected(night, "orphan-account", ("parnassys", "esis")[place % 2], f"w{place:07}", change=change, why="orphan"))
    return told


def _about_accounts(crowd: Crowd, night: int, since: str, orphans: int) -> list[Expected]:
    """What is wrong with accounts themselves: nothing of it changes between the nights."""
    def told(rule: str, system: str, username: str = "", **fields: str) -> Expected:
        return Expected(night, rule, system, username, change=since, why=rule, **fields)

    found = []
    for rule in ("password-too-old", "dormant-account", "mfa-missing", "unmanaged-mail-address"):
        found += [told(rule, "parnassys" if crowd.is_parnassys[p] else "esis", crowd.login[p]) for p in crowd.who(rule).tolist()]
    for rule in ("password-rule-off", "closed-school-account"):
        found += [told(rule, domain_of(crowd, p), crowd.login[p]) for p in crowd.who(rule).tolist()]
    found += [told("duplicate-account", domain_of(crowd, p), person=crowd.number[p]) for p in crowd.who("duplicate-account").tolist()]
    for p in crowd.who("former-domain-account").tolist():
        found.append(told("former-domain-account", SYSTEM_OF_DOMAIN[crowd.former(p) % 2], f"{crowd.login[p]}o"))
    for p in crowd.who("early-account").tolist():
        found += _all_accounts(crowd, night, "early-account", p, "parnassys" if crowd.is_parnassys[p] else "esis", since)
    for place in range(others(orphans)):
        found += [told("shared-account", "esis", f"groep{place}"), told("service-account-unowned", SYSTEM_OF_DOMAIN[0], f"svc-{place}"),
                  told("external-undeclared", "entra", f"gast{place}@elders.example")]
    return found


def _all_accounts(crowd: Crowd, night: int, rule: str, person: int, las: str, change: str) -> list[Expected]:
    logins = {las: crowd.login[person], "afas": f"20418.{crowd.number[person]}", domain_of(crowd, person): crowd.login[person],
              "entra": crowd.mail[person]}
    return [Expected(night, rule, system, username, crowd.number[person], change=change, why=rule) for system, username in logins.items()]


def domain_of(crowd: Crowd, person: int) -> str:
    """The domain of the person's school."""
    return SYSTEM_OF_DOMAIN[int(crowd.school[person]) % 2]
