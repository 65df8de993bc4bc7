"""A real Active Directory domain on loopback: Samba's domain controller, provisioned once a session and copied from then on.

It listens on the usual ports of a loopback address of its own (127.77.0.0/16), serves LDAP only, and puts every file into its folder. Needs
root, as provisioning hands files to other users. Everything is loaded before it starts, so that dates and ids can be set that a running
controller would not take.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import authority, certificate

REALM, DOMAIN, BASE = "WATERLAND.TEST", "WATERLAND", "DC=waterland,DC=test"
SID = "S-1-5-21-1000000007-2000000011-3000000019"
ADMIN, ADMIN_PASSWORD = f"Administrator@{REALM.lower()}", "Beheer.2026!"
NEEDED = ("samba", "samba-tool", "ldbadd", "ldbmodify", "ldbdel", "openssl")

_VFS = ("vfs objects=dfs_samba4 acl_xattr xattr_tdb", "posix:eadb={folder}/private/eadb.tdb")
"""File rights of the system volume go to a database: containers may refuse them as attributes of files."""

_BYPASS = "local_oid:1.3.6.1.4.1.7165.4.3.20:0"
"""Samba's control that lets pwdLastSet be written."""

_CONF = """[global]
	workgroup = {domain}
	realm = {realm}
	netbios name = DC1
	server role = active directory domain controller
	server services = ldap
	dcerpc endpoint servers =
	interfaces = {address}/8
	bind interfaces only = yes
	ldap server require strong auth = {strong}
	tls enabled = yes
	tls keyfile = {folder}/tls/dc1.key
	tls certfile = {folder}/tls/dc1.pem
	tls cafile = {folder}/tls/ca.pem
	private dir = {folder}/private
	lock directory = {folder}
	state directory = {folder}/state
	cache directory = {folder}/cache
	binddns dir = {folder}/dns
	pid directory = {folder}/run
	ncalrpc dir = {folder}/run/ncalrpc
	winbindd socket directory = {folder}/run/winbindd
	ntp signd socket directory = {folder}/run/ntp
	vfs objects = dfs_samba4 acl_xattr xattr_tdb
	posix:eadb = {folder}/private/eadb.tdb
	log file = {folder}/log/samba.log
	log level = 1
	load printers = no
	disable spoolss = yes
"""


@dataclass
class Samba:
    """One domain controller in one folder. address: where it listens."""

    folder: Path
    address: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def ca(self) -> Path:
        """Certificate of the authority that signed the controller's."""
        return self.folder / "tls" / "ca.pem"

    def provision(self) -> None:
        """Make a new, empty domain."""
        options = [f"--option={option.format(folder=self.folder)}" for option in _VFS]
        _run(
            "samba-tool", "domain", "provision", "--configfile=/dev/null", f"--targetdir={self.folder}", f"--realm={REALM}", f"--domain={DOMAIN}",
            "--server-role=dc", "--host-name=dc1", "--host-ip=127.0.0.1", "--dns-backend=NONE", f"--adminpass={ADMIN_PASSWORD}",
            f"--domain-sid={SID}", *options)
        self._write_settings()

    def load(self, ldif: str, tool: str = "ldbadd", relax: bool = True, records: int = 2000) -> None:
        """Given entries (or, for ldbmodify, changes), put them in while it does not run; so many a transaction. relax: dates and ids may be
        set; without it a member from another domain may be named by its SID."""
        options = ("-o", "batch_mode:1", "--relax", f"--controls={_BYPASS}") if relax else ()
        parts = [part for part in re.split(r"\n\n+", ldif.strip()) if part]
        for start in range(0, len(parts), records):
            file = self.folder / "load.ldif"
            file.write_text("\n\n".join(parts[start:start + records]) + "\n", encoding="utf-8")
            _run(tool, *self._database(), *options, file)

    def delete(self, dn: str) -> None:
        """Given a DN, delete it while it does not run; the domain keeps what is left of it."""
        _run("ldbdel", *self._database(), dn)

    def allow(self, dn: str, right: str) -> None:
        """Given a DN and a right in SDDL, give it there."""
        _run("samba-tool", "dsacl", "set", *self._database(), f"--objectdn={dn}", f"--sddl={right}")

    def copy(self, folder: Path, address: str) -> Samba:
        """Given a folder that is not there and another address, return a copy of this domain while it does not run."""
        subprocess.run(["cp", "-a", self.folder, folder], check=True)
        return Samba(folder, address)

    def start(self, strong: bool = True) -> None:
        """Start it and return when it answers. strong: it refuses a simple bind without TLS, as a hardened domain does."""
        self._write_settings(strong)
        log = (self.folder / "log" / "out").open("wb")
        self.process = subprocess.Popen(
            ["samba", "-F", "--no-process-group", "-s", self.folder / "smb.conf", "-l", self.folder / "log", "-M", "single"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        wait_for(self.address, 636, self.process)

    def stop(self) -> None:
        """Stop it; its folder stays."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
            self.process = None

    def _database(self) -> tuple[object, ...]:
        return ("-H", self.folder / "private" / "sam.ldb", f"--configfile={self.folder / 'smb.conf'}")

    def _write_settings(self, strong: bool = True) -> None:
        """Written anew each time: a copy lies elsewhere and listens elsewhere."""
        for name in ("run", "log", "cache", "state", "tls"):
            (self.folder / name).mkdir(exist_ok=True)
        made = authority(self.folder / "tls")
        certificate(made, "dc1", (f"DNS:dc1.{REALM.lower()}", f"IP:{self.address}"))
        (self.folder / "smb.conf").write_text(_CONF.format(
            folder=self.folder, domain=DOMAIN, realm=REALM, address=self.address, strong="yes" if strong else "no"), encoding="utf-8")


def missing() -> str:
    """What keeps a domain from running here; "" when nothing does."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return f"not installed: {', '.join(absent)} (tests/system-packages installs them)"
    return "" if os.geteuid() == 0 else "a Samba domain can be provisioned by root only"


def wait_for(address: str, port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Given an address, return when something listens there. Raise RuntimeError if the process ends first, or the time does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            socket.create_connection((address, port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing listens on {address}:{port}")


def _run(*words: object) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode or "ERR" in done.stderr:
        raise RuntimeError(f"{words[0]}: {done.stderr[-2000:]}{done.stdout[-500:]}")
