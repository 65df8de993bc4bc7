"""Which column of a file is which header of its layout: exact but for case, white space and square brackets."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from auditor.model.errors import Fault
from connectors.files.layout import Layout
from connectors.files.private import is_private


@dataclass(frozen=True)
class Headings:
    """known: header of the layout -> header of the file; found: those of them that are taken in; dropped: headers of the file that are
    not, private ones left out; private: those that are private by nature."""

    known: dict[str, str]
    found: dict[str, str]
    dropped: tuple[str, ...]
    private: tuple[str, ...]


def plain(header: str) -> str:
    """Given a header, return it as it is compared: without brackets, case-folded, single spaces."""
    return re.sub(r"\s+", " ", header.strip().removeprefix("[").removesuffix("]").strip()).casefold()


def names_of(layout: Layout) -> frozenset[str]:
    """Given a layout, return every name, folded, by which a file may call what the layout takes in."""
    return frozenset(name.casefold() for header in layout.used for name in (header, *layout.headers[header].aliases))


def match(headers: tuple[str, ...], layout: Layout) -> Headings:
    """Given the headers of a file and its layout, return which is which. A header's own name goes before its aliases, in their order."""
    here = {plain(header): header for header in reversed(headers)}
    known: dict[str, str] = {}
    for name, declared in layout.headers.items():
        for candidate in (name, *declared.aliases):
            header = here.get(plain(candidate))
            if header is not None and header not in known.values():
                known[name] = header
                break
    used = layout.used
    found = {name: header for name, header in known.items() if name in used}
    rest = [header for header in headers if header not in found.values()]
    private = tuple(header for header in rest if is_private(header))
    return Headings(known, found, tuple(header for header in rest if header not in private), private)


def faults_of(headers: tuple[str, ...], layout: Layout, headings: Headings, file: str, line: int) -> list[Fault]:
    """Given what was matched, return a fault for every required header that is missing and, where the layout refuses them, for every
    header nobody declared; each with the nearest name."""
    rest = [header for header in (*headings.dropped, *headings.private) if header not in headings.known.values()]
    faults = []
    for name, declared in layout.headers.items():
        if declared.required and name not in headings.known:
            meant = _nearest(name, rest)
            code = "header_missing_meant" if meant else "header_missing"
            faults.append(Fault(file, code, line, name, facts={"layout": layout.name, **({"meant": meant} if meant else {})}))
    if layout.unknown == "refuse":
        absent = [name for name in layout.headers if name not in headings.known]
        for header in rest:
            meant = _nearest(header, absent)
            faults.append(Fault(file, "header_unknown_meant" if meant else "header_unknown", line, header, facts={"meant": meant} if meant else {}))
    return faults


def score(headers: tuple[str, ...], layout: Layout) -> float:
    """Given the headers of a file, return how well a layout fits, 0 to 1: 0 when a required one is missing, else the mean of the share of
    the file's headers that are known and the share of the layout's headers that are there."""
    headings = match(headers, layout)
    if any(declared.required and name not in headings.known for name, declared in layout.headers.items()):
        return 0.0
    known = len(headings.known)
    return (known / len(headers) + known / len(layout.headers)) / 2 if headers else 0.0


def _nearest(name: str, candidates: list[str]) -> str:
    by_plain = {plain(candidate): candidate for candidate in candidates}
    near = difflib.get_close_matches(plain(name), list(by_plain), n=1, cutoff=0.7)
    return by_plain[near[0]] if near else ""
