"""Who is in which group, through other groups too, and by which path. A circle of groups ends where it began."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.files.memberships import DIRECT, STEP

Path = tuple[str, ...]


@dataclass
class Nesting:
    """above: id -> ids it stands directly in (groups in groups, and what a group was given). Paths are worked out once per start."""

    above: Mapping[str, Sequence[str]]
    _found: dict[str, dict[str, Path]] = field(default_factory=dict)

    def held(self, direct: Iterable[str]) -> dict[str, set[Path]]:
        """Given the ids somebody stands in directly, return everything held with every path: the ids of the groups in between, none for
        what is held directly. Through each direct group the shortest path counts."""
        paths: dict[str, set[Path]] = {}
        for start in direct:
            paths.setdefault(start, set()).add(())
            for upper, path in self._all_above(start).items():
                paths.setdefault(upper, set()).add(path)
        return paths

    def _all_above(self, start: str) -> dict[str, Path]:
        if start not in self._found:
            found: dict[str, Path] = {}
            edge: list[tuple[str, Path]] = [(start, (start,))]
            while edge:
                following = []
                for one, path in edge:
                    for upper in self.above.get(one, ()):
                        if upper != start and upper not in found:
                            found[upper] = path
                            following.append((upper, (*path, upper)))
                edge = following
            self._found[start] = found
        return self._found[start]


def as_via(paths: Iterable[Path], names: Mapping[str, str]) -> str | None:
    """Given paths and the names of groups, return the canonical `via`: None when it is held directly and in no other way."""
    told = {STEP.join(names.get(one, one) for one in path) if path else DIRECT for path in paths}
    if told == {DIRECT}:
        return None
    return json.dumps(sorted(told, key=lambda way: (way != DIRECT, way)), ensure_ascii=False)
