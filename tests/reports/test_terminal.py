"""What a terminal shows: narrow, wide, piped, without colour, and nothing from a source that steers the screen."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from reports.render.labels import Labels
from reports.render.terminal import Check, Screen, SourceRow, checks, counts, finding, findings, sources, status
from reports.texts import Words
from tests.reports.sample import AS_OF, report

DATA = report()
LABELS = Labels.of(DATA, Words("nl"))
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_one_tabbed_line_a_finding_under_a_header() -> None:
    lines = findings(DATA.findings, LABELS, Screen()).splitlines()
    assert len(lines) == len(DATA.findings) + 1
    assert {line.count("\t") for line in lines} == {10}
    assert lines[1].startswith(f"{DATA.findings[0].key}\tKritiek\tnieuw\t")


@pytest.mark.parametrize("width", [80, 140])
def test_a_screen_is_never_wider_than_it_is(width: int) -> None:
    screen = Screen(width, is_terminal=True)
    for text in (findings(DATA.findings, LABELS, screen), *(finding(one, LABELS, screen) for one in DATA.findings)):
        assert max(len(line) for line in text.splitlines()) <= width


def test_every_finding_is_there_at_any_width() -> None:
    for width in (80, 140):
        text = findings(DATA.findings, LABELS, Screen(width, True, True))
        assert all(one.key in text for one in DATA.findings)


def test_colour_is_written_only_where_it_may() -> None:
    stream = Terminal()
    assert Screen.of(stream, {}).has_colour
    assert not Screen.of(stream, {"NO_COLOR": "1"}).has_colour
    assert Screen.of(stream, {"NO_COLOR": ""}).has_colour
    assert not Screen.of(stream, {"TERM": "dumb"}).has_colour
    assert not Screen.of(io.StringIO(), {}).is_terminal
    assert "\x1b" not in findings(DATA.findings, LABELS, Screen(80, True, False))
    assert "\x1b" in findings(DATA.findings, LABELS, Screen(80, True, True))


@pytest.mark.parametrize("screen", [Screen(), Screen(80, True, True), Screen(140, True, True)])
def test_text_from_sources_cannot_steer_the_screen(screen: Screen) -> None:
    word = "a\x1b[2Jb\u202ec\td[bold]e[/bold]\r"
    hostile = replace(DATA.findings[0], display_name=word, summary=word, advice=(word,), evidence={"facts": {"note": word}})
    for text in (findings([hostile], LABELS, screen), finding(hostile, LABELS, screen)):
        plain = ESCAPE.sub("", text)
        assert not re.search("[\x1b\u202e\r]", plain)
    assert r"a\u{1b}[2Jb\u{202e}c\u{9}d[bold]e[/bold]\u{d}" in ESCAPE.sub("", finding(hostile, LABELS, Screen(200, True, True)))


def test_one_finding_tells_what_to_do_and_what_it_rests_on() -> None:
    text = finding(DATA.findings[0], LABELS, Screen())
    for said in ("Account nog actief na vertrek", "Fenna Fabeltjes", "1. Open Beheer", "afas_dienstverbanden.csv, regel 31", "31-10-2026",
                 f"auditor explain {DATA.findings[0].key}"):
        assert said in text


def test_sources_say_what_is_missing_and_why() -> None:
    text = sources(DATA.sources, AS_OF, LABELS, Screen())
    assert re.search(r"esis\s+verouderd\s+14-10-2026\s+41 dagen", text)
    assert "Ontbreekt: Het Fluitende Fornuis" in text
    assert "rollen.csv, regel 17" in text


def test_counts_use_the_fixed_words_in_their_order() -> None:
    assert counts(DATA.counts, LABELS) == "8 nieuw, 1 heropend, 1 reden gewijzigd, 40 ongewijzigd, 4 niet beoordeeld, 3 opgelost"


def test_a_check_is_marked_in_words() -> None:
    assert checks([Check("hr", True, "212 rijen"), Check("esis", False, "te oud")], LABELS, Screen()).splitlines() == [
        "goed    hr    212 rijen", "let op  esis  te oud"]


def test_nothing_found_is_said() -> None:
    assert findings([], LABELS, Screen(80, True)) == "Er zijn geen bevindingen.\n"


def test_the_state_of_the_sources_fits_a_screen_and_tells_why_on_a_wide_one() -> None:
    rows = [SourceRow("hr", "in orde", True, AS_OF, 1234), SourceRow("esis\x1b[31m", "verouderd", False, None, 0, "Maak een nieuwe export. " * 5)]
    wide, narrow = (status("Laatste scan", ["Let op"], "3 open", rows, AS_OF, LABELS, Screen(width, True)) for width in (140, 80))
    assert ("Ouderdom" in wide, "Ouderdom" in narrow) == (True, False)
    for text, width in ((wide, 140), (narrow, 80)):
        assert max(map(len, text.splitlines())) <= width and "\x1b" not in text
        assert "1.234" in text and "Maak een nieuwe export." in text
