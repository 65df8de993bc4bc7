"""OpenLDAP with Active Directory's attributes: a light second server, which holds to its limits where Samba does not."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import authority, certificate
from tests.servers.samba import wait_for

BASE = "DC=waterland,DC=test"
READER, PASSWORD = "cn=reader,dc=waterland,dc=test", "leest.mee"
LIMIT = 1000
"""Entries of one search or page that the reader gets."""

_SYNTAX = r"1\.3\.6\.1\.4\.1\.1466\.115\.121\.1"
_RULES = {
    f"{_SYNTAX}\\.15": "caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch",
    f"({_SYNTAX}\\.27|MSADlargeInteger)": "integerMatch ORDERING integerOrderingMatch",
    f"{_SYNTAX}\\.12": "distinguishedNameMatch", f"{_SYNTAX}\\.40": "octetStringMatch", f"{_SYNTAX}\\.7": "booleanMatch",
    f"{_SYNTAX}\\.24": "generalizedTimeMatch ORDERING generalizedTimeOrderingMatch",
}
_CONF = """include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
include {folder}/ad.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
TLSCertificateFile {folder}/tls/slapd.pem
TLSCertificateKeyFile {folder}/tls/slapd.key
database mdb
suffix dc=waterland,dc=test
directory {folder}/db
maxsize 2147483648
limits users size.soft={limit} size.hard={limit} size.pr={limit} size.prtotal=unlimited
index objectClass,sAMAccountType,sAMAccountName eq
access to attrs=userPassword by anonymous auth by * none
access to * by users read
"""


@dataclass
class Slapd:
    """One server in one folder; port is plain with StartTLS, port + 1 is LDAPS."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def ca(self) -> Path:
        """Certificate of the authority that signed the server's."""
        return self.folder / "tls" / "ca.pem"

    def start(self, ldif: str) -> None:
        """Given entries, parents first, load them and start; return when it answers. Mandatory attributes are not looked for."""
        (self.folder / "db").mkdir(parents=True)
        made = authority(self.folder / "tls")
        certificate(made, "slapd", ("DNS:localhost", "IP:127.0.0.1"))
        schema = Path("/etc/ldap/schema/msuser.schema").read_text(encoding="utf-8")
        for syntax, rule in _RULES.items():  # it has none, so that nothing could be looked for
            schema = re.sub(f"SYNTAX '{syntax}'", lambda found, rule=rule: f"EQUALITY {rule} {found[0]}", schema)  # type: ignore[misc]
        (self.folder / "ad.schema").write_text(schema, encoding="utf-8")
        conf = self.folder / "slapd.conf"
        conf.write_text(_CONF.format(folder=self.folder, limit=LIMIT), encoding="utf-8")
        reader = f"\ndn: {READER}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: {PASSWORD}\n"
        subprocess.run(["slapadd", "-q", "-s", "-f", conf], input=(ldif + reader).encode(), check=True, capture_output=True)
        self.port = _free_pair()
        self.process = subprocess.Popen(
            ["slapd", "-d", "0", "-f", conf, "-h", f"ldap://127.0.0.1:{self.port}/ ldaps://127.0.0.1:{self.port + 1}/"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        wait_for("127.0.0.1", self.port + 1, self.process)

    def stop(self) -> None:
        """Stop it."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
            self.process = None


def missing() -> str:
    """What keeps it from running here; "" when nothing does."""
    absent = [name for name in ("slapd", "slapadd", "openssl") if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)} (tests/system-packages installs them)" if absent else ""


def _free_pair() -> int:
    for _ in range(50):
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            try:
                other.bind(("127.0.0.1", one.getsockname()[1] + 1))
            except OSError:
                continue
            return int(one.getsockname()[1])
    raise RuntimeError("no two ports free beside each other")
