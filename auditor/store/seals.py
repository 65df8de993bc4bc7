"""What the chain says now of each part of the database: as a scan sealed it, or as a later purge left it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.store.chain import Link
from auditor.store.history import Step


@dataclass(frozen=True)
class Seals:
    """steps: by table and scan, as sealed by the scan; rows_left: (opened, digest, closed, digest) by table and scan, where a purge took
    rows away; lists_left: digest by list (events, evidence) and scan; gone: (what, id) of decisions that were purged."""

    steps: Mapping[str, Mapping[int, Step]]
    rows_left: Mapping[tuple[str, int], tuple[int, str, int, str]]
    lists_left: Mapping[tuple[str, int], str]
    gone: frozenset[tuple[str, int]]

    def left(self, table: str, scan: int) -> tuple[int, str, int, str]:
        """Given a table and a scan that sealed a step of it, return how many rows that it opened and closed must be there, and their digests."""
        step = self.steps[table][scan]
        return self.rows_left.get((table, scan), (step.opened, step.opened_digest, step.closed, step.closed_digest))


def seals_of(entries: Iterable[Link]) -> Seals:
    """Given the chain's entries, return what they say now; entries that are not intact say nothing."""
    steps: dict[str, dict[int, Step]] = defaultdict(dict)
    rows: dict[tuple[str, int], tuple[int, str, int, str]] = {}
    lists: dict[tuple[str, int], str] = {}
    gone: set[tuple[str, int]] = set()
    for entry in entries:
        if not entry.is_intact:
            continue
        payload = entry.payload if entry.what in ("scan", "purge") else {}
        if entry.what == "scan":
            for name, step in payload["tables"].items():
                steps[name][int(payload["scan"])] = Step(*step)
        elif entry.what == "purge":
            rows |= {(name, int(scan)): _four(left) for name, scans in payload["tables"].items() for scan, left in scans.items()}
            lists |= {(what, int(scan)): digest for what, scans in payload["lists"].items() for scan, digest in scans.items()}
            gone |= {(what, int(number)) for what, numbers in payload["decisions"].items() for number in numbers}
    return Seals(steps, rows, lists, frozenset(gone))


def _four(left: list[Any]) -> tuple[int, str, int, str]:
    opened, opened_digest, closed, closed_digest = left
    return int(opened), str(opened_digest), int(closed), str(closed_digest)
