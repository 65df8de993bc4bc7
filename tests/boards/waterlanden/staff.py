"""The people about whom nothing is wrong: every school's staff, the head office, externals and pupils, with exactly what is declared."""

from __future__ import annotations

from datetime import date

from tests.boards.waterlanden.facts import CLOSED, DOMAIN, LAS, OFFICE, SCHOOL_YEAR, SCHOOLS, SUCCESSOR, UNITS, School
from tests.boards.waterlanden.world import Account, Contract, Held, Person, Position, World

PARNASSYS_ROLES = {
    "LKR10": ("Leerkracht",), "LKR11": ("Leerkracht",), "INV": ("Leerkracht",), "LIO": ("Leerkracht",), "OA": ("Leerkracht beperkt",),
    "DIR": ("Applicatiebeheerder",), "IB": ("Intern begeleider", "Applicatiebeheerder"), "ORT": ("Intern begeleider", "Applicatiebeheerder"),
    "ADM": ("Administratie",), "CVB": ("Monitororganisatie beheerder",), "ALG": ("Monitororganisatie beheerder",),
    "CTR": ("Monitororganisatie beheerder",),
    "BON": ("Monitororganisatie", "Stafmedewerker plus"),
}
"""What OPOR declares per function."""
ESIS_ROLES = {
    "LKR10": "Groepsleerkracht", "LKR11": "Groepsleerkracht", "INV": "Groepsleerkracht", "DIR": "Directie", "IB": "Interne begeleider",
    "ICT": "Applicatie beheerder", "MAN": "Administrateur", "CON": "Conciërge", "APP": "Supervisor", "BFIN": "Financiën",
}
"""What Kindante declares per function."""
AFAS_GROUPS = {
    "DIR": ("Beperkt Fin",), "ADM": ("Beperkt CRM",),
    "BFIN": ("Volledig Fin", "Volledig CRM"), "BPZ": ("Volledig PZ", "Volledig CRM"), "BADM": ("Beperkt Fin", "Beperkt PZ", "Volledig CRM"),
    "ALG": ("Volledig Fin", "Volledig PZ", "Volledig CRM", "Volledig"), "CTR": ("Volledig Fin", "Volledig PZ", "Volledig CRM", "Volledig"),
    "CVB": ("Inkijk Fin", "Inkijk PZ", "Volledig CRM"),
    "FAC": ("Volledig", "Volledig projecten", "Volledig CRM"), "BON": ("Volledig CRM",), "APP": ("Volledig CRM",), "SICT": ("Volledig CRM",),
}
"""What OPOR declares per function in AFAS, beside the own data (InSite) that everybody has."""
BY_GROUP = frozenset({"Leerkracht", "Leerkracht beperkt", "Groepsleerkracht"})
LONG_AGO = date(2019, 8, 1)


def furnish(world: World) -> None:
    """Given an empty world, add everybody about whom nothing is wrong."""
    _office(world)
    for school in SCHOOLS:
        _school(world, school)
    _two_schools(world)
    _externals(world)
    _pupils(world)
    _machines(world)


def engage(world: World, person: Person, function: str, school: str, *, groups: tuple[str, ...] = (), starts: date = LONG_AGO,
           ends: date | None = None, kind: str = "vast", fte: float = 1.0, has_access: bool = True) -> Person:
    """Given a person, add an employment with one position; teach the groups; give all the accounts that belong to it."""
    person.contracts.append(Contract(kind, starts, ends, [Position(function, school, starts, ends, fte)]))
    for group in groups:
        teach(world, person, school, group, starts=starts if ends and ends < SCHOOL_YEAR else SCHOOL_YEAR, ends=ends)
    if has_access:
        give_access(world, person, function, school, groups)
    for account in world.accounts_of(person):
        if ends and account.last_used and account.last_used > ends:
            account.last_used = ends  # nobody logs in after leaving, unless a case says so
    return person


def teach(world: World, person: Person, school: str, group: str, *, starts: date = SCHOOL_YEAR, ends: date | None = None) -> None:
    """Add a line to the formation list."""
    world.register("teaching", person.number, school, group, starts.isoformat(), ends.isoformat() if ends else "")


