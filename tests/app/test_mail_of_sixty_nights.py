"""Sixty nights through the store, with true scans' rows and the true teller: exactly these mails, to exactly these people (promises P12, P13, T4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from auditor.app.telling import REVIEWED, Teller
from auditor.app.workspaces import load_workspace
from auditor.model.coverage import SourceReport, SourceState
from auditor.model.decision import FindingDecision, Step
from auditor.model.finding import finding_key
from auditor.model.mail import MailState, OutgoingMail
from auditor.model.tables import TABLES
from auditor.store import Store
from tests.proofs import write_promise
from tests.store.nights import Board, accounts, ok

MONDAY = date(2027, 1, 11)
CONFIG = """
[board]
name = "Stichting De Proef"
short = "proef"
managed_domains = ["bestuur.example"]
[retention]
use_data_months = 6
person_data_months = 24
[mail]
sender = "rechten@bestuur.example"
"""
CONTACTS = [
    ("99AA00", "100", "director", "a@bestuur.example"), ("99AB00", "101", "director", "b@bestuur.example"),
    ("99AB00", "102", "director", "b2@bestuur.example"), ("99AC00", "103", "director", "c@bestuur.example"),
    ("99AC00", "104", "deputy", "c-plaatsvervanger@bestuur.example"), ("99AD00", "105", "deputy", "d-plaatsvervanger@bestuur.example"),
    (None, None, "board", "bestuur@bestuur.example"), (None, None, "ict", "ict@bestuur.example"),
    (None, None, "privacy", "privacy@bestuur.example"), ("99AA00", None, "director", "a@elders.example"),
    ("99AA00", None, "director", "a@bestuur.example, evil@elders.example"),
]
SCHOOLS = ["99AA00", "99AB00", "99AC00", "99AD00"]


@dataclass
class Case:
    """A finding on some nights (from 0)."""

    account: str
    school: str | None
    nights: range
    rule: str = "orphan-account"
    person: str | None = None
    name: str | None = None

    @property
    def key(self) -> str:
        return finding_key("owner", ("esis", self.account)) if self.rule != "used-after-leaving" else finding_key(self.rule, ("esis", self.account))


@dataclass
class Life:
    """A board that lives night after night with its mail on."""

    board: Board
    teller: Teller
    names: Mapping[str, str] = field(default_factory=dict)
    contacts: Sequence[tuple[str | None, str | None, str, str]] | None = field(default_factory=lambda: CONTACTS)
    """The register tonight; None: it cannot be read."""
    schools: Sequence[str] = field(default_factory=lambda: SCHOOLS)

    def night(self, cases: Sequence[Case], n: int, sources: Sequence[SourceReport] | None = None, fates: Mapping[str, bool] | None = None) -> None:
        """One night with the cases that are there."""
        there = [case for case in cases if n in case.nights]
        rows = [{"account": case.account, "school": case.school, "username": case.account} for case in there]
        rows = rows or [{"account": "x", "school": "99AA00"}]
        findings = [{"account": case.account, "school": case.school, "rule": case.rule, "key": case.key, "person": case.person,
                     "cluster": "owner" if case.rule != "used-after-leaving" else case.rule} for case in there]
        evidence = {case.key: {"facts": {
            "login": case.account, "username": case.account, "system": "esis", "account": case.account, "display_name": case.name,
            "externals_note": "", "status_note": "", "left_on": "2027-01-01", "last_used_on": "2027-01-05", "rights": 1, "weight": 1,
            "days": 3, "deadline_on": "2027-01-04", "person": case.person or "", "inform_hours": 8, "report_hours": 72, "status": "enabled",
            "number": 1}} for case in there}
        held = self.contacts or []
        contacts = TABLES["contacts"].frame({
            "school": pd.Series([one[0] for one in held], dtype="str"), "person": pd.Series([one[1] for one in held], dtype="str"),
            "role": pd.Series([one[2] for one in held], dtype="str"), "mail": pd.Series([one[3] for one in held], dtype="str"),
            "source": ["register.contacts"] * len(held)}, file="contacts.csv", rows=range(2, 2 + len(held)))
        schools = TABLES["schools"].frame({
            "school": pd.Series(self.schools), "kind": pd.Series(["school"] * len(self.schools)),
            "name": pd.Series([self.names.get(one, f"School {one}") for one in self.schools]),
            "source": ["register.schools"] * len(self.schools)}, file="schools.csv", rows=range(2, 2 + len(self.schools)))
        of_contacts = ok("register.contacts", "register", None) if self.contacts is not None else SourceReport(
            "register.contacts", "register", SourceState.REFUSED)
        registers = [of_contacts, ok("register.schools", "register", None)]
        record = self.board.record(
            {"accounts": accounts(rows), "contacts": contacts, "schools": schools}, [*(sources or [ok("esis")]), *registers], findings=findings,
            fates=fates or {}, evidence=evidence)
        self.board.store.save(record, self.teller)
        self.board.day += timedelta(days=1)

    def send(self) -> list[tuple[int, str, str | None, tuple[str, ...]]]:
        """Take what is due as if it went, and say it: night, kind, school, to whom."""
        day = self.board.day - timedelta(days=1)
        return [((day - MONDAY).days, str(mail.kind), mail.school, mail.recipients) for mail in self.take()]

    def take(self) -> list[OutgoingMail]:
        """The mails that are due now, marked as sent."""
        at, taken = datetime(2030, 1, 1, tzinfo=UTC), []
        while (found := self.board.store.next_mail(at)) is not None:
            self.board.store.mark_mail(found.number, MailState.SENT, at)
            taken.append(found.mail)
        return taken

    def decide(self, case: Case, step: str, until: date | None) -> None:
        """Somebody takes a finding up."""
        at = datetime.combine(self.board.day, datetime.min.time(), UTC)
        self.board.store.decide_findings([FindingDecision(case.key, Step(step), "wordt opgepakt", "ict", at, until=until)])


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A board on a Monday, its mail on."""
    (tmp_path / "auditor.toml").write_text(CONFIG, encoding="utf-8")
    workspace = load_workspace(tmp_path / "auditor.toml")
    assert workspace.config.mail is not None
    with Store(tmp_path / "auditor.db") as store:
        store.set_mail("directors", "on", "test", datetime(2027, 1, 10, tzinfo=UTC))
        yield Life(Board(store, tmp_path / "auditor.db", MONDAY), Teller(workspace, workspace.config.mail))


