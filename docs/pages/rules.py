"""docs/rules.md: the catalogue of findings."""

from __future__ import annotations

import inspect
import json

from auditor.assess.identity import fields_of
from auditor.model.finding import CLOSEST_MISS, OWNER_RULES
from auditor.norms import control_of
from auditor.rules.registry import check_of, specs
from auditor.rules.spec import NEEDS, Deadline, RuleSpec
from docs.pages.markdown import NOTICE, bullets, code, codes, table

CLUSTERS = {
    "owner": f"one finding per account; of {codes(OWNER_RULES)} the first that fits names it",
    "grant": f"one finding per uncovered grant; of {codes(CLOSEST_MISS)} the first that fits names it",
    "rule": "a finding of its own",
}
UNVERIFIED = "†"


def page() -> str:
    """Return the page."""
    rules = specs()
    overview = table(
        ("rule", "family", "title", "score", "needs"),
        ([f"[{spec.slug}](#{spec.slug})", spec.family, spec.words["en"].title, _score(spec), codes(spec.needs)] for spec in rules))
    intro = f"""# Rules

{NOTICE}

The {len(rules)} rules there are now. A rule that lacks what it needs is reported as not assessed: it opens nothing and resolves nothing.
`needs` names what must have been read well: {codes(NEEDS)}, or the name of a register; with `?` only where that is configured.
`columns` are columns without which the rule cannot be judged. The score is likelihood times impact (1 to 9, 0 is information) before it is
weighed by the
privacy class of the system and the scope of the right. Norms marked {UNVERIFIED} were not checked at their source.
A board switches, re-scores or tunes a rule in `[rules.<slug>]` of [auditor.toml](configuration.md).

"""
    return intro + overview + "".join(_section(spec) for spec in rules)


def _section(spec: RuleSpec) -> str:
    nl, en = spec.words["nl"], spec.words["en"]
    facts = [
        ("family", spec.family), ("title", f"nl: {nl.title}; en: {en.title}"), ("score", _score(spec)),
        ("needs", codes(spec.needs)), ("columns", codes(spec.columns) + _says(spec)), ("identity", _identity(spec)),
        ("parameters", ", ".join(code(f"{name} = {json.dumps(value, ensure_ascii=False)}") for name, value in spec.parameters.items())),
        ("deadline", _deadline(spec.deadline)), ("acts", code(spec.acts)), ("likely cause", code(spec.cause)),
        ("may be mailed", "yes" if spec.mails else "no"),
    ]
    norms = bullets(_norms(spec))
    checked = inspect.getdoc(check_of(spec.slug)) or ""
    return (
        f"\n## {spec.slug}\n\n{table(('what', 'value'), facts)}\n**Why** {en.why}\n\n**Waarom** {nl.why}\n\n"
        f"**What fires** {' '.join(checked.split())}\n\n**Sentence** {code(en.summary)}\n\n"
        f"**Known false positives**\n\n{bullets(en.false_positives) or '- none known' + chr(10)}\n**Norms**\n\n{norms or '- none' + chr(10)}"
    )


def _score(spec: RuleSpec) -> str:
    weighed = ", weighed" if spec.is_weighed and spec.score else ""
    return f"{spec.score} ({spec.likelihood} x {spec.impact}{weighed})"


def _says(spec: RuleSpec) -> str:
    if not spec.columns:
        return ""
    return "; each system that lacks them is named" if spec.says_columns == "each" else "; said once, when no system delivers them"


def _identity(spec: RuleSpec) -> str:
    fields = f"; the same finding tomorrow by {codes(fields_of(spec))}"
    return f"{code(spec.cluster)}, {CLUSTERS[spec.cluster]}{fields}"


def _deadline(deadline: Deadline) -> str:
    if deadline.kind == "fact":
        return f"the date {code(deadline.fact)}"
    if deadline.kind == "hours":
        return " and ".join(str(hours) for hours in deadline.hours) + " hours after it was found"
    return "none"


def _norms(spec: RuleSpec) -> list[str]:
    controls = [control_of(norm) for norm in spec.norms]
    return [
        f"{control.framework_titles['en']} {control.control}: {control.titles['en']} ({control.source})"
        f"{'' if control.is_verified else ' ' + UNVERIFIED}"
        for control in controls
    ]
