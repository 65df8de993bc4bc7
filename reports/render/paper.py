"""Renders what is printed or sent on: the list of a morning and the page for the board. No script, one file."""

from __future__ import annotations

from markupsafe import Markup

from auditor.model.finding import Severity
from auditor.model.report import ReportData
from reports.render import QUARTER, overview, trend
from reports.render.html import environment, page_policy, page_style
from reports.render.labels import ORDER, Labels, is_late, step, worst_first
from reports.render.unassessed import unassessed
from reports.texts import Words

PRINTED = 1_000
"""Rows of one table on paper at most: 5,000 took 108 s and 1.4 GB to lay out, and nobody turns that many pages."""
SCHOOLS_SHOWN = 6
"""Schools on the page for the board: those with most overdue."""


def render(data: ReportData, kind: str) -> str:
    """Given a report's data and a kind of paper, return it as HTML for a screen, a printer, or the maker of the PDF. Raise ValueError if a
    page on a quarter is asked of data without one."""
    if kind == QUARTER and data.quarter is None:
        raise ValueError(kind)
    words = Words(data.language)
    labels = Labels.of(data, words)
    found = sorted((one for one in data.findings if step(one) != "resolved"), key=worst_first)
    dark = unassessed(data, labels)
    kinds = overview.families(found)
    style = page_style("paper.css")
    quarter = data.quarter
    page = environment(data.language).get_template("quarter.html.j2" if kind == QUARTER else "paper.html.j2").render(
        data=data, words=words, labels=labels, kind=kind, style=style, policy=page_policy(style),
        verdict=overview.verdict(data, found, dark, labels), dark=dark, found=found, most=PRINTED, counts=overview.step_counts(data),
        critical=sum(one.severity is Severity.CRITICAL for one in found), changed=overview.changed(data) if data.previous else [],
        decided=overview.decided(found), days_left=overview.days_left, until_of=overview.until_of, is_late=is_late, ORDER=ORDER,
        resolved=sorted((one for one in data.findings if step(one) == "resolved"), key=worst_first), kinds=kinds,
        heat=overview.heat(found, overview.schools_of(data, found), kinds), rules=overview.rule_sections(data, found, labels),
        trend=trend, chart=trend.Chart("quarter", trend.bars(quarter.nights)) if quarter and len(quarter.nights) > 1 else None,
        weeks=trend.weekly(quarter.nights)[-13:] if quarter else [], busiest=_busiest(data),
        number=(quarter.ends_on.month + 2) // 3 if quarter else 0,
        undecided=[one for one in data.matrices if not one.is_norm],
    )
    return str(Markup(page))  # noqa: S704 (the template escaped every text)


def _busiest(data: ReportData) -> list[str | None]:
    """The schools to name on one page: most overdue first, then most open; none without anything open."""
    if data.quarter is None:
        return []
    schools = {school: one for school, one in data.quarter.schools.items() if one.open}
    return sorted(schools, key=lambda school: (-schools[school].overdue, -schools[school].open, str(school)))[:SCHOOLS_SHOWN]