A, B, C, D = ("a@bestuur.example",), ("b@bestuur.example", "b2@bestuur.example"), ("bestuur@bestuur.example",), ("d-plaatsvervanger@bestuur.example",)
BOARD, ICT, PRIVACY = ("bestuur@bestuur.example",), ("ict@bestuur.example",), ("privacy@bestuur.example",)


@pytest.mark.parametrize("nights", [16, pytest.param(60, marks=pytest.mark.proof)])
def test_so_many_nights_give_exactly_these_mails(life, nights):
    unanswered = Case("wees1", "99AA00", range(60))
    answered = Case("wees2", "99AB00", range(60))
    solved = Case("wees3", "99AA00", range(5, 10))
    director = Case("dir3", "99AC00", range(20, 22), "leaver-active", "103", "Fenna Fuut")
    nobodys = Case("wees4", None, range(3, 60))
    breach = Case("vos", "99AD00", range(25, 60), "used-after-leaving", "900", "Vos Vertrek")
    stand_in = Case("wees5", "99AD00", range(30, 31))
    cases = [unanswered, answered, solved, director, nobodys, breach, stand_in]
    seen = []
    for n in range(nights):
        life.night(cases, n)
        seen += life.send()
        if n == 3:
            life.decide(answered, "acknowledge", MONDAY + timedelta(days=90))
        if n == 32:
            life.decide(answered, "withdraw", None)
    digests = [mail for mail in seen if mail[1] == "digest"]
    assert digests == [(n, "digest", None, ICT) for n in range(nights)]
    assert [mail for mail in seen if mail[1] != "digest"] == [mail for mail in (
        (0, "school", "99AA00", A), (0, "school", "99AB00", B),
        (5, "school", "99AA00", A),
        (7, "school", "99AA00", A),
        (14, "school", "99AA00", A), (14, "escalation", None, BOARD),
        (20, "school", "99AC00", BOARD),
        (25, "breach", None, PRIVACY),
        (30, "school", "99AD00", D),
        (36, "school", "99AB00", B),
        (43, "school", "99AB00", B), (43, "escalation", None, BOARD),
    ) if mail[0] < nights]
    assert not any("elders.example" in address for *_, people in seen for address in people)
    if nights == 60:
        measured = f"{len(seen)} mails, of which {nights} digests: exactly those expected"
        write_promise("P13", "60 simulated days of the ladder give the exact list of mails", measured)
    by_school = [(night, school) for night, kind, school, _ in seen if kind == "school"]
    assert len(by_school) == len(set(by_school)), "one mail a school a scan at most"


