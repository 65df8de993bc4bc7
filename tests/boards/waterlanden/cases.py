"""The planted situations: what is wrong on the first night, what changes before the second, and what must be found.

Each case is written from the catalogue of rules and the boards' documents, not from the auditor's code. A case that must stay silent
expects nothing, and is there because a hasty auditor would say something.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.boards.truth import Expected
from tests.boards.waterlanden.facts import CLOSED, DOMAIN, OFFICE, SCHOOL_YEAR
from tests.boards.waterlanden.staff import engage, give_network, teach
from tests.boards.waterlanden.world import Account, Contract, Held, Person, Position, World


class Plan:
    """Collects what must be found."""

    def __init__(self) -> None:
        self.expected: list[Expected] = []
        self.overnight: list[Callable[[], object]] = []
        """What happens between the nights, in this order."""

    def expect(self, night: int, rule: str, why: str, account: Account | None = None, person: Person | None = None, **fields: str) -> None:
        """Expect one finding after one night, about an account or a person."""
        if account is not None:
            fields = {"system": account.system, "username": account.username, **fields}
            # A pupil administration keeps one record a school: only there the school tells two accounts of one login apart.
            if account.system == "parnassys":
                fields.setdefault("school", account.school)
        if person is not None:
            fields = {"person": person.number, **fields}
        self.expected.append(Expected(night, rule, why=why, **fields))

    def both(self, rule: str, why: str, account: Account | None = None, person: Person | None = None, second: str = "persisting",
             **fields: str) -> None:
        """Expect a finding on the first night, and what became of it on the second."""
        self.expect(1, rule, why, account, person, **fields)
        self.expect(2, rule, why, account, person, **{**fields, "change": second})

    def every_account(self, world: World, rule: str, why: str, person: Person, *, is_new: bool = False) -> None:
        """Expect a finding for each account of a person that is in use: since the first night, or new on the second. The export of
        AFAS users is too old on the second night: nothing new there, and what was known keeps standing."""
        for account in world.accounts_of(person):
            if not account.is_enabled:
                continue
            if not is_new:
                self.both(rule, why, account, person, second="not_assessed" if account.system == "afas" else "persisting")
            elif account.system != "afas":
                self.expect(2, rule, why, account, person)


def strip(world: World, person: Person, *systems: str) -> None:
    """Close the accounts of a person in these systems (all when none are named), last used while they still worked."""
    ends = [contract.ends for contract in person.contracts if contract.ends]
    for account in world.accounts_of(person):
        if not systems or account.system in systems:
            account.is_enabled = False
        if ends and account.last_used and account.last_used > max(ends):
            account.last_used = max(ends)


def stranger(world: World, system: str, school: str, name: tuple[str, str, str], held: list[Held], number: str = "") -> Account:
    """An account of somebody nobody knows."""
    given, prefix, surname = name
    username = f"{given[0]}.{prefix}{surname}".replace(" ", "").lower()
    account = Account(system, username, world.next_id(), number, given, prefix, surname, f"{username}@{DOMAIN}", school, held,
                      last_used=date(2026, 10, 8), password_set=date(2026, 9, 14))
    world.accounts.append(account)
    return account


def owners(world: World, plan: Plan) -> None:
    """Family A: whose account is it?"""
    lost = stranger(world, "parnassys", "99AA00", ("Ferdinand", "", "Drijfhout"), [Held("Leerkracht", "99AA00", ("7",))])
    plan.both("orphan-account", "nobody in HR, nobody declared", lost)

    network = stranger(world, "ad:waterland", "99AB00", ("Wilma", "de", "Wervel"), [Held("GG-102-Medewerkers", "99AB00")])
    plan.both("orphan-account", "nobody in HR; ICT disables it before the second night", network, second="resolved")
    plan.overnight.append(lambda: disable(network))

    gone = stranger(world, "parnassys", "99AB00", ("Otto", "van", "Oever"), [Held("Administratie", "99AB00")])
    gone.is_enabled = False  # silent: nobody knows it, and nobody can use it

    # HR was late: the employment is entered, with its end, after the first night.
    late = stranger(world, "esis", "99AE00", ("Gonda", "", "Golfslag"), [Held("Groepsleerkracht", "99AE00", ("4",))], number="104990")
    plan.expect(1, "orphan-account", "HR does not know the number yet", late)
    plan.expect(2, "leaver-active", "HR entered the employment, ended on 16 October", late, change="reason_changed",
                previous_rule="orphan-account")
    plan.overnight.append(lambda: world.people.append(_golfslag()))

    new = Account("parnassys", "r.rimpel", world.next_id(), "", "Ravi", "", "Rimpel", f"r.rimpel@{DOMAIN}", "99AC00",
                  [Held("Leerkracht", "99AC00", ("7",))], last_used=date(2026, 11, 23), password_set=date(2026, 11, 23),
                  created=date(2026, 11, 23))
    plan.expect(2, "orphan-account", "made on the first day, for somebody nobody knows", new)
    plan.overnight.append(lambda: world.accounts.append(new))

    # One person twice in HR, under two numbers: a leaver of July, hired again, under the same address.
    before = engage(world, world.named(("van", "Wederkeer")), "OA", "99AC00", groups=("3",), kind="tijdelijk", starts=date(2025, 9, 1),
                    ends=date(2026, 7, 17), fte=0.5, has_access=False)
    again = engage(world, world.named(("van", "Wederkeer")), "CON", "99AB00", starts=date(2026, 10, 1), fte=0.4, has_access=False)
    again.given, again.mail, again.upn = before.given, before.mail, before.upn
    old = world.open_account("parnassys", before, "99AC00", [Held("Leerkracht beperkt", "99AC00", ("3",))])
    old.last_used = date(2026, 7, 10)
    plan.both("disputed-account", "a leaver whose address a running person has: a case, not a leaver", old)

    # Two caretakers share one address in HR; the login has only that address.
    first = engage(world, world.named(), "CON", "99AF00", fte=0.4, has_access=False)
    second = engage(world, world.named(), "CON", "99AF00", fte=0.4, has_access=False)
    for person in (first, second):
        person.mail = f"conciergerie.dijkgraaf@{DOMAIN}"
    shared = world.open_account("esis", first, "99AF00", [Held("Conciërge", "99AF00")], username="conciergerie.dijkgraaf")
    shared.number, shared.given, shared.prefix, shared.surname = "", "Conciërges", "", "De Dijkgraaf"
    plan.both("disputed-account", "two people fit equally well", shared)


def _golfslag() -> Person:
    late = Person("104990", "799990", "Gonda", "", "Golfslag", f"g.golfslag@{DOMAIN}", f"g.golfslag@{DOMAIN}")
    late.contracts.append(Contract("tijdelijk", date(2026, 9, 1), date(2026, 10, 16),
                                   [Position("LKR10", "99AE00", date(2026, 9, 1), date(2026, 10, 16), 0.6)]))
    return late


def leavers(world: World, plan: Plan) -> None:
    """Family B: people who left, or are about to."""
    _left(world, plan)
    _leaving(world, plan)
    _vanished(world, plan)
    _without_group(world, plan)


def _left(world: World, plan: Plan) -> None:
    director = engage(world, world.named(("van", "Vloedlijn")), "DIR", "99AB00", starts=date(2015, 8, 1), ends=date(2026, 10, 31))
    strip(world, director, "entra")
    for system in ("parnassys", "ad:waterland"):
        plan.both("leaver-active", "director who left on 31 October, deadline 2 November", world.account_of(system, director), director)
    plan.both("leaver-active", "the same; the export of AFAS users is stuck", world.account_of("afas", director), director, second="not_assessed")

    teacher = engage(world, world.named(), "LKR10", "99AD00", groups=("4",), starts=date(2020, 8, 1), ends=date(2026, 9, 30))
    strip(world, teacher, "ad:waterland", "entra", "afas")
    login = world.account_of("parnassys", teacher)
    login.last_used = date(2026, 10, 14)
    plan.both("leaver-active", "left on 30 September, still enabled; disabled before the second night", login, teacher, second="resolved")
    plan.overnight.append(lambda: disable(login))
    plan.both("used-after-leaving", "used on 14 October, two weeks after the last day", login, teacher)

    closed = engage(world, world.named(), "LKR11", "99AE00", groups=("5",), starts=date(2018, 8, 1), ends=date(2026, 10, 9))
    strip(world, closed)
    used = world.account_of("esis", closed)
    used.last_used = date(2026, 10, 12)
    plan.both("used-after-leaving", "disabled since, but used on the Monday after", used, closed)

    # Last day Friday 20 November: the deadline is Monday, so Tuesday's night is the first that may say it.
    overnight = engage(world, world.named(), "CON", "99AE00", starts=date(2021, 3, 1), ends=date(2026, 11, 20), fte=0.5)
    strip(world, overnight, "ad:waterland", "entra", "afas")
    plan.expect(2, "leaver-active", "the deadline passed between the nights", world.account_of("esis", overnight), overnight)

    tidy = engage(world, world.named(), "LKR10", "99AA00", groups=("6",), starts=date(2012, 8, 1), ends=date(2026, 9, 30))
    strip(world, tidy)  # silent: everything was withdrawn in time


def _leaving(world: World, plan: Plan) -> None:
    soon = engage(world, world.named(), "IB", "99AA00", starts=date(2016, 8, 1), ends=date(2026, 11, 30), fte=0.4)
    plan.every_account(world, "leaver-soon", "leaves on 30 November", soon)
    later = engage(world, world.named(), "OA", "99AB00", groups=("1/2A",), kind="tijdelijk", starts=date(2025, 12, 9), ends=date(2026, 12, 8),
                   fte=0.5)
    plan.every_account(world, "leaver-soon", "leaves on 8 December: fourteen days from the second night", later, is_new=True)


def _vanished(world: World, plan: Plan) -> None:
    vanished = engage(world, world.named(("van", "Verdwijnpunt")), "LKR10", "99AC00", groups=("6",), starts=date(2022, 8, 1))
    plan.every_account(world, "vanished-from-hr", "the running employment is not in the export any more", vanished, is_new=True)
    plan.overnight.append(lambda: world.people.remove(vanished))
    dropped = engage(world, world.named(), "VAK", "99AA00", starts=date(2019, 8, 1), ends=date(2026, 8, 21), fte=0.4)
    strip(world, dropped, "entra", "afas")
    plan.both("leaver-active", "left in August; that the export drops the row later is no vanishing",
              world.account_of("ad:waterland", dropped), dropped)
    plan.overnight.append(lambda: world.people.remove(dropped))


def _without_group(world: World, plan: Plan) -> None:
    idle = engage(world, world.named(), "LKR10", "99AB00", groups=("8",))
    world.account_of("parnassys", idle).held[0].groups = ()
    plan.both("login-without-group", "taken off the group, can still log in", world.account_of("parnassys", idle), idle)
    lent = engage(world, world.named(), "LKR11", "99AF00", groups=("5",))
    login = world.account_of("esis", lent)
    login.held[0].groups = ()
    plan.both("login-without-group", "the same in ESIS; linked again before the second night", login, lent, second="resolved")
    plan.overnight.append(lambda: setattr(login.held[0], "groups", ("5",)))


def quiet_contracts(world: World) -> None:
    """Employments that look like leaving and are not: all silent."""
    renewed = engage(world, world.named(), "OA", "99AD00", groups=("1/2B",), kind="tijdelijk", starts=date(2025, 8, 1), ends=date(2026, 7, 31))
    renewed.contracts.append(Contract("tijdelijk", SCHOOL_YEAR, date(2027, 7, 31), [Position("OA", "99AD00", SCHOOL_YEAR, date(2027, 7, 31), 1.0)]))
    for row in [row for row in world.registers["teaching"] if row[0] == renewed.number]:
        world.registers["teaching"].remove(row)
    teach(world, renewed, "99AD00", "1/2B", ends=date(2027, 7, 31))
    for account in world.accounts_of(renewed):
        account.last_used = date(2026, 11, 12)

    between = engage(world, world.named(), "CON", "99AC00", kind="tijdelijk", starts=date(2026, 2, 1), ends=date(2026, 11, 20), fte=0.5)
    between.contracts.append(Contract("tijdelijk", date(2026, 11, 25), date(2027, 7, 31),
                                      [Position("CON", "99AC00", date(2026, 11, 25), date(2027, 7, 31), 0.5)]))

    # One human, two numbers: AFAS gave a new one at the second employment, the pupil administration kept the old.
    twice = world.named()
    renumbered = engage(world, world.named(), "LKR10", "99AA00", groups=("1/2A",), starts=SCHOOL_YEAR)
    renumbered.human, renumbered.given, renumbered.prefix, renumbered.surname = twice.human, twice.given, twice.prefix, twice.surname
    twice.contracts.append(Contract("tijdelijk", date(2025, 8, 1), date(2026, 7, 31),
                                    [Position("OA", "99AB00", date(2025, 8, 1), date(2026, 7, 31), 1.0)]))
    world.account_of("parnassys", renumbered).number = twice.number

    waiting = world.named()
    waiting.contracts.append(Contract("vast", date(2017, 8, 1), None, []))
    give_network(world, waiting, "99AA00")

    starting = engage(world, world.named(), "LKR10", "99AE00", groups=("6",), starts=date(2026, 12, 1))
    for account in world.accounts_of(starting):
        account.created, account.last_used, account.password_set = date(2026, 11, 18), None, date(2026, 11, 18)

    # HR still has the code of the school that closed in July; its people work at its successor now.
    for group in ("5B", "7/8"):
        engage(world, world.named(), "LKR10", CLOSED, groups=(group,), starts=date(2014, 8, 1))


def replacements(world: World, plan: Plan) -> None:
    """Replacement work: short, long, and long because it is a chain."""
    short = engage(world, world.named(), "INV", "99AA00", groups=("3",), kind="vervanging", starts=date(2026, 11, 9), ends=date(2026, 12, 4),
                   fte=0.6)
    plan.both("replacement-too-short", "26 days of replacement hold the full role", world.account_of("parnassys", short), short,
              right="Leerkracht", group="3")
    plan.every_account(world, "leaver-soon", "the replacement ends on 4 December", short)

    none = engage(world, world.named(), "INV", "99AE00", groups=("1/2",), kind="vervanging", starts=date(2026, 11, 2), ends=date(2026, 11, 27))
    plan.both("replacement-too-short", "a short replacement gets no login in ESIS", world.account_of("esis", none), none)
    plan.every_account(world, "leaver-soon", "the replacement ends on 27 November", none)

    # Three weeks, three weeks off, four weeks: one chain at one school, long enough.
    chained = engage(world, world.named(), "INV", "99AB00", groups=("4",), kind="vervanging", starts=date(2026, 9, 21), ends=date(2026, 10, 9))
    chained.contracts.append(Contract("vervanging", date(2026, 11, 2), date(2026, 12, 18),
                                      [Position("INV", "99AB00", date(2026, 11, 2), date(2026, 12, 18), 1.0)]))
    teach(world, chained, "99AB00", "4", starts=date(2026, 11, 2), ends=date(2026, 12, 18))

    limited = engage(world, world.named(), "INV", "99AD00", groups=("5A",), kind="vervanging", starts=date(2026, 11, 16), ends=date(2026, 12, 11),
                     has_access=False)
    world.open_account("parnassys", limited, "99AD00", [Held("Leerkracht beperkt", "99AD00", ("5A",))])
    give_network(world, limited, "99AD00")  # silent: what a short replacement may have


def rights(world: World, plan: Plan) -> None:
    """Family C in the pupil administrations."""
    _outside(world, plan)
    _levels_and_scopes(world, plan)
    _movers(world, plan)
    _conditions(world, plan)
    _temporary(world, plan)
    _privileged(world, plan)
    _unknown(world, plan)
    _afas(world, plan)


def _outside(world: World, plan: Plan) -> None:
    number = world.registers["externals"][0][0]
    outsider = Account("parnassys", "logopedie.rietpluim", world.next_id(), number, "Logopedie", "", "Rietpluim", "", "99AA00",
                       [Held("Intern begeleider", "99AA00")], last_used=date(2026, 11, 3), password_set=date(2026, 10, 1))
    world.accounts.append(outsider)
    plan.both("forbidden-right", "an external in the pupil administration", outsider, right="Intern begeleider", person=None)

    caretaker = engage(world, world.named(), "CON", "99AA00", fte=0.6)
    account = world.open_account("parnassys", caretaker, "99AA00", [Held("Administratie", "99AA00")])
    plan.both("right-outside-matrix", "a caretaker holds Administratie", account, caretaker, right="Administratie")

    teacher = engage(world, world.named(), "LKR10", "99AE00", groups=("3",))
    account = world.account_of("esis", teacher)
    account.held.append(Held("Directie", "99AE00"))
    plan.both("right-outside-matrix", "a teacher holds Directie", account, teacher, right="Directie")


def _levels_and_scopes(world: World, plan: Plan) -> None:
    assistant = engage(world, world.named(), "OA", "99AA00", groups=("8",), fte=0.6)
    account = world.account_of("parnassys", assistant)
    account.held = [Held("Leerkracht", "99AA00", ("8",))]
    plan.both("level-too-high", "an assistant holds Leerkracht instead of Leerkracht beperkt", account, assistant, group="8")

    # Level and group are both wrong; the school repairs the level only: the same finding, another reason.
    half = engage(world, world.named(), "OA", "99AD00", groups=("3",), fte=0.6)
    account = world.account_of("parnassys", half)
    account.held = [Held("Leerkracht", "99AD00", ("6",))]
    plan.overnight.append(lambda: setattr(account.held[0], "right", "Leerkracht beperkt"))
    plan.expect(1, "level-too-high", "Leerkracht on a group of somebody else: the level is named first", account, half, group="6")
    plan.expect(2, "scope-elsewhere", "the level was lowered, the group is still somebody else's", account, half, group="6", change="reason_changed",
                previous_rule="level-too-high")

    own = engage(world, world.named(), "LKR10", "99AB00", groups=("5",))
    world.account_of("parnassys", own).held[0].groups = ("5", "8")
    plan.both("scope-elsewhere", "linked to a group of somebody else", world.account_of("parnassys", own), own, right="Leerkracht", group="8")

    across = engage(world, world.named(), "LKR10", "99AC00", groups=("7",))
    world.account_of("parnassys", across).held[0].groups = ("7", "8")  # silent: this school works across groups

    visitor = engage(world, world.named(), "LKR11", "99AA00", groups=("7",))
    other = world.open_account("parnassys", visitor, "99AD00", [Held("Leerkracht", "99AD00", ("4",))])
    plan.both("scope-elsewhere", "a right at a school without any work there", other, visitor, right="Leerkracht", school="99AD00", group="4")


def _movers(world: World, plan: Plan) -> None:
    moved = engage(world, world.named(), "LKR10", "99AB00", groups=("6/7",), starts=date(2017, 8, 1), ends=date(2026, 10, 16))
    moved.contracts[0].ends = None
    moved.contracts[0].positions.append(Position("LKR10", "99AD00", date(2026, 10, 17), None, 1.0))
    teach(world, moved, "99AD00", "7/8", starts=date(2026, 10, 17))
    world.open_account("parnassys", moved, "99AD00", [Held("Leerkracht", "99AD00", ("7/8",))])
    plan.both("mover-keeps-right", "changed school on 17 October and kept the old group", world.account_of("parnassys", moved, "99AB00"), moved,
              right="Leerkracht", group="6/7")

    stepped = engage(world, world.named(), "IB", "99AC00", starts=date(2014, 8, 1), ends=date(2026, 9, 30))
    stepped.contracts[0].ends = None
    stepped.contracts[0].positions.append(Position("LKR11", "99AC00", date(2026, 10, 1), None, 1.0))
    teach(world, stepped, "99AC00", "4/5", starts=date(2026, 10, 1))
    account = world.account_of("parnassys", stepped)
    account.held = [Held("Intern begeleider", "99AC00"), Held("Leerkracht", "99AC00", ("4/5",))]
    plan.both("mover-keeps-right", "teacher again since October, still Intern begeleider", account, stepped, right="Intern begeleider")

    # HR changes the function in place between the nights: the row of yesterday proves the move.
    changed = engage(world, world.named(("van", "Functiewissel")), "OA", "99AB00", groups=("3",), fte=0.7)
    plan.expect(2, "mover-keeps-right", "caretaker since tonight's export, still Leerkracht beperkt",
                world.account_of("parnassys", changed), changed, group="3")
    plan.overnight.append(lambda: setattr(changed.contracts[0].positions[0], "function", "CON"))


def _conditions(world: World, plan: Plan) -> None:
    unsigned = engage(world, world.named(), "ADM", "99AB00", starts=date(2026, 9, 1), fte=0.5)
    world.registers["declarations"].remove((unsigned.number, "confidentiality", "2025-09-01"))
    plan.overnight.append(lambda: world.register("declarations", unsigned.number, "confidentiality", "2026-11-23"))
    plan.both("declaration-unsigned", "no confidentiality declaration; signed before the second night", world.account_of("parnassys", unsigned),
              unsigned, second="resolved", right="Administratie")
    empty = engage(world, world.named(), "ADM", "99AC00", starts=date(2026, 8, 1), fte=0.5)
    world.registers["declarations"].remove((empty.number, "confidentiality", "2025-09-01"))
    world.register("declarations", empty.number, "confidentiality", "")
    plan.both("declaration-unsigned", "handed out, never signed", world.account_of("parnassys", empty), empty, right="Administratie")

    task = engage(world, world.named(), "LKR11", "99AD00", groups=("1/2C",))
    world.account_of("parnassys", task).held.append(Held("Applicatiebeheerder", "99AD00"))
    world.register("tasks", task.number, "beheerder ParnasSys", "99AD00", "2026-08-01", "")
    world.register("declarations", task.number, "confidentiality", "2026-08-25")  # silent: an extra task, declared and signed


def _privileged(world: World, plan: Plan) -> None:
    officer = next(account for account in world.accounts if any(held.right == "User Administrator" for held in account.held))
    plan.both("privileged-undeclared", "the ICT officer's role; no matrix names who may have it", officer, right="User Administrator")


def _temporary(world: World, plan: Plan) -> None:
    for place, (ends, change) in enumerate((("2026-10-15", "persisting"), ("2026-11-23", ""), ("2027-01-31", None)), start=1):
        person = engage(world, world.named(), "LKR10", "99AA00", groups=("5",))
        account = world.account_of("parnassys", person)
        account.held.append(Held("Administratie", "99AA00"))
        world.register("temporary_rights", f"T2026-{place:03}", person.number, "parnassys", "Administratie", "", "school", "99AA00", "",
                       "Vervangt de administratie tijdens ziekte", _director(world, "99AA00"), _director(world, "99AA00"), "2026-09-01", ends)
        if change == "persisting":
            plan.both("temporary-right-expired", "ended on 15 October, still held", account, person, right="Administratie")
        elif change == "":
            plan.expect(2, "temporary-right-expired", "ended on the first night", account, person, right="Administratie")
            _asked_in_time(plan, person, "99AA00")
    # Silent: it ended on the first night too, but this school's overview is of that day and cannot prove that it is still held.
    person = engage(world, world.named(), "LKR10", "99AB00", groups=("3",))
    world.account_of("parnassys", person).held.append(Held("Administratie", "99AB00"))
    world.register("temporary_rights", "T2026-004", person.number, "parnassys", "Administratie", "", "school", "99AB00", "",
                   "Vervangt de administratie tijdens ziekte", _director(world, "99AB00"), _director(world, "99AB00"), "2026-09-01", "2026-11-23")
    _asked_in_time(plan, person, "99AB00")


def _asked_in_time(plan: Plan, person: Person, school: str) -> None:
    for night, change in ((1, "new"), (2, "resolved")):
        plan.expect(night, "temporary-right-expiring", "the first night is its last day", person=person, system="parnassys", school=school,
                    change=change)


def _director(world: World, school: str) -> str:
    return next(person.number for person in world.people
                if any(position.function == "DIR" and position.school == school for contract in person.contracts for position in contract.positions))


def _unknown(world: World, plan: Plan) -> None:
    for school in ("99AA00", "99AB00"):
        person = engage(world, world.named(), "IB", school, fte=0.4)
        world.account_of("parnassys", person).held.append(Held("Gedragsspecialist plus", school))
    plan.both("right-unknown-to-matrix", "two people hold a role that nobody declared", None, None, system="parnassys",
              right="Gedragsspecialist plus")

    for school in ("99AC00", "99AE00"):
        coach = world.named()
        coach.contracts.append(Contract("vast", SCHOOL_YEAR, None, [Position("WEL", school, SCHOOL_YEAR, None, 0.5)]))
        give_network(world, coach, school)
        if school == "99AC00":
            world.open_account("parnassys", coach, school, [Held("Intern begeleider", school)])
    plan.both("function-unknown", "HR has a function that no matrix and no list knows")


def _afas(world: World, plan: Plan) -> None:
    clerk = engage(world, world.named(), "BADM", OFFICE)
    account = world.account_of("afas", clerk)
    account.held = [Held("InSite", ""), Held("Volledig Fin", ""), Held("Beperkt PZ", ""), Held("Volledig CRM", "")]
    plan.both("level-too-high", "Volledig Fin where Beperkt Fin is declared", account, clerk, second="not_assessed")

    teacher = engage(world, world.named(), "LKR10", "99AF00", groups=("6",))
    account = world.account_of("afas", teacher)
    account.held.append(Held("Volledig projecten", ""))
    plan.both("right-outside-matrix", "a teacher sees all projects", account, teacher, second="not_assessed", right="projecten")
    account.has_desktop = True
    plan.both("right-outside-matrix", "a teacher may use Profit on Windows", account, teacher, second="not_assessed", right="Profit Windows")

    leaver = engage(world, world.named(), "BPZ", OFFICE, starts=date(2011, 1, 1), ends=date(2026, 10, 30))
    strip(world, leaver, "ad:waterland", "entra")
    plan.both("leaver-active", "left the head office on 30 October", world.account_of("afas", leaver), leaver, second="not_assessed")


def quality(world: World, plan: Plan) -> None:
    """What the sources contradict themselves in."""
    backwards = engage(world, world.named(), "CON", "99AD00", fte=0.3)
    backwards.contracts.append(Contract("tijdelijk", date(2026, 10, 1), date(2025, 9, 30), []))
    plan.both("data-quality", "an employment that ends before it starts", None, backwards)

    longer = engage(world, world.named(), "VAK", "99AD00", kind="tijdelijk", starts=date(2026, 1, 1), ends=date(2026, 12, 31), fte=0.4)
    longer.contracts[0].positions[0].ends = date(2027, 7, 31)
    plan.both("data-quality", "a position that runs on after its contract", None, longer)

    elsewhere = engage(world, world.named(), "VAK", "99AC00", starts=date(2023, 8, 1), fte=0.4)
    elsewhere.contracts[0].positions[0].school = "199"
    plan.both("data-quality", "a unit in HR that no school has", school="199")

    for group in ("1/2A", "8"):
        person = engage(world, world.named(), "LKR10", "99AC00", groups=(group,), fte=0.5)
        world.account_of("parnassys", person).number = ""  # silent but for the count: linked by the address
    plan.both("data-quality", "two people whose number the pupil administration does not know", system="parnassys")

    one, other = (engage(world, world.named(), "LKR10", "99AF00", groups=("7/8",)) for _ in range(2))
    account = world.account_of("esis", one)
    account.mail = other.mail
    plan.both("data-quality", "the number is of one colleague, the address of another", account)


def disable(account: Account) -> None:
    """Block a login."""
    account.is_enabled = False


def plant(world: World) -> Plan:
    """Given the world about which nothing is wrong, plant every situation and return what must be found."""
    plan = Plan()
    owners(world, plan)
    leavers(world, plan)
    quiet_contracts(world)
    replacements(world, plan)
    rights(world, plan)
    quality(world, plan)
    return plan
