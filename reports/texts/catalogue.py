"""Turns codes and facts into sentences, in Dutch or English.

The files are read at first use, so that a command that says nothing pays nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from auditor.model.errors import Fault, Reason
from reports.visible import visible

LANGUAGES = ("nl", "en")
Fact = str | int | date

_DAY_LENGTH = 10
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLAIN_NUMBERS = frozenset({"line", "row", "year", "port", "scan", "code"})
"""Blanks whose number names a thing and does not count it: never grouped in thousands."""


class _Blanks(dict[str, str]):
    """Leaves a blank for which there is no fact standing as it is, instead of losing the sentence."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


class Words:
    """The catalogue in one language.

    Keys are dotted (`report.verdict`), `{blanks}` are filled with facts: dates (also as ISO text) are written out, numbers grouped, and
    characters that hide or reorder text made visible. When strict, a missing key or blank raises KeyError; otherwise the other
    language is tried, then the key itself is shown: a report with one clumsy line beats no report.
    """

    def __init__(self, language: str = "nl", strict: bool = False, own: Mapping[str, str] | None = None) -> None:
        """Given "nl" or "en", and a board's own sentences by key (`reports.texts.own`). Raise ValueError if it is another language."""
        if language not in LANGUAGES:
            raise ValueError(language)
        self.language = language
        self.strict = strict
        self._own = own or {}
        self._templates: dict[str, str] = {}
        self._sentences: dict[str, str] = {}
        self._lines: dict[str, tuple[str, ...]] = {}

    def has(self, key: str) -> bool:
        """Whether this language has the key."""
        return _found(self.language, key) is not None

    def text(self, key: str, /, **facts: Fact) -> str:
        """Given a key and facts, return the sentence. Raise KeyError if strict and the key or a blank is missing."""
        if facts:
            return self._filled(self._template(key), facts)
        said = self._sentences.get(key)
        if said is None:
            said = self._filled(self._template(key), facts)
            if key in self._templates:
                self._sentences[key] = said
        return said

    def template(self, key: str) -> str:
        """Given a key, return its sentence with its blanks open."""
        return self._template(key)

    def lines(self, key: str) -> tuple[str, ...]:
        """Given the key of a list, return its lines; of a table, its values. Raise KeyError if strict and it is missing."""
        if key not in self._lines:  # keys of lists are ours: there are few
            value = self._value(key)
            found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
            self._lines[key] = tuple(map(str, found))
        return self._lines[key]

    def names(self, key: str) -> tuple[str, ...]:
        """Given the key of a table, return the names in it, in the order of the file; none if there is no such table."""
        value = _found(self.language, key)
        return tuple(value) if isinstance(value, dict) else ()

    def plural(self, key: str, n: int, /, **facts: Fact) -> str:
        """Given the key of a table with `one` and `other`, return the form for n, with {n} filled."""
        return self.text(f"{key}.{'one' if n == 1 else 'other'}", n=n, **facts)

    def say(self, reason: Reason) -> str:
        """Given a reason, return its sentence: `reason.<code>`, else what `fault.<code>` says."""
        key = next((key for key in _reason_keys(reason.code) if _known(key)), f"reason.{reason.code}")
        if not self.strict and not _known(key):
            return visible(str(reason))
        return self._filled(self._template(key), reason.facts)

    def remedy(self, reason: Reason) -> str:
        """Given a reason, return what to do about it: `fault.<code>.remedy`; "" when the catalogue has none.

        Its blank {guess} is the word that was probably meant (the fact did_you_mean), and nothing where none is near.
        """
        key = f"fault.{reason.code}.remedy"
        guess = self._filled(self._template("place.guess"), reason.facts) if reason.facts.get("did_you_mean") else ""
        return self._filled(self._template(key), {**reason.facts, "guess": guess}).strip() if _known(key) else ""

    def fault(self, fault: Fault) -> str:
        """Given a fault, return where it is, what is wrong and what to do, as one line."""
        where = [visible(fault.file)]
        if fault.line is not None:
            where.append(self.text("place.line", line=fault.line))
        if fault.column is not None:
            # What stands in a TOML file is a setting, whatever the programme calls the place.
            where.append(self.text("place.setting" if fault.file.endswith(".toml") else "place.column", column=fault.column))
        reason = Reason(fault.code, {"file": fault.file, "line": fault.line or 0, "column": fault.column or "", **fault.facts})
        what = self.say(reason) if _known(f"fault.{fault.code}.what") or self.strict else visible(str(Reason(fault.code, fault.facts)))
        remedy = self.remedy(reason)
        end = "." if remedy and what[-1:] not in ".!?:" else ""
        return f"{', '.join(where)}: {what}{end} {remedy}".rstrip()

    def day(self, on: date) -> str:
        """Given a date, return it written out: 24 november 2026, 24 November 2026."""
        return f"{on.day} {self.lines('calendar.months')[on.month - 1]} {on.year}"

    def long_day(self, on: date) -> str:
        """Given a date, return it with its weekday: dinsdag 24 november 2026."""
        return f"{self.lines('calendar.weekdays')[on.weekday()]} {self.day(on)}"

    def short_day(self, on: date) -> str:
        """Given a date, return it short: 24-11-2026 in Dutch, 24 Nov 2026 in English (where 05-11 could be read two ways)."""
        if self.language == "nl":
            return f"{on.day:02d}-{on.month:02d}-{on.year}"
        return f"{on.day} {self.lines('calendar.months')[on.month - 1][:3]} {on.year}"

    def number(self, n: int) -> str:
        """Given a whole number, return it grouped: 12.345 in Dutch, 12,345 in English."""
        grouped = f"{n:,}"
        return grouped.replace(",", ".") if self.language == "nl" else grouped

    def _fact(self, name: str, value: object) -> str:
        if isinstance(value, str):
            return self._day_of(value) if len(value) == _DAY_LENGTH and _ISO_DAY.fullmatch(value) else visible(value)
        if isinstance(value, datetime):
            return f"{self.day(value.date())} {value:%H:%M}"
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if name in _PLAIN_NUMBERS else self.number(value)
        return self._fact(name, str(value))

    def _day_of(self, text: str) -> str:
        try:
            return self.day(date.fromisoformat(text))
        except ValueError:
            return text

    def _filled(self, template: str, facts: Mapping[str, Any]) -> str:
        blanks = {name: self._fact(name, value) for name, value in facts.items()}
        return template.format_map(blanks if self.strict else _Blanks(blanks))

    def _template(self, key: str) -> str:
        """The sentence of a key. Those of the catalogue are kept: thousands of pages ask for the same; what it does not have, that may end in a
        code from a source, is not."""
        known = self._templates.get(key)
        if known is not None:
            return known
        value = self._value(key)
        if isinstance(value, str):
            if value != key:
                self._templates[key] = value
            return value
        if self.strict:
            raise KeyError(key)
        return key

    def _value(self, key: str) -> Any:
        if key in self._own:
            return self._own[key]
        value = _found(self.language, key)
        if value is None and self.strict:
            raise KeyError(key)
        return next((found for language in (self.language, *LANGUAGES) if (found := _found(language, key)) is not None), key)


def areas(language: str) -> dict[str, dict[str, Any]]:
    """Given a language, return its files as tables, by area. Raise tomllib.TOMLDecodeError if a file is no TOML."""
    from importlib.resources import files  # costs 10 ms, which --help need not pay

    folder = files("reports.texts") / language
    found = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".toml")}
    return {name.removesuffix(".toml"): tomllib.loads(found[name].read_text(encoding="utf-8")) for name in sorted(found)}


def _reason_keys(code: str) -> tuple[str, str]:
    return f"reason.{code}", f"fault.{code}.what"


def _known(key: str) -> bool:
    return any(isinstance(_found(language, key), str) for language in LANGUAGES)


@lru_cache(8192)  # a report asks for the same words a million times; some keys end in a code from a source, hence the bound
def _found(language: str, key: str) -> Any:
    """Given a dotted key, return its value, None if there is none."""
    value: Any = _merged(language)
    for name in key.split("."):
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


@cache
def _merged(language: str) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for tables in areas(language).values():
        _merge(merged, tables)
    return merged


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value
