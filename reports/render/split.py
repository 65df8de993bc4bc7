"""A morning report with thousands of findings: one file per school, and an index that stands on its own (promises P22)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from auditor.model.finding import Finding
from auditor.model.report import ReportData
from reports.render.html import Pages
from reports.render.labels import step

ABOVE = 5_000
"""Open findings in one file at most."""


def files(data: ReportData, name: str) -> Iterator[tuple[str, str]]:
    """Given a report's data and the name of its file without suffix, return name and content of each file, one by one as it is made, the index
    (or the only one) last: who opens it while it is being written finds the parts there."""
    index = f"{name}.html"
    pages = Pages(data)
    found = [one for one in data.findings if step(one) != "resolved"]
    if len(found) <= ABOVE or data.school is not None:
        yield index, pages.render(data)
        return
    by_school: dict[str | None, list[Finding]] = {}
    for one in data.findings:
        by_school.setdefault(one.school, []).append(one)
    names = {school: f"{name}-part-{re.sub('[^A-Za-z0-9_-]', '_', school or 'board')}.html" for school in sorted(by_school, key=str)}
    for school, part in names.items():
        yield part, pages.render(_part(data, school, by_school[school]), home=index)
    yield index, pages.render(data, parts=names)


def _part(data: ReportData, school: str | None, findings: list[Finding]) -> ReportData:
    """The same night, as far as it is about one school; who reads it is who reads the whole."""
    return replace(data, findings=findings, school=school or "", schools=data.schools, trend=())
