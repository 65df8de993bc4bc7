"""Who is in which group, nested ones and the primary group included, with the path by which."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

DIRECT = "direct"
STEP = " > "


@dataclass(frozen=True, slots=True)
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
    _held: dict[tuple[str, frozenset[str]], Held] = field(default_factory=dict)

    def held(self, direct: Iterable[str]) -> list[Held]:
        """Given the DNs of the groups somebody is in, return every group held, sorted by name. A circle of groups ends where it began."""
        paths: dict[str, set[str]] = {}
        for dn in direct:
            folded = dn.casefold()
            name = self._name(folded, dn)
            paths.setdefault(name, set()).add(DIRECT)
            for above, path in self._all_above(folded, name).items():
                paths.setdefault(above, set()).add(path)
        return [self._one(name, frozenset(ways)) for name, ways in sorted(paths.items())]

    def _one(self, name: str, ways: frozenset[str]) -> Held:
        """What many hold in the same way is kept once."""
        held = self._held.get((name, ways))
        if held is None:
            via = None if ways == {DIRECT} else json.dumps(sorted(ways, key=lambda way: (way != DIRECT, way)), ensure_ascii=False)
            held = self._held[name, ways] = Held(name, via)
        return held

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


def circles(parents: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Given for each group (folded DN) the DNs it is a member of, return the sets of groups that are members of each other, a group that is
    a member of itself among them; in order of their first DN. Tarjan's algorithm without recursion: a chain may be as long as it likes."""
    above = {group: [dn.casefold() for dn in dns] for group, dns in parents.items()}
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in above:
        if root in number:
            continue
        work = [(root, iter(above[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            group, rest = work[-1]
            following = next((dn for dn in rest if dn in above and (dn not in number or dn in on_stack)), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[group])
                if low[group] == number[group]:
                    members: list[str] = []
                    while not members or members[-1] != group:
                        members.append(stack.pop())
                        on_stack.discard(members[-1])
                    if len(members) > 1 or group in above[group]:
                        found.append(sorted(members))
            elif following in number:
                low[group] = min(low[group], number[following])
            else:
                number[following] = low[following] = len(number)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(above[following])))
    return sorted(found)
