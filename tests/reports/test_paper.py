"""What is printed: the page for the board and the list of a morning, as HTML and as tagged PDF."""

from __future__ import annotations

import io
import re
import socket
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from pypdf import PdfReader

from auditor.model.report import Figures, Night, Quarter, ReportData
from reports.render.paper import PRINTED, render
from reports.render.pdf import printed
from reports.render.pdf import render as pdf
from reports.texts import Words
from tests.reports.hostile import WORDS, hostile
from tests.reports.sample import AS_OF, many, report

SCHOOLS = report().schools


def with_quarter(data: ReportData, weeks: int = 8) -> ReportData:
    """The sample night with the figures of a quarter, made up."""
    nights = [Night(AS_OF - timedelta(days=n), 40 + n % 9, n % 3, n % 4, int(n == 5)) for n in range(weeks * 7, -1, -1)]
    one = Figures(9, 7, 12, 3, 11, 84)
    return replace(data, quarter=Quarter(date(2026, 10, 1), AS_OF, Figures(54, 61, 58, 9, 6, 120), dict.fromkeys("ABCDEF", one),
                                         {**dict.fromkeys(data.schools, one), None: one}, nights, date(2026, 10, 2)))


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_for_the_board_is_one_a4_with_tags_and_without_names(language: str) -> None:
    data = with_quarter(report(language), weeks=13)
    book = read(pdf(data, "quarter"))
    assert len(book.pages) == 1
    assert [round(float(side)) for side in book.pages[0].mediabox[2:]] == [595, 842]
    assert book.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert book.trailer["/Root"]["/Lang"] == language
    assert "Stichting Wolkendam" in str(book.metadata and book.metadata.title)
    text = book.pages[0].extract_text()
    for said in ("58", "61", "9 bevindingen zijn te laat" if language == "nl" else "9 findings are overdue", "Kasteel Kriebelstein"):
        assert said in text
    assert not [one.display_name for one in data.findings if one.display_name and one.display_name in text]


def test_the_drawing_of_a_quarter_has_its_numbers_in_a_table() -> None:
    text = render(with_quarter(report()), "quarter")
    assert "<svg" in text and "Per week in getallen" in text
    assert 'stroke-dasharray="3 2"' in text and "niet alles beoordeeld" in text


def test_a_quarter_without_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="quarter"):
        render(report(), "quarter")


def test_the_list_as_pdf_is_tagged_and_whole() -> None:
    book = read(pdf(report(findings=report().findings[:6]), "daily"))
    assert book.trailer["/Root"]["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in book.trailer["/Root"]
    text = " ".join(page.extract_text() for page in book.pages)
    assert all(one.key in text for one in report().findings[:6])


@pytest.mark.parametrize("kind", ["daily", "quarter"])
@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_text_from_sources_stays_text(word: str, kind: str) -> None:
    text = render(with_quarter(hostile(word)), kind)
    assert "<script" not in text and "<img" not in text and "<a " not in text
    assert text.count("<style") == 1
    assert not re.search("[\u202a-\u202e\u200b\x00\x1b]", text)
    assert "default-src 'none'" in unescape(text)


def test_nothing_is_fetched_and_no_file_gets_into_the_pdf(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *to, **_: asked.append(to))
    content = printed("""<html lang=nl><title>x</title><link rel=stylesheet href="http://127.0.0.1:9/x.css"><style>
        @import "http://127.0.0.1:9/y.css"; p{background:url(file:///etc/hostname)}</style><p>tekst</p>
        <a rel=attachment href="file:///etc/hostname">x</a><img alt="" src="file:///etc/hostname"><object data="http://127.0.0.1:9/z"></object>""")
    book = read(content)
    assert asked == []
    assert not book.attachments
    assert "tekst" in book.pages[0].extract_text()


def test_thousands_are_cut_on_paper_and_the_paper_says_so() -> None:
    data = many(PRINTED + 7)
    text = render(data, "daily")
    assert "Hier staan de eerste 1.000 van 1.007." in text
    list_of_findings = text[text.index(f"<h2>{Words('nl').text('report.section.findings')}</h2>"):]
    assert list_of_findings[:list_of_findings.index("</table>")].count("<tr>") == PRINTED + 1
    assert "Hier staan de eerste" not in render(report(), "daily")
