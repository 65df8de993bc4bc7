"""Renders a paper as tagged PDF (PDF/UA-1), from the same HTML; nothing may be fetched while that is done (promises T30)."""

from __future__ import annotations

import logging
from typing import NoReturn

from auditor.model.errors import AuditorError
from auditor.model.report import ReportData
from reports.render.paper import render as paper


def render(data: ReportData, kind: str) -> bytes:
    """Given a report's data and a kind of paper, return it as PDF. Raise AuditorError if Pango, which lays out the text, is not there."""
    return printed(paper(data, kind))


def printed(page: str) -> bytes:
    """Given a page, return it as PDF, whatever it refers to left out. Raise AuditorError if Pango is not there."""
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # they tell of fonts and of what was refused; the latter is meant
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise AuditorError("pdf_not_possible", detail=str(error).splitlines()[0][:80]) from error

    class Nothing(URLFetcher):  # type: ignore[misc]  # an untyped library
        """Fetches nothing: by default a link in the text could put a file of this computer into the PDF."""

        def fetch(self, url: str, headers: object = None) -> NoReturn:
            """Refuse every address."""
            raise ValueError("refused")

    content: bytes = HTML(string=page, url_fetcher=Nothing()).write_pdf(pdf_variant="pdf/ua-1")
    return content
