"""Reads auditor.toml and says everything that is wrong with it at once: file, line, key, and what is meant."""

from __future__ import annotations

import difflib
import re
import tomllib
import typing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from auditor.model.errors import ConfigError, Fault
from auditor.model.policy import KindRule, Policy, RuleSetting, SourceSettings

if typing.TYPE_CHECKING:
    from auditor.config.schema import Configuration, Source

NAME = "auditor.toml"


@dataclass(frozen=True)
class Workspace:
    """A validated configuration and the folder it stands in, from which all its paths are seen."""

    root: Path
    file: Path
    config: Configuration

    def path(self, relative: Path | str) -> Path:
        """Given a path of the configuration, return it as seen from here."""
        return self.root / relative


def load(file: Path) -> Workspace:
    """Given the path of an auditor.toml, return the validated workspace. Raise ConfigError with every fault found."""
    from pydantic import ValidationError

    from auditor.config.schema import Configuration

    if not file.is_file():
        raise ConfigError([Fault(str(file), "config_missing")])
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError([Fault(file.name, "config_not_utf8", line)]) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise ConfigError([Fault(file.name, "config_not_toml", line, facts={"detail": re.sub(r" \(at .*\)", "", str(error))})]) from None
    try:
        config = Configuration.model_validate(data)
    except ValidationError as error:
        lines = line_numbers(text)
        faults = [_fault(file.name, dict(item), lines) for item in error.errors()]
        raise ConfigError(sorted(faults, key=lambda fault: fault.line or 0)) from None
    return Workspace(file.resolve().parent, file.resolve(), config)


def policy_of(config: Configuration) -> Policy:
    """Given a configuration, return what the core needs of it."""
    periods, board = config.periods, config.board
    settings = []
    for rule, setting in config.rules.items():
        settings.append(RuleSetting(rule, setting.reason, setting.is_on, setting.score, setting.parameters))
        settings += [
            RuleSetting(rule, other.reason, other.is_on, other.score, {**setting.parameters, **other.parameters}, other.system, other.school)
            for other in setting.overrides
        ]
    return Policy(
        board=board.short,
        gap_days=periods.gap_days,
        replacement_gap_days=periods.replacement_gap_days,
        early_days=periods.early_days,
        leaver_notice_days=periods.leaver_notice_days,
        full_replacement_days=periods.full_replacement_days,
        renewal_from=_month_day(periods.renewal_from),
        renewal_until=_month_day(periods.renewal_until),
        renewal_expected_until=_month_day(periods.renewal_expected_until),
        holidays=frozenset(config.calendar.holidays),
        managed_domains=frozenset(domain.casefold() for domain in board.managed_domains),
        head_office_functions=frozenset(board.head_office_functions),
        director_functions=frozenset(board.director_functions),
        teaching_functions=frozenset(board.teaching_functions),
        settings=tuple(settings),
    )


def settings_of(name: str, source: Source, released: str | None = None) -> SourceSettings:
    """Given a configured source and the reason of a running release, return what the collector needs of it."""
    return SourceSettings(
        name=name,
        role=source.role,
        system=source.system,
        max_age=source.max_age,
        counts_working_days=source.is_daily,
        is_daily=source.is_daily,
        minimum_rows=source.minimum_rows,
        per_school=source.per_school,
        expected_schools=tuple(source.expected_schools),
        end_is_exclusive=source.end_is_exclusive,
        kind_rules=tuple(KindRule(kind.column, kind.pattern, kind.kind) for kind in source.kinds),
        announced=tuple((window.starts_on, window.ends_on, window.reason) for window in source.announced),
        released=released,
    )


def line_numbers(text: str) -> dict[tuple[str | int, ...], int]:
    """Given TOML text, return the line on which each table and key stands, by its path. Good enough for messages: keys inside
    multi-line strings or inline tables are not told apart."""
    lines: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
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


def _words(dotted: str) -> tuple[str | int, ...]:
    return tuple(part[0] or part[1] or part[2] for part in re.findall(r'"([^"]*)"|\'([^\']*)\'|([^."\'\s]+)', dotted))


def _resolved(words: tuple[str | int, ...], counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    path: tuple[str | int, ...] = ()
    for position, word in enumerate(words):
        path = (*path, word)
        if path in counts and position < len(words) - 1:
            path = (*path, counts[path])
    return path


def _fault(file: str, item: dict[str, Any], lines: dict[tuple[str | int, ...], int]) -> Fault:
    where = tuple(item["loc"])
    known = where
    while known and known not in lines:
        known = known[:-1]
    line = lines.get(known)
    key = ".".join(str(word) for word in where) or "-"
    kind = str(item["type"])
    if kind == "missing":
        return Fault(file, "config_key_missing", line, key)
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(where[-1]), _known_keys(where[:-1]), 1)
        return Fault(file, "config_key_meant" if near else "config_key_unknown", line, key, {"meant": near[0]} if near else {})
    return Fault(file, "config_value", line, key, {"detail": re.sub(r"^Value error, ", "", str(item["msg"]))})


def _known_keys(where: tuple[str | int, ...]) -> list[str]:
    from pydantic import BaseModel

    from auditor.config.schema import Configuration

    model: Any = Configuration
    for word in where:
        if isinstance(model, type) and issubclass(model, BaseModel):
            model = model.model_fields[str(word)].annotation if str(word) in model.model_fields else None
        elif typing.get_origin(model) in (dict, list):
            model = typing.get_args(model)[-1]
        if typing.get_origin(model) is typing.Annotated:
            model = typing.get_args(model)[0]
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    date(2028, int(month), int(day))
    return int(month), int(day)
