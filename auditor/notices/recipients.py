"""Who gets a mail: only people in the register of contacts, at addresses in domains that the board allows (promise T5)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from auditor.model.mail import Contact

ROLES = ("director", "deputy", "ict", "board", "privacy")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def is_address(text: str, domains: Collection[str]) -> bool:
    """Given what stands in one field and the domains the board allows, return whether it is exactly one address in one of them: no list,
    no name, no line end (RFC 5321 4.1.2, the ASCII part)."""
    return bool(_ADDRESS.fullmatch(text)) and text.rpartition("@")[2].lower() in {domain.lower() for domain in domains}


def of_school(contacts: Iterable[Contact], school: str | None, absent: Collection[str]) -> tuple[Sequence[Contact], str]:
    """Given the contacts, a school and the people who are leaving or left, return who is told about this school, and in which role.

    The directors who are still there. When the director is the one who left it is the board's: a deputy is not asked to judge the director's own
    accounts. A school without a director in the register is told through its deputy, else through the board. Without a school it is ICT's.
    """
    held = list(contacts)
    if school is None:
        return with_role(held, "ict"), "ict"
    directors, deputies = ([one for one in held if one.role == role and one.school == school] for role in ("director", "deputy"))
    present = [one for one in directors if one.person not in absent]
    if present:
        return present, "director"
    present = [] if directors else [one for one in deputies if one.person not in absent]
    return (present, "deputy") if present else (with_role(held, "board"), "board")


def with_role(contacts: Iterable[Contact], role: str) -> list[Contact]:
    """Given the contacts, return those with a role."""
    return [one for one in contacts if one.role == role]
