"""Who is in which group, nested ones and the primary group included, with the path by which."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

DIRECT = "direct"
STEP = " > "


@dataclass(frozen=True)
class Held:
    """One group held. right: its name; via: JSON list of paths, each the names of the groups in between joined by " > " ("direct" for a
    membership of one's own); None when it is held directly and in no other way."""

    right: str
    via: str | None


@dataclass
class Groups:
    """The groups of one export. names: folded DN -> name; parents: folded DN -> DNs it is a member of; by_rid: last part of the SID ->
    folded DN; name_of: gives a name to a DN that is not in the export; strangers: such names met."""

    names: Mapping[str, str]
    parents: Mapping[str, Iterable[str]]
    by_rid: Mapping[int, str]
    name_of: Callable[[str], str]
    strangers: set[str] = field(default_factory=set)
    _above: dict[str, dict[str, str]] = field(default_factory=dict)

    def held(self, direct: Iterable[str]) -> list[Held]:
        """Given the DNs of the groups somebody is in, return every group held, sorted by name. A circle of groups ends where it began."""
        paths: dict[str, set[str]] = {}
        for dn in direct:
            folded = dn.casefold()
            name = self._name(folded, dn)
            paths.setdefault(name, set()).add(DIRECT)
            for above, path in self._all_above(folded, name).items():
                paths.setdefault(above, set()).add(path)
        return [
            Held(name, None if ways == {DIRECT} else json.dumps(sorted(ways, key=lambda way: (way != DIRECT, way)), ensure_ascii=False))
            for name, ways in sorted(paths.items())
        ]

    def _all_above(self, start: str, name: str) -> dict[str, str]:
        """For every group above this one, by name, the shortest path to it."""
        if start not in self._above:
            found: dict[str, str] = {}
            seen = {start}
            edge = [(start, name)]
            while edge:
                following = []
                for folded, path in edge:
                    for dn in self.parents.get(folded, ()):
                        upper = dn.casefold()
                        if upper in seen:
                            continue
                        seen.add(upper)
                        upper_name = self._name(upper, dn)
                        found.setdefault(upper_name, path)
                        following.append((upper, path + STEP + upper_name))
                edge = following
            self._above[start] = found
        return self._above[start]

    def _name(self, folded: str, dn: str) -> str:
        name = self.names.get(folded)
        if name is None:
            name = self.name_of(dn)
            self.strangers.add(name)
        return name
