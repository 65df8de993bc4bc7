"""Planted situations about accounts themselves: whose they are, what moving and closing leave behind, and how they are looked after.

Written from the catalogue of rules, like the other cases; what is silent is there because a hasty auditor would say something.
"""

from __future__ import annotations

from datetime import date

from tests.boards.waterlanden.cases import Plan, disable, strip
from tests.boards.waterlanden.facts import CLOSED, DOMAIN, SUCCESSOR
from tests.boards.waterlanden.staff import engage, give_network
from tests.boards.waterlanden.world import Account, Held, Position, World


def plant_accounts(world: World, plan: Plan) -> None:
    """Given the world and the plan so far, plant what is wrong with accounts and expect what must be found."""
    _of_whom(world, plan)
    _of_machines_and_guests(world, plan)
    _left_behind(world, plan)
    _looked_after(world, plan)


def _of_whom(world: World, plan: Plan) -> None:
    twice = engage(world, world.named(), "LKR10", "99AA00", groups=("7",))
    second = world.open_account("ad:waterland", twice, "99AA00", [Held("GG-101-Medewerkers", "99AA00")], username="tweede.account")
    plan.both("duplicate-account", "two logins on the network of one school; one is closed before the second night", None, twice,
              second="resolved", system="ad:waterland", school="99AA00")
    plan.overnight.append(lambda: disable(second))

    officer = next(person for person in world.people if person.contracts[0].positions[0].function == "SICT")
    world.open_account("ad:waterland", officer, "99ZZ00", [Held("GG-Beheer", "99ZZ00")], username="adm-beheer")  # silent: for administration

    lent = _nobody(world, "esis", "invaller.otter", "99AE00", [Held("Groepsleerkracht", "99AE00", ("3",))])
    plan.both("shared-account", "a login for whoever comes to substitute, and no orphan", lent)

    gone = engage(world, world.named(), "INV", "99AF00", groups=("3/4",), kind="vervanging", starts=date(2026, 9, 7), ends=date(2026, 10, 30))
    strip(world, gone)
    known = _nobody(world, "esis", "vervanger.dijkgraaf", "99AF00", [Held("Groepsleerkracht", "99AF00", ("3/4",))])
    world.register("service_accounts", "esis", known.username, "shared", "Directeur De Dijkgraaf", "Vervanging", "2027-02-01")
    plan.both("shared-account", "declared, but the last substitute still knows the password", known)

    private = engage(world, world.named(), "LKR11", "99AB00", groups=("5",))
    login = world.account_of("parnassys", private)
    login.mail = "thuis@postvak.example"
    plan.both("unmanaged-mail-address", "login details go to a private mailbox", login, private)


def _of_machines_and_guests(world: World, plan: Plan) -> None:
    machine = _nobody(world, "ad:waterland", "svc-infoscherm", "99ZZ00", [])
    plan.both("service-account-unowned", "nobody declared it; entered in the register before the second night", machine, second="resolved")
    plan.overnight.append(lambda: world.register(
        "service_accounts", "ad:waterland", "svc-infoscherm", "service", "Stafmedewerker ICT", "Scherm in de hal", "2027-06-01"))

    guest = _nobody(world, "entra", f"adviseur_bureau.example#EXT#@{DOMAIN}", "", [])
    guest.user_type, guest.mail = "Guest", "adviseur@bureau.example"
    plan.both("external-undeclared", "a guest of a team whom nobody declared", guest)

    number = next(number for number, school, until in world.pupils if until and school == "99AA00")
    account = _nobody(world, "ad:waterland", f"ll-{number}", "99AA00", [Held("GG-101-Leerlingen", "99AA00")])
    account.number, account.surname, account.mail = number, number, f"{number}@leerling.{DOMAIN}"
    plan.both("pupil-account-left", "a pupil deregistered on 31 July", system="ad:waterland")


def _left_behind(world: World, plan: Plan) -> None:
    moved = engage(world, world.named(), "LKR10", "99AF00", groups=("6",), starts=date(2026, 10, 17))
    moved.contracts[0].starts = date(2016, 8, 1)
    moved.contracts[0].positions.insert(0, Position("LKR10", "99AE00", date(2016, 8, 1), date(2026, 10, 16), 1.0))
    plan.both("former-domain-account", "moved to a school with its own network on 17 October", world.account_of("ad:waterland", moved), moved)

    merged = engage(world, world.named(), "CON", SUCCESSOR, starts=date(2012, 8, 1), fte=0.4)
    old = world.account_of("ad:waterland", merged)
    old.school = CLOSED
    plan.both("closed-school-account", "still in the folder of a school that closed on 31 July", old, merged)

    early = engage(world, world.named(), "CON", "99AC00", starts=date(2027, 1, 4), fte=0.5, has_access=False)
    give_network(world, early, "99AC00")
    for account in world.accounts_of(early):
        account.created, account.last_used, account.password_set = date(2026, 11, 16), None, date(2026, 11, 16)
    plan.every_account(world, "early-account", "works from 4 January, seven weeks ahead", early)


def _looked_after(world: World, plan: Plan) -> None:
    stale = engage(world, world.named(), "LKR10", "99AE00", groups=("6",))
    login = world.account_of("esis", stale)
    login.password_set = date(2026, 7, 1)
    plan.both("password-too-old", "set on 1 July, and in ESIS it changes every three months; changed before the second night", login, stale,
              second="resolved")
    plan.overnight.append(lambda: setattr(login, "password_set", date(2026, 11, 23)))

    exempt = engage(world, world.named(), "CON", "99AD00", fte=0.3)
    network = world.account_of("ad:waterland", exempt)
    network.never_expires = True
    plan.both("password-rule-off", "the password of this person never expires", network, exempt)

    idle = engage(world, world.named(), "IB", "99AB00", fte=0.3)
    unused = world.account_of("parnassys", idle)
    unused.last_used = date(2026, 8, 10)
    plan.both("dormant-account", "not used since August", unused, idle)
    # Silent: what the directory knows of the last logon may be a fortnight old.
    world.account_of("ad:waterland", idle).last_used = date(2026, 8, 15)

    bare = engage(world, world.named(), "IB", "99AC00", fte=0.3)
    single = world.account_of("parnassys", bare)
    single.has_mfa = False
    plan.both("mfa-missing", "no second factor in the pupil administration", single, bare)


def _nobody(world: World, system: str, username: str, school: str, held: list[Held]) -> Account:
    """An account without a person's number or name."""
    account = Account(system, username, world.next_id(), "", "", "", username, "", school, held, last_used=date(2026, 11, 16),
                      password_set=date(2026, 9, 14))
    world.accounts.append(account)
    return account
