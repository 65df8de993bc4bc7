"""The same fictional domain as LDIF for Samba, for OpenLDAP and for an export: staff of schools, groups in groups, and what goes wrong in them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import NAMESPACE_DNS, uuid5

BASE = "DC=waterland,DC=test"
SID = (21, 1000000007, 2000000011, 3000000019)
FOREIGN_SID = "S-1-5-21-400000009-500000003-600000007-1105"
PASSWORD = "Lezen.Mag.2026!"
READER = "svc-auditor"
SCHOOLS = ("99AA00", "99BB00", "99CC00")
FIRST = ("Aafke", "Bram", "Chloé", "Daan", "Eefje", "Fenna", "Gijs", "Hidde", "Ilse", "Jörgen")
LAST = ("Fuut", "Kluut", "van der Lis", "Meerkoet", "Otter", "Zwaan, jr.", "Rietzanger", "Ĳsvogel", "Reiger", "Snoek")


@dataclass(frozen=True)
class Entry:
    """One entry. groups: names of the groups it is in."""

    dn: str
    attributes: dict[str, str | bytes | list[str]]
    groups: list[str] = field(default_factory=list)


def filetime(day: date) -> int:
    """Given a day, return its noon in UTC as the directory writes it."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return 116_444_736_000_000_000 + int(noon.timestamp()) * 10_000_000


def escaped(name: str) -> str:
    """Given a name, return it as it stands in a DN."""
    return name.replace(",", "\\,")


