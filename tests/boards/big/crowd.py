"""Everybody of a generated organisation, as arrays: who they are, where and as what they work, and what is wrong about whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.boards.waterlanden.facts import GIVEN, SURNAMES
from tests.boards.waterlanden.world import slug

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

FUNCTIONS = ("LKR10", "OA", "INV", "IB", "DIR", "ADM", "MAN", "CON", "LIO", "BFIN")
WORDS = ("leerkracht", "onderwijsassistent", "invalleerkracht", "intern begeleider", "directeur", "administratief medewerker",
         "managementassistent", "conciërge", "LIO-stagiair", "beleidsmedewerker financiën")
SHARES = (0.62, 0.12, 0.05, 0.05, 0.03, 0.03, 0.02, 0.05, 0.02, 0.01)
LKR, OA, INV, IB, DIR, ADM, MAN, CON, LIO, BFIN = range(len(FUNCTIONS))
BY_GROUP = (LKR, OA, INV, LIO)
FAMILIES = tuple(
    (prefix, f"{name}{place}{ending}")
    for place in ("", "veld", "dijk", "sloot", "plas", "ven", "meer", "beek", "kade", "brug", "hof")
    for ending in ("", "er", "man", "stra", "ma", "sma", "ing", "aard", "huis", "zoon") for prefix, name in SURNAMES)
"""Enough surnames for 200,000 people to have a name of their own: a leaver and a colleague of one name are a case for a person, by design."""
GROUPS = ("1/2A", "1/2B", "3", "4", "5", "6", "7", "8")
PARNASSYS_ROLES: dict[int, tuple[str, ...]] = {
    LKR: ("Leerkracht",), OA: ("Leerkracht beperkt",), INV: ("Leerkracht",), IB: ("Intern begeleider", "Applicatiebeheerder"),
    DIR: ("Applicatiebeheerder",), ADM: ("Administratie",), LIO: ("Leerkracht",),
}
ESIS_ROLES: dict[int, tuple[str, ...]] = {
    LKR: ("Groepsleerkracht",), INV: ("Groepsleerkracht",), IB: ("Interne begeleider",), DIR: ("Directie",), MAN: ("Administrateur",),
    CON: ("Conciërge",), BFIN: ("Financiën",),
}
AFAS_GROUPS: dict[int, tuple[str, ...]] = {DIR: ("Beperkt Fin",), ADM: ("Beperkt CRM",), BFIN: ("Volledig Fin",)}
SYSTEMS = ("parnassys", "esis", "afas", "ad:noord", "ad:zuid", "entra")

ANOMALIES = (
    "leaver-active", "used-after-leaving", "leaver-soon", "login-without-group", "right-outside-matrix", "level-too-high", "scope-elsewhere",
    "mover-keeps-right", "declaration-unsigned", "replacement-too-short", "temporary-right-expired", "disputed-account", "data-quality",
    "deadline-overnight", "expires-overnight", "vanishes-overnight", "strays-overnight", "duplicate-account", "password-too-old",
    "password-rule-off", "dormant-account", "mfa-missing", "unmanaged-mail-address", "early-account", "former-domain-account",
    "closed-school-account", "scope-too-wide", "right-unknown-to-matrix", "headcount-exceeded", "privileged-undeclared", "toxic-combination",
    "code-of-conduct-unsigned", "missing-right", "temporary-right-incomplete", "temporary-right-unauthorised", "override-unexplained",
    "function-unknown",
)
"""What can be wrong about a person: at most one thing each. Those named overnight are found on the second night only; orphans are accounts
without a person and stand apart."""
SHARE_OF_RATE = {"leaver-soon": 0.25, "deadline-overnight": 0.05, "expires-overnight": 0.05, "vanishes-overnight": 0.02, "strays-overnight": 0.05,
                 "early-account": 0.25, "former-domain-account": 0.25, "closed-school-account": 0.25, "scope-too-wide": 0.2,
                 "right-unknown-to-matrix": 0.1, "headcount-exceeded": 0.1, "privileged-undeclared": 0.1, "toxic-combination": 0.2,
                 "code-of-conduct-unsigned": 0.2, "temporary-right-incomplete": 0.2, "temporary-right-unauthorised": 0.2,
                 "override-unexplained": 0.2, "function-unknown": 0.1}
PAIRED = ("disputed-account", "data-quality", "headcount-exceeded")
"""These take two people each."""
EACH_CLOSED = 10
"""So many accounts at most name one closed school: of twenty in a system there is one finding, by design."""


@dataclass
class Crowd:
    """One entry per person. school: position in `schools`; group: position in GROUPS; second: school of a second position, -1 for none;
    is_parnassys: which LAS the school has; has_las: holds a role there; anomaly: position in ANOMALIES, -1 for nothing."""

    number: list[str]
    given: list[str]
    prefix: list[str]
    surname: list[str]
    mail: list[str]
    login: list[str]
    function: Ints
    school: Ints
    group: Ints
    second: Ints
    schools: list[str]
    is_parnassys: Bools
    has_las: Bools
    starts: Days
    ends: Days
    anomaly: Ints
    used: Days

    def __len__(self) -> int:
        return len(self.number)

    @property
    def closed(self) -> list[str]:
        """Codes of the schools that closed in July, each for EACH_CLOSED of the people whose account still names one."""
        return [f"C{place:05}" for place in range(-(-len(self.who("closed-school-account")) // EACH_CLOSED))]

    def former(self, person: int) -> int:
        """The school somebody came from: the one beside it, in the other domain."""
        place = int(self.school[person])
        return place + 1 if place + 1 < len(self.schools) else place - 1

    def who(self, anomaly: str) -> Ints:
        """Positions of the people about whom this is wrong."""
        return np.flatnonzero(self.anomaly == ANOMALIES.index(anomaly))


def gather(people: int, seed: int, rate: float) -> Crowd:
    """Given how many people, a seed and how often each thing is wrong (a share of those it can be wrong about), return everybody."""
    random = np.random.default_rng(seed)
    count = max(6, people // 30)
    schools = [f"{place // 676 % 100:02}{chr(65 + place // 26 % 26)}{chr(65 + place % 26)}00" for place in range(count)]
    function = random.choice(len(FUNCTIONS), people, p=SHARES)
    school = random.integers(0, count, people)
    is_parnassys = school % 5 < 3
    # Each LAS knows its own clerk's function.
    function[(function == MAN) & is_parnassys] = ADM
    function[(function == ADM) & ~is_parnassys] = MAN
    in_las = np.array([[place in ESIS_ROLES, place in PARNASSYS_ROLES] for place in range(len(FUNCTIONS))])
    named = random.permutation(people)
    given, family = named % len(GIVEN), named // len(GIVEN) % len(FAMILIES)
    starts = np.datetime64("2010-08-01") + random.integers(0, 5_000, people)
    crowd = Crowd(
        number=[str(1_000_000 + 3 * place) for place in range(people)],
        given=[GIVEN[place] for place in given], prefix=[FAMILIES[place][0] for place in family],
        surname=[FAMILIES[place][1] for place in family], mail=[], login=[f"m{1_000_000 + 3 * place}" for place in range(people)],
        function=function, school=school, group=random.integers(0, len(GROUPS), people),
        second=np.where((random.random(people) < 0.2) & (function == LKR), random.integers(0, count, people), -1), schools=schools,
        is_parnassys=is_parnassys, has_las=in_las[function, is_parnassys.astype(int)], starts=starts,
        ends=np.full(people, np.datetime64("NaT"), dtype="datetime64[D]"), anomaly=np.full(people, -1),
        used=np.datetime64("2026-11-19") - random.integers(0, 19, people),
    )
    first, last = [slug(name) for name in GIVEN], [slug(prefix + family) for prefix, family in FAMILIES]
    crowd.mail = [f"{first[a]}.{last[b]}.{place}@groot.example" for place, (a, b) in enumerate(zip(given, family, strict=True))]
    crowd.second[crowd.second == crowd.school] = -1
    crowd.starts[function == INV] = np.datetime64("2026-09-07")
    crowd.ends[function == INV] = np.datetime64("2027-02-26")
    crowd.starts[function == LIO] = np.datetime64("2026-08-24")
    crowd.ends[function == LIO] = np.datetime64("2027-01-29")
    _plant(crowd, random, rate)
    return crowd


def _plant(crowd: Crowd, random: np.random.Generator, rate: float) -> None:
    function, las = crowd.function, crowd.has_las
    steady = las & np.isin(function, (LKR, IB, DIR, CON, MAN, ADM))
    teacher = las & (function == LKR)
    parnassys = crowd.is_parnassys & las
    eligible: dict[str, Bools] = {
        "leaver-active": steady, "used-after-leaving": steady, "leaver-soon": steady, "login-without-group": teacher,
        "right-outside-matrix": teacher, "level-too-high": parnassys & (function == OA), "scope-elsewhere": teacher,
        "mover-keeps-right": parnassys & teacher, "declaration-unsigned": parnassys & (function == ADM),
        "replacement-too-short": las & (function == INV), "temporary-right-expired": parnassys & teacher, "disputed-account": teacher,
        "data-quality": teacher, "deadline-overnight": steady, "expires-overnight": parnassys & teacher, "vanishes-overnight": teacher,
        "strays-overnight": teacher, "duplicate-account": steady, "password-too-old": steady & ~crowd.is_parnassys,
        "password-rule-off": steady, "dormant-account": steady, "mfa-missing": steady & crowd.is_parnassys, "unmanaged-mail-address": teacher,
        "early-account": teacher, "former-domain-account": teacher, "closed-school-account": steady, "scope-too-wide": teacher,
        "right-unknown-to-matrix": teacher, "headcount-exceeded": steady, "privileged-undeclared": steady, "toxic-combination": steady,
        "code-of-conduct-unsigned": steady, "missing-right": las & (function == IB), "temporary-right-incomplete": steady,
        "temporary-right-unauthorised": steady, "override-unexplained": parnassys & steady, "function-unknown": teacher,
    }
    for place, name in enumerate(ANOMALIES if rate else ()):
        free = np.flatnonzero(eligible[name] & (crowd.anomaly < 0))
        wanted = round(rate * SHARE_OF_RATE.get(name, 1.0) * int(eligible[name].sum()))
        # Whatever can be wrong is wrong at least once, however few people there are.
        wanted = max(wanted - wanted % 2, 2) if name in PAIRED else max(wanted, 1)
        crowd.anomaly[random.choice(free, min(wanted, len(free)), replace=False)] = place
    left = np.datetime64("2026-09-30")
    for name, ends in (("leaver-active", left), ("used-after-leaving", left), ("leaver-soon", np.datetime64("2026-12-02")),
                       ("deadline-overnight", np.datetime64("2026-11-20"))):
        crowd.ends[crowd.who(name)] = ends
    crowd.starts[crowd.who("early-account")] = np.datetime64("2027-02-01")
    short = crowd.who("replacement-too-short")
    crowd.starts[short], crowd.ends[short] = np.datetime64("2026-11-16"), np.datetime64("2026-12-11")
    gone = ~np.isnat(crowd.ends)
    crowd.used[gone] = np.minimum(crowd.used[gone], crowd.ends[gone])
    crowd.second[crowd.anomaly >= 0] = -1