def test_mail_that_did_not_go_is_merged_into_the_next_and_is_the_only_one(life):
    cases = [Case("wees1", "99AA00", range(9)), Case("wees2", "99AA00", range(1, 9)), Case("weg", "99AA00", range(1))]
    life.night(cases, 0)
    life.night(cases, 1)
    waiting = [one for one in life.board.store.mails((MailState.QUEUED,)) if one.mail.school == "99AA00"]
    [only] = waiting
    assert "wees1" in only.mail.text and "wees2" in only.mail.text and "weg" not in only.mail.text.split("Kenmerk")[0].split("\n")[0]
    assert set(only.mail.facts["keys"]) == {cases[0].key, cases[1].key}, "what is solved is not told any more"


def test_a_source_that_is_blocked_mails_nobody_but_ict(life):
    cases = [Case("wees1", "99AA00", range(99))]
    life.night(cases, 0)
    life.take()
    blocked = [SourceReport("esis", "system", SourceState.BLOCKED, "esis")]
    for n in range(1, 9):
        life.night([], n, blocked, {cases[0].key: False})
        assert [(kind, people) for _, kind, _, people in life.send()] == [("digest", ICT)], n
    life.night(cases, 9)
    assert [kind for _, kind, _, _ in life.send()] == ["digest"], "the days it was dark do not count"


def test_a_register_of_contacts_that_cannot_be_read_leaves_no_notice_without_a_reader(life):
    life.night([], 0)
    life.take()
    life.contacts = None
    breach = Case("laat", "99AB00", range(1, 9), "used-after-leaving", "P1", "Wim Vertrokken")
    life.night([Case("wees1", "99AA00", range(1, 9)), breach], 1)
    assert [(kind, people) for _, kind, _, people in life.send()] == [("breach", PRIVACY), ("school", A), ("digest", ICT)]


def test_what_nobody_could_be_told_is_told_once_there_is_someone(life):
    life.contacts = [(None, None, "ict", "ict@bestuur.example")]
    orphan = [Case("wees1", "99AA00", range(99))]
    for n in range(3):
        life.night(orphan, n)
        assert [kind for _, kind, _, _ in life.send()] == ["digest"], n
    life.contacts = CONTACTS
    life.night(orphan, 3)
    assert [(kind, people) for _, kind, _, people in life.send()] == [("school", A), ("digest", ICT)]


def test_held_mail_stays_held_until_a_person_lets_it_go(life):
    many = [Case(f"wees{n}", "99AA00", range(9)) for n in range(60)]
    life.night(many, 0)
    assert [kind for _, kind, _, _ in life.send()] == ["digest"]
    [held] = life.board.store.mails((MailState.HELD,))
    life.night(many, 1)
    [digest] = life.take()
    assert "wacht" in digest.text and [str(digest.kind)] == ["digest"], "a quiet night does not let it go"
    [again] = life.board.store.mails((MailState.HELD,))
    assert again.number != held.number and set(again.mail.facts["keys"]) == set(held.mail.facts["keys"])
    life.board.store.mark_mail(again.number, MailState.QUEUED, datetime(2027, 1, 13, tzinfo=UTC), "released ict")
    assert [school for _, kind, school, _ in life.send() if kind == "school"] == ["99AA00"]
    life.night(many, 2)
    assert [kind for _, kind, _, _ in life.send()] == ["digest"], "what was told is not told again"


def test_dropped_mail_is_not_told_again_before_its_reminder(life):
    many = [Case(f"wees{n}", "99AA00", range(9)) for n in range(60)]
    life.night(many, 0)
    life.take()
    [held] = life.board.store.mails((MailState.HELD,))
    life.board.store.mark_mail(held.number, MailState.CANCELLED, datetime(2027, 1, 12, tzinfo=UTC), "dropped ict")
    for n in range(1, 7):
        life.night(many, n)
        assert [kind for _, kind, _, _ in life.send()] == ["digest"]


def _many_schools(life):
    life.schools = [f"{n:02d}AA00" for n in range(10, 20)]
    life.contacts = [*((school, None, "director", f"{school.lower()}@bestuur.example") for school in life.schools),
                     (None, None, "ict", "ict@bestuur.example")]
    return [Case(f"wees{school}", school, range(40)) for school in life.schools]


def test_what_was_seen_before_directors_were_given_mail_is_no_storm_nor_are_its_reminders(life):
    cases = _many_schools(life)
    life.board.store.set_mail(REVIEWED, MONDAY.isoformat(), "ict", datetime(2027, 1, 11, tzinfo=UTC))
    mailed = {}
    for n in range(16):
        life.night(cases, n)
        mailed[n] = sum(kind == "school" for _, kind, _, _ in life.send())
    assert {n: many for n, many in mailed.items() if many} == {0: 10, 7: 10, 14: 10}
    assert life.board.store.mails((MailState.HELD,)) == []


