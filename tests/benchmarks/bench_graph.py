"""Measures reading Entra ID live: `python -m tests.benchmarks.bench_graph [USERS] [GROUPS]` (20,000 users in 500 groups by default).

The double of Microsoft's login and Graph runs in a process of its own, over https on loopback; the connector, with the true msal, in another,
so that its memory is its own. Printed are requests made against the least there can be, seconds, those of a bare loop that asks for the same
pages and parses them, and peak memory before and after. Loopback has no distance: to the real Graph each request takes as long as it takes.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import requests

from auditor.model.secret import Secret
from connectors.entra import clouds
from connectors.entra.settings import EntraSettings
from connectors.entra.source import EntraConnector
from tests.connectors.entra.certificates import make_authority
from tests.connectors.entra.double import CLIENT, SECRET, TENANT, Double
from tests.connectors.entra.tenants import large


def least(users: int, groups: int) -> int:
    """Requests that cannot be spared: pages of 500 users (with dates of use), of 1,000 registrations and 999 groups, one list of members a
    group (a list of 999 holds each), definitions, active and eligible roles, applications; and the discovery and the token."""
    return math.ceil(users / 500) + math.ceil(users / 1000) + math.ceil(groups / 999) + groups + 3 + 1 + 2


def serve(users: int, groups: int, folder: Path) -> None:
    """Be the double until the parent closes our input; then tell what was asked."""
    with Double(large(users, groups), folder / "server.pem") as double:
        print(json.dumps([double.login, double.graph]), flush=True)
        for line in sys.stdin:
            if line.startswith("asked"):
                print(json.dumps([[one.verb, one.path] for one in double.requests]), flush=True)
                double.requests.clear()


def read(login: str, graph: str, folder: Path) -> None:
    """Be the connector: read once, and print rows, seconds and memory."""
    clouds.CLOUDS["global"] = clouds.Cloud(login, graph)
    settings = EntraSettings(tenant=TENANT, client_id=CLIENT, secret="env:X", ca_file=str(folder / "ca.pem"))
    connector = EntraConnector("m365", "entra", settings, lambda _: Secret(SECRET), Path("/"), datetime.now(UTC))
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    cpu = time.process_time()
    pages = list(connector.pages())
    rows = {name: sum(len(page.tables.get(name, ())) for page in pages) for name in ("accounts", "rights", "grants")}
    print(json.dumps({
        "seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu, "before": before // 1024,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "is_last": pages[-1].is_last, **rows}))


def bare(graph: str, asked: list[list[str]], folder: Path, token: str) -> float:
    """Seconds of a loop that asks for the same pages and parses them, and does nothing else."""
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(folder / "ca.pem")
        session.headers.update({"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"})
        begun = time.perf_counter()
        for verb, path in asked:
            if verb == "GET" and path.startswith("/v1.0/"):
                json.loads(session.get(graph + path).content)
        return time.perf_counter() - begun


def main(users: int, groups: int) -> None:
    """Start both, measure, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_authority(folder)
        own = [sys.executable, "-m", "tests.benchmarks.bench_graph"]
        server = subprocess.Popen(
            [*own, "--serve", str(users), str(groups), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        assert server.stdin and server.stdout
        login, graph = json.loads(server.stdout.readline())
        done = json.loads(subprocess.run([*own, "--read", login, graph, name], check=True, capture_output=True, text=True).stdout)
        print("asked", file=server.stdin, flush=True)
        asked = json.loads(server.stdout.readline())
        form = {"client_id": CLIENT, "client_secret": SECRET, "grant_type": "client_credentials", "scope": graph + "/.default"}
        token = requests.post(f"{login}/{TENANT}/oauth2/v2.0/token", data=form, verify=str(folder / "ca.pem"), timeout=10).json()["access_token"]
        floor = bare(graph, asked, folder, token)
        server.stdin.close()
        server.wait(timeout=20)
    made, fewest = len(asked), least(users, groups)
    verbs = sorted({verb for verb, path in asked if not path.endswith("/token")})
    rows = ", ".join(f"{done[name]} {name}" for name in ("accounts", "rights", "grants"))
    print(f"{users} users in {groups} groups: {rows}; whole: {done['is_last']}")
    print(f"requests        {made} made, {fewest} at least ({made / fewest:.2f} x); verbs beside the token's POST: {', '.join(verbs)}")
    print(f"seconds         {done['seconds']:.1f} ({done['cpu']:.1f} of our processor); the same pages asked for and parsed, bare: {floor:.1f}"
          f" ({done['seconds'] / floor:.2f} x)")
    each = (done["peak"] - done["before"]) * 1024 / users
    print(f"peak memory     {done['peak']} MB, {done['before']} MB before the first request ({each:.1f} kB a user)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    elif sys.argv[1:2] == ["--read"]:
        read(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, int(sys.argv[2]) if len(sys.argv) > 2 else 500)
