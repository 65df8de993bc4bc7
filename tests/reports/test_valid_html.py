"""Every page holds to the HTML standard, as its own parser reads it, in both languages."""

from __future__ import annotations

import html5lib
import pytest

from reports.render.html import render
from reports.render.paper import render as paper
from reports.render.split import ABOVE, files
from tests.reports.hostile import WORDS, hostile
from tests.reports.sample import many, report
from tests.reports.test_paper import with_quarter


def faults(page: str) -> list[str]:
    """What the parser of the standard calls an error, with its place."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page)
    return [f"{code} {where} {facts}" for where, code, facts in parser.errors]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_are_valid(language: str) -> None:
    data = with_quarter(report(language))
    for page in (render(data), *(paper(data, kind) for kind in ("daily", "quarter"))):
        assert faults(page) == []


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_pages_stay_valid_whatever_stands_in_them(word: str) -> None:
    data = with_quarter(hostile(word))
    for page in (render(data), paper(data, "daily")):
        assert faults(page) == []


def test_a_long_list_and_an_index_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.render.listing.FULL", 20)
    monkeypatch.setattr("reports.render.split.ABOVE", 60)
    for page in (render(many(60)), *list(dict(files(many(61), "x")).values())[-2:]):
        assert faults(page) == []


def test_more_than_five_thousand_findings_are_a_file_a_school_and_an_index() -> None:
    data = many(ABOVE + 60)
    made = dict(files(data, "auditor-x"))
    assert list(made)[-1] == "auditor-x.html"
    parts = {name: text for name, text in made.items() if "-part-" in name}
    assert len(parts) == len({one.school for one in data.findings})
    assert all(f'href="{name}"' in made["auditor-x.html"] for name in parts)
    assert all('href="auditor-x.html"' in text for text in parts.values())
    assert all(sum(one.key in text for text in parts.values()) == 1 for one in data.findings[::97])
    assert all(len(text.encode()) < 1_000_000 for text in made.values())
    assert [name for name, _ in files(many(50), "y")] == ["y.html"]
