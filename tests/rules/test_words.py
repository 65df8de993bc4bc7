"""A finding in words."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from auditor.rules.registry import spec_of
from auditor.rules.words import day_in_words, summary

LEFT = {"login": "jjansen", "system": "entra", "left_on": "2026-07-31", "deadline_on": date(2026, 8, 3)}


def test_the_sentence_says_what_where_and_since_when() -> None:
    said = summary(spec_of("leaver-active"), LEFT, "nl", systems={"entra": "Entra"})
    assert said == (
        "Account jjansen (Entra) is nog actief; het laatste dienstverband eindigde op 31-07-2026. "
        "Het account had op 03-08-2026 uit moeten staan.")


def test_dates_are_written_the_languages_way() -> None:
    assert day_in_words(date(2026, 7, 1), "nl") == "01-07-2026"
    assert day_in_words(date(2026, 7, 1), "en") == "1 July 2026"


@pytest.mark.parametrize("value", ["2026-07-31", date(2026, 7, 31), datetime(2026, 7, 31), pd.Timestamp("2026-07-31")])
def test_a_date_may_come_in_any_form(value: object) -> None:
    assert "31 July 2026" in summary(spec_of("leaver-active"), LEFT | {"left_on": value}, "en")


@pytest.mark.parametrize("absent", [None, float("nan"), pd.NaT])
def test_what_is_absent_is_a_dash_or_the_words_for_it(absent: object) -> None:
    assert "eindigde op –." in summary(spec_of("leaver-active"), LEFT | {"left_on": absent}, "nl")
    assert "zie de kandidaten" in summary(spec_of("disputed-account"), {"login": "a", "system": "esis", "people": absent}, "nl")


def test_codes_become_words_and_schools_get_their_names() -> None:
    facts = {"login": "a", "system": "parnassys", "right": "Leerkracht", "scope": "school", "held_school": "12AB", "wanted_scope": "group"}
    said = summary(spec_of("scope-too-wide"), facts, "nl", schools={"12AB": "De Eik"})
    assert said == "Account a heeft in parnassys het recht Leerkracht voor: school De Eik. Toegestaan is de eigen groepen."


def test_braces_in_a_name_are_no_blanks() -> None:
    assert "{left_on}" in summary(spec_of("leaver-active"), LEFT | {"login": "{left_on}"}, "nl")


def test_what_is_absent_leaves_no_stray_space() -> None:
    facts = {"login": "a", "system": "afas", "right": "projecten", "scope": "unknown", "functions": "leerkracht"}
    said = summary(spec_of("right-outside-matrix"), facts, "nl")
    assert said.startswith("Account a heeft in afas het recht projecten (bereik onbekend).")
