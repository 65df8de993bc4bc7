"""A finding in words: the rule's sentence with its facts, and the exact steps in the system at hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import cache
from string import Formatter
from typing import Any

from auditor.rules.spec import RuleSpec, shared_values, steps

_BARE = re.compile(r"(?<=\() | (?=[).,;])")
"""The spaces an absent fact leaves inside brackets and before a stop."""
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_LENGTH = 10
NO_NAMES: Mapping[str, str] = {}


def summary(
    spec: RuleSpec, facts: Mapping[str, Any], language: str, systems: Mapping[str, str] = NO_NAMES, schools: Mapping[str, str] = NO_NAMES,
) -> str:
    """Given a rule, the facts of one finding and "nl" or "en", return its one sentence.

    Dates (also as ISO text) are written the language's way, codes become words, systems and schools get the names given. An absent
    fact takes the words of code `absent`, else a dash.
    """
    text = spec.words[language]
    said = {name: _said(text.values, name, facts.get(name), language, systems, schools) for name in blanks(text.summary)}
    return _BARE.sub("", " ".join(text.summary.format_map(said).split()))


@cache
def blanks(template: str) -> tuple[str, ...]:
    """Given a template, return the names of its blanks in order."""
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name)


def advice(spec: RuleSpec, system: str | None, language: str) -> tuple[str, ...]:
    """Given a rule, a system and a language, return what to do, step by step, in that system's own screens where they are known."""
    lines: list[str] = []
    for line in _for_system(spec.words[language].advice, system):
        lines.extend(_for_system(steps()[line[1:]][language], system) if line.startswith("@") else (line,))
    return tuple(lines)


def day_in_words(day: date, language: str) -> str:
    """Given a date, return it as 31-07-2026 in Dutch and 31 July 2026 in English."""
    if language == "nl":
        return f"{day.day:02}-{day.month:02}-{day.year:04}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)


def _for_system(by_system: Mapping[str, Sequence[str]], system: str | None) -> Sequence[str]:
    for pattern, lines in by_system.items():
        if pattern != "default" and system and fnmatchcase(system, pattern):
            return lines
    return by_system["default"]


def _said(
    values: Mapping[str, Mapping[str, str]], name: str, value: Any, language: str, systems: Mapping[str, str], schools: Mapping[str, str],
) -> str:
    own, shared = values.get(name, NO_NAMES), shared_values()[language].get(name, NO_NAMES)
    if value is None or value != value:  # NaN and NaT differ from themselves
        return _word(own, shared, "absent", "–")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, str) and len(value) == _DAY_LENGTH and _ISO_DAY.fullmatch(value):
        value = date.fromisoformat(value)
    if isinstance(value, date):
        template = _word(own, shared, "date", "")
        said = day_in_words(value, language)
        return template.format(said) if template else said
    text = str(value)
    if name in ("system", "other_system"):
        return systems.get(text, text)
    if name.endswith("school"):
        return schools.get(text, text)
    if text in own or text in shared:
        return _word(own, shared, text, text)
    return _word(own, shared, "other", "{}").format(text)


def _word(own: Mapping[str, str], shared: Mapping[str, str], code: str, default: str) -> str:
    return own[code] if code in own else shared.get(code, default)
