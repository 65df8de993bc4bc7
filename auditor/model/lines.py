"""Where each setting stands in a TOML file: tomllib does not tell, and a message without a line sends people searching."""

from __future__ import annotations

import re

Place = tuple[str | int, ...]


def line_of(place: Place, lines: dict[Place, int], text: str) -> int | None:
    """Given the path of a setting, what `line_numbers` found and the text, return its line, else that of the nearest table around it."""
    known = place
    while known and known not in lines:
        known = known[:-1]
    line = lines.get(known)
    rest = place[len(known):]
    if line is None or not rest or not isinstance(rest[0], int):
        return line
    return _line_of_item(text.splitlines(), line, rest[0], rest[1:])


def line_numbers(text: str) -> dict[Place, int]:
    """Given TOML text, return the line on which each table and key stands, by its path. Good enough for messages: keys inside
    multi-line strings or inline tables are not told apart."""
    lines: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"\s*\[\[(.+?)\]\]", line):
            path = _resolved(_words(found[1]), counts)
            counts[path] = counts.get(path, -1) + 1
            table = (*path, counts[path])
            lines.setdefault(path, number)
            lines[table] = number
        elif found := re.match(r"\s*\[(.+?)\]", line):
            table = _resolved(_words(found[1]), counts)
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], number)
        elif found := re.match(r"\s*([A-Za-z0-9_.\"'-]+)\s*=", line):
            path = (*table, *_words(found[1]))
            for length in range(len(table) + 1, len(path) + 1):
                lines.setdefault(path[:length], number)
    return lines


def _line_of_item(lines: list[str], start: int, item: int, rest: Place) -> int:
    """The line of the item-th inline table of the list that starts on a line, or of a key in it; the list's own when it is not found."""
    opened = -1
    for number in range(start, len(lines) + 1):
        line = lines[number - 1]
        if number > start and re.match(r"\s*(\]|\[)", line):
            break
        for found in re.finditer(r"\{|\b([A-Za-z0-9_-]+)\s*=(?!=)", line if number > start else line.partition("=")[2]):
            if found[0] == "{":
                opened += 1
                if opened == item and not rest:
                    return number
            elif opened == item and found[1] == rest[0]:
                return number
        if opened == item:
            return number
    return start


def _words(dotted: str) -> Place:
    return tuple(part[0] or part[1] or part[2] for part in re.findall(r'"([^"]*)"|\'([^\']*)\'|([^."\'\s]+)', dotted))


def _resolved(words: Place, counts: dict[Place, int]) -> Place:
    path: Place = ()
    for position, word in enumerate(words):
        path = (*path, word)
        if path in counts and position < len(words) - 1:
            path = (*path, counts[path])
    return path
