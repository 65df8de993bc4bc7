"""Renderers: each takes a ReportData and returns a file's content. Pure: no clock, disk (but for templates) or network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.model.report import ReportData


@dataclass(frozen=True)
class Format:
    """suffix: of the file, with its dot; render: gives the file's content, as text in UTF-8."""

    suffix: str
    render: Callable[[ReportData], str]


def _html(data: ReportData) -> str:
    from reports.render.html import render  # jinja2 is imported by who writes HTML only

    return render(data)


def _csv(data: ReportData) -> str:
    from reports.render.csv import render

    return render(data)


def _json(data: ReportData) -> str:
    from reports.render.json import render

    return render(data)


FORMATS = {"html": Format(".html", _html), "csv": Format(".csv", _csv), "json": Format(".json", _json)}
"""What `auditor report --format` can make, by name."""
