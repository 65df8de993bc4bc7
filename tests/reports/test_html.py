"""The HTML report: complete, self-contained, safe against what stands in exports, and bounded in size."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from auditor.model.coverage import SourceReport, SourceState
from auditor.model.errors import Reason
from auditor.model.finding import NotAssessed, State
from reports.render.html import render
from tests.reports.golden import check
from tests.reports.sample import AS_OF, many, report

VOID = {"meta", "br", "input", "link", "img", "hr", "rect"}
MAY_STAY_OPEN = {"td", "th", "tr", "thead", "tbody", "li", "dt", "dd", "p"}
"""HTML lets their closing tags be left out."""
ENDS = {
    "td": ("td", "th"), "th": ("td", "th"), "tr": ("p", "td", "th", "tr"), "tbody": ("p", "td", "th", "tr", "thead", "tbody"), "li": ("li",),
    "dt": ("dt", "dd"), "dd": ("dt", "dd"), "p": ("p",), "div": ("p",), "table": ("p",), "dl": ("p",),
}
"""What a starting tag closes, innermost first."""
HOSTILE = (
    "<script>alert(1)</script>", "</script><b>", '" onmouseover="alert(1)', "<img src=x onerror=alert(1)>", "{{ 7*7 }}", "a\u202eb",
    "x\x1b[31my\nz\u200b",
)


class Page(HTMLParser):
    """Reads a page as a browser would, keeping tags, attributes and visible text, and refusing tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]
        for inner in ENDS.get(tag, ()):
            if self.open and self.open[-1] == inner:
                self.open.pop()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag and self.open[-1] in MAY_STAY_OPEN:
            self.open.pop()
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)


def hostile(word: str) -> Any:
    """The sample night in which every text from a source is `word`."""
    data = report()
    findings = tuple(
        replace(one, username=word, display_name=word, summary=word, right=word, level=word, group=word, advice=(word,),
                evidence={word: word, "facts": {word: [word]}, "employments": [{word: word, "function": word}]},
                sources=({"source": word, "file": word, "row": 3},)) for one in data.findings)
    dark = SourceReport(word, "system", SourceState.REFUSED, word, reasons=(Reason(word, {"name": word}),), examples=(word,))
    return replace(data, board_name=word, findings=findings, schools={"99AA00": word}, systems={"parnassys": word}, sources=(dark,),
                   not_assessed=(NotAssessed("x", Reason("y", {"z": word}), word, word),))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_sample_night_looks_as_it_did(language: str) -> None:
    check(f"report.{language}.html", render(report(language)))


def test_tags_close_and_ids_and_links_agree() -> None:
    page = Page(render(report()))
    assert sorted(page.ids) == sorted(set(page.ids))
    targets = {attrs["href"] for tag, attrs in page.tags if tag == "a"}
    assert targets
    assert all(target and target.startswith("#") and target[1:] in page.ids for target in targets)
    labelled = {name for _, attrs in page.tags for name in (attrs.get("aria-labelledby") or "").split()}
    assert labelled <= set(page.ids)


def test_a_big_report_closes_its_tags_too() -> None:
    assert len(Page(render(many(700))).ids) > 500


def test_nothing_is_fetched_and_nothing_is_inline() -> None:
    text = render(report())
    page = Page(text)
    for tag, attrs in page.tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base"), tag
        assert "src" not in attrs and "style" not in attrs, (tag, attrs)
        assert not [name for name in attrs if name.startswith("on")], (tag, attrs)
    assert not re.search(r"url\(|@import|https?://", text)


def test_the_policy_allows_this_style_and_this_script_only() -> None:
    text = render(report())
    policy = next(attrs["content"] for tag, attrs in Page(text).tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy and policy.startswith("default-src 'none'; ")
    for tag, source in (("style", "style-src"), ("script", "script-src")):
        [body] = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert f"{source} 'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" in policy


@pytest.mark.parametrize("word", HOSTILE)
def test_text_from_sources_stays_text(word: str) -> None:
    text = render(hostile(word))
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\x1b]", text)
    shown = "".join(page.text)
    expected = {"a\u202eb": r"a\u{202e}b", "x\x1b[31my\nz\u200b": r"x\u{1b}[31my\u{a}z\u{200b}"}.get(word, word)
    assert expected in shown


def test_what_is_not_assessed_comes_before_everything_found() -> None:
    text = render(report())
    names = ("unassessed", "changes", "leavers", "schools", "rules", "findings", "resolved", "sources", "limits")
    places = [text.index(f'id="{name}"') for name in names]
    assert places == sorted(places)
    band = text[places[0]:places[1]]
    for said in ("esis", "verouderd", "20 november 2026", "Maak een nieuwe export", "Het Fluitende Fornuis", "rollen.csv, regel 17"):
        assert said in band
    assert "3 bronnen zijn niet of maar deels beoordeeld." in text[:places[0]]


