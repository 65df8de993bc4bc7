"""Mail bodies: subject, text and HTML that say the same. Pure. No link, no image, nothing from outside; names appear as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from auditor.model.mail import Breach, Digest, Item, Line, QuarterNotice, SchoolNotice
from reports.texts import Words
from reports.visible import visible

Body = tuple[str, str, str]
"""Subject, text, HTML."""
ORPHANS = ("orphan-account",)


def school(notice: SchoolNotice, words: Words) -> Body:
    """Given what one school is told, return its mail. The subject names the school and a number, never a person."""
    orphans = sum(item.rule in ORPHANS for item in notice.items)
    leavers = len(notice.items) - orphans
    subject = words.plural("mail.school.subject", len(notice.items), school=notice.school)
    page = _Page(words, notice.board)
    page.line(words.text(f"mail.school.greeting.{notice.role}"))
    page.line(words.text("mail.school.intro", school=notice.school, day=notice.day))
    page.bullets([words.plural(key, n) for key, n in (("mail.school.orphans", orphans), ("mail.school.leavers", leavers)) if n])
    for number, item in enumerate(notice.items, 1):
        page.item(f"{number}. {visible(item.name)}", _facts(item, notice.day, words))
    if notice.earlier:
        page.line(words.plural("mail.school.earlier", notice.earlier))
    page.line(words.text("mail.school.ask", who=", ".join(notice.ask)) if notice.ask else words.text("mail.school.ask_nobody"))
    page.small(words.text("mail.school.only_yours"))
    return visible(subject), page.text(), page.html()


def digest(told: Digest, words: Words) -> Body:
    """Given what ICT is told in the morning, return the mail: what could not be judged first, then what changed."""
    counts = told.counts
    subject = words.text("mail.digest.subject", board=told.board, day=told.day, new=counts["new"], open=counts["open"])
    if told.stuck:  # what waits for a decision for three nights must not look like any other morning (promises P7 and T29)
        subject = f"{words.text('mail.digest.stuck', sources=', '.join(told.stuck))} {subject}"
    page = _Page(words, told.board)
    if told.unassessed:
        page.head(words.text("mail.digest.unassessed"))
        page.bullets([visible(line) for line in told.unassessed])
    if told.held:
        page.head(words.text("mail.digest.held"))
        page.line(told.held)
        page.line(words.text("mail.digest.held_what"))
    page.line(words.text("mail.digest.scanned", at=told.scanned_at))
    page.line(words.text("mail.digest.counts", **{name: counts[name] for name in ("new", "resolved", "reopened", "open", "waived", "not_assessed")}))
    for name, (lines, total) in told.sections.items():
        page.head(words.text(f"mail.digest.section.{name}", n=total))
        page.bullets([_line(line, words) for line in lines])
        if total > len(lines):
            page.line(words.text("mail.digest.more", n=total - len(lines)))
    if told.failed:
        page.line(words.plural("mail.digest.failed", told.failed))
    if not told.is_enabled:
        page.line(words.text("mail.digest.not_enabled"))
    page.line(words.text("mail.digest.report", report=told.report))
    page.small(words.text("mail.digest.checkpoint", checkpoint=told.checkpoint))
    return visible(subject), page.text(), page.html()


def breach(board: str, day: date, cases: Sequence[Breach], words: Words) -> Body:
    """Given accounts that were used after their owner left, return the privacy officer's notice. No name in the subject (OPOR, appendix E)."""
    page = _Page(words, board)
    page.line(words.plural("mail.breach.intro", len(cases), day=day))
    for case in cases:
        facts = [
            (words.text("mail.breach.what"), words.text("mail.breach.what_is", account=case.account, system=case.system)),
            (words.text("mail.breach.who"), visible(case.name)), (words.text("mail.breach.school"), case.school),
            (words.text("mail.breach.left"), words.day(case.left_on) if case.left_on else "-"),
            (words.text("mail.breach.used"), words.day(case.used_on) if case.used_on else "-"),
            (words.text("mail.breach.rights"), case.rights),
            (words.text("mail.breach.inform_by"), case.inform_by), (words.text("mail.breach.report_by"), case.report_by),
        ]
        page.item(case.key, [(name, visible(value)) for name, value in facts])
    page.line(words.text("mail.breach.open_fields"))
    return words.plural("mail.breach.subject", len(cases)), page.text(), page.html()


def escalation(board: str, day: date, lines: Sequence[Line], words: Words) -> Body:
    """Given findings that nobody answered for two weeks, return the mail to the board."""
    page = _Page(words, board)
    page.line(words.plural("mail.escalation.intro", len(lines), day=day))
    page.bullets([_line(line, words) for line in lines])
    page.line(words.text("mail.escalation.what"))
    return words.plural("mail.escalation.subject", len(lines)), page.text(), page.html()