def test_what_nobody_had_seen_yet_is_held_when_it_concerns_many_schools(life):
    cases = _many_schools(life)
    life.board.store.set_mail(REVIEWED, (MONDAY - timedelta(days=1)).isoformat(), "ict", datetime(2027, 1, 11, tzinfo=UTC))
    life.night(cases, 0)
    assert len(life.board.store.mails((MailState.HELD,))) == 10


def test_what_nobody_answered_for_two_weeks_is_told_to_ict_once_a_week(life):
    case = Case("wees", "99AA00", range(40))
    named = {}
    for n in range(36):
        life.night([case], n)
        for mail in life.take():
            if str(mail.kind) == "digest":
                named[n] = case.key in mail.text
    assert [n for n, is_named in named.items() if is_named] == [0, *range(7, 15), 21, 28, 35], "from night 14, each Monday"


def test_what_somebody_took_up_does_not_stand_among_what_waits(life):
    case = Case("wees", "99AA00", range(40))
    for n in range(9):
        life.night([case], n)
    *_, before = life.take()
    life.decide(case, "acknowledge", life.board.day + timedelta(days=9))
    life.night([case], 9)
    [after] = life.take()
    assert (case.key in before.text, case.key in after.text) == (True, False)


def test_the_same_night_gives_the_same_message_ids_on_another_machine(life, tmp_path):
    cases = [Case("wees1", "99AA00", range(9))]
    life.night(cases, 0)
    first = {mail.message_id for mail in life.take()}
    with Store(tmp_path / "other.db") as store:
        store.set_mail("directors", "on", "test", datetime(2027, 1, 10, tzinfo=UTC))
        other = Life(Board(store, tmp_path / "other.db", MONDAY), life.teller)
        other.night(cases, 0)
        assert {mail.message_id for mail in other.take()} == first
        other.night(cases, 1)
        assert not {mail.message_id for mail in other.take()} & first


def test_the_first_scan_of_a_quarter_tells_the_board_about_the_last(life):
    life.board.day = date(2027, 3, 29)
    cases = [Case("wees1", "99AA00", range(9)), Case("wees2", "99AB00", range(2))]
    pages = []
    for n in range(5):
        life.night(cases, n)
        pages.append([mail for mail in life.take() if str(mail.kind) == "quarter"])
    assert [len(night) for night in pages] == [0, 0, 0, 1, 0], "1 April is the fourth night"
    [page] = pages[3]
    assert page.recipients == BOARD and "kwartaal 1 van 2027" in page.subject
    assert "Nu open: 1" in page.text and "Opgelost in dit kwartaal: 1" in page.text and "wees1" not in page.text


HOSTILE = '<img src=x onerror=alert(1)> https://evil.example/\u202e\u200b"&\x07\r\nBcc: x@evil.example'


def test_names_from_a_source_are_text_and_nothing_else(life):
    life.names = {"99AA00": HOSTILE}
    cases = [
        Case("<b>wees</b>\u202e", "99AA00", range(9)), Case("weg", "99AA00", range(9), "leaver-active", "900", HOSTILE),
        Case("gebruikt", "99AA00", range(9), "used-after-leaving", "901", HOSTILE)]
    life.night(cases, 0)
    mails = life.take()
    assert {str(mail.kind) for mail in mails} == {"school", "digest", "breach"}
    for mail in mails:
        assert "\n" not in mail.subject and "\r" not in mail.subject
        assert not set("\u202e\u200b\x07\r") & set(mail.subject + mail.text + mail.html)
        assert "<img" not in mail.html and "<b>wees" not in mail.html and "href" not in mail.html
        assert "https://" not in mail.html and "https://" not in mail.text, "no mail programme makes a link of it"
        assert mail.recipients in (A, ICT, PRIVACY)


def test_the_digest_tells_the_very_file_in_which_the_report_lies(life, tmp_path):
    life.night([], 0)
    [digest] = life.take()
    assert str(tmp_path / "var" / "reports" / "auditor-proef-2027-01-11.html") in digest.text


def test_a_pause_of_all_mail_to_directors_forgets_nothing_and_counts_no_day(life):
    case, at = Case("wees", "99AA00", range(40)), datetime(2027, 1, 12, tzinfo=UTC)
    life.night([case], 0)
    assert [kind for _, kind, _, _ in life.send()] == ["school", "digest"]
    life.board.store.set_mail("directors", "off", "ict", at)
    for n in range(1, 9):
        life.night([case], n)
        assert [kind for _, kind, _, _ in life.send()] == ["digest"]
    life.board.store.set_mail("directors", "on", "ict", at)
    mailed = []
    for n in range(9, 18):
        life.night([case], n)
        mailed += [n for _, kind, _, _ in life.send() if kind == "school"]
    assert mailed == [15], "no second first notice; the reminder after seven days on which mail was on (9 to 15)"
