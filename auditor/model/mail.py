"""Mail as data: who may get it, what was told before, and what goes out. Nothing here sends."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol


class MailKind(StrEnum):
    """What a mail is for; also the reason a recipient gets it."""

    SCHOOL = "school"
    DIGEST = "digest"
    BREACH = "breach"
    ESCALATION = "escalation"
    SILENCE = "silence"
    QUARTER = "quarter"


class MailState(StrEnum):
    """Where an outgoing mail stands. HELD waits for a person; SENDING was handed over and not yet confirmed: it goes again, under the
    same Message-ID (at least once: RFC 5321 6.1)."""

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Rung(StrEnum):
    """How far a finding has climbed (PagerDuty's levels, in days that count)."""

    FIRST = "first"
    REMINDER = "reminder"
    ESCALATION = "escalation"


@dataclass(frozen=True)
class Contact:
    """One address in the register of contacts. role: director, deputy, ict, board or privacy; school: None for the board as a whole."""

    role: str
    mail: str
    school: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class Noticed:
    """What was told of one finding. counted: days that counted since the first notice; last_on: day of the last scan that counted."""

    key: str
    rung: Rung
    counted: int
    first_on: date
    last_on: date
    school: str | None = None


@dataclass(frozen=True)
class OutgoingMail:
    """One mail. message_id and thread: without angle brackets; recipients: one address each; text and html say the same."""

    message_id: str
    kind: MailKind
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    thread: str | None = None
    school: str | None = None
    is_held: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What comes of one scan. mails: to put in the outbox; memory: what is known of every finding on the ladder afterwards; cancelled:
    numbers of mails still in the outbox that these replace, or whose findings are solved."""

    mails: tuple[OutgoingMail, ...] = ()
    memory: tuple[Noticed, ...] = ()
    cancelled: tuple[int, ...] = ()


class Deliverer(Protocol):
    """A way out: SMTP, Graph, a folder, a webhook."""

    def deliver(self, mail: OutgoingMail) -> None:
        """Hand one mail over. Raise DeliveryError when it was not accepted."""
        ...


def message_id(domain: str, *parts: str) -> str:
    """Given the mail domain and what makes this mail this mail (board, day, kind, school), return its Message-ID: the same however often
    it is made or sent, so that a double can be recognised."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
    return f"{digest}@{domain}"


@dataclass(frozen=True)
class Item:
    """One account as a director's mail names it. name: of the person, or the login when nobody is known; why, step: one line each."""

    key: str
    name: str
    account: str
    system: str
    why: str
    step: str
    until: date | None
    rung: Rung
    rule: str


@dataclass(frozen=True)
class SchoolNotice:
    """What one school is told. earlier: how many accounts it was told of before and that still stand; ask: whom to ask."""

    board: str
    school: str
    day: date
    role: str
    items: tuple[Item, ...]
    earlier: int
    ask: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One line of a digest: a finding, or anything else to know. school: its name, "" for the board as a whole."""

    key: str
    title: str
    school: str
    system: str
    account: str
    until: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Digest:
    """What the stafmedewerker ICT reads in the morning. counts: new, resolved, reopened, reason_changed, open, waived; sections: lines by
    the name of a section, with how many there are in all; unassessed: one sentence each; held: why mail to schools waits, "" when it
    does not; failed: mails that were not accepted; checkpoint: the chain's head; report: where the report lies; scanned_at:
    when the scan began, in words; stuck: sources that a guard holds back for
    three nights or more."""

    board: str
    day: date
    counts: Mapping[str, int]
    sections: Mapping[str, tuple[tuple[Line, ...], int]]
    unassessed: tuple[str, ...]
    held: str
    failed: int
    checkpoint: str
    report: str
    is_enabled: bool
    scanned_at: str
    stuck: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuarterNotice:
    """What the board reads once a quarter. days_to_repair: the median, None when nothing was repaired; not_assessed: findings that cannot be
    judged now; schools: name, open and overdue of each school with an open finding."""

    board: str
    name: str
    starts_on: date
    ends_on: date
    new: int
    resolved: int
    open: int
    overdue: int
    days_to_repair: int | None
    not_assessed: int
    schools: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Breach:
    """One account that was used after its owner left: the privacy officer's notice, with the fields of the incident form (OPOR, appendix E)
    that evidence can fill."""

    key: str
    name: str
    account: str
    system: str
    school: str
    left_on: date | None
    used_on: date | None
    rights: str
    inform_by: str
    report_by: str
