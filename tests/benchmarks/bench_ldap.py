"""Measures reading a directory live against ldapsearch in one run: `python -m tests.benchmarks.bench_ldap [USERS] [openldap|samba ...]`.

USERS (20,000 by default) with seven group memberships each lie in an OpenLDAP and in a Samba domain, made for it. Printed per server: entries
a second and CPU seconds of ldapsearch (users to a file, the same attributes, pages of 1,000, LDAPS), of our client alone, of ldap3's own search,
and of the whole connector to canonical tables, each the best of three; and the memory the connector takes above what is imported.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ldap3

from auditor.model.secret import Secret
from connectors.active_directory.asking import USERS, attributes_of_users
from connectors.active_directory.client import connect
from connectors.active_directory.settings import Controller, DirectorySettings
from connectors.active_directory.source import DirectoryConnector
from connectors.active_directory.stream import Deadline
from connectors.active_directory.tls import CheckedTls
from tests.servers import directory_seed as seed
from tests.servers import samba, slapd

PER_USER = 5
"""Groups a user is in beside his team and everybody: seven in all."""


@dataclass(frozen=True)
class Cost:
    """What one read took. wall, cpu: seconds; entries: read."""

    wall: float
    cpu: float
    entries: int


def people(count: int) -> list[seed.Entry]:
    """Given how many, return users who are in PER_USER groups more."""
    return [replace(one, groups=[*one.groups, *(f"App {(place * 7 + step * 31) % 200:03d}" for step in range(PER_USER))])
            for place, one in enumerate(seed.users(count))]


def best(work: Callable[[], int], child: bool = False) -> Cost:
    """Given what returns how many entries it read, return the best of three runs; child: it costs other processes' CPU."""
    who = resource.RUSAGE_CHILDREN if child else resource.RUSAGE_SELF
    costs = []
    for _ in range(3):
        before, begun = resource.getrusage(who), time.perf_counter()
        entries = work()
        wall, after = time.perf_counter() - begun, resource.getrusage(who)
        costs.append(Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, entries))
    return min(costs, key=lambda cost: cost.cpu)


def measure(title: str, settings: DirectorySettings, folder: Path) -> None:
    """Given how a directory is read, measure and print."""
    base, address = str(settings.base), str(settings.controllers[0])
    attributes = attributes_of_users(settings)
    command = ["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", f"ldaps://{address}", "-D", settings.user, "-w",
               settings.password().reveal(), "-b", base, "-E", "pr=1000/noprompt", USERS, *attributes]

    def by_tool() -> int:
        with (folder / "out.ldif").open("wb") as out:
            subprocess.run(command, check=True, stdout=out, env={**os.environ, "LDAPTLS_CACERT": str(settings.authorities)})
        return (folder / "out.ldif").read_bytes().count(b"\ndn:") + 1

    def by_client() -> int:
        session = connect(settings, Deadline(600))
        count = sum(len(part) for part in session.rows(base, USERS, attributes))
        session.close()
        return count

    def by_ldap3() -> int:
        server = ldap3.Server(settings.controllers[0].host, settings.controllers[0].port, use_ssl=True, get_info=ldap3.NONE,
                              tls=CheckedTls(settings.authorities))
        connection = ldap3.Connection(server, settings.user, settings.password().reveal(), auto_bind=True, check_names=False)
        found = connection.extend.standard.paged_search(base, USERS, attributes=list(attributes), paged_size=1000, generator=True)
        count = sum(1 for one in found if one["type"] == "searchResEntry")
        connection.unbind()
        return count

    def by_connector() -> int:
        pages: list[Any] = list(DirectoryConnector(settings, datetime.now(UTC)).pages())
        return len(pages[-1].tables["accounts"])

    tool = best(by_tool, child=True)
    print(f"\n{title}\n{'':28}{'entries/s':>10}{'wall s':>8}{'CPU s':>8}{'CPU / ldapsearch':>18}")
    for name, cost in (("ldapsearch", tool), ("our client", best(by_client)), ("ldap3's own search", best(by_ldap3)),
                       ("connector, with all groups", best(by_connector))):
        print(f"{name:28}{cost.entries / cost.wall:10,.0f}{cost.wall:8.2f}{cost.cpu:8.2f}{cost.cpu / tool.cpu:18.1f}")


def peak(settings: DirectorySettings) -> None:
    """Print what one read by the connector takes above a read of one account, in a process of its own."""
    child = os.fork()
    if not child:
        list(DirectoryConnector(replace(settings, user_filter="(sAMAccountName=m00001)"), datetime.now(UTC)).pages())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        list(DirectoryConnector(settings, datetime.now(UTC)).pages())
        print(f"{'peak memory of that, MB':28}{(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:10,.0f}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)


def main(count: int, servers: list[str]) -> None:
    """Make the directories, measure, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "openldap" in servers:
            light = slapd.Slapd(folder / "slapd")
            light.start(seed.for_slapd(count, people(count)))
            settings = DirectorySettings(
                "bench", "ad:bench", (Controller("127.0.0.1", light.port + 1),), slapd.READER, lambda: Secret(slapd.PASSWORD),
                authorities=light.ca, base=slapd.BASE)
            peak(settings)
            measure(f"OpenLDAP, {count:,} users", settings, folder)
            light.stop()
        if "samba" in servers:
            (folder / "domain").mkdir()
            domain = samba.Samba(folder / "domain", "127.77.99.9")
            domain.provision()
            added, changed, _ = seed.for_samba(count, people(count))
            domain.load(added)
            domain.load(changed, "ldbmodify")
            domain.start()
            settings = DirectorySettings(
                "bench", "ad:bench", (Controller(domain.address, 636),), f"{seed.READER}@waterland.test", lambda: Secret(seed.PASSWORD),
                authorities=domain.ca, base=seed.BASE)
            peak(settings)
            measure(f"Samba, {count:,} users", settings, folder)
            domain.stop()


if __name__ == "__main__":
    words = sys.argv[1:]
    main(int(words[0]) if words else 20_000, words[1:] or ["openldap", "samba"])
