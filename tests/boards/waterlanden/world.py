"""The words of the fictional world: people with contracts and positions, and what they hold in each system."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.boards.waterlanden.facts import DOMAIN, GIVEN, SURNAMES


@dataclass
class Position:
    """One formatieverdeling: function (HR code) at one school (BRIN6)."""

    function: str
    school: str
    starts: date
    ends: date | None = None
    fte: float = 1.0


@dataclass
class Contract:
    """One employment with its positions. kind: vast, tijdelijk, vervanging or stage."""

    kind: str
    starts: date
    ends: date | None
    positions: list[Position]


@dataclass
class Person:
    """Somebody in HR. human: number of the natural person."""

    number: str
    human: str
    given: str
    prefix: str
    surname: str
    mail: str
    upn: str
    contracts: list[Contract] = field(default_factory=list)
    partner_prefix: str = ""
    partner: str = ""
    name_use: str = "0"

    @property
    def initials(self) -> str:
        """Initials with dots, as HR writes them."""
        return f"{self.given[0]}."

    @property
    def shown_surname(self) -> tuple[str, str]:
        """Prefix and surname by which systems know this person (name use 2 is the partner's name, 1 partner-own, 3 own-partner)."""
        own, partner = (self.prefix, self.surname), (self.partner_prefix, self.partner)
        if self.name_use == "2":
            return partner
        if self.name_use == "1":
            return partner[0], f"{partner[1]} - {' '.join(own).strip()}"
        if self.name_use == "3":
            return own[0], f"{own[1]} - {' '.join(partner).strip()}"
        return own


@dataclass
class Held:
    """One role or group in one system: of which school, linked to which groups (LAS only)."""

    right: str
    school: str
    groups: tuple[str, ...] = ()


@dataclass
class Account:
    """One login. number: the personnel or pupil number the system knows, "" when it knows none; has_desktop: AFAS, may use
    Profit on Windows beside InSite; never_expires: AD, its password need not change."""

    system: str
    username: str
    native: str
    number: str
    given: str
    prefix: str
    surname: str
    mail: str
    school: str
    held: list[Held] = field(default_factory=list)
    is_enabled: bool = True
    last_used: date | None = None
    password_set: date | None = None
    created: date = date(2024, 8, 12)
    has_mfa: bool = True
    user_type: str = "Member"
    has_desktop: bool = False
    never_expires: bool = False


@dataclass
class World:
    """Everything there is on one day. registers: rows per register, in the order of its columns."""

    random: Random
    people: list[Person] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    pupils: list[tuple[str, str, date | None]] = field(default_factory=list)
    registers: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    _names: int = 0
    _ids: int = 40_000

    def named(self, surname: tuple[str, str] | None = None) -> Person:
        """Return a new person whose name nobody else has."""
        place = self._names
        self._names += 1
        given = GIVEN[place % len(GIVEN)]
        prefix, family = surname or SURNAMES[(place * 7 + place // len(GIVEN)) % len(SURNAMES)]
        number = str(100_101 + place * 3)
        mail = f"{slug(given)}.{slug(prefix)}{slug(family)}@{DOMAIN}"
        taken = {person.mail for person in self.people}
        if mail in taken:
            mail = mail.replace("@", f"{place}@")
        person = Person(number, str(700_000 + place), given, prefix, family, mail, mail)
        self.people.append(person)
        return person

    def next_id(self) -> str:
        """Return a native number nobody has yet."""
        self._ids += self.random.randrange(1, 9)
        return str(self._ids)

    def login_of(self, person: Person) -> str:
        """Return the network login of a person: their address without the domain, at most 20 characters as AD wants."""
        name = person.upn.split("@")[0]
        return name if len(name) <= 20 else f"{name[:16]}{person.number[-3:]}"

    def open_account(self, system: str, person: Person, school: str, held: list[Held], *, username: str = "") -> Account:
        """Return a new enabled account of this person, in regular use."""
        prefix, surname = person.shown_surname
        account = Account(system, username or self.login_of(person), self.next_id(), person.number, person.given, prefix, surname,
                          person.mail, school, held)
        used = self.random.randrange(3, 20)
        account.last_used = date(2026, 11, 20) - timedelta(days=used)
        account.password_set = date(2026, 11, 20) - timedelta(days=self.random.randrange(5, 70))
        self.accounts.append(account)
        return account

    def account_of(self, system: str, person: Person, school: str = "") -> Account:
        """Return the account of a person in a system (and at a school)."""
        return next(account for account in self.accounts
                    if account.system == system and account.number == person.number and (not school or account.school == school))

    def accounts_of(self, person: Person) -> list[Account]:
        """Return all accounts that carry a person's number."""
        return [account for account in self.accounts if account.number == person.number]

    def register(self, name: str, *cells: str) -> None:
        """Add a row to a register."""
        self.registers.setdefault(name, []).append(cells)


def slug(text: str) -> str:
    """Given a name, return it as it stands in addresses: ASCII, small, without blanks and apostrophes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", "").replace("'", "").replace("-", "")
