"""The norms findings refer to: one file a framework, control id -> title, source and whether somebody checked it at the source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from auditor.model.finding import NormReference

UNVERIFIED: Mapping[str, str] = {"nl": " (nummer niet nagezien)", "en": " (number not checked)"}
FRAMEWORKS = ("normenkader-ibp", "iso27001", "avg", "kero", "opor", "kind", "uniek", "proc")


@dataclass(frozen=True)
class Control:
    """One control of a framework. framework_titles, titles: by language; is_verified: its number and title were checked at the source;
    otherwise say so where it is shown."""

    framework: str
    control: str
    framework_titles: Mapping[str, str]
    titles: Mapping[str, str]
    source: str
    is_verified: bool

    def shown(self, language: str) -> str:
        """Given a language, return the control as reports name it."""
        doubt = "" if self.is_verified else UNVERIFIED[language]
        return f"{self.framework_titles[language]} {self.control}: {self.titles[language]}{doubt}"


@cache
def controls_of(framework: str) -> Mapping[str, Control]:
    """Given the id of a framework, return its controls by id. Raise KeyError if there is no such framework."""
    if framework not in FRAMEWORKS:
        raise KeyError(framework)
    data = tomllib.loads(files("auditor.norms").joinpath(f"{framework}.toml").read_text(encoding="utf-8"))
    return {
        control: Control(framework, control, data["title"], words["title"], words["source"], words["verified"])
        for control, words in data["controls"].items()
    }


def control_of(reference: NormReference) -> Control:
    """Given a reference, return its control. Raise KeyError if the framework or control is not known."""
    return controls_of(reference.framework)[reference.control]
