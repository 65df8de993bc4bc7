"""A certificate authority of our own, made for one test run: the client verifies the double as it verifies Microsoft."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
PLAIN = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: str, issuer: x509.Name, key: object) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30)))


def make_authority(folder: Path) -> tuple[Path, Path]:
    """Given a folder, make a CA and a server certificate for localhost and 127.0.0.1, and return the CA's file and the server's (with key)."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = (_builder("Test CA", _name("Test CA"), root_key).add_extension(x509.BasicConstraints(True, None), True)
            .add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), False).sign(root_key, hashes.SHA256()))
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    server = (_builder("localhost", root.subject, key).add_extension(names, False).add_extension(x509.BasicConstraints(False, None), True)
              .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False).sign(root_key, hashes.SHA256()))
    ca_file, server_file = folder / "ca.pem", folder / "server.pem"
    ca_file.write_bytes(root.public_bytes(PEM))
    server_file.write_bytes(key.private_bytes(PEM, *PLAIN) + server.public_bytes(PEM))
    return ca_file, server_file


def make_client_certificate() -> str:
    """Return a private key and its self-signed certificate as one PEM text, as a board would upload it."""
    key = rsa.generate_private_key(65537, 2048)
    certificate = _builder("auditor", _name("auditor"), key).sign(key, hashes.SHA256())
    return (key.private_bytes(PEM, *PLAIN) + certificate.public_bytes(PEM)).decode()
