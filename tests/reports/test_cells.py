"""What is written by hand for speed says byte for byte what a template says, and pages that share say what pages alone say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.finding import Finding, State
from auditor.model.report import ReportData
from reports.render import evidence
from reports.render.cells import Cells, shown
from reports.render.html import Pages, environment, render
from reports.render.labels import Labels, is_late
from reports.render.listing import listing
from reports.render.split import files
from reports.texts import Words
from reports.visible import visible
from tests.reports.hostile import WORDS, hostile
from tests.reports.sample import AS_OF, many, report
from tests.reports.test_evidence import JSON

PLAIN: Any = environment("nl").from_string((Path(__file__).parent / "finding.html.j2").read_text(encoding="utf-8")).module
TEXT = st.text(max_size=30) | st.sampled_from(WORDS)
LATER = "2026-11-24T04:29+01:00"


def opened(one: Finding, data: ReportData, labels: Labels, is_short: bool) -> str:
    """A finding as the template tells it."""
    detail = PLAIN.detail(
        one, labels, evidence.blocks(one.evidence, labels), evidence.origins(one, labels, is_short),
        evidence.blocks({"history": list(one.history)}, labels), evidence.seen(one, data.as_of, labels),
        data.rules[one.rule].norms if one.rule in data.rules else one.norms, is_short)
    return str(PLAIN.opened(one, detail))


def equal(one: Finding, data: ReportData) -> None:
    """Assert that a finding is told alike in every form."""
    labels = Labels.of(data, Words(data.language))
    cells = Cells(data, labels)
    assert cells.row(one) == PLAIN.row(one, labels, is_late(one, data.as_of, data.started_at))
    assert cells.closed(one) == str(PLAIN.closed(one))
    for is_short in (False, True):
        assert cells.opened(one, is_short) == opened(one, data, labels, is_short)
    for group in listing([one, replace(one, key="AAAAA-AAAAA", state=State.OPEN, change=None)]).groups:
        assert cells.lines(group) == PLAIN.group(group, labels)


@pytest.fixture(autouse=True, scope="module")
def _all_in_lines() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reports.render.listing.FULL", 0)
        yield


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_finding_of_the_sample_night_is_told_as_the_template_tells_it(language: str) -> None:
    data = report(language)
    for one in data.findings:
        equal(one, data)
        equal(replace(one, deadline_at=LATER, state=State.ACKNOWLEDGED, rule="no-such-rule", norms=("a", "b"),
                      history=({"on": AS_OF, "change": "new", "score": 3},)), data)


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_hostile_text_is_told_as_the_template_tells_it(word: str) -> None:
    data = hostile(word)
    for one in data.findings[:4]:
        equal(one, data)


@given(st.data())
def test_findings_of_any_text_are_told_as_the_template_tells_them(data: st.DataObject) -> None:
    night = report(data.draw(st.sampled_from(["nl", "en"])))
    texts = {name: data.draw(st.none() | TEXT) for name in (
        "username", "account", "person", "display_name", "right", "level", "scope", "group", "school", "system", "cause", "acts", "previous_rule")}
    sources = data.draw(st.lists(st.dictionaries(st.sampled_from(["source", "file", "state", "as_of"]), TEXT), max_size=2))
    equal(replace(
        night.findings[0], **texts, title=data.draw(TEXT), summary=data.draw(TEXT), advice=tuple(data.draw(st.lists(TEXT, max_size=2))),
        evidence=data.draw(st.dictionaries(TEXT, JSON, max_size=4)), sources=sources, score=data.draw(st.integers(0, 9)),
        days_open=data.draw(st.integers(0, 400)), deadline_on=data.draw(st.none() | st.dates(min_value=date(2020, 1, 1))),
        deadline_at=data.draw(st.none() | st.just(LATER))), night)


def test_text_that_hides_nothing_is_printable() -> None:
    """`visible` passes printable text as it is: no character that it would show is printable."""
    assert not [code for code in range(0x110000) if chr(code).isprintable() and visible(f"\0{chr(code)}") != rf"\u{{0}}{chr(code)}"]
    assert shown('<a href="x">\u202e') == r"&lt;a href=&#34;x&#34;&gt;\u{202e}"


def test_a_page_among_others_is_the_page_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.render.split.ABOVE", 200)
    monkeypatch.setattr("reports.render.listing.FULL", 20)
    data = many(300)
    unread = [replace(one, not_assessed_since=date(2026, 11, 1 + n % 20)) if one.system == "esis" and n % 3 else one
              for n, one in enumerate(data.findings)]
    data = replace(data, findings=unread)
    made = dict(files(data, "x"))
    assert len(made) > 5
    for school in {one.school for one in unread}:
        part = replace(data, findings=[one for one in unread if one.school == school], school=school or "", trend=())
        assert made[f"x-part-{school or 'board'}.html"] == render(part, home="x.html")
    pages = Pages(data)
    assert pages.render(data) == pages.render(data) == render(data)