def give_access(world: World, person: Person, function: str, school: str, groups: tuple[str, ...] = ()) -> None:
    """Give a person what is declared for this function at this school, in every system."""
    school = SUCCESSOR if school == CLOSED else school
    if (LAS[school] == "parnassys" or school == OFFICE) and function in PARNASSYS_ROLES:
        held = [Held(role, school, groups if role in BY_GROUP else ()) for role in PARNASSYS_ROLES[function]]
        world.open_account("parnassys", person, school, held)
    if (LAS[school] == "esis" or school == OFFICE) and function in ESIS_ROLES:
        role = ESIS_ROLES[function]
        world.open_account("esis", person, school, [Held(role, school, groups if role in BY_GROUP else ())])
    if function == "ADM":
        world.register("declarations", person.number, "confidentiality", "2025-09-01")
    if not any(account.system == "ad:waterland" for account in world.accounts_of(person)):
        give_network(world, person, school)
        give_afas(world, person, AFAS_GROUPS.get(function, ())).has_desktop = school == OFFICE
    else:
        network = world.account_of("ad:waterland", person)
        network.held += [Held(f"GG-{UNITS[school]}-Medewerkers", school)]


def give_network(world: World, person: Person, school: str) -> None:
    """Give a person a login on the network and one in the cloud."""
    world.open_account("ad:waterland", person, school, [Held(f"GG-{UNITS[school]}-Medewerkers", school), Held("GG-Alle-Medewerkers", school)])
    world.open_account("entra", person, school, [], username=person.upn)


def give_afas(world: World, person: Person, groups: tuple[str, ...]) -> Account:
    """Give a person an AFAS user: InSite, and these user groups."""
    return world.open_account("afas", person, "", [Held("InSite", ""), *(Held(group, "") for group in groups)],
                              username=f"20418.{person.number}")


def _school(world: World, school: School) -> None:
    code = school.code
    for place, group in enumerate(school.groups):
        halves = 2 if place % 2 == 0 else 1
        for _ in range(halves):
            engage(world, _person(world), "LKR10" if place % 3 else "LKR11", code, groups=(group,), fte=1.0 / halves)
    director = engage(world, _person(world), "DIR", code)
    world.register("contacts", code, director.number, "director", director.mail)
    engage(world, _person(world), "IB", code, fte=0.6)
    engage(world, _person(world), "OA", code, groups=(school.groups[0],), fte=0.8)
    engage(world, _person(world), "OA", code, groups=school.groups[2:4], fte=0.6)
    engage(world, _person(world), "ADM" if school.las == "parnassys" else "MAN", code, fte=0.5)
    engage(world, _person(world), "CON", code, fte=0.7)
    # A long replacement: known until the summer, longer than four weeks.
    engage(world, _person(world), "INV", code, groups=(school.groups[1],), kind="vervanging", starts=date(2026, 9, 7), ends=date(2027, 2, 26),
           fte=0.5)
    if school.las == "parnassys":
        engage(world, _person(world), "LIO", code, groups=(school.groups[3],), kind="stage", starts=date(2026, 8, 24), ends=date(2027, 1, 29))
    else:
        engage(world, _person(world), "ICT", code, fte=0.2)


