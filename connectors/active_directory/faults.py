"""What a controller answers when it refuses, in our words. Codes: RFC 4511 appendix A; those of a refused bind: MS-ADTS 5.1.1.1 and Win32."""

from __future__ import annotations

import re

from auditor.model.errors import ConnectorError
from connectors.active_directory.ber import Result

SUCCESS = 0
REFUSED_BINDS = {
    "525": "ldap_bind_unknown", "52e": "ldap_bind_password", "530": "ldap_bind_hours", "531": "ldap_bind_workstation",
    "532": "ldap_bind_expired", "533": "ldap_bind_disabled", "701": "ldap_bind_account_expired", "773": "ldap_bind_must_change",
    "775": "ldap_bind_locked",
}
"""The "data" a controller adds to error 49."""

_CODES = {
    1: "ldap_not_allowed", 3: "ldap_time_limit", 4: "ldap_size_limit", 8: "ldap_strong_auth", 10: "ldap_elsewhere", 11: "ldap_admin_limit",
    12: "ldap_control_missing", 13: "ldap_strong_auth", 32: "ldap_base_missing", 34: "ldap_base_missing", 49: "ldap_bind_password",
    50: "ldap_not_allowed", 51: "ldap_busy", 52: "ldap_busy", 53: "ldap_unwilling",
}
_DATA = re.compile(r"\bdata ([0-9a-f]{3,4})\b")


class BindRefused(ConnectorError):
    """The account was refused: the next controller would refuse it too, and count one more failed attempt towards a lock."""


def refused_bind(result: Result, server: str, user: str) -> ConnectorError:
    """Given the result of a bind that failed, return the error it is."""
    if result.code != 49:
        return refused(result, server, "")
    found = _DATA.search(result.text)
    return BindRefused(REFUSED_BINDS.get(found[1] if found else "", "ldap_bind_password"), server=server, user=user)


def refused(result: Result, server: str, base: str) -> ConnectorError:
    """Given the result of a search that failed, and where it looked, return the error it is."""
    code = _CODES.get(result.code, "ldap_refused")
    facts: dict[str, str | int] = {"server": server, "base": base or "-"}
    if code == "ldap_refused":
        facts |= {"result": result.code, "detail": result.text[:200]}
    return ConnectorError(code, **facts)
