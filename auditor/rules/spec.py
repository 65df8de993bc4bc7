"""What a rule.toml must say, checked: a rule with a missing word or an unknown need does not load."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from auditor.model.finding import Cluster, NormReference

LANGUAGES = ("nl", "en")
FAMILIES = ("A", "B", "C", "D", "E", "F")
ACTORS = ("director", "school_ict", "ict_officer", "hr", "privacy_officer")
CAUSES = ("hr_late", "ict_not_executed", "school_administrator", "matrix_gap", "unknown")
NEEDS = ("system", "hr", "pupils", "matrix", "sources")
"""What a rule may need beside registers (any name of a register table): `system`, the sources of the system judged; `hr`, `pupils`, all
sources of that role; `matrix`, a matrix for the system; `sources`, whatever source a row came from. A name with `?` counts only where it
is configured: not configured is not failed (rules 1); `matrix?` only where an earlier scan had one, for gone is not never been."""


@dataclass(frozen=True)
class RuleText:
    """A rule's words in one language. summary: one sentence with `{blanks}`; advice: steps per system pattern, `default` for any, a step
    `@name` standing for the exact steps of that name in that system (steps.toml); values: blank -> code -> words."""

    title: str
    why: str
    summary: str
    advice: Mapping[str, Sequence[str]]
    false_positives: tuple[str, ...]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Deadline:
    """kind: none, fact (the date fact of that name) or hours (instants counted from the scan that found it, e.g. 8 and 72)."""

    kind: Literal["none", "fact", "hours"] = "none"
    fact: str = ""
    hours: tuple[int, ...] = ()


@dataclass(frozen=True)
class RuleSpec:
    """Everything of a rule but its check.

    slug: names the bad state; identity: fields that make it the same finding tomorrow, for cluster `rule` (SUBJECT columns or facts);
    likelihood, impact: 1 to 3 (KERO 14.15), both 0 for information; is_weighed: by privacy class and scope; needs: see NEEDS; columns:
    "table.column" names without which it cannot be judged; says_columns: `each` system that lacks them is named, or only when `any`
    system would have to deliver them and none does; systems: patterns of the systems it is about; parameters: with their defaults; acts: who
    acts; cause: the likely one; mails: whether it may mail anyone.
    """

    slug: str
    family: str
    cluster: Cluster
    identity: tuple[str, ...]
    likelihood: int
    impact: int
    is_weighed: bool
    needs: tuple[str, ...]
    columns: tuple[str, ...]
    says_columns: Literal["each", "any"]
    systems: tuple[str, ...]
    parameters: Mapping[str, Any]
    norms: tuple[NormReference, ...]
    acts: str
    cause: str
    deadline: Deadline
    mails: bool
    words: Mapping[str, RuleText]

    @property
    def score(self) -> int:
        """Likelihood times impact, before weighing."""
        return self.likelihood * self.impact

    def is_about(self, system: str) -> bool:
        """Given a system, return whether the rule is about it: what it lacks elsewhere is not missed."""
        return any(fnmatchcase(system, pattern) for pattern in self.systems)

    @property
    def module(self) -> str:
        """Name of the module that holds the check."""
        return f"auditor.rules.{self.slug.replace('-', '_')}.rule"


def read_spec(slug: str) -> RuleSpec:
    """Given a rule's slug, return what its rule.toml says. Raise ValueError with every fault if it says too little or too much."""
    text = files("auditor.rules").joinpath(slug.replace("-", "_"), "rule.toml").read_text(encoding="utf-8")
    return parse_spec(slug, tomllib.loads(text))


