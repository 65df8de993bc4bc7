"""Reads auditor.toml and says everything that is wrong with it at once: file, line, key, and what is meant."""

from __future__ import annotations

import tomllib
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.model.errors import ConfigError, Fault
from auditor.model.lines import line_numbers, line_of
from auditor.model.policy import KindRule, Policy, RuleSetting, SourceSettings
from auditor.model.toml import toml_fault

if typing.TYPE_CHECKING:
    from auditor.config.schema import Configuration, Source

NAME = "auditor.toml"
Rules = Mapping[str, Mapping[str, Any]]
"""The rules there are, each with its parameters and their defaults."""


@dataclass(frozen=True)
class Workspace:
    """A validated configuration and the folder it stands in, from which all its paths are seen."""

    root: Path
    file: Path
    config: Configuration

    def path(self, relative: Path | str) -> Path:
        """Given a path of the configuration, return it as seen from here."""
        return self.root / relative


def load(file: Path, rules: Callable[[], Rules] | None = None) -> Workspace:
    """Given the path of an auditor.toml and who knows which rules there are (None: their names are not checked), return the validated workspace.

    Raise ConfigError with every fault found.
    """
    from pydantic import ValidationError

    from auditor.config.schema import Configuration
    from auditor.model.invalid import fault_of

    if not file.is_file():
        raise ConfigError([Fault(str(file), "config_missing")])
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError([Fault(file.name, "config_not_utf8", content[: error.start].count(b"\n") + 1)]) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([toml_fault(file.name, text, error)]) from None
    lines = line_numbers(text)
    faults = list(_rule_faults(file.name, data["rules"], rules(), lines, text)) if rules is not None and data.get("rules") else []
    try:
        config = Configuration.model_validate(data)
    except ValidationError as error:
        faults += [fault_of(file.name, line_of(tuple(item["loc"]), lines, text), dict(item), Configuration) for item in error.errors()]
    if faults:
        raise ConfigError(sorted(faults, key=lambda fault: fault.line or 0))
    return Workspace(file.resolve().parent, file.resolve(), config)


def _rule_faults(
    file: str, given: Any, rules: Rules, lines: dict[tuple[str | int, ...], int], text: str,
) -> Iterator[Fault]:
    """Settings of a rule or a parameter that does not exist: ignored, they would look as if they worked."""
    from auditor.model.invalid import dotted, unknown_key

    for rule, setting in given.items() if isinstance(given, dict) else ():
        where: tuple[str | int, ...] = ("rules", rule)
        if rule not in rules:
            yield unknown_key(file, line_of(where, lines, text), dotted(where), rule, rules)
        elif isinstance(setting, dict):
            others = setting.get("overrides", [])
            places = [(where, setting), *(((*where, "overrides", at), one) for at, one in enumerate(others if isinstance(others, list) else ()))]
            for place, one in places:
                parameters = one.get("parameters", {}) if isinstance(one, dict) else {}
                for name in parameters if isinstance(parameters, dict) else ():
                    if name not in rules[rule]:
                        at = (*place, "parameters", name)
                        yield unknown_key(file, line_of(at, lines, text), dotted(at), name, rules[rule])


def policy_of(config: Configuration) -> Policy:
    """Given a configuration, return what the core needs of it."""
    periods, board = config.periods, config.board
    settings = []
    for rule, setting in config.rules.items():
        if setting.reason is not None:
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
        group_links_expected_until=_month_day(periods.group_links_expected_until),
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


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