def users(count: int) -> list[Entry]:
    """Given how many, return users: spread over the schools, some disabled, some whose password never expires, some never used."""
    found = []
    for number in range(count):
        first, last, school = FIRST[number % 10], LAST[number // 10 % 10], SCHOOLS[number % 3]
        login, name = f"m{number:05d}", f"{first} {last} {number}"
        control = 512 | (2 if number % 13 == 5 else 0) | (0x10000 if number % 17 == 3 else 0) | (0x20 if number % 101 == 7 else 0)
        found.append(Entry(f"CN={escaped(name)},OU=Medewerkers,OU={school},OU=Scholen,{BASE}", {
            "objectClass": ["top", "person", "organizationalPerson", "user"], "sAMAccountName": login, "userPrincipalName": f"{login}@waterland.test",
            "displayName": f"{first} {last}", "mail": f"{login.upper()}@waterland.test", "employeeID": f"{number:05d}", "company": f"School {school}",
            "userAccountControl": str(control), "accountExpires": str(filetime(date(2027, 1, 1 + number % 28)) if number % 5 == 1 else 0),
            "pwdLastSet": str(filetime(date(2024 + number % 3, 3, 1 + number % 28)) if number % 29 else 0),
            **({"lastLogonTimestamp": str(filetime(date(2026, 1 + number % 11, 1 + number % 28)))} if number % 7 else {}),
        }, [f"Team {school}", "Alle medewerkers"]))
    return found


def groups(members: dict[str, list[str]]) -> list[Entry]:
    """Given the members of each group, return the groups."""
    return [Entry(f"CN={escaped(name)},OU=Groepen,{BASE}", {
        "objectClass": ["top", "group"], "sAMAccountName": name, "groupType": "-2147483646", "member": held}) for name, held in members.items()]


def memberships(people: list[Entry]) -> dict[str, list[str]]:
    """Given the users, return the members of each group: teams in schools in the board, a chain of ten, a circle of three."""
    held: dict[str, list[str]] = {f"Team {school}": [] for school in SCHOOLS}
    held["Alle medewerkers"] = []
    for person in people:
        for name in person.groups:
            held.setdefault(name, []).append(person.dn)
    in_groups = {name: f"CN={escaped(name)},OU=Groepen,{BASE}" for name in held}
    held["Lezers leerlingen"] = [in_groups[f"Team {school}"] for school in SCHOOLS[:2]]
    for step in range(10):
        below = f"Keten {step - 1}" if step else "Lezers leerlingen"
        held[f"Keten {step}"] = [f"CN={below},OU=Groepen,{BASE}"]
    ring = ("Ring A", "Ring B", "Ring C")
    for place, name in enumerate(ring):
        held[name] = [f"CN={ring[place - 1]},OU=Groepen,{BASE}"]
    held["Ring A"].append(people[0].dn)
    held["Domain Admins namens ICT"] = [people[1].dn]
    return held


def ous() -> list[Entry]:
    """Return the places everything lies in, parents first."""
    paths = ["OU=Groepen", "OU=Dienstaccounts", "OU=Scholen", *(f"OU={school},OU=Scholen" for school in SCHOOLS)]
    paths += [f"OU=Medewerkers,OU={school},OU=Scholen" for school in SCHOOLS]
    return [Entry(f"{path},{BASE}", {"objectClass": ["top", "organizationalUnit"]}) for path in paths]


def for_slapd(count: int, staff: list[Entry] | None = None) -> str:
    """Given how many users (or the users themselves), return everything for OpenLDAP. It computes nothing: ids, types and the base are
    written out."""
    people = staff or users(count)
    held = memberships(people)
    out = [Entry(BASE, {"objectClass": ["top", "domain"], "dc": "waterland"})]
    out += [Entry(one.dn, {**one.attributes, "ou": one.dn[3:one.dn.index(",")]}) for one in ous()]
    for place, one in enumerate([*people, *groups(held)]):
        kind = 268435456 if "groupType" in one.attributes else 805306368
        name = str(one.attributes["sAMAccountName"])
        sid = bytes((1, 5, 0, 0, 0, 0, 0, 5)) + b"".join(part.to_bytes(4, "little") for part in (*SID, 5000 + place))
        more = {"cn": one.dn[3:].split(",OU=")[0].replace("\\", ""), "sAMAccountType": str(kind), "objectSid": sid, "instanceType": "4",
                "objectGUID": uuid5(NAMESPACE_DNS, name).bytes_le, "objectCategory": f"CN=Person,{BASE}"}
        if kind == 805306368:
            more |= {"primaryGroupID": "513", "whenCreated": "20250820063000.0Z"}
        out.append(Entry(one.dn, {**one.attributes, **more}))
    return written(out)


def for_samba(count: int, staff: list[Entry] | None = None) -> tuple[str, str, str]:
    """Given how many users (or the users themselves), return what to add, what to change afterwards, and what to change as an administrator
    would, for a domain that does not run yet.

    Beside the staff: accounts that may not log in, each for its own reason; the reading account; a dienstaccount; the administrators' group
    under another name and another group under its name; somebody in it by primary group only; a member from another domain.
    """
    people = staff or users(count)
    held = memberships(people)
    out = [*ous(), *people, *(Entry(one.dn, {key: value for key, value in one.attributes.items() if key != "member"}) for one in groups(held))]
    added = written(out)
    for login, control, more in (
        (READER, 66048, {}), ("uit", 514, {}), ("voorbij", 512, {"accountExpires": str(filetime(date(2020, 1, 1)))}),
        ("wijzig", 512, {"pwdLastSet": "0"}), ("svc-backup", 66048, {}), ("p.primair", 512, {}), ("weg", 512, {}),
    ):
        place = "OU=Dienstaccounts" if login.startswith("svc-") else "OU=Medewerkers,OU=99AA00,OU=Scholen"
        entry = Entry(f"CN={login},{place},{BASE}", {
            "objectClass": "user", "sAMAccountName": login, "userPrincipalName": f"{login}@waterland.test",
            "userAccountControl": str(control), **more})
        added += "\n" + written([entry]).rstrip("\n") + "\n" + password_line(PASSWORD) + "\n"
    added += "\n" + written([Entry(f"CN=zuid.test,CN=System,{BASE}", {
        "objectClass": "trustedDomain", "trustPartner": "zuid.test", "flatName": "ZUID", "securityIdentifier": FOREIGN_SID.rpartition("-")[0],
        "trustDirection": "2", "trustType": "2", "trustAttributes": "0"})])
    admins, primary = f"CN=Domain Admins,CN=Users,{BASE}", f"CN=p.primair,OU=Medewerkers,OU=99AA00,OU=Scholen,{BASE}"
    changes = [
        f"{_line('dn', f'CN={escaped(name)},OU=Groepen,{BASE}')}\nchangetype: modify\nadd: member\n" + "\n".join(_line("member", dn) for dn in dns)
        for name, dns in held.items()]
    changes += [
        f"dn: {admins}\nchangetype: modify\nreplace: sAMAccountName\nsAMAccountName: Domeinbeheer",
        f"dn: {admins}\nchangetype: modify\nadd: member\nmember: {primary}",
        f"dn: {primary}\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: 512",
        f"dn: CN=Domain Admins namens ICT,OU=Groepen,{BASE}\nchangetype: modify\nreplace: sAMAccountName\nsAMAccountName: Domain Admins"]
    return added, "\n\n".join(changes) + "\n", (
        f"dn: CN=Keten 3,OU=Groepen,{BASE}\nchangetype: modify\nadd: member\nmember: <SID={FOREIGN_SID}>\n")


def written(entries: Iterable[Entry]) -> str:
    """Given entries, return them as LDIF."""
    blocks = []
    for entry in entries:
        lines = [_line("dn", entry.dn)]
        for name, value in entry.attributes.items():
            lines += [_line(name, one) for one in (value if isinstance(value, list) else [value])]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def password_line(password: str) -> str:
    """Given a password, return the line that sets it."""
    return _line("unicodePwd", f'"{password}"'.encode("utf-16-le"))


def _line(name: str, value: str | bytes) -> str:
    raw = value if isinstance(value, bytes) else value.encode()
    is_plain = bool(raw) and all(32 <= sign < 127 for sign in raw) and raw[:1] not in b" :<" and raw[-1:] != b" "
    return f"{name}: {raw.decode()}" if is_plain else f"{name}:: {base64.b64encode(raw).decode()}"