def parse_spec(slug: str, data: Mapping[str, Any]) -> RuleSpec:
    """Given a slug and a parsed rule.toml, return the spec. Raise ValueError with every fault found."""
    faults = list(_faults(slug, data))
    if faults:
        raise ValueError(f"rule {slug}: " + "; ".join(faults))
    deadline = data.get("deadline", {})
    return RuleSpec(
        slug=slug, family=data["family"], cluster=cast(Cluster, data["cluster"]), identity=tuple(data.get("identity", ())),
        likelihood=data["likelihood"], impact=data["impact"], is_weighed=data.get("is_weighed", True), needs=tuple(data["needs"]),
        columns=tuple(data.get("columns", ())), says_columns=data.get("says_columns", "each"),
        systems=tuple(data.get("systems", ("*",))), parameters=dict(data.get("parameters", {})),
        norms=tuple(NormReference(*norm.split(":", 1)) for norm in data["norms"]), acts=data["acts"], cause=data["cause"],
        deadline=Deadline(deadline.get("kind", "none"), deadline.get("fact", ""), tuple(deadline.get("hours", ()))),
        mails=data.get("mails", True), words={language: _text(data["words"][language]) for language in LANGUAGES},
    )


def _text(words: Mapping[str, Any]) -> RuleText:
    advice = {pattern: tuple(steps) for pattern, steps in words["advice"].items()}
    return RuleText(words["title"], words["why"], words["summary"], advice, tuple(words["false_positives"]), words.get("values", {}))


_ALLOWED = {
    "slug", "family", "cluster", "identity", "likelihood", "impact", "is_weighed", "needs", "columns", "says_columns", "systems",
    "parameters", "norms", "acts", "cause", "deadline", "mails", "words",
}
_WORDS = {"title", "why", "summary", "advice", "false_positives", "values"}


def _faults(slug: str, data: Mapping[str, Any]) -> Sequence[str]:
    faults = [f"unknown key {key}" for key in sorted(set(data) - _ALLOWED)]
    required = ("slug", "family", "cluster", "likelihood", "impact", "needs", "norms", "acts", "cause", "words")
    faults += [f"{key} is missing" for key in required if key not in data]
    if faults:
        return faults
    checks = (
        (data["slug"] == slug, "slug differs from its folder"),
        (data["family"] in FAMILIES, f"family is not one of {FAMILIES}"),
        (data["cluster"] in ("owner", "grant", "rule"), "cluster is not owner, grant or rule"),
        ((data["cluster"] == "rule") == bool(data.get("identity")), "identity belongs to rules outside the clusters, and only to those"),
        (data["likelihood"] in range(4) and data["impact"] in range(4), "likelihood and impact are 0 to 3"),
        (data["acts"] in ACTORS, f"acts is not one of {ACTORS}"),
        (data["cause"] in CAUSES, f"cause is not one of {CAUSES}"),
        (all(":" in norm for norm in data["norms"]), "a norm is framework:control"),
        (data.get("deadline", {}).get("kind", "none") in ("none", "fact", "hours"), "deadline is none, fact or hours"),
        (not data.get("deadline", {}).get("fact", "").strip() or data["deadline"]["kind"] == "fact", "a fact belongs to kind fact"),
        (data.get("says_columns", "each") in ("each", "any"), "says_columns is each or any"),
    )
    faults += [fault for is_fine, fault in checks if not is_fine]
    for language in LANGUAGES:
        words = data["words"].get(language, {})
        faults += [f"words.{language}.{key} is unknown" for key in sorted(set(words) - _WORDS)]
        faults += [f"words.{language}.{key} is missing" for key in sorted(_WORDS - {"values"} - set(words))]
        if "default" not in words.get("advice", {}):
            faults.append(f"words.{language}.advice.default is missing")
    return faults


@cache
def steps() -> Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]:
    """Exact steps, by name, then language, then system pattern (`default` for any)."""
    return tomllib.loads(files("auditor.rules").joinpath("steps.toml").read_text(encoding="utf-8"))


@cache
def shared_values() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Words for codes that stand in many rules: language, then blank, then code."""
    return tomllib.loads(files("auditor.rules").joinpath("values.toml").read_text(encoding="utf-8"))
