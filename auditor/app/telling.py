"""What mail comes of a scan: asked by the store within the scan's own transaction, so that a finding and its notice stand or fall together."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pandas as pd

from auditor.app.clock import ZONE
from auditor.app.logs import log
from auditor.app.night_view import NightView
from auditor.app.nights import between, skipped_nights
from auditor.app.quarterly import quarter_mail_body
from auditor.app.report_files import name_of
from auditor.app.reporting import system_titles
from auditor.config.load import Workspace
from auditor.config.mail import Mail
from auditor.model.coverage import SourceState
from auditor.model.errors import ConfigError, Reason
from auditor.model.finding import Change, Finding, State
from auditor.model.mail import (
    Breach,
    Contact,
    Digest,
    Item,
    MailKind,
    MailState,
    Noticed,
    OutgoingMail,
    Rung,
    SchoolNotice,
    Told,
    message_id,
)
from auditor.notices.brakes import why_held
from auditor.notices.ladder import TOLD_TO_SCHOOLS, climb
from auditor.notices.pauses import Pauses
from auditor.notices.recipients import is_address, of_school, with_role
from auditor.store import Store
from auditor.store.outbox import UNSENT, StoredMail
from reports.render import mail as bodies
from reports.texts import Words
from reports.texts.own import own_words

SHOWN = 20
"""Lines of a section of the digest; the rest stands in the report."""
REVIEWED = "reviewed"
"""Name of the setting with the day of the last scan that somebody had seen when directors were given mail."""
BREACH = "used-after-leaving"
ENDING = ("temporary-right-expiring", "waiver-expiring", "leaver-soon")


class Teller:
    """Given a workspace with mail set up, whether this is the scan itself or a preview of it, tells what mail comes of a stored scan."""

    def __init__(self, workspace: Workspace, settings: Mail, *, is_enabled: bool | None = None) -> None:
        self._workspace, self._settings = workspace, settings
        self._words = _words_of(workspace)
        self._is_enabled = is_enabled

    def __call__(self, store: Store, scan: int) -> Told:
        """Return the mails of a scan and what is remembered of the ladder."""
        night = NightView(self._workspace, store, scan)
        contacts = self._contacts(store, night)
        is_enabled = store.mail_setting("directors") == "on" if self._is_enabled is None else self._is_enabled
        mails: list[OutgoingMail] = self._breach(night, contacts)
        memory: Sequence[Noticed] = ()
        cancelled: list[int] = []
        escalated: list[str] = []
        held = ""
        before = store.noticed()
        if not is_enabled:  # what was told stays told, and no day counts while nobody is told anything
            memory = [
                Noticed(one.key, one.rung, one.counted, one.first_on, max(night.day, one.last_on), one.school)
                for one in before.values() if night.rows.get(one.key, {"state": State.RESOLVED})["state"] != State.RESOLVED]
        else:
            unsent = [one for one in store.mails(UNSENT) if one.mail.kind is MailKind.SCHOOL]
            step = climb(night.standing(), before, night.day, self._pauses())
            memory = step.memory
            due = _with_unsent(dict(step.due), unsent, night)
            cancelled = [one.number for one in unsent]
            escalated = [key for key, rung in step.due if rung is Rung.ESCALATION]
            is_held = any(one.state is MailState.HELD for one in unsent)
            told, held = self._schools(night, contacts, due, memory, is_held, _day(store.mail_setting(REVIEWED)))
            untold = {key for key in due if not of_school(contacts, night.rows[key]["school"], night.absent)[0]}
            # Nobody was told, so nothing is remembered: it is told as it stands once there is someone to tell.
            memory = [before[one.key] if one.key in untold else one for one in memory if one.key not in untold or one.key in before]
            mails += told + self._escalation(night, contacts, escalated)
        mails += self._quarter(night, contacts, store)
        mails += self._digest(night, contacts, held, escalated, memory, is_enabled, store)
        return Told(tuple(mails), tuple(memory), tuple(cancelled))

    # -- one kind of mail each ----------------------------------------------------------------------------------------------------

    def _schools(
        self, night: NightView, contacts: Sequence[Contact], due: Mapping[str, Rung], memory: Sequence[Noticed],
        is_held: bool, reviewed: date | None,
    ) -> tuple[list[OutgoingMail], str]:
        by_school: dict[str | None, list[str]] = defaultdict(list)
        for key in due:
            by_school[night.rows[key]["school"]].append(key)
        known: dict[str | None, int] = defaultdict(int)
        for one in memory:
            known[one.school] += 1
        schools = [school for school in by_school if school is not None]
        # What a person saw before saying `mail enable`, and a reminder of what was told, is no storm.
        surprised = {night.rows[key]["school"] for key, rung in due.items() if rung is Rung.FIRST and not night.was_open_on(key, reviewed)}
        reason = why_held(night.counts[Change.NEW], night.usual, len(surprised - {None}), night.open_schools, night.coverage)
        if reason is None and is_held:  # what a person has not let go yet does not go by itself a night later
            reason = Reason("mail_held_before")
        ask = [one.mail for one in with_role(contacts, "ict")]
        mails = []
        for school in sorted(schools):
            people, role = of_school(contacts, school, night.absent)
            if not people:
                continue  # nobody in the register to tell; the digest has the finding, `register check` names the gap
            keys = sorted(by_school[school])
            items = tuple(self._item(finding, due[finding.key]) for finding in night.findings(keys))
            notice = SchoolNotice(night.board, night.school(school), night.day, role, items, known[school] - len(items), tuple(ask))
            facts = {"keys": {key: str(due[key]) for key in keys}}
            mails.append(self._mail(night, MailKind.SCHOOL, people, bodies.school(notice, self._words), school, facts, reason is not None))
        return mails, self._words.say(reason) if reason else ""

    def _breach(self, night: NightView, contacts: Sequence[Contact]) -> list[OutgoingMail]:
        keys = [key for key, row in night.rows.items() if row["rule"] == BREACH and row["change"] in (Change.NEW, Change.REOPENED)]
        people = with_role(contacts, "privacy")
        if not keys or not people:
            return []
        inform, report = ((night.started_at + timedelta(hours=hours)).astimezone(ZONE) for hours in (8, 72))
        cases = []
        for one in night.findings(sorted(keys)):
            facts: Any = one.evidence.get("facts", {})
            rights = night.rights_of(one)
            cases.append(Breach(
                one.key, one.display_name or one.person or "-", one.username or one.account or "-", night.system(one.system),
                night.school(one.school), _day(facts.get("left_on")), _day(facts.get("last_used_on")), ", ".join(rights) or "-",
                self._instant(inform), self._instant(report)))
        return [self._mail(night, MailKind.BREACH, people, bodies.breach(night.board, night.day, cases, self._words))]

    def _escalation(self, night: NightView, contacts: Sequence[Contact], keys: Sequence[str]) -> list[OutgoingMail]:
        people = with_role(contacts, "board")
        if not keys or not people:
            return []
        lines = [night.line(one) for one in night.findings(sorted(keys))]
        return [self._mail(night, MailKind.ESCALATION, people, bodies.escalation(night.board, night.day, lines, self._words))]

    def _quarter(self, night: NightView, contacts: Sequence[Contact], store: Store) -> list[OutgoingMail]:
        people = with_role(contacts, "board")
        body = quarter_mail_body(night, store, self._words) if people else None
        return [self._mail(night, MailKind.QUARTER, people, body)] if body else []

    def _digest(
        self, night: NightView, contacts: Sequence[Contact], held: str, escalated: Sequence[str], memory: Sequence[Noticed], is_enabled: bool,
        store: Store,
    ) -> list[OutgoingMail]:
        people = with_role(contacts, "ict")
        if not people:
            return []
        waits = {Rung.REMINDER, Rung.ESCALATION} if night.begins_week else {Rung.REMINDER}
        waiting = [one.key for one in memory if one.rung in waits and one.key not in escalated and night.is_asked(one.key)]
        chosen = {
            "new": night.changed(Change.NEW), "reopened": night.changed(Change.REOPENED), "resolved": night.changed(Change.RESOLVED),
            "reason_changed": night.changed(Change.REASON_CHANGED), "escalated": list(escalated), "waiting": waiting,
            "no_school": [key for key, row in night.rows.items()
                          if row["rule"] in TOLD_TO_SCHOOLS and row["school"] is None and row["state"] == State.OPEN],
            "ending": [key for key, row in night.rows.items() if row["rule"] in ENDING and row["state"] == State.OPEN],
        }
        sections = {
            name: (tuple(night.line(one) for one in night.findings(night.heaviest(keys)[:SHOWN])), len(keys))
            for name, keys in chosen.items() if keys}
        skipped = between(night.previous, night.day)
        unassessed = [self._words.say(skipped_nights(skipped))] if skipped else []
        for report in night.coverage.not_ok:
            why = " ".join(self._words.say(reason) for reason in report.reasons)
            state = self._words.text(f"report.source_state.{report.state.value}")
            schools = f" ({', '.join(sorted(report.missing_schools))})" if report.state is SourceState.OK else ""
            unassessed.append(f"{report.source}: {state}{schools}. {why}".strip())
        failed = sum(night.previous_at is None or one.changed_at >= night.previous_at for one in store.mails((MailState.FAILED,)))
        stuck = tuple(one.source for one in night.coverage.not_ok if any(reason.code == "blocked_for_nights" for reason in one.reasons))
        board = self._workspace.config.board
        file = f"{name_of(board.short, night.day, board.language)}.html"
        told = Digest(
            night.board, night.day, night.counts, sections, tuple(unassessed), held, failed, store.checkpoint(),
            str(self._workspace.path(self._workspace.config.folders.reports) / file), is_enabled,
            self._instant(night.started_at.astimezone(ZONE)), stuck)
        return [self._mail(night, MailKind.DIGEST, people, bodies.digest(told, self._words))]

    # -- small parts ---------------------------------------------------------------------------------------------------------------

    def _mail(
        self, night: NightView, kind: MailKind, people: Sequence[Contact], body: bodies.Body, school: str | None = None,
        facts: Mapping[str, object] | None = None, is_held: bool = False,
    ) -> OutgoingMail:
        domain = self._settings.sender.rpartition("@")[2]
        board = self._workspace.config.board.short
        thread = message_id(domain, board, str(kind), school or "", "thread")
        own = message_id(domain, board, str(kind), school or "", str(night.scan), night.day.isoformat())
        recipients = tuple(dict.fromkeys(one.mail for one in people))
        return OutgoingMail(own, kind, recipients, *body, thread, school, is_held, facts or {})

    def _item(self, one: Finding, rung: Rung) -> Item:
        facts: Any = one.evidence.get("facts", {})
        left = _day(facts.get("left_on"))
        why = self._words.text(f"mail.school.why_of.{one.rule}", left_on=left or "-")
        step = self._words.text(f"mail.school.step_of.{one.rule}")
        account = one.username or one.account or "-"
        system = system_titles(self._workspace).get(one.system or "", one.system or "-")
        return Item(one.key, one.display_name or account, account, system, why, step, one.deadline_on, rung, one.rule)

    def _contacts(self, store: Store, night: NightView) -> list[Contact]:
        # As the register last stood: one that cannot be read tonight must not leave a notice without a reader.
        return contacts_of(self._workspace, self._settings, store.spans("contacts", {}, night.day))

    def _pauses(self) -> Pauses:
        own = [(pause.starts_on, pause.ends_on) for pause in self._settings.pauses]
        holidays = frozenset(self._workspace.config.calendar.holidays)
        return Pauses([*own, *school_holidays(self._settings.region)], holidays)

    def _instant(self, at: datetime) -> str:
        return f"{self._words.day(at.date())} {at:%H:%M}"


def contacts_of(workspace: Workspace, settings: Mail, rows: Iterable[Mapping[Any, Any]]) -> list[Contact]:
    """Given the rows of the register of contacts, return those that mail may go to: one address in a domain that the board allows."""
    domains = settings.allowed_domains or workspace.config.board.managed_domains
    told = [{name: None if pd.isna(row[name]) else str(row[name]) for name in ("role", "mail", "school", "person")} for row in rows]
    return [
        Contact(row["role"], row["mail"], row["school"], row["person"])
        for row in told if row["role"] and row["mail"] and is_address(row["mail"], domains)
    ]


def school_holidays(region: str) -> list[tuple[date, date]]:
    """Given a region (noord, midden, zuid, none), return first and last day of its school holidays."""
    if region == "none":
        return []
    table = tomllib.loads((files("auditor.notices") / "school_holidays.toml").read_text(encoding="utf-8"))
    return [tuple(map(date.fromisoformat, period["regions"][region])) for period in table["period"]]  # type: ignore[misc]


def _words_of(workspace: Workspace) -> Words:
    """Our words, with the board's own where it has them. A mistake in those costs their use and no mail; `mail preview` says what is wrong."""
    language = workspace.config.board.language
    try:
        return Words(language, own=own_words(workspace.path("texts"), language))
    except ConfigError as error:
        log().warning("own_words", code=error.reason.code)
        return Words(language)


def _with_unsent(due: dict[str, Rung], unsent: Sequence[StoredMail], night: NightView) -> dict[str, Rung]:
    """What is due, and what earlier mails that never went were about, as far as it still stands: one mail a school, and nothing is lost."""
    told = dict(due)
    for one in unsent:
        keys: Any = one.mail.facts.get("keys", {})
        for key, rung in keys.items():
            row = night.rows.get(key)
            if key not in told and row and row["state"] == State.OPEN and row["not_assessed_since"] is None and row["school"] is not None:
                told[key] = Rung(rung)
    return told


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
