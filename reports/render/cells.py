"""One finding as HTML: its row, its sentence and evidence, or its one line among thousands.

Python and not a template: a template asks for every word anew, which for a hundred thousand findings cost three times the scan itself. What
findings share (a severity, a day, the steps of a rule) is made once. Every text goes through `shown`, the one door into the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from markupsafe import Markup, escape

from auditor.model.finding import Finding, Severity, State
from auditor.model.report import ReportData
from reports.render import evidence
from reports.render.labels import Labels, instant, is_late, step
from reports.render.listing import Group
from reports.render.overview import Cell, Leaver, RuleSection
from reports.visible import visible

Link = Callable[[str], Markup]
K = TypeVar("K")
V = TypeVar("V")
NARROW = 24
"""A cell with fewer characters is not broken over lines."""
_LATE = ' class="late"'
_STATES = (State.ACKNOWLEDGED, State.FALSE_POSITIVE)
"""States that the step does not tell."""


class Made(dict[K, V]):
    """What is made when it is first asked for, and then kept."""

    def __init__(self, make: Callable[[K], V]) -> None:
        """Given how to make the value of a key."""
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        value = self[key] = self._make(key)
        return value


@lru_cache(1 << 14)
def shown(text: str) -> str:
    """Given text, return it as it may stand in a page, between tags or in double quotes: what hides made visible, everything escaped."""
    if text.isprintable() and not ("&" in text or "<" in text or ">" in text or "'" in text or '"' in text):
        return text  # nearly every text
    return str(escape(visible(text)))


class Cells:
    """Given the data of a report and its labels, the HTML of its findings."""

    def __init__(self, data: ReportData, labels: Labels) -> None:
        words = labels.words
        self._data, self._labels, self._words = data, labels, words
        self._badges: Made[Severity, Markup] = Made(lambda severity: _html(
            f'<b class="sev {shown(severity.value)}">{shown(labels.severity(severity))}</b>'))
        self._chips: Made[str, Markup] = Made(lambda name: _html(f'<i class="chip {shown(name)}">{shown(labels.code("change", name))}</i>'))
        self._counts: Made[Cell, Markup] = Made(self._counted)
        self._days: Made[date | None, str] = Made(lambda day: shown(labels.day(day)))
        self._since: Made[int, str] = Made(lambda n: f" <small>{shown(words.plural('report.findings.days', n))}</small>" if n else "")
        self._acts: Made[str | None, str] = Made(lambda acts: shown(labels.code("acts", acts)))
        self._causes: Made[str, str] = Made(lambda cause: _fact(words.text("report.findings.cause"), [labels.code("cause", cause)]))
        self._steps: Made[tuple[str, ...], str] = Made(self._todo)
        self._norms: Made[tuple[str, tuple[str, ...]], str] = Made(lambda of: (
            f'<p class=cmd>{self._said["norms"]}: <a href="#r-{shown(of[0])}">{shown(" · ".join(of[1]))}</a>'))
        self._said: Made[str, str] = Made(lambda name: shown(words.text(f"report.findings.{name}")))
        self._waive, self._key = words.text("report.decide.waive.command"), words.text("report.decide.key")

    def badge(self, severity: Severity) -> Markup:
        """Given a severity, return its word in its colour."""
        return self._badges[severity]

    def chip(self, name: str) -> Markup:
        """Given a step, return its word."""
        return self._chips[name]

    def rows(self, found: Iterable[Finding]) -> Markup:
        """Given findings, return the row of each, and under it, between NULs, its key for what is told of it."""
        return _html("".join(f"<tbody id={shown(one.key)}><tr>{self.row(one)}<tr><td colspan=10>\0{one.key}\0\n" for one in found))

    def row(self, one: Finding) -> Markup:
        """Given a finding, return the cells of its row."""
        labels = self._labels
        at = instant(one)
        late = is_late(one, self._data.as_of, self._data.started_at)
        state = f' <i class="chip state">{shown(labels.state(one.state))}</i>' if one.state in _STATES else ""
        person = f"{shown(labels.person(one))} " if labels.has_person(one) else ""
        due = "<td class=late>" if late else "<td>" if one.deadline_on or one.deadline_at else "<td class=none>"
        hour = f" <small>{at:%H:%M}</small>" if at else ""
        passed = f" <small>{self._said['late']}</small>" if late else ""
        key = shown(one.key)
        return _html(
            f"<td data-k={one.score}>{self._badges[one.severity]}<td>{self._chips[step(one)]}{state}"
            f"<th scope=row>{shown(labels.title(one))}<td>{person}<small class=code>{shown(labels.account(one))}</small>"
            f"<td>{shown(labels.school(one.school))}<td>{shown(labels.system(one.system))}\n"
            f"<td>{self._days[one.first_seen_on]}{self._since[one.days_open]}<td>{self._acts[one.acts]}"
            f"{due}{self._days[at.date() if at else one.deadline_on]}{hour}{passed}<td><a href=#{key}>{key}</a>")

    def closed(self, one: Finding) -> str:
        """Given a finding, return its sentence, and where the rest is told."""
        return f"<p>{shown(one.summary)} <code>auditor explain {shown(one.key)}</code>"

    def opened(self, one: Finding, is_short: bool) -> str:
        """Given a finding, return its sentence with its evidence folded under it. is_short: among many: tables become lines, and the steps
        stand at the rule."""
        return f"<details><summary>{shown(one.summary)}</summary>{self._detail(one, is_short)}</details>"

    def first(self, found: Iterable[Finding], link: Link) -> Markup:
        """Given findings to begin with, and how a key is written, return each as an item."""
        return _html("".join(self._first(one, link) for one in found))

    def _first(self, one: Finding, link: Link) -> str:
        labels, words = self._labels, self._words
        person = f"{shown(labels.person(one))} " if labels.has_person(one) else ""
        since = words.text("report.first.since", day=one.first_seen_on, days=words.plural("report.findings.days", one.days_open))
        due = ""
        if one.deadline_on or one.deadline_at:
            late = is_late(one, self._data.as_of, self._data.started_at)
            until = shown(words.text("report.first.until", day=labels.deadline(one)))
            due = (f" · <span{_LATE if late else ''}>{until} {labels.deadline_time(one)}"
                   f"{' (' + self._said['late'] + ')' if late else ''}</span>")
        return (
            f"<li><p>{self._badges[one.severity]} {self._chips[step(one)]} <b>{shown(labels.title(one))}</b> {link(one.key)}</p>\n"
            f'<p>{person}<span class="code">{shown(labels.account(one))}</span> · {shown(labels.system(one.system))} · '
            f"{shown(labels.school(one.school))}</p>\n"
            f'<p class="soft">{shown(since)}{due} · {self._acts[one.acts]}</p></li>\n')

    def leavers(self, people: Iterable[Leaver], most: int, link: Link) -> Markup:
        """Given people who leave or left, how many accounts of each to name at most, and how a key is written, return a row for each."""
        return _html("".join(self._leaver(one, most, link) for one in people))

    def _leaver(self, one: Leaver, most: int, link: Link) -> str:
        accounts = [f'{shown(system)} <span class="code">{shown(account)}</span> <small>{link(key)}</small>'
                    for system, account, key in one.accounts[:most]]
        if len(one.accounts) > most:
            accounts.append(shown(self._words.plural("report.leavers.more_accounts", len(one.accounts) - most)))
        return (
            f'<tr><th scope="row">{shown(one.name)} <small>{shown(", ".join(one.titles))}</small></th><td>{self._badges[one.severity]}</td>'
            f'<td>{shown(", ".join(one.schools))}</td><td>{"<br>".join(accounts)}</td><td class="short">{self._days[one.deadline_on]}</td></tr>\n')

    def kinds(self, kinds: Iterable[str]) -> Markup:
        """Given families of rules, return the header of each over the numbers of schools."""
        code = self._labels.code
        return _html("".join(
            f'<th scope="col" title="{shown(code("family", kind))}">{shown(code("family_short", kind))}</th>' for kind in kinds))

    def heat(self, counted: Mapping[str | None, Iterable[Cell]], parts: Mapping[str | None, str]) -> Markup:
        """Given by school how many findings there are of each kind, and the worst severity among them, return a row for each school. parts: see
        `Pages.render`."""
        rows = []
        for school, cells in counted.items():
            name = shown(self._labels.school(school))
            title = f'<a href="{shown(parts[school])}">{name}</a>' if school in parts else name
            rows.append(f'<tr><th scope="row">{title}</th>{"".join([self._counts[cell] for cell in cells])}</tr>\n')
        return _html("".join(rows))

    def rule(self, section: RuleSection, body: Markup) -> Markup:
        """Given a rule with findings and what is told of it, return its section."""
        count = shown(self._words.plural("report.rules.count", section.count))
        return _html(
            f'<details class="rule" id="r-{shown(section.rule)}"><summary>{self._badges[section.severity]} '
            f'<span class="t">{shown(section.words.title)}</span> <small>{count}</small></summary>\n{body}</details>\n')

    def choices(self, choices: Mapping[str, Iterable[str]]) -> Markup:
        """Given the words in some columns, return lists to choose from."""
        words = self._words
        every = shown(words.text("report.filter.all"))
        return _html("".join(
            f'<label>{shown(words.text(f"report.column.{name}"))}<select id="f-{shown(name)}"><option value="">{every}</option>'
            f'{"".join([f"<option>{shown(option)}</option>" for option in options])}</select></label>\n' for name, options in choices.items()))

    def lines(self, group: Group) -> Markup:
        """Given findings that share rule, severity, step and system, return them in one line each under what they share."""
        labels = self._labels
        rule, system = shown(labels.rule(group.rule)), shown(labels.system(group.system))
        head = (
            f'<tbody data-s="{shown(labels.severity(group.severity))}" data-c="{shown(labels.code("change", group.step))}" data-r="{rule}" '
            f'data-y="{system}"><tr><th colspan=6 scope=rowgroup>{self._badges[group.severity]} {rule} {self._chips[group.step]} '
            f"<small>{system}: {len(group.findings)}</small>")
        return _html("\n".join([head, *map(self._line, group.findings), ""]))

    def _line(self, one: Finding) -> str:
        labels = self._labels
        due = ""
        if one.deadline_on or one.deadline_at:
            at = instant(one)
            due = f"<td>{self._days[at.date() if at else one.deadline_on]}"
        return (
            f"<tr><td>{shown(one.key)}<td>{shown(labels.account(one))}<td>{shown(labels.person(one))}<td>{shown(labels.school(one.school))}"
            f"<td>{self._days[one.first_seen_on]}{due}")

    def _detail(self, one: Finding, is_short: bool) -> str:
        labels, words, data = self._labels, self._words, self._data
        parts = [_block(block, is_short) for block in evidence.blocks(one.evidence, labels)]
        if one.right:
            parts.append(_fact(words.text("report.column.right"), [labels.right(one)]))
        if one.cause and one.cause != "unknown":
            parts.append(self._causes[one.cause])
        if seen := evidence.seen(one, data.as_of, labels):
            parts.append(_fact(words.text("report.findings.seen"), seen))
        if one.previous_rule:
            parts.append(_fact(words.text("report.change.reason_changed").capitalize(),
                               [words.text("report.changes.was", title=labels.rule(one.previous_rule))]))
        if origins := evidence.origins(one, labels, is_short):
            parts.append(_fact(words.text("report.findings.origin"), origins))
        parts += [_block(block, is_short) for block in evidence.blocks({"history": list(one.history)}, labels)] if one.history else []
        return f"<div class=more><dl>{''.join(parts)}</dl>{self._advised(one, is_short)}</div>"

    def _advised(self, one: Finding, is_short: bool) -> str:
        key = shown(one.key)
        if is_short:
            return f'<p class=cmd><code>auditor explain {key}</code> <a href="#r-{shown(one.rule)}">{self._said["steps"]}</a>'
        rule = self._data.rules.get(one.rule)
        norms = self._norms[one.rule, tuple(rule.norms if rule else one.norms)] if one.norms else ""
        return (
            f"{self._steps[tuple(one.advice)] if one.advice else ''}<p class=cmd>{self._said['explain']}: <code>auditor explain {key}</code>"
            f"<p class=cmd>{self._said['waive']}: <code>{escape(visible(self._waive.replace(self._key, one.key)))}</code>{norms}")

    def _counted(self, cell: Cell) -> Markup:
        if not cell.worst:
            return _html('<td><span class="zero">0</span></td>')
        letter = shown(self._labels.code("severity_letter", cell.worst.value))
        return _html(f'<td class="{shown(cell.worst.value)}">{cell.count} <small title="{shown(self._labels.severity(cell.worst))}">{letter}'
                     "</small></td>")

    def _todo(self, steps: Sequence[str]) -> str:
        return f"<div class=todo><h3>{self._said['steps']}</h3><ol>{''.join(f'<li>{shown(line)}' for line in steps)}</ol></div>"


def _html(text: str) -> Markup:
    return Markup(text)  # noqa: S704 (made in this module only, every text in it by `shown`)


def _fact(name: str, lines: Iterable[str]) -> str:
    return f"<dt>{shown(name)}<dd>{'<br>'.join([shown(line) for line in lines])}"


def _block(block: evidence.Block, is_short: bool) -> str:
    if not block.headers:
        return f"<dt>{shown(block.label)}<dd>{shown(block.text)}"
    if is_short:
        return _fact(block.label, block.lines)
    name = shown(block.label)
    heads = "".join([f"<th scope=col>{shown(header)}" for header in block.headers])
    rows = "".join(["<tr>" + "".join([f"<td class=short>{shown(value)}" if len(value) < NARROW else f"<td>{shown(value)}" for value in row])
                    for row in block.rows])
    return (
        f'<dt>{name}<dd><div class=scroll tabindex=0 role=group aria-label="{name}"><table class=small><thead><tr>{heads}<tbody>{rows}'
        "</table></div>")