def test_a_night_without_findings_says_so_only_when_everything_was_read() -> None:
    calm = report(findings=(), counts={}, sources=report().sources[:1], not_assessed=())
    assert "Alles wat is gelezen, klopt" in render(calm)
    assert 'class="dark"' not in render(calm)
    dark = replace(calm, sources=report().sources)
    assert "In wat wel is gelezen, zijn geen bevindingen." in render(dark)
    assert "klopt met wat" not in render(dark)


def test_a_question_nobody_could_ask_is_calm_and_a_source_that_failed_is_loud() -> None:
    text = render(report(sources=report().sources[:1], not_assessed=(NotAssessed("scope-too-wide", Reason("no_such"), "parnassys", count=3),)))
    assert 'class="dark"' not in text
    assert "scope-too-wide" in text and "3 accounts" in text


def test_every_open_finding_stands_in_the_report_with_what_to_do() -> None:
    data = report()
    text = render(data)
    for one in data.findings:
        assert one.key in text
        if one.state is not State.RESOLVED:
            assert f"auditor explain {one.key}" in text
    for said in ("Ontbreekt", "afas_dienstverbanden.csv, regel 31", "OPOR ParnasSys", "Open Beheer &gt; Medewerkers en zoek", "Geen norm",
                 "2 privékolommen"):
        assert said in text


def test_a_person_who_left_is_one_item_across_systems() -> None:
    text = render(report())
    section = text[text.index('id="leavers"'):text.index('id="schools"')]
    assert section.count("Fenna Fabeltjes") == 1
    assert all(system in section for system in ("ParnasSys", "Active Directory", "Microsoft 365"))


def test_a_school_report_counts_that_school_only() -> None:
    data = report()
    mine = tuple(one for one in data.findings if one.school == "99AB00")
    text = render(replace(data, findings=mine, school="99AB00"))
    new = sum(one.change is not None and one.change.value == "new" for one in mine)
    assert f"<b>{new}</b> nieuw" in text
    assert "Stichting Wolkendam: Het Zevende Zeepaard" in text


def test_the_first_night_does_not_call_everything_a_change() -> None:
    text = render(report(previous=None, trend=()))
    assert "Dit is de eerste nacht" in text
    assert "<svg" not in text


@pytest.mark.parametrize("long", [False, True])
def test_five_thousand_findings_stay_under_a_megabyte(long: bool) -> None:
    data = many(5000, long)
    started = time.process_time()
    text = render(data)
    assert time.process_time() - started < 6
    assert len(text.encode()) < 1_000_000
    assert {one.key for one in data.findings} <= set(re.findall(r"[A-Z2-9]{5}-[A-Z2-9]{5}", text))


def test_a_big_report_tells_new_and_oldest_findings_in_full() -> None:
    data = many(5000)
    text = render(data)
    full = set(re.findall(r"<tbody id=([A-Z2-9-]{11})>", text))
    assert len(full) == 500
    assert all(one.days_open == 0 or one.severity.value == "critical" for one in data.findings if one.key in full)


def test_fifty_findings_are_small() -> None:
    assert len(render(many(50)).encode()) < 200_000


def test_what_does_not_fit_is_said_and_not_lost_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.render.listing.LINES", 100)
    text = render(many(700))
    assert "toont 600 van de 700" in text and "De overige 100" in text


def test_the_same_night_gives_the_same_bytes() -> None:
    data = report()
    shuffled: Sequence[Any] = tuple(reversed(data.findings))
    assert render(data) == render(replace(data, findings=shuffled))
    assert AS_OF.isoformat() not in "".join(Page(render(data)).text)


def test_two_nights_are_two_bars_and_a_night_that_was_not_whole_is_hollow() -> None:
    text = render(report(trend=report().trend[6:8]))
    assert text.count("<rect") == 2
    assert text.count('class="gap"') == 2
    assert "niet alles beoordeeld" in text


def test_a_deadline_to_the_minute_is_late_from_that_minute() -> None:
    data = report()
    one = data.findings[0]
    for at, is_late in (("2026-11-24T04:29+01:00", True), ("2026-11-24T04:31+01:00", False)):
        text = render(replace(data, findings=(replace(one, deadline_at=at),)))
        row = text[text.index(f"<tbody id={one.key}>"):]
        assert ("te laat" in row[:row.index("<details>")]) is is_late
        assert at[11:16] in row


def test_hours_are_those_of_the_clock_on_the_wall() -> None:
    data = report()
    one = replace(data.findings[0], deadline_at="2026-07-01T22:30+00:00")
    text = render(replace(data, findings=(one,), started_at=datetime(2026, 7, 1, 22, 15, tzinfo=UTC)))
    row = text[text.index(f"<tbody id={one.key}>"):]
    assert "02-07-2026 <small>00:30</small>" in row[:row.index("<details>")]
    assert "Gelezen op 2 juli 2026 om 00:15" in text
