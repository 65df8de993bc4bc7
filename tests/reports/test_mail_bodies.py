"""The mails as their readers get them, in both languages: golden files that somebody looked at."""

from __future__ import annotations

from datetime import date

import pytest

from auditor.model.mail import Breach, Digest, Item, Line, QuarterNotice, Rung, SchoolNotice
from reports.render import mail
from reports.texts import LANGUAGES, Words
from tests.reports.golden import check

DAY = date(2026, 11, 24)
ITEMS = (
    Item("HKSHX-9NKZJ", "f.drijfhout", "f.drijfhout", "ParnasSys", "Van niemand bekend.", "Laat het uitzetten.", None, Rung.FIRST, "orphan-account"),
    Item("5DH2D-2KFTW", "Merel ten Zegge", "merel.tenzegge", "Netwerk Waterland", "De laatste werkdag was 21 augustus 2026.", "Laat het uitzetten.",
         date(2026, 8, 24), Rung.REMINDER, "leaver-active"),
)
SCHOOL = SchoolNotice("Stichting De Waterlanden", "obs De Rietkraag", DAY, "director", ITEMS, 2, ("lotte.kalmoes@waterlanden.example",))
LINE = Line("HKSHX-9NKZJ", "Weesaccount", "obs De Rietkraag", "ParnasSys", "f.drijfhout", date(2026, 11, 30))
DIGEST = Digest(
    "Stichting De Waterlanden", DAY, {"new": 2, "resolved": 1, "reopened": 0, "open": 58, "waived": 1, "not_assessed": 8},
    {"new": ((LINE, LINE), 22), "waiting": ((LINE,), 1)}, ("afas-users: te oud. De gegevens zijn van 20 november 2026.",),
    "Er zijn vannacht 60 nieuwe bevindingen; meer dan 50 is ongewoon.", 1, "2:ab12", "var/reports", False, "24 november 2026 04:30")
BREACH = Breach(
    "M9SYG-2Z95C", "Maud van der Wulp", "maud.vanderwulp", "ESIS", "obs De Otter", date(2026, 10, 9), date(2026, 10, 12), "Groepsleerkracht",
    "24 november 2026 12:30", "27 november 2026 04:30")
QUARTER = QuarterNotice(
    "Stichting De Waterlanden", "4", date(2026, 10, 1), date(2026, 12, 31), 40, 31, 12, 3, 9, 2,
    (("obs De Rietkraag", 8, 3), ("De Waterlelie", 4, 0)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["school", "digest", "breach", "quarter"])
def test_the_mail_is_as_it_was_looked_at(kind, language):
    words = Words(language)
    made = {
        "school": lambda: mail.school(SCHOOL, words), "digest": lambda: mail.digest(DIGEST, words),
        "breach": lambda: mail.breach("Stichting De Waterlanden", DAY, [BREACH], words), "quarter": lambda: mail.quarter(QUARTER, words),
    }[kind]()
    subject, text, html = made
    check(f"mail-{kind}.{language}.txt", f"{subject}\n\n{text}")
    check(f"mail-{kind}.{language}.html", html)
    assert max(map(len, text.splitlines())) <= 78 and "<script" not in html and "http" not in html and "<img" not in html
    assert "Merel" not in subject and "Maud" not in subject


def test_only_the_directors_own_school_and_what_is_needed_stands_in_the_mail():
    subject, text, _ = mail.school(SCHOOL, Words("nl"))
    assert subject == "Toegang obs De Rietkraag: 2 accounts vragen aandacht"
    assert "1 account dat van niemand bekend is" in text and "1 account van iemand die niet meer in dienst is" in text
    assert "lotte.kalmoes@waterlanden.example" in text and "herinnering" in text
