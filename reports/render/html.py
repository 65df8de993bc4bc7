"""Renders the report as one self-contained HTML file: nothing is fetched, nothing from a source can run."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from auditor.model.finding import Finding
from auditor.model.report import ReportData
from reports.render import evidence, overview, trend
from reports.render.labels import ORDER, STEPS, Labels, is_late, on_clock, step, worst_first
from reports.render.listing import Listing, listing
from reports.render.unassessed import unassessed
from reports.texts import Words
from reports.visible import visible

LIMIT = 985_000
"""Bytes a report of up to 5,000 findings stays under: evidence is given while there is room (promises P22: 1 MB)."""
STEPS_INLINE = 150
"""Up to so many findings, each has its steps and tables; above it steps stand once, at the rule, and tables become lines."""
SECTIONS = ("unassessed", "first", "changes", "leavers", "schools", "rules", "findings", "resolved", "decided", "sources", "limits")
_SLOT = re.compile("\0([^\0]+)\0")
"""Where a finding's sentence and evidence come. No text from a source can make one: `visible` leaves no NUL."""


def render(data: ReportData, parts: Mapping[str | None, str] | None = None, home: str = "") -> str:
    """Given a report's data, return the whole report as HTML, in the report's language.

    parts: when each school has a file of its own, its name: then this page is their index, and shows only what comes first. home: the index
    that this page is a part of.
    """
    words = Words(data.language)
    labels = Labels.of(data, words)
    shown = listing(data.findings, lines=0 if parts else None)
    found = [one for one in data.findings if step(one) != "resolved"]
    dark = unassessed(data, labels)
    kinds = overview.families(found)
    schools = overview.schools_of(data, found)
    leavers = overview.leavers(found, labels)
    resolved = sorted((one for one in data.findings if step(one) == "resolved"), key=worst_first)
    decided = overview.decided(found)
    first = overview.first(found, data.as_of, data.started_at)
    empty = {
        "unassessed": not dark.sources and not dark.questions, "first": not first, "leavers": not leavers, "resolved": not resolved,
        "decided": not decided,
    }
    engine = environment()
    style, script = _style(words), _asset("report.js")
    page = engine.get_template("page.html.j2").render(
        data=data, words=words, labels=labels, ORDER=ORDER, STEPS=STEPS, step=step, is_late=is_late,
        style=style, script=script, policy=_policy(style, script),
        verdict=overview.verdict(data, found, dark, labels), dark=dark, counts=overview.step_counts(data),
        severities=[(severity, sum(one.severity is severity for one in found)) for severity in ORDER],
        changed=overview.changed(data) if data.previous else [], changes_shown=overview.CHANGES_SHOWN,
        leavers=leavers, people_shown=overview.PEOPLE_SHOWN,
        accounts_shown=overview.ACCOUNTS_SHOWN,
        kinds=kinds, heat=overview.heat(found, schools, kinds), rules=overview.rule_sections(data, found, labels),
        choices=_choices(found, labels), listing=shown, full_keys={one.key for one in shown.full}, groups=shown.groups, slot=_slot,
        resolved=resolved, charts=trend.charts(data.trend), trend=trend, first=first, decided=decided, days_left=overview.days_left,
        until_of=overview.until_of, parts=parts or {}, home=home, sections=[name for name in SECTIONS if not empty.get(name)],
    )
    return _filled(page, engine.get_template("finding.html.j2").module, shown, data, labels)


def _slot(finding: Finding) -> Markup:
    return Markup(f"\0{finding.key}\0")  # noqa: S704 (a key is made of letters and digits)


def _filled(page: str, macros: Any, shown: Listing, data: ReportData, labels: Labels) -> str:
    """Put each finding's sentence into the page, then evidence in order of importance while there is room, so that its size is bounded."""
    by_key = {one.key: one for one in shown.full}
    cells = {key: str(macros.closed(one)) for key, one in by_key.items()}
    room = LIMIT - len(page.encode()) - sum(len(cell.encode()) for cell in cells.values())
    for key in shown.detailed:
        opened = str(macros.opened(by_key[key], _detail(macros, by_key[key], data, labels, is_short=len(shown.full) > STEPS_INLINE)))
        room -= len(opened.encode()) - len(cells[key].encode())
        if room < 0:
            break
        cells[key] = opened
    return _SLOT.sub(lambda slot: cells[slot.group(1)], page)


def _choices(found: list[Finding], labels: Labels) -> dict[str, list[str]]:
    """What the filter can choose from: by column, the words that occur."""
    severities, steps = {one.severity for one in found}, {step(one) for one in found}
    return {
        "severity": [labels.severity(severity) for severity in ORDER if severity in severities],
        "change": [labels.code("change", name) for name in STEPS if name in steps],
        "rule": sorted({labels.title(one) for one in found}),
        "school": sorted({labels.school(one.school) for one in found}),
        "system": sorted({labels.system(one.system) for one in found}),
    }


def _detail(macros: Any, finding: Finding, data: ReportData, labels: Labels, is_short: bool) -> Markup:
    blocks = evidence.blocks(finding.evidence, labels)
    history = evidence.blocks({"history": list(finding.history)}, labels)
    told: Markup = macros.detail(
        finding, labels, blocks, evidence.origins(finding, labels, is_short), history, evidence.seen(finding, data.as_of, labels),
        data.rules[finding.rule].norms if finding.rule in data.rules else finding.norms, is_short)
    return told


@cache
def environment() -> Environment:
    """Return the engine of every page: it escapes everything, and makes hidden characters visible before that."""
    engine = Environment(
        loader=PackageLoader("reports.render"),
        autoescape=True,  # select_autoescape would skip .html.j2 (promises T3)
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.globals["step"] = step
    engine.globals["on_clock"] = on_clock
    return engine


def _shown(value: object) -> object:
    """Everything a template writes passes here before it is escaped: text from sources cannot hide or reorder the page."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _style(words: Words) -> Markup:
    """On a narrow screen the list has no headers above its cells: the two dates get theirs from the style, which costs no bytes a row."""
    since, deadline = (words.text(f"report.column.{name}") for name in ("since", "deadline"))
    return _asset("report.css").replace("SINCE", since).replace("DEADLINE", deadline)


@cache
def _asset(name: str) -> Markup:
    from importlib.resources import files

    return Markup((files("reports.render") / "templates" / name).read_text(encoding="utf-8").strip())  # noqa: S704 (our own file)


def _policy(style: str, script: str) -> str:
    """Only this very style and this very script may work; nothing may be fetched: a second net under the escaping (promises T3)."""
    return f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"


def page_style(name: str) -> Markup:
    """Given the name of a style sheet of ours, return it."""
    return _asset(name)


def page_policy(style: str) -> str:
    """Given the style of a page without script, return its policy: this style, and nothing else."""
    return f"default-src 'none'; style-src '{_digest(style)}'; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