def quarter(told: QuarterNotice, words: Words) -> Body:
    """Given a quarter's figures, return the board's page: figures only, by school, no name of anybody."""
    page = _Page(words, told.board)
    page.line(words.text("mail.quarter.intro", first=told.starts_on, last=told.ends_on))
    repair = words.plural("mail.quarter.days", told.days_to_repair) if told.days_to_repair is not None else words.text("mail.quarter.no_repair")
    numbers = [(name, words.number(getattr(told, name))) for name in ("open", "new", "resolved", "overdue", "not_assessed")]
    page.facts([*((words.text(f"mail.quarter.{name}"), number) for name, number in numbers), (words.text("mail.quarter.repair"), repair)])
    if told.schools:
        page.head(words.text("mail.quarter.by_school"))
        page.bullets([words.text("mail.quarter.school", school=name, open=held, overdue=late) for name, held, late in told.schools])
    page.small(words.text("mail.quarter.what"))
    return visible(words.text("mail.quarter.subject", quarter=told.name, year=told.ends_on.year, board=told.board)), page.text(), page.html()


def silence(board: str, hours: int, last: str, words: Words) -> Body:
    """Given how long no complete scan happened and when the last one was, return the alarm to ICT."""
    page = _Page(words, board)
    page.line(words.text("mail.silence.intro", hours=hours, last=last))
    page.line(words.text("mail.silence.what"))
    return words.text("mail.silence.subject", board=board, hours=hours), page.text(), page.html()


def _facts(item: Item, day: date, words: Words) -> list[tuple[str, str]]:
    facts = [
        (words.text("mail.school.account"), words.text("mail.school.account_in", account=item.account, system=item.system)),
        (words.text("mail.school.why"), visible(item.why)), (words.text("mail.school.step"), visible(item.step)),
    ]
    if item.until:
        until = words.text("mail.school.until_past", until=item.until) if item.until < day else words.day(item.until)
        facts.append((words.text("mail.school.until"), until))
    if item.rung != "first":
        facts.append((words.text("mail.school.again"), words.text(f"mail.school.rung.{item.rung}")))
    return [*facts, (words.text("mail.school.key"), item.key)]


def _line(line: Line, words: Words) -> str:
    parts = [line.key, line.title, line.account, line.system, line.school, words.short_day(line.until) if line.until else "", line.note]
    return " · ".join(visible(part) for part in parts if part)


class _Page:
    """One body written twice, as text of at most 78 signs a line and as HTML that Outlook shows: tables and inline styles only."""

    def __init__(self, words: Words, board: str) -> None:
        self._words, self._board = words, board
        self._text: list[str] = []
        self._html: list[str] = []

    def line(self, text: str) -> None:
        """A paragraph."""
        text = _inert(text)
        self._text += [*_wrapped(text), ""]
        self._html.append(f'<p style="margin:0 0 12px">{escape(text)}</p>')

    def head(self, text: str) -> None:
        """A heading."""
        self._text += [*_wrapped(text.upper()), ""]
        self._html.append(f'<h2 style="margin:18px 0 6px;font-size:16px">{escape(text)}</h2>')

    def bullets(self, lines: Sequence[str]) -> None:
        """A list."""
        lines = [_inert(line) for line in lines]
        if lines:
            self._text += [row for line in lines for row in _wrapped(line, "- ")] + [""]
            items = "".join(f'<li style="margin:0 0 4px">{escape(line)}</li>' for line in lines)
            self._html.append(f'<ul style="margin:0 0 12px;padding-left:20px">{items}</ul>')

    def item(self, title: str, facts: Sequence[tuple[str, str]]) -> None:
        """One thing with what is to be known of it."""
        title = _inert(title)
        self._text += _wrapped(title)
        self._html.append(f'<p style="margin:12px 0 4px;font-weight:bold">{escape(title)}</p>')
        self.facts(facts)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """What is to be known, a name and a value a line."""
        facts = [(name, _inert(value)) for name, value in facts]
        self._text += [row for name, value in facts for row in _wrapped(f"{name}: {value}", "   ")] + [""]
        rows = "".join(
            f'<tr><td style="padding:2px 12px 2px 0;vertical-align:top;color:#555555">{escape(name)}</td>'
            f'<td style="padding:2px 0;vertical-align:top">{escape(value)}</td></tr>' for name, value in facts)
        self._html.append(
            f'<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 12px;font-size:15px">{rows}</table>')

    def small(self, text: str) -> None:
        """A last line in small."""
        self._text += ["--", *_wrapped(text)]
        self._html.append(f'<p style="margin:18px 0 0;font-size:13px;color:#555555">{escape(text)}</p>')

    def text(self) -> str:
        """The body as text."""
        return "\n".join(self._text).rstrip() + "\n"

    def html(self) -> str:
        """The body as HTML."""
        return (
            f'<!DOCTYPE html><html lang="{self._words.language}"><head><meta charset="utf-8"><title>{escape(self._board)}</title></head>'
            '<body style="margin:0;padding:16px;font-family:Arial,sans-serif;font-size:15px;line-height:1.5;color:#1a1a1a;background:#ffffff">'
            f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td style="max-width:640px">{"".join(self._html)}'
            "</td></tr></table></body></html>\n")


def _inert(text: str) -> str:
    """Text in which no mail programme sees a link, and no sign that hides or turns what is read (promise T4). None of our own sentences has a
    link: what looks like one came from a source."""
    return visible(text).replace("://", "[:]//").replace("www.", "www[.]")


def _wrapped(text: str, first: str = "") -> list[str]:
    from textwrap import wrap

    return wrap(text, 78, initial_indent=first, subsequent_indent=" " * len(first), break_long_words=False, break_on_hyphens=False) or [""]
