"""What the live directory is told: where it is, who reads it, what to read and how the board's rules tell schools and kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from auditor.model.secret import Secret


@dataclass(frozen=True)
class Controller:
    """One domain controller: its name as in its certificate, and its port (636 or 389 unless told)."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class UnderKind:
    """Accounts under this DN (or part of one, such as OU=Leerlingen) have this kind."""

    under: str
    kind: str


@dataclass(frozen=True)
class DirectorySettings:
    """One domain.

    system: its accounts' system, ad:<domain>; controllers: tried in this order; security: ldaps, or starttls on the plain port; authorities:
    PEM file with the certificate authorities to trust, None: the system's; user: UPN, DOMAIN\\login or DN; password: gives the secret when it
    is needed; base: the domain's DN, None: what the controller says; user_bases, group_bases: where to look, empty: the whole domain;
    user_filter: a further condition in LDAP's notation; number: attribute with the personnel number; school, school_attribute: pattern with
    a group `value` and what it is looked for in (DN, or an attribute); kinds: see UnderKind, the deepest counts; kind: of all other accounts;
    privileged: groups that are privileged beside the well-known ones; deleted: read deleted accounts too; deadline: seconds the whole source
    may take; silence: seconds a controller may say nothing; page: entries a page.
    """

    name: str
    system: str
    controllers: tuple[Controller, ...]
    user: str
    password: Callable[[], Secret]
    security: Literal["ldaps", "starttls"] = "ldaps"
    authorities: Path | None = None
    base: str | None = None
    user_bases: tuple[str, ...] = ()
    group_bases: tuple[str, ...] = ()
    user_filter: str | None = None
    number: str = "employeeID"
    school: str | None = None
    school_attribute: str = "DN"
    kinds: tuple[UnderKind, ...] = ()
    kind: str = "unknown"
    privileged: tuple[str, ...] = ()
    deleted: bool = False
    deadline: float = 600
    silence: float = 30
    page: int = 1000
