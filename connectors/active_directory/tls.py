"""TLS that is always checked: ldap3's own default accepts any certificate, and checks names with code of its own."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from ldap3 import Tls

from auditor.model.errors import Reason

_EXPIRED, _NOT_YET, _NAMES = 10, 9, (62, 63, 64)
"""X509_V_ERR_ codes of OpenSSL: expired, not yet valid, another host name, mail or address."""


class CheckedTls(Tls):  # type: ignore[misc]
    """Certificate and name checked by OpenSSL, TLS 1.2 or newer; there is no way to switch it off. failure: why the last handshake ended."""

    def __init__(self, authorities: Path | None) -> None:
        """Given the certificate authorities to trust (PEM; None: those of the system)."""
        super().__init__(validate=ssl.CERT_REQUIRED)
        self.failure: Reason | None = None
        self._context = ssl.create_default_context(cafile=authorities)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2

    def wrap_socket(self, connection: Any, do_handshake: bool = True) -> None:
        """Given ldap3's connection, put TLS on its socket. Raise ssl.SSLError or OSError if that fails; `failure` then tells why."""
        host, port = connection.server.host, connection.server.port
        where = f"{host}:{port}"
        try:
            connection.socket = self._context.wrap_socket(connection.socket, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            self.failure = _certificate_reason(error, where, host)
            raise
        except TimeoutError:
            raise
        except (ssl.SSLError, OSError):
            self.failure = Reason("ldap_no_tls", {"server": where})
            raise


def _certificate_reason(error: ssl.SSLCertVerificationError, where: str, host: str) -> Reason:
    if error.verify_code == _EXPIRED:
        return Reason("ldap_certificate_expired", {"server": where})
    if error.verify_code == _NOT_YET:
        return Reason("ldap_certificate_not_yet", {"server": where})
    if error.verify_code in _NAMES:
        return Reason("ldap_certificate_name", {"server": where, "host": host})
    return Reason("ldap_certificate_unknown", {"server": where, "detail": error.verify_message})