def _person(world: World) -> Person:
    """A new person; every sixth carries a partner's name in one of the ways HR knows."""
    person = world.named()
    place = len(world.people)
    if place % 6 == 0:
        other = world.people[place // 2]
        person.partner_prefix, person.partner = other.prefix, other.surname
        person.name_use = ("1", "2", "3")[place // 6 % 3]
    return person


def _office(world: World) -> None:
    chair = engage(world, _person(world), "CVB", OFFICE)
    engage(world, _person(world), "ALG", OFFICE)
    engage(world, _person(world), "CTR", OFFICE)
    for function in ("BFIN", "BFIN", "BPZ", "BPZ", "BON", "BADM", "BADM", "FAC", "APP", "SICT"):
        engage(world, _person(world), function, OFFICE)
    # Two named people of education hold Supervisor beside the application manager: exactly three (Kindante).
    for _ in range(2):
        person = engage(world, _person(world), "BON", OFFICE, fte=0.8)
        world.open_account("esis", person, OFFICE, [Held("Supervisor", OFFICE)])
    officer = next(person for person in world.people if person.contracts[0].positions[0].function == "SICT")
    world.register("contacts", OFFICE, chair.number, "director", chair.mail)
    world.register("contacts", "", chair.number, "board", chair.mail)
    world.register("contacts", "", officer.number, "ict", officer.mail)
    world.register("contacts", "", "", "privacy", f"privacy@{DOMAIN}")


def _two_schools(world: World) -> None:
    """One contract, two positions, two schools, two functions: a teacher here is intern begeleider there, and only there."""
    for function, first, groups, other_function, second in (
        ("LKR10", "99AA00", ("5",), "IB", "99AB00"), ("LKR11", "99AD00", ("6",), "DIR", "99AC00"), ("LKR10", "99AB00", ("3",), "LKR10", "99AD00"),
        ("ICT", "99AE00", (), "ICT", "99AF00"),
    ):
        person = engage(world, _person(world), function, first, groups=groups, fte=0.5)
        person.contracts[0].positions.append(Position(other_function, second, SCHOOL_YEAR, None, 0.4))
        also = ("4",) if other_function == "LKR10" else ()
        for group in also:
            teach(world, person, second, group)
        if other_function == "ICT":
            world.account_of("esis", person).held.append(Held("Applicatie beheerder", second))
        else:
            give_access(world, person, other_function, second, also)
        if other_function == "DIR":
            world.account_of("afas", person).held.append(Held("Beperkt Fin", ""))


def _externals(world: World) -> None:
    """Declared people who are never in HR: a login on the network, nothing in the pupil administration."""
    for place, (organisation, function, school) in enumerate((
        ("Logopediepraktijk De Rietpluim", "logopedist", "99AA00"), ("Logopediepraktijk De Rietpluim", "logopedist", "99AB00"),
        ("Sportservice Polder", "vakleerkracht", "99AC00"), ("Detachering Kroos BV", "ICT-er", "99AD00"),
        ("Muziekschool De Brulkikker", "vakleerkracht", "99AE00"), ("Muziekschool De Brulkikker", "vakleerkracht", "99AF00"),
        ("Kroos Financieel BV", "controller ad interim", OFFICE), ("Adviesbureau Waterpas", "onderwijsadviseur", OFFICE),
    ), start=1):
        person = world.named()
        world.people.remove(person)
        person.number = f"E{place:03}"
        world.register("externals", person.number, f"{person.given} {person.prefix} {person.surname}".replace("  ", " "), organisation,
                       world.people[place].number, person.mail, school, function, "2026-08-01", "2027-07-31")
        account = world.open_account("ad:waterland", person, school, [Held("GG-Externen", school)])
        account.last_used = date(2026, 11, 9)


def _pupils(world: World) -> None:
    number = 2_600_000
    for school in SCHOOLS:
        for place in range(school.pupils):
            number += world.random.randrange(1, 40)
            world.pupils.append((str(number), school.code, date(2026, 7, 31) if place % 60 == 59 else None))
            if school.code in ("99AA00", "99AD00") and place % 2 == 0:
                _pupil_account(world, str(number), school.code)


def _pupil_account(world: World, number: str, school: str) -> None:
    world.accounts.append(Account(
        "ad:waterland", f"ll-{number}", world.next_id(), number, "", "", number, f"{number}@leerling.{DOMAIN}", school,
        [Held(f"GG-{UNITS[school]}-Leerlingen", school)], last_used=date(2026, 11, 12), password_set=date(2026, 9, 2)))


def _machines(world: World) -> None:
    """Declared service accounts and the account for emergencies."""
    for system, username, kind, purpose in (
        ("ad:waterland", "svc-backup", "service", "Nachtelijke back-up"), ("ad:waterland", "svc-scan", "service", "Scannen naar map"),
        ("ad:waterland", "Administrator", "emergency", "Ingebouwde beheerder, wachtwoord in de kluis"),
        ("entra", f"noodtoegang@{DOMAIN}", "emergency", "Toegang als inloggen niet meer lukt"),
    ):
        account = Account(system, username, world.next_id(), "", "", "", username.split("@")[0], username if "@" in username else "", OFFICE,
                          last_used=date(2026, 11, 19), password_set=date(2026, 6, 1))
        world.accounts.append(account)
        world.register("service_accounts", system, username, kind, "Stafmedewerker ICT", purpose, "2027-06-01")
        if kind == "emergency":
            account.held.append(Held("Domain Admins" if system == "ad:waterland" else "Global Administrator", ""))
    officer = next(person for person in world.people if person.contracts[0].positions[0].function == "SICT")
    world.account_of("entra", officer).held.append(Held("User Administrator", ""))
