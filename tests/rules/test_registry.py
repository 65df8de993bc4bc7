"""Walks every rule: words, norms, names and manuals are a contract, not a habit."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import replace
from functools import cache
from importlib import import_module
from inspect import getdoc
from pathlib import Path

import pytest

from auditor.model.finding import CLOSEST_MISS, OWNER_RULES, SUBJECT
from auditor.model.tables import REGISTERS, TABLES
from auditor.norms import FRAMEWORKS, control_of, controls_of
from auditor.rules.registry import SLUGS, check_of, spec_of, specs
from auditor.rules.spec import LANGUAGES, NEEDS, RuleSpec, parse_spec, read_spec, steps
from auditor.rules.view import AuditView
from auditor.rules.words import advice, blanks
from tests.rules.board import TinyBoard

RULES = Path(__file__).parents[2] / "auditor" / "rules"
NAMED = {*SUBJECT, "login", "username", "display_name", "held_school"}
"""What every finding carries, whatever its rule."""
each_rule = pytest.mark.parametrize("spec", specs(), ids=SLUGS)


def test_every_folder_is_registered_and_the_other_way_round() -> None:
    folders = {path.parent.name.replace("_", "-") for path in RULES.glob("*/rule.toml")}
    assert folders == set(SLUGS)
    assert len(SLUGS) == len(set(SLUGS))


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(KeyError):
        spec_of("no-such-rule")


def test_the_clusters_are_those_of_the_catalogue() -> None:
    assert {spec.slug for spec in specs() if spec.cluster == "owner"} == set(OWNER_RULES)
    assert {spec.slug for spec in specs() if spec.cluster == "grant"} == set(CLOSEST_MISS)


@each_rule
def test_every_blank_of_a_summary_is_a_fact(spec: RuleSpec) -> None:
    facts = check_of(spec.slug)(_empty(spec)).facts
    for language in LANGUAGES:
        assert set(blanks(spec.words[language].summary)) <= NAMED | set(facts)


@each_rule
def test_identity_and_deadline_are_subject_or_fact(spec: RuleSpec) -> None:
    facts = check_of(spec.slug)(_empty(spec)).facts
    assert set(spec.identity) <= set(SUBJECT) | set(facts)
    assert spec.deadline.kind != "fact" or spec.deadline.fact in facts


@each_rule
def test_use_facts_are_facts(spec: RuleSpec) -> None:
    hits = check_of(spec.slug)(_empty(spec))
    assert set(hits.use_facts) <= set(hits.facts)


@each_rule
def test_needs_and_columns_exist(spec: RuleSpec) -> None:
    assert {need.rstrip("?") for need in spec.needs} <= {*NEEDS, *REGISTERS}
    for column in spec.columns:
        table, name = column.split(".")
        TABLES[table].column(name)


@each_rule
def test_norms_resolve_and_stand_in_no_name(spec: RuleSpec) -> None:
    assert spec.norms
    for norm in spec.norms:
        assert all(control_of(norm).shown(language) for language in ("nl", "en"))
        assert norm.control.lower() not in spec.slug.split("-")
    assert not any(framework in spec.slug for framework in FRAMEWORKS)


@each_rule
def test_a_rule_names_the_bad_state(spec: RuleSpec) -> None:
    assert not spec.slug.startswith(("check", "no-", "ensure", "must", "disallow"))
    for language in LANGUAGES:
        title = spec.words[language].title
        assert len(title) < 60 and not title.endswith(".")


@each_rule
def test_words_stand_in_both_languages_alike(spec: RuleSpec) -> None:
    dutch, english = (spec.words[language] for language in LANGUAGES)
    assert set(blanks(dutch.summary)) == set(blanks(english.summary))
    assert {name: set(codes) for name, codes in dutch.values.items()} == {name: set(codes) for name, codes in english.values.items()}
    assert set(dutch.advice) == set(english.advice)
    assert len(dutch.false_positives) == len(english.false_positives)
    assert dutch.why.endswith(".") and english.why.endswith(".")


@each_rule
@pytest.mark.parametrize("system", [None, "parnassys", "esis", "afas", "ad:noord", "entra", "basispoort"])
def test_advice_has_steps_for_every_system(spec: RuleSpec, system: str | None) -> None:
    dutch, english = (advice(spec, system, language) for language in LANGUAGES)
    assert dutch and len(dutch) == len(english)
    assert not any(line.startswith("@") for line in (*dutch, *english))


def test_the_steps_are_those_of_the_system_at_hand() -> None:
    leaver = spec_of("leaver-active")
    assert any("Active Directory" in line for line in advice(leaver, "ad:noord", "nl"))
    assert any("entra.microsoft.com" in line for line in advice(leaver, "entra", "en"))
    assert any("ParnasSys" in line for line in advice(leaver, "parnassys", "nl"))
    for name, by_language in steps().items():
        assert set(by_language["nl"]) == set(by_language["en"]) == {"default", "parnassys*", "esis*", "afas*", "ad:*", "entra*"}, name


@each_rule
def test_the_docstring_is_the_manual(spec: RuleSpec) -> None:
    manual = getdoc(import_module(spec.module)) or ""
    assert all(heading in manual for heading in ("What:", "Why:", "Known false positives:")), manual
    assert getdoc(check_of(spec.slug))


@each_rule
def test_a_rule_reaches_for_nothing_outside(spec: RuleSpec) -> None:
    source = ast.parse((RULES / spec.slug.replace("-", "_") / "rule.py").read_text(encoding="utf-8"))
    imported = {node.module.split(".")[0] for node in ast.walk(source) if isinstance(node, ast.ImportFrom) and node.module}
    imported |= {name.name.split(".")[0] for node in ast.walk(source) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= {
        "__future__", "auditor", "collections", "dataclasses", "datetime", "fnmatch", "json", "numpy", "pandas", "typing",
    }


@each_rule
def test_an_empty_board_fires_nothing(spec: RuleSpec) -> None:
    assert not len(check_of(spec.slug)(_empty(spec)).rows)


def test_norms_say_whether_somebody_checked_them() -> None:
    assert controls_of("normenkader-ibp")["ID.01"].is_verified
    unsure = controls_of("normenkader-ibp")["ID.03"]
    assert not unsure.is_verified and "niet nagezien" in str(unsure)


class TestRuleToml:
    """A rule.toml that says too little or too much does not load."""

    def data(self) -> dict[str, object]:
        return tomllib.loads((RULES / "leaver_active" / "rule.toml").read_text(encoding="utf-8"))

    def test_the_file_itself_loads(self) -> None:
        assert parse_spec("leaver-active", self.data()) == read_spec("leaver-active")

    @pytest.mark.parametrize(("key", "value", "said"), [
        ("slug", "other", "slug differs"), ("family", "Z", "family"), ("acts", "nobody", "acts"), ("cause", "fate", "cause"),
        ("likelihood", 4, "0 to 3"), ("identity", ["system"], "identity"), ("norms", ["ID.01"], "framework:control"),
        ("colour", "red", "unknown key"),
    ])
    def test_a_wrong_value_is_refused_with_what_is_wrong(self, key: str, value: object, said: str) -> None:
        with pytest.raises(ValueError, match=said):
            parse_spec("leaver-active", self.data() | {key: value})

    def test_a_missing_language_is_refused(self) -> None:
        data = self.data()
        del data["words"]["en"]  # type: ignore[attr-defined]
        with pytest.raises(ValueError, match=r"words\.en\.title is missing"):
            parse_spec("leaver-active", data)


@cache
def _nobody() -> AuditView:
    return TinyBoard().view()


def _empty(spec: RuleSpec) -> AuditView:
    """A board without people, as this rule sees it."""
    return replace(_nobody(), parameters=spec.parameters)
