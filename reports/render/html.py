"""Renders the report as one self-contained HTML file: nothing is fetched, nothing from a source can run."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor.model.finding import Finding
from auditor.model.report import ReportData
from reports.render import overview, trend
from reports.render.cells import Cells, Link, Made, shown
from reports.render.labels import ORDER, STEPS, Labels, is_late, on_clock, step, worst_first
from reports.render.listing import Listing, listing
from reports.render.overview import RuleSection
from reports.render.unassessed import Unassessed, unassessed
from reports.texts import Words
from reports.visible import visible

LIMIT = 985_000
"""Bytes a report of up to 5,000 findings stays under: evidence is given while there is room (promises P22: 1 MB)."""
STEPS_INLINE = 150
"""Up to so many findings, each has its steps and tables; above it steps stand once, at the rule, and tables become lines."""
SECTIONS = ("unassessed", "first", "changes", "leavers", "schools", "rules", "findings", "resolved", "decided", "sources", "limits")
_SENTENCE = re.compile(r'\{\{ words\.text\("([\w.]+)"\) \}\}')
WIDEST = 4
"""Bytes that a character takes at most."""


def render(data: ReportData, parts: Mapping[str | None, str] | None = None, home: str = "") -> str:
    """Given a report's data, return the whole report as HTML, in the report's language. parts, home: see `Pages.render`."""
    return Pages(data).render(data, parts, home)


class Pages:
    """The pages about one night. They share what is the same on each: words, style, cells, and the sections on sources and limits, which are
    made once however many pages there are."""

    def __init__(self, data: ReportData) -> None:
        """Given the data of the report on the whole."""
        self._words, self._engine = Words(data.language), environment(data.language)
        self._labels = Labels.of(data, self._words)
        self._cells = Cells(data, self._labels)
        self._style, self._script = _style(self._words), _asset("report.js")
        self._policy = _policy(self._style, self._script)
        self._heads: Made[tuple[str, ...], Markup] = Made(self._headed)
        self._contents: Made[tuple[str, ...], Markup] = Made(self._listed)
        self._sources, self._filter, self._foot = (self._section(f"{name}.html.j2", data=data) for name in ("sources", "filter", "foot"))
        self._rules: dict[tuple[str, Sequence[tuple[str, Sequence[str]]]], Markup] = {}
        self._dark: dict[frozenset[tuple[str | None, date]], Unassessed] = {}
        self._unassessed: Made[Unassessed, Markup] = Made(lambda dark: self._section("unassessed.html.j2", dark=dark))

    def render(self, data: ReportData, parts: Mapping[str | None, str] | None = None, home: str = "") -> str:
        """Given a report's data, or the part of it that is about one school (other findings, school and trend, the rest the same), return it as
        HTML.

        parts: when each school has a file of its own, its name: then this page is their index, and shows only what comes first. home: the index
        that this page is a part of.
        """
        words, labels, cells = self._words, self._labels, self._cells
        listed = listing(data.findings, lines=0 if parts else None)
        found: list[Finding] = []
        gone: list[Finding] = []
        for one in data.findings:
            (gone if step(one) == "resolved" else found).append(one)
        flagged = frozenset((one.system, one.not_assessed_since) for one in data.findings if one.not_assessed_since)
        dark = self._dark.setdefault(flagged, self._dark.get(flagged) or unassessed(data, labels))
        kinds = overview.families(found)
        schools = overview.schools_of(data, found)
        leavers = overview.leavers(found, labels)
        resolved = sorted(gone, key=worst_first)
        decided = overview.decided(found)
        first = overview.first(found, data.as_of, data.started_at)
        empty = {
            "unassessed": not dark.sources and not dark.questions, "first": not first, "leavers": not leavers, "resolved": not resolved,
            "decided": not decided,
        }
        severities = Counter(one.severity for one in found)
        contents = self._contents[tuple(name for name in SECTIONS if not empty.get(name))]
        page = self._engine.get_template("page.html.j2").render(
            data=data, words=words, labels=labels, cells=cells, badge=cells.badge, chip=cells.chip, heads=self._head,
            step=step, is_late=is_late, style=self._style, script=self._script, policy=self._policy,
            verdict=overview.verdict(data, found, dark, labels), dark=dark, counts=overview.step_counts(data), critical=severities[ORDER[0]],
            changed=overview.changed(data) if data.previous else [], changes_shown=overview.CHANGES_SHOWN,
            leavers=leavers, people_shown=overview.PEOPLE_SHOWN,
            accounts_shown=overview.ACCOUNTS_SHOWN,
            kinds=kinds, heat=overview.heat(found, schools, kinds), rules=self._ruled(overview.rule_sections(data, found, labels)),
            choices=_choices(found, labels), listing=listed, link=_linker({one.key for one in listed.full}), groups=listed.groups,
            resolved=resolved, charts=trend.charts(data.trend), trend=trend, first=first, decided=decided, days_left=overview.days_left,
            until_of=overview.until_of, parts=parts or {}, home=home, contents=contents,
            unassessed=self._unassessed[dark], filter_start=self._filter, sources=self._sources, foot=self._foot,
        )
        return _filled(page, listed, data, cells)

    def _section(self, name: str, **more: Any) -> Markup:
        """A section that is the same on many pages."""
        return Markup(self._engine.get_template(name).render(  # noqa: S704 (the template escaped every text)
            words=self._words, labels=self._labels, heads=self._head, **more))

    def _ruled(self, sections: Sequence[RuleSection]) -> Markup:
        return Markup("").join(self._cells.rule(section, self._rule(section)) for section in sections)

    def _rule(self, section: RuleSection) -> Markup:
        """What is told of a rule under its title: only its steps differ, with the systems concerned."""
        told = (section.rule, section.steps)
        if told not in self._rules:
            self._rules[told] = self._section("rule.html.j2", r=section)
        return self._rules[told]

    def _listed(self, sections: tuple[str, ...]) -> Markup:
        """Links to the sections of a page."""
        links = (Markup('<li><a href="#{}">{}</a></li>\n').format(name, self._words.text(f"report.short.{name}")) for name in sections)
        return Markup("").join(links)

    def _head(self, names: Sequence[str]) -> Markup:
        return self._heads[tuple(names)]

    def _headed(self, names: tuple[str, ...]) -> Markup:
        columns = (Markup('<th scope="col">{}</th>').format(self._words.text(f"report.column.{name}")) for name in names)
        return Markup("<thead><tr>{}</tr></thead>").format(Markup("").join(columns))


def _linker(keys: Collection[str]) -> Link:
    """Given the keys of findings told in full, return what writes a key: as a link to one of them."""

    def link(key: str) -> Markup:
        return Markup('<a href="#{0}">{0}</a>').format(key) if key in keys else escape(key)

    return link


def _filled(page: str, listed: Listing, data: ReportData, cells: Cells) -> str:
    """Put each finding's sentence between the NULs that `Cells.rows` left for it, with its evidence in order of importance while there is room,
    so that the page's size is bounded. No text from a source can make a NUL: `visible` leaves none."""
    told = {one.key: cells.opened(data.whole(one), is_short=len(listed.full) > STEPS_INLINE) for one in listed.full}
    if WIDEST * (len(page) + sum(map(len, told.values()))) > LIMIT:
        closed = {one.key: cells.closed(one) for one in listed.full}
        room = LIMIT - len(page.encode()) - sum(len(cell.encode()) for cell in closed.values())
        for n, key in enumerate(listed.detailed):
            room -= len(told[key].encode()) - len(closed[key].encode())
            if room < 0:
                told.update({left: closed[left] for left in listed.detailed[n:]})
                break
    pieces = page.split("\0")
    pieces[1::2] = [told[key] for key in pieces[1::2]]
    return "".join(pieces)


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


@cache
def environment(language: str) -> Environment:
    """Given a language, return the engine of every page in it: it escapes everything, and makes hidden characters visible before that."""
    words = Words(language)
    engine = Environment(
        loader=FunctionLoader(lambda name: spelled(_asset(name), words)),
        autoescape=True,  # select_autoescape would skip .html.j2 (promises T3)
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # they are part of the program
        optimized=False,  # takes longer than what it saves
    )
    engine.globals["step"] = step
    engine.globals["on_clock"] = on_clock
    return engine


def spelled(template: str, words: Words) -> str:
    """Given a template and words, return it with every sentence without blanks filled in: hundreds of pages would each ask for them anew."""
    return _SENTENCE.sub(lambda found: shown(words.text(found[1])), template)


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
