"""A certificate authority for one test session, and certificates in whatever name."""

from __future__ import annotations

import subprocess
from pathlib import Path

_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def authority(folder: Path) -> Path:
    """Given a folder, return its authority's certificate, made there if it is not yet; its key lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "ca.pem").exists():
        _openssl(
            "req", "-x509", *_EC, "-days", "3650", "-subj", "/CN=Waterland test CA", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    return folder / "ca.pem"


def certificate(
    ca: Path, name: str, hosts: tuple[str, ...], *, days: int = 60, begins: str | None = None, ends: str | None = None,
) -> tuple[Path, Path]:
    """Given an authority, a file name and the names it holds for (DNS:..., IP:...), return certificate and key. begins, ends: instants as
    20200101000000Z, instead of the days from now."""
    folder = ca.parent
    cert, key, request, extra = (folder / f"{name}.{kind}" for kind in ("pem", "key", "csr", "ext"))
    _openssl("req", *_EC, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
    extra.write_text(
        f"subjectAltName={','.join(hosts)}\nextendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n"
        "keyUsage=critical,digitalSignature\nauthorityKeyIdentifier=keyid\n", encoding="ascii")
    if begins and ends:
        (folder / "index.txt").write_text("", encoding="ascii")
        config = folder / "ca.cnf"
        config.write_text(
            f"[ca]\ndefault_ca=one\n[one]\ndatabase={folder}/index.txt\nnew_certs_dir={folder}\nrand_serial=yes\ndefault_md=sha256\n"
            "policy=any\n[any]\ncommonName=supplied\n", encoding="ascii")
        _openssl(
            "ca", "-batch", "-config", config, "-cert", ca, "-keyfile", folder / "ca.key", "-in", request, "-out", cert, "-extfile", extra,
            "-startdate", begins, "-enddate", ends, "-notext")
    else:
        _openssl(
            "x509", "-req", "-in", request, "-CA", ca, "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", str(days), "-extfile", extra,
            "-out", cert)
    key.chmod(0o600)
    return cert, key


def _openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
